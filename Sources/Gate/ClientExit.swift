import Clocks
import IwinvCatalog
import IwinvClient
import IwinvWire

/// The end of the chain: hands a checked call to the client.
struct ClientExit: Sendable {
    let client: IwinvClient
    let hooks: CallHooks
    let journal: ChangeJournal?
    let departures: Departures
    /// Somebody has asked the run to stop.
    let onStop: @Sendable () -> Void

    func send(_ call: Call) async throws(CloudError) -> Reply {
        guard let arguments = call.arguments else {
            preconditionFailure("a call reached the client without passing the validation link")
        }
        let hooks = watched(call, journal?.hooks(for: call, hooks, onStop: onStop) ?? hooks)
        switch call.reading {
        case .single:
            return Reply(rows: try await client.perform(call.operation, arguments, hooks: hooks).rows)
        case .allPages:
            return Reply(rows: try await client.all(call.operation, arguments, hooks: hooks))
        case .page where call.operation.paging == nil:
            // Its replies may show pages all the same, of a size that the first one says.
            return Reply(rows: try await client.all(call.operation, arguments, hooks: hooks))
        case .page(let number):
            let (reply, size) = try await client.page(number, of: call.operation, arguments, hooks: hooks)
            let gathered = (number - 1) * size + reply.rows.count
            return Reply(rows: reply.rows, hasMore: !reply.isLastPage(of: size, gathered: gathered))
        }
    }

    private func watched(_ call: Call, _ hooks: CallHooks) -> CallHooks {
        CallHooks(
            beforeSend: { [departures] attempt in
                try await hooks.beforeSend?(attempt)
                if call.operation.effect.isChange { departures.left(call.order, at: client.clock.now) }
            },
            onAttempt: { [departures] report in
                if let skew = report.clockSkew { departures.noted(clockSkew: skew) }
                hooks.onAttempt?(report)
            }, claimant: hooks.claimant)
    }
}
