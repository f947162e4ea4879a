import Foundation
import RunEngine
import ScriptHost
import Synchronization

/// What a person says to a question.
enum Answer: Sendable {
    case yes
    /// Where it was offered: to this and to all that follow.
    case all
    case no
    /// Ctrl-C, a stop from elsewhere, or a terminal that has gone.
    case interrupted
}

extension Terminal {
    /// Asks on the terminal; anything but a yes is a no.
    ///
    /// Cancelling the task calls the question off: a run that ends waits for no answer.
    ///
    /// - Parameters:
    ///   - context: Shown above the question, and not apart from it.
    ///   - offersAll: Whether there is an answer to this and to all that follow.
    func ask(
        _ question: TerminalText, context: TerminalText = "", offersAll: Bool = false,
        isInterrupted: @escaping @Sendable () -> Bool
    ) async -> Answer {
        let choices: TerminalText =
            offersAll
            ? say(" [y] this one, [a] all that are left, [N] no: ", " [y] 이것만, [a] 남은 것 모두, [N] 아니요: ") : " [y/N] "
        let text = context + style(question, .bold) + choices
        let isCancelled = Flag()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // On a thread of its own: the person may take long, and Swift's pool has few.
                Thread.detachNewThread {
                    let reply = Screen.shared.ask(text) { isCancelled.isSet || isInterrupted() }
                    continuation.resume(returning: Answer(reply, offersAll: offersAll))
                }
            }
        } onCancel: {
            isCancelled.set()
        }
    }
}

extension Answer {
    /// How a run ends that was to have a yes; nil after a yes.
    var refusal: RunReport? {
        switch self {
        case .yes, .all: nil
        case .no: .unconfirmedPlan
        case .interrupted: .interruptedPlan
        }
    }

    /// The answer to a question of the engine.
    var decision: Decision {
        switch self {
        case .yes: .allow
        case .all: .allowAll
        case .no: .refuse
        case .interrupted: .interrupted
        }
    }

    fileprivate init(_ reply: Screen.Reply, offersAll: Bool) {
        switch reply {
        case .calledOff: self = .interrupted
        case .end: self = .no
        case .line(let line):
            let word = line.trimmingCharacters(in: .whitespaces).lowercased()
            if ["y", "yes", "예", "네", "ㅇ"].contains(word) {
                self = .yes
            } else if offersAll, ["a", "all", "모두", "전부"].contains(word) {
                self = .all
            } else {
                self = .no
            }
        }
    }
}

private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
