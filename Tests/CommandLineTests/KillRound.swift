import Foundation
import Gate
import IwinvCatalog
import IwinvSimulator
import RunStore
import TestSupport
import Testing

/// One work that is begun, ended from outside at random instants, and taken up again until it is done.
struct KillRound {
    /// Longer than all that a run of these works can wait for.
    private static let patience = Duration.seconds(60)
    private static let mostTries = 15

    let work: KillWork
    let signal: KillSignal
    let world: KillWorld
    /// Only where a daemon does the work.
    let daemon: DaemonWorld?
    var dice: Dice
    /// What goes wrong with replies.
    let faults: [String]
    let comment: Comment
    /// How many programs the signal has ended.
    private(set) var ended = 0
    /// Runs and requests before the work.
    private var runsBefore = 0
    private var requestsBefore = 0

    init(
        _ work: KillWork, _ signal: KillSignal, faults: [String], dice: Dice, comment: Comment
    ) async throws {
        (self.work, self.signal, self.faults, self.dice, self.comment) = (work, signal, faults, dice, comment)
        daemon = work.shape == .daemon ? try await DaemonWorld(schedules: work.servers, rate: 60) : nil
        if let daemon {
            world = daemon.world
        } else {
            world = try await KillWorld(servers: work.servers, timing: work.timing, more: work.more)
        }
    }

    mutating func go() async throws {
        let start = try await prepare()
        // What was cut before is part of what is taken up.
        if work.shape != .resume {
            (requestsBefore, runsBefore) = (world.simulator.requests.count, try await runs().count)
        }
        // Each reply takes a while, so that an instant between the effect and the reply is not rare.
        try world.setFaults(faults + ["*: delay(10ms)"])
        var result = try await run(start, isStruck: true)
        for _ in 0..<Int.random(in: 0..<3, using: &dice) {
            guard let next = try await next(start, after: result) else { break }
            result = try await run(next, isStruck: true)
        }
        var tries = 0
        while let next = try await next(start, after: result) {
            guard tries < Self.mostTries else {
                Issue.record("\(comment): not done after \(tries) tries: \(result.errors.suffix(900))")
                break
            }
            tries += 1
            result = try await run(next, isStruck: false)
        }
        try await judge()
        try await world.end()
    }

    // MARK: - Steps

    /// All that is done before anything is cut.
    ///
    /// - Returns: The words that begin the work.
    private mutating func prepare() async throws -> [String] {
        func done(_ words: [String]) async throws -> Iwlua.Result {
            let result = try await world.run(words, with: work.environment)
            try #require(result.status == 0, "\(comment): \(words): \(result.errors)")
            return result
        }
        let file = try world.iwlua.file("work.lua", work.script)
        let run = ["run", file, "--allow", work.grants, "--yes", "--output", "json"]
        switch work.shape {
        case .run: return run
        case .prompt: return ["repl", "--allow", work.grants, "--yes"]
        case .apply:
            _ = try await done(["plan", file, "-o", "work.plan"])
            return ["apply", "work.plan", "--yes", "--output", "json"]
        case .undo:
            let id = try await done(run).json["run"]?.stringValue
            return ["undo", try #require(id), "--yes", "--output", "json"]
        case .resume:
            let point = try #require(
                [FailPoint.beforeSending, .afterSending, .afterAnswer].randomElement(using: &dice))
            let number = Int.random(in: 1...6, using: &dice)
            let died = try await world.dying(run, at: point, number)
            #expect(died.status == SIGKILL, "\(comment): \(died.errors)")
            return ["resume", "last", "--output", "json"]
        case .daemon:
            _ = try await done(
                ["schedule", "add", "work", file, "--allow", work.grants, "--every", "30d", "--retries", "5"]
                    + ["--backoff", "1s"])
            _ = try await done(["schedule", "run", "work"])
            return ["daemon"]
        }
    }

    /// The words that go on with the work; nil if it is done.
    private func next(_ start: [String], after result: Iwlua.Result) async throws -> [String]? {
        if work.shape == .prompt { return result.status == 0 ? nil : start }
        if let daemon, try await !daemon.ledger.openOccurrences().isEmpty { return start }
        let runs = try await runs()
        guard runs.count > runsBefore, let last = runs.last else { return start }
        if last.state == .ended("done") { return nil }
        let isAsked = last.state == .ended("unknown")
        return ["resume", "last", "--output", "json"] + (isAsked ? ["--unknown", "skip"] : [])
    }

    /// Runs to the end, whatever ends it.
    private mutating func run(_ words: [String], isStruck: Bool) async throws -> Iwlua.Result {
        let before = world.simulator.requests.count
        let process = try world.iwlua.start(
            Iwlua.binary, words,
            environment: world.environment.merging(work.environment) { $1 }.merging(daemon?.clock ?? [:]) { $1 },
            input: work.shape == .prompt ? work.script : "")
        let comment = comment
        let limit = Self.patience
        if isStruck {
            try await strike(process)
        } else if words == ["daemon"] {
            try await settle(process)
        }
        let result = try await process.end(within: limit, "\(comment), \(words.first ?? "")")
        try await expectEnd(of: words, result, isStruck: isStruck, sentBefore: before)
        return result
    }

    /// Sends the signal at a random instant: some time after so many requests, so that a slow machine is cut at the same
    /// places.
    private mutating func strike(_ process: Iwlua.Running) async throws {
        let made = KillEffects(in: world, after: requestsBefore).all.values.reduce(0, +)
        let most = max(1, work.effects.values.reduce(0, +) - made) + 3
        let count = world.simulator.requests.count + Int.random(in: 0..<most, using: &dice)
        let isAtStart = count == world.simulator.requests.count
        let delay = Int.random(in: 0..<(isAtStart ? 150_000 : 15_000), using: &dice)
        // A daemon that has no more to do asks for nothing, nor does a run that waits.
        var (last, limit) = (0, ContinuousClock.now)
        while process.isRunning, world.simulator.requests.count < count {
            if world.simulator.requests.count > last || last == 0 {
                (last, limit) = (max(1, world.simulator.requests.count), .now + .seconds(2))
            }
            guard ContinuousClock.now < limit else { break }
            try await Task.sleep(for: .milliseconds(1))
        }
        // The instant is what is tested.
        try await Task.sleep(for: .microseconds(delay))
        process.signal(signal.rawValue)
    }

    /// Lets a daemon bring the occurrence to its end, and ends it.
    private func settle(_ process: Iwlua.Running) async throws {
        guard let daemon else { return }
        let limit = ContinuousClock.now + Self.patience / 2
        while process.isRunning, try await !daemon.ledger.openOccurrences().isEmpty, ContinuousClock.now < limit {
            try await Task.sleep(for: .milliseconds(20))
        }
        process.signal(SIGTERM)
    }
}

// MARK: - Invariants

extension KillRound {
    /// The runs of the work, oldest first.
    private func runs() async throws -> [RunSummary] {
        try await world.journal().runs(limit: 1000).sorted { $0.number < $1.number }
    }

    private func audit() async throws -> (audit: KillAudit, isOpen: Bool) {
        let journal = try await world.journal()
        var histories: [RunHistory] = []
        var isOpen = false
        for run in try await runs().dropFirst(runsBefore) {
            histories.append(RunHistory(try await journal.entries(of: run.id)))
            isOpen = isOpen || run.open > 0
        }
        return (KillAudit(histories, work), isOpen)
    }

    /// What holds whenever a program has ended: its exit code is that of its end, the journal is whole, and it says of each
    /// effect that the cloud has counted that it was or may have been made.
    private mutating func expectEnd(
        of words: [String], _ result: Iwlua.Result, isStruck: Bool, sentBefore: Int
    ) async throws {
        let comment: Comment =
            "\(comment), \(words.prefix(2)): ended with \(result.status): \(result.errors.suffix(600))"
        let isOrderly = work.endsInOrder(by: signal) || words != ["daemon"] && !isStruck
        if result.endedBySignal {
            #expect(isStruck && result.status == signal.rawValue, comment)
            // Before it listens to signals it has begun nothing.
            if isOrderly { #expect(KillEffects(in: world, after: sentBefore).all.isEmpty, comment) }
            ended += 1
        } else if words == ["daemon"] {
            #expect(result.status == 0, comment)
            ended += isStruck ? 1 : 0
        } else {
            let last = try await runs().dropFirst(runsBefore).last
            switch result.status {
            case 0: #expect(last?.state == .ended("done"), comment)
            case 130:
                #expect(isStruck && isOrderly, comment)
                // It has waited for what was on its way.
                let word = work.shape == .prompt ? "done" : "interrupted"
                if let last { #expect(last.state == .ended(word) && last.open == 0, "\(comment) \(last)") }
                ended += 1
            // The cloud has refused, or was not there: a reply was a proxy's page.
            case 4: #expect(!faults.isEmpty, comment)
            case 5: #expect(last.map { $0.state == .ended("unknown") && $0.unknown > 0 } ?? false, comment)
            default: Issue.record(comment)
            }
        }
        #expect(try await world.journal().verify().faults.isEmpty, comment)
        let (audit, _) = try await audit()
        audit.expectAgrees(with: KillEffects(in: world, after: requestsBefore), comment)
    }

    /// What holds in the end: each change was made once, but for those of which the journal says that nobody knows.
    private func judge() async throws {
        let verified = try await world.run(["runs", "verify"])
        #expect(verified.status == 0, "\(comment): \(verified.output)\(verified.errors)")
        let effects = KillEffects(in: world, after: requestsBefore)
        let (audit, isOpen) = try await audit()
        audit.expectAgrees(with: effects, comment)
        #expect(effects.ofEach.values.allSatisfy { $0 <= 1 }, "\(comment): \(effects.ofEach.filter { $0.value > 1 })")
        var missing = 0
        for operation in Set(work.effects.keys).union(effects.all.keys) {
            let (wanted, made) = (work.effects[operation] ?? 0, effects.all[operation] ?? 0)
            #expect(made <= wanted, "\(comment): \(operation) took effect \(made) times")
            missing += max(0, wanted - made)
        }
        #expect(missing <= audit.doubtful, "\(comment): \(missing) effects are lost, \(audit.doubtful) unknown")
        // A prompt that was killed has no end, and what it was about to change stays open.
        if work.shape != .prompt { #expect(!isOpen, comment) }
        let seen = work.seen(world.simulator.cloud)
        if missing == 0 { #expect(seen == work.wanted, comment) }
    }
}
