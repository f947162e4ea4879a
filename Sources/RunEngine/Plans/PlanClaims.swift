import Gate
import IwinvCatalog
import RunStore

/// What carrying a plan out claims: two processes do not do it at once, and what it creates is created once.
enum PlanClaims {
    static func claims(of plan: Plan, account: String) -> [RunClaim] {
        guard let digest = plan.json["digest"]?.stringValue else { return [] }
        let creates = plan.entries.contains { Self.creates($0.operation) }
        var claims = [RunClaim.plan(digest, account: account, isOnce: creates)]
        if plan.origin.kind == "undo", let parent = plan.origin.parent { claims.append(.undo(of: parent)) }
        return claims
    }

    /// Whether a run of a plan has created something, or may have: nothing of a before-image keeps that from being
    /// created, and paid for, once more.
    static func hasCreated(_ history: RunHistory) -> Bool { created(history) != nil }

    /// The first thing that it has created, or may have.
    static func created(_ history: RunHistory) -> ChangeIntent? {
        history.intended.lazy.compactMap { history.changes[$0] }.first { change in
            guard let intent = change.intent, creates(OperationName(stringLiteral: intent.operation)) else {
                return false
            }
            // Also one that was interrupted on its way: it is settled when the run goes on.
            return change.record.isEmpty
                ? change.stage != .notSent : change.record.contains { $0.outcome > .refused }
        }?.intent
    }

    private static func creates(_ name: OperationName) -> Bool {
        guard let operation = Catalog.iwinv[name] else { return false }
        return operation.effect == .create && operation.target == nil
    }
}

extension RunRefusal {
    /// Another run has the claim that this one needs.
    static func claimed(_ conflict: ClaimConflict, isUndo: Bool) -> RunRefusal {
        let run = conflict.run
        switch conflict.state {
        case .underway:
            return RunRefusal(
                .denied,
                isUndo
                    ? LocalizedText(
                        "run \(run) is taking that back at this moment", "실행 \(run)이(가) 지금 되돌리는 중입니다")
                    : LocalizedText(
                        "run \(run) is carrying this plan out at this moment", "실행 \(run)이(가) 지금 이 계획을 적용하는 중입니다"),
                advice: LocalizedText("wait for its end", "끝날 때까지 기다리세요"))
        case .interrupted:
            return RunRefusal(
                .denied,
                isUndo
                    ? LocalizedText(
                        "run \(run) was interrupted while it took that back", "실행 \(run)이(가) 되돌리다가 중단되었습니다")
                    : LocalizedText(
                        "run \(run) was interrupted while it carried this plan out",
                        "실행 \(run)이(가) 이 계획을 적용하다가 중단되었습니다"),
                advice: .resumeOrPlanAgain(run))
        case .done: return alreadyCreated(by: run, nil, isDone: true)
        case .pruned:
            return RunRefusal(
                .denied,
                LocalizedText(
                    "run \(run), whose record is no longer kept, has carried this plan out: what it creates would be made a second time",
                    "기록이 정리된 실행 \(run)이(가) 이 계획을 적용했습니다. 다시 적용하면 한 번 더 생성됩니다"),
                advice: LocalizedText("make a new plan", "계획을 다시 만드세요"))
        }
    }

    /// What a run of the same plan has created would be created, and paid for, once more.
    static func alreadyCreated(by run: String, _ intent: ChangeIntent?, isDone: Bool) -> RunRefusal {
        let what = intent.map { "\($0.operation) \($0.wanted["name"]?.stringValue ?? "")" } ?? "what it creates"
        return RunRefusal(
            .denied,
            LocalizedText(
                "run \(run) has carried this plan out already, and \(what) would be made a second time",
                "실행 \(run)이(가) 이 계획을 이미 적용했고, \(what)을(를) 다시 만들게 됩니다"),
            advice: isDone ? LocalizedText("make a new plan", "계획을 다시 만드세요") : .resumeOrPlanAgain(run))
    }
}

extension LocalizedText {
    fileprivate static func resumeOrPlanAgain(_ run: String) -> LocalizedText {
        LocalizedText(
            "go on with it by `iwlua resume \(run)`, or make a new plan",
            "`iwlua resume \(run)`로 이어서 실행하거나 계획을 다시 만드세요")
    }
}
