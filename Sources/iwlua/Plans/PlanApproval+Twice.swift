import Gate
import IwinvCatalog
import RunStore
import ScriptHost

extension PlanApproval {
    /// An earlier run of the same plan has created something: no before-image keeps that from being created, and paid
    /// for, once more.
    ///
    /// - Parameter journal: Nil for a simulated cloud, of which nothing is left of earlier runs.
    func alreadyCreated(in journal: Journal?) async throws -> RunReport? {
        let creates = plan.entries.contains { Self.creates($0.operation) }
        guard creates, let journal else { return nil }
        let digest = plan.json["digest"]
        for kind in ["apply", "undo"] {
            let filter = RunFilter(kind: kind, account: session.account)
            let runs = try await RunJournals.reporting { () async throws(StoreError) in
                try await journal.runs(filter, limit: 200)
            }
            for run in runs where run.started >= plan.origin.madeAt && run.changes + run.open > 0 {
                let entries = try await RunJournals.reporting { () async throws(StoreError) in
                    try await journal.entries(of: run.id)
                }
                let history = RunHistory(entries)
                guard history.header?.parameters["plan"]?["digest"] == digest else { continue }
                let first = history.intended.lazy.compactMap { history.changes[$0] }.first { change in
                    guard let intent = change.intent, Self.creates(OperationName(stringLiteral: intent.operation))
                    else { return false }
                    // Also one that was cut on its way: it is settled when the run goes on.
                    return change.record.isEmpty
                        ? change.stage != .notSent : change.record.contains { $0.outcome > .refused }
                }
                guard let intent = first?.intent else { continue }
                return refusal(run, "\(intent.operation) \(intent.wanted["name"]?.stringValue ?? "")")
            }
        }
        return nil
    }

    private static func creates(_ name: OperationName) -> Bool {
        guard let operation = Catalog.iwinv[name] else { return false }
        return operation.effect == .create && operation.target == nil
    }

    private func refusal(_ run: RunSummary, _ what: String) -> RunReport {
        let isDone = run.state == .ended("done")
        return .denied(
            LocalizedText(
                "run \(run.id) has carried this plan out already, and \(what) would be made a second time",
                "실행 \(run.id)이(가) 이 계획을 이미 적용했고, \(what)을(를) 다시 만들게 됩니다"),
            advice: isDone
                ? LocalizedText("make a new plan", "계획을 다시 만드세요")
                : LocalizedText(
                    "go on with it by `iwlua resume \(run.id)`, or make a new plan",
                    "`iwlua resume \(run.id)`로 이어서 실행하거나 계획을 다시 만드세요"))
    }
}
