import Gate
import IwinvCatalog
import RunStore
import ScriptHost

/// What to do next about a run.
extension RunShowText {
    var advice: TerminalText {
        let id = record.summary.id
        let next: TerminalText
        switch record.summary.state {
        case .running: next = terminal.say("`iwlua stop \(id)` ends it", "`iwlua stop \(id)`로 중지할 수 있습니다")
        case .ended("done"):
            guard isTakenBack else { return "" }
            next = terminal.say("`iwlua undo \(id)` takes its changes back", "`iwlua undo \(id)`로 되돌릴 수 있습니다")
        case .cut, .ended:
            if record.changes.contains(where: { $0.outcome == "unknown" }) {
                next = terminal.say(
                    "look at what is `unknown`; `iwlua resume \(id)` reads what a read can tell and goes on",
                    "`unknown` 항목을 확인하세요. `iwlua resume \(id)`는 조회로 확인한 뒤 이어서 실행합니다")
            } else if record.summary.state == .ended("denied") {
                next = afterDenial
            } else {
                next = terminal.say("`iwlua resume \(id)` goes on where it ended", "`iwlua resume \(id)`로 이어서 실행합니다")
            }
        }
        return terminal.say("next: ", "다음: ") + next + "\n"
    }

    private var isTakenBack: Bool {
        record.changes.contains { change in
            Outcome(rawValue: change.outcome).map {
                Change.isTakenBack(OperationName(stringLiteral: change.operation), $0)
            } ?? false
        }
    }

    private var isChanged: Bool {
        record.changes.contains { ["accepted", "observed", "confirmed"].contains($0.outcome) }
    }

    /// Going on alone would be refused in the same way.
    private var afterDenial: TerminalText {
        let id = record.summary.id
        if record.history.consent?.source == .nobody {
            return terminal.say(
                "`iwlua resume \(id)` asks before its next change; without a terminal, add --yes",
                "`iwlua resume \(id)`는 다음 변경 전에 묻습니다. 터미널이 없으면 --yes를 붙이세요")
        }
        switch record.history.header?.kind {
        case "apply":
            return terminal.say(
                "something is not as planned, and would be refused again: make a new plan with `iwlua plan`",
                "계획과 다른 대상이 있어 다시 거부됩니다. `iwlua plan`으로 계획을 다시 만드세요")
        case "undo":
            let parent = record.history.header?.parent ?? id
            return terminal.say(
                "something is not as planned, and would be refused again: `iwlua undo \(parent)` looks anew",
                "계획과 다른 대상이 있어 다시 거부됩니다. `iwlua undo \(parent)`로 다시 계획하세요")
        default: break
        }
        guard let grant = missingGrant else {
            return terminal.say(
                "see to what the error says; `iwlua resume \(id)` with the flag that it names goes on",
                "오류의 원인을 해결하세요. 안내된 옵션과 함께 `iwlua resume \(id)`로 이어서 실행합니다")
        }
        return isChanged
            ? terminal.say(
                "`iwlua resume \(id) --allow \(grant)` goes on where it was refused, after a question",
                "`iwlua resume \(id) --allow \(grant)`로 확인 후 거부된 곳부터 이어서 실행합니다")
            : terminal.say(
                "nothing was changed: run it again with `--allow \(grant)`",
                "변경된 것이 없습니다. `--allow \(grant)`를 붙여 다시 실행하세요")
    }

    /// What the run was not allowed to do, where that is what ended it.
    private var missingGrant: Grant? {
        guard let error = record.history.ending?.report["error"], error["kind"] == "denied",
            let name = error["operation"]?.stringValue,
            let operation = Catalog.iwinv[OperationName(stringLiteral: name)]
        else { return nil }
        let texts = (record.history.header?.grants ?? []) + record.history.granted
        let given = texts.compactMap { try? Grant($0) }.filter { $0.concerns(operation) }
        // What was granted without limits is not what was missing: the profile protects it, say.
        guard !given.contains(where: { $0.maximum == nil && $0.names.isEmpty }) else { return nil }
        return Grant(for: operation)
    }
}
