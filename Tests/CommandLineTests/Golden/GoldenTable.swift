import Foundation

/// All commands with their cases.
enum GoldenTable {
    static let commands: [GoldenCommand] =
        rootCommands + runCommands + planCommands + historyCommands + scheduleCommands + profileCommands
        + toolCommands

    /// How many worlds run side by side, whatever the number of tests.
    static let slots = Slots(max(2, ProcessInfo.processInfo.activeProcessorCount))

    actor Slots {
        private var free: Int
        private var waiting: [CheckedContinuation<Void, Never>] = []

        init(_ count: Int) { free = count }

        func with<Value: Sendable>(_ work: @Sendable () async throws -> Value) async rethrows -> Value {
            if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
            defer {
                if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
            }
            return try await work()
        }
    }
}
