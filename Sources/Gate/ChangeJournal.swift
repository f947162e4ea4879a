import Clocks
import IwinvCatalog
import IwinvClient
import RunStore

/// Writes a run's changes down, each step before the next is taken.
struct ChangeJournal: Sendable {
    let log: RunLog
    let clock: any HostClock
    /// How long an answer is waited for.
    let requestTimeout: Duration

    func intended(_ call: Call, _ change: Change) {
        FailPoint.beforeIntended.reach()
        defer { FailPoint.afterIntended.reach() }
        log.note(
            .intended(
                ChangeIntent(
                    call: call.order, operation: call.operation.name.description,
                    target: call.target.map { ChangeIntent.Target(key: $0.key, id: $0.id) }, id: change.id,
                    name: change.name, before: change.before, wanted: change.after,
                    arguments: .object(call.arguments?.values ?? [:]), grant: call.grant?.description)))
    }

    func compared(_ call: Call, row: [String: JSONValue]?, known: Set<String>) {
        log.note(.compared(call: call.order, row: row.map(JSONValue.object) ?? .null, known: known.sorted()))
    }

    /// Whose agreement covers what follows. In the journal before the next change is, which its commit sees to.
    func consented(_ consent: RunConsent, about question: ConsentQuestion) {
        log.note(.consented(consent, about: question))
    }

    /// Nobody has agreed to what follows. On disk at once: the run may end before its next change.
    func withdrawn(about question: ConsentQuestion) async {
        // If it cannot be written, the next change will not be sent.
        try? await log.commit(.consented(.nobody, about: question))
    }

    func decided(_ call: Call, _ decision: Change.Decision) {
        guard let decision = ResumeDecision(rawValue: decision.rawValue) else { return }
        log.note(.decided(call: call.order, decision))
    }

    /// Done with, and on disk before the script goes on: what it does next may rest on it.
    func concluded(_ call: Call, _ changes: [Change], rows: [JSONValue]?) async {
        let rows = rows.map { rows in rows.map { call.operation.row?.withoutSecrets($0) ?? $0 } }
        // If it cannot be written, the next change will not be sent; this one is known to have been.
        FailPoint.beforeConcluded.reach()
        try? await log.commit(.concluded(call: call.order, changes: changes.map(\.record), rows: rows))
        FailPoint.afterConcluded.reach()
    }

    /// A later read has shown more of a change that was done with.
    func learned(_ order: UInt64, _ changes: [Change]) {
        log.note(.concluded(call: order, changes: changes.map(\.record), rows: nil))
    }

    /// Hooks that write each sending of a call down before it leaves, and ask whether the run is to stop.
    ///
    /// - Parameter onStop: somebody has asked for it.
    func hooks(for call: Call, _ hooks: CallHooks, onStop: @escaping @Sendable () -> Void) -> CallHooks {
        let (log, clock, timeout) = (log, clock, requestTimeout)
        let isChange = call.operation.effect.isChange
        return CallHooks(
            beforeSend: { attempt in
                try await hooks.beforeSend?(attempt)
                do throws(StoreError) {
                    if isChange {
                        FailPoint.beforeSending.reach()
                        let time = SendingTime(timeout: timeout, on: clock)
                        try await log.commit(.sending(call: call.order, attempt: attempt.number, time: time))
                        FailPoint.afterSending.reach()
                    } else if try await log.lookForStop() {
                        throw StoreError(.stopRequested, path: "", detail: "")
                    }
                } catch {
                    if error.code == .stopRequested {
                        onStop()
                        throw CancellationError()
                    }
                    guard isChange else { return }
                    throw CloudError(
                        .machine,
                        LocalizedText(
                            "nothing is changed that cannot be written down: \(error)", "기록할 수 없으면 변경하지 않습니다: \(error)"),
                        operation: attempt.operation)
                }
            },
            onAttempt: { report in
                if isChange {
                    FailPoint.afterAnswer.reach()
                    log.note(
                        .answered(
                            ChangeAnswer(
                                call: call.order, attempt: report.attempt.number, status: report.status,
                                code: report.error?.errorCode?.rawValue,
                                outcome: (report.error?.outcome ?? .accepted).rawValue,
                                milliseconds: report.duration.wholeNanoseconds / 1_000_000)))
                    FailPoint.afterAnswered.reach()
                }
                hooks.onAttempt?(report)
            }, claimant: hooks.claimant)
    }
}
