import Foundation
import Synchronization
import Testing

/// One start in one way, and what is wrong with it.
struct EndingTrial: Sendable {
    let ending: Ending
    /// Even: standard output into a file and standard error into a pipe; odd: the other way round.
    let turn: Int

    func run() async throws {
        let scene = try await EndingScene(hasCloud: ending.hasCloud)
        let faults: [String]
        do {
            try await ending.preparation(scene)
            faults = try self.faults(of: try await start(in: scene).run(), in: scene)
        } catch {
            faults = ["\(error)"]
        }
        try await scene.end()
        StartCount.add(isGood: faults.isEmpty)
        guard !faults.isEmpty else { return }
        Issue.record("\(ending.name) (turn \(turn)): \(faults.joined(separator: "; "))")
    }

    private func start(in scene: EndingScene) -> ProgramStart {
        var start = scene.start(ending.arguments)
        func isWatched(_ stream: ProgramStart.Stream) -> Bool { ending.steps.contains { $0.stream == stream } }
        start.input = ending.input
        start.output = ending.outputSink ?? (turn % 2 == 0 && !isWatched(.output) ? .file : .pipe)
        start.errors = ending.errorSink ?? (turn % 2 == 1 && !isWatched(.errors) ? .file : .pipe)
        (start.isOnTerminal, start.steps) = (ending.isOnTerminal, ending.steps)
        return start
    }

    private func faults(of ended: EndedProgram, in scene: EndingScene) throws -> [String] {
        var faults: [String] = []
        if ended.isLate { faults.append("it did not end and was killed") }
        if ended.stepsLeft > 0 { faults.append("\(ended.stepsLeft) steps were not reached") }
        if ended.ending != ending.ending { faults.append("\(ended.ending) in place of \(ending.ending)") }
        if !ended.isTerminalInOrder { faults.append("the terminal is left in disorder") }
        let remains = try scene.remains
        if case .exit = ended.ending, !remains.isEmpty { faults.append("it has left \(remains)") }
        for (stream, text, said) in [
            ("output", ended.output, ending.output), ("errors", ended.errors, ending.errors),
        ] {
            let text = text.replacing(scene.iwlua.folder.path, with: "FOLDER")
            if !said.holds(text) {
                faults.append("\(stream): \(said) is wanted, and there is \(Self.excerpt(text))")
            } else if ending.isAlwaysTheSame, let other = Self.texts.first(of: "\(ending.name) \(stream)", text) {
                faults.append("\(stream): once it is \(Self.excerpt(other)), and once \(Self.excerpt(text))")
            }
        }
        return faults
    }

    private static func excerpt(_ text: String) -> String {
        text.count <= 1000
            ? text.debugDescription : "\(text.count) characters, at last \(text.suffix(600).debugDescription)"
    }

    private static let texts = FirstTexts()

    private final class FirstTexts: Sendable {
        private let texts = Mutex<[String: String]>([:])

        /// - Returns: The text that was first there, if this is another one.
        func first(of name: String, _ text: String) -> String? {
            let first = texts.withLock { texts in
                let first = texts[name] ?? text
                texts[name] = first
                return first
            }
            return first == text ? nil : first
        }
    }
}

/// How many starts there were; printed when all are over.
struct StartCount: SuiteTrait, TestScoping {
    private static let counted = Mutex((good: 0, bad: 0))

    static func add(isGood: Bool) {
        counted.withLock { if isGood { $0.good += 1 } else { $0.bad += 1 } }
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let clock = ContinuousClock()
        let time = try await clock.measure { try await function() }
        let (good, bad) = Self.counted.withLock { $0 }
        print(
            "\(good + bad) starts of \(Iwlua.binary.path) in \(Ending.all.count) ways: \(bad) ended as they must not (\(time))"
        )
    }
}

extension Trait where Self == StartCount {
    /// Prints the number of starts.
    static var countsStarts: Self { Self() }
}
