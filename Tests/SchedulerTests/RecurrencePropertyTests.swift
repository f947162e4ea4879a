import Clocks
import Foundation
import Scheduler
import Testing

/// Random expressions in all zones, against Python's `zoneinfo`.
@Suite struct RecurrencePropertyTests {
    private let zones = ZoneCatalog()
    /// `scripts/test --long` sets it: so many expressions for every zone.
    private let rounds = ProcessInfo.processInfo.environment["IWLUA_CRON_ROUNDS"].flatMap { Int($0) }

    @Test func `instants over twenty years are those of a second implementation`() throws {
        var dice = RandomCron(seed: UInt64(rounds ?? 7))
        let all = zones.names()
        // In a few, always: half an hour, twice a year and back in Ramadan, a day left out, and where the schedules are.
        let some =
            ["Asia/Seoul", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"]
            + (0..<19).compactMap { _ in all.randomElement(using: &dice) }
        let names = rounds.map { Array(repeatElement(all, count: $0).joined()) } ?? some
        try #require(names.count > 20)
        let questions = names.map { name in
            let year = Int.random(in: 1985...2036, using: &dice)
            let from = WallTime(year, 1, 1).seconds + Int.random(in: 0..<31_536_000, using: &dice)
            return PythonInstants.Question(
                from: from, to: from + 20 * 31_557_600, zone: name, expression: Self.possible(&dice))
        }
        let answers: [[Int]]
        do { answers = try PythonInstants.answers(to: questions) } catch let problem as PythonInstants.Unavailable {
            print("not compared with Python: \(problem.reason)")
            return
        }
        try #require(answers.count == questions.count)
        for (question, expected) in zip(questions, answers) {
            let recurrence = Recurrence.cron(try CronExpression(question.expression))
            let zone = try zones.zone(question.zone)
            var found: [Int] = []
            for instant in recurrence.instants(after: Instant(seconds: Int64(question.from)), in: zone) {
                guard instant.seconds <= Int64(question.to) else { break }
                found.append(Int(instant.seconds))
            }
            let difference = zip(found, expected).first { $0 != $1 }
            #expect(
                found.count == expected.count && difference == nil,
                """
                \(question.expression) in \(question.zone) from \(question.from): \(found.count) instants, not \
                \(expected.count); the first that differ: \(String(describing: difference))
                """)
            #expect(zip(found, found.dropFirst()).allSatisfy { $0 < $1 })
        }
        // Something was compared.
        #expect(answers.map(\.count).reduce(0, +) > 20 * names.count)
    }

    /// One that has instants.
    private static func possible(_ dice: inout RandomCron) -> String {
        while true {
            let text = dice.expression()
            if (try? CronExpression(text)) != nil { return text }
        }
    }
}
