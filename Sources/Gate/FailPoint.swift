import Foundation
import Synchronization

/// Places where a debug build can be made to die, to prove that what is written down suffices whenever it does.
///
/// `IWLUA_FAIL_AT=before-sending#3` kills the process the third time it comes there. Release builds have none of this.
package enum FailPoint: String, CaseIterable, Sendable {
    case afterBegin = "after-begin"
    case beforeIntended = "before-intended"
    case afterIntended = "after-intended"
    case beforeSending = "before-sending"
    case afterSending = "after-sending"
    case afterAnswer = "after-answer"
    case afterAnswered = "after-answered"
    /// A reading that tells what became of a change.
    case beforeLook = "before-look"
    case afterLook = "after-look"
    case beforeConcluded = "before-concluded"
    case afterConcluded = "after-concluded"
    case beforeDelivery = "before-delivery"
    case afterDelivery = "after-delivery"
    case beforeEnd = "before-end"
    case afterEnd = "after-end"
    /// The run goes on in another process.
    case afterResumed = "after-resumed"

    #if DEBUG
        private static let chosen: (point: FailPoint, number: Int)? = {
            let parts = ProcessInfo.processInfo.environment["IWLUA_FAIL_AT"]?.split(separator: "#")
            guard let parts, parts.count == 2, let point = FailPoint(rawValue: String(parts[0])),
                let number = Int(parts[1])
            else { return nil }
            return (point, number)
        }()
        private static let reached = Mutex(0)
    #endif

    package func reach() {
        #if DEBUG
            guard let chosen = Self.chosen, chosen.point == self else { return }
            let number = Self.reached.withLock { reached in
                reached += 1
                return reached
            }
            if number == chosen.number { kill(getpid(), SIGKILL) }
        #endif
    }
}
