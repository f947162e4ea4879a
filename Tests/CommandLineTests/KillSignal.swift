import Foundation
import Testing

/// How a program is ended from outside.
enum KillSignal: Int32, CaseIterable, Sendable, CustomTestStringConvertible {
    case kill = 9
    case terminate = 15
    case interrupt = 2
    case hangUp = 1

    var testDescription: String {
        switch self {
        case .kill: "SIGKILL"
        case .terminate: "SIGTERM"
        case .interrupt: "SIGINT"
        case .hangUp: "SIGHUP"
        }
    }
}

extension Iwlua.Running {
    /// Waits for the end, and ends what takes longer than any run of these tests.
    func end(within limit: Duration, _ comment: @autoclosure () -> Comment) async throws -> Iwlua.Result {
        let watch = Task {
            try await Task.sleep(for: limit)
            signal(SIGKILL)
            return true
        }
        let result = try await end()
        watch.cancel()
        let isHung = (try? await watch.value) ?? false
        if isHung { Issue.record("\(comment()): no end within \(limit): \(result.errors.suffix(600))") }
        return result
    }
}
