import Clocks
import IwinvCatalog
import RunStore
import Synchronization

/// Lets the changes of an approved plan pass, and asks about each that is not in it.
final class ApprovalLink: GateLink {
    private struct State {
        var approved: ApprovedChanges
        /// Of calls that an earlier process of the run has begun.
        var begun: [UInt64: PlanEntry] = [:]
    }

    private let state: Mutex<State>
    private let turns: QuestionTurns

    init(_ approved: [PlanEntry], ledger: ChangeLedger, clock: any HostClock, ask: @escaping ChangeConfirmation) {
        state = Mutex(State(approved: ApprovedChanges(approved)))
        turns = QuestionTurns(ledger, clock: clock, ask)
    }

    func restore(_ order: UInt64, _ changes: [Change], _ recorded: RecordedChange) {
        state.withLock { $0.begun[order] = $0.approved.take(recorded) }
    }

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        guard call.operation.effect.isChange else { return try await next(call) }
        // What goes on was approved when it began, by the plan or by a yes.
        let begun = call.resumption == nil ? nil : state.withLock { $0.begun.removeValue(forKey: call.order) }
        let arguments = call.arguments?.values ?? [:]
        guard let entry = begun ?? state.withLock({ $0.approved.take(call.operation.name, arguments) }) else {
            if call.resumption == nil { try await confirm(call) }
            return try await next(call)
        }
        do {
            let reply = try await next(call)
            state.withLock { $0.approved.learn(entry, reply.rows) }
            return reply
        } catch {
            if error.outcome == .notSent || error.outcome == .refused {
                state.withLock { $0.approved.giveBack(entry) }
            }
            throw error
        }
    }

    private func confirm(_ call: Call) async throws(CloudError) {
        switch try await turns.consent(to: call) {
        case .given, .givenForAll: return
        case .interrupted: throw .cancelledBeforeSending(call.operation.name)
        case .refused, .unattended:
            throw CloudError(
                .denied, LocalizedText("the change is not in the plan that was approved", "승인한 계획에 없는 변경입니다"),
                operation: call.operation.name)
        }
    }
}
