import Clocks
import IwinvCatalog
import RunStore
import Synchronization

/// Lets the changes of an approved plan pass, and asks about each that is not in it.
final class ApprovalLink: GateLink {
    private struct State {
        /// What was approved and has not been made.
        var entries: [PlanEntry]
        var names = PlanNames()
        /// Of calls that an earlier process of the run has begun.
        var begun: [UInt64: PlanEntry] = [:]
    }

    private let state: Mutex<State>
    private let ask: ChangeConfirmation
    /// One question at a time.
    private let turns: KeyedLock

    init(_ approved: [PlanEntry], clock: any HostClock, ask: @escaping ChangeConfirmation) {
        state = Mutex(State(entries: approved))
        self.ask = ask
        turns = KeyedLock(clock: clock)
    }

    func restore(_ order: UInt64, _ changes: [Change], _ recorded: RecordedChange) {
        let isOver = changes.allSatisfy { $0.outcome == .notSent || $0.outcome == .refused }
        guard !isOver, let intent = recorded.intent, let arguments = intent.arguments.objectValue,
            let entry = take(OperationName(stringLiteral: intent.operation), arguments)
        else { return }
        let key = Catalog.iwinv[entry.operation]?.row?.key ?? ""
        state.withLock { state in
            state.names.learn(entry.creates, recorded.rows ?? [], key: key)
            state.begun[order] = entry
        }
    }

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        guard call.operation.effect.isChange else { return try await next(call) }
        // What goes on was approved when it began, by the plan or by a yes.
        let begun = call.resumption == nil ? nil : state.withLock { $0.begun.removeValue(forKey: call.order) }
        guard let entry = begun ?? take(call.operation.name, call.arguments?.values ?? [:]) else {
            if call.resumption == nil { try await confirm(call) }
            return try await next(call)
        }
        do {
            let reply = try await next(call)
            state.withLock { $0.names.learn(entry.creates, reply.rows, key: call.operation.row?.key ?? "") }
            return reply
        } catch {
            // It was not made, so it may still be.
            if error.outcome == .notSent || error.outcome == .refused { state.withLock { $0.entries.append(entry) } }
            throw error
        }
    }

    /// The entry that approves a call; it approves no other.
    private func take(_ operation: OperationName, _ arguments: [String: JSONValue]) -> PlanEntry? {
        state.withLock { state in
            let index = state.entries.firstIndex { entry in
                entry.operation == operation
                    && state.names.resolve(.object(entry.arguments)) == .object(arguments)
            }
            return index.map { state.entries.remove(at: $0) }
        }
    }

    private func confirm(_ call: Call) async throws(CloudError) {
        do { try await turns.enter("") } catch {
            throw CloudError(
                .cancelled, LocalizedText("cancelled before it was sent", "보내기 전에 취소되었습니다"),
                operation: call.operation.name)
        }
        defer { turns.leave("") }
        guard await ask(call) == .given else {
            throw CloudError(
                .denied, LocalizedText("the change is not in the plan that was approved", "승인한 계획에 없는 변경입니다"),
                operation: call.operation.name)
        }
    }
}
