import Gate
import IwinvCatalog
import ScriptHost

/// A plan as a person reads it.
struct PlanText {
    var plan: Plan
    /// How many requests could be sent at once now.
    var remaining: Int
    var terminal: Terminal

    /// Table and summary, or that there is nothing to do.
    var text: TerminalText {
        guard !plan.isEmpty else {
            return
                (plan.origin.kind == "undo"
                ? terminal.say("nothing to do\n", "되돌릴 것이 없습니다\n") : terminal.say("no changes\n", "변경 사항이 없습니다\n"))
                + notes
        }
        return table + "\n" + summary + notes
    }

    /// What would be done, without what it takes.
    var tableAndNotes: TerminalText { (plan.isEmpty ? "" : table) + notes }

    private var table: TerminalText {
        var rows: [[String]] = []
        var step = 0
        for entry in plan.steps {
            switch entry {
            case .changes(let entries):
                step += 1
                rows += entries.map { row(of: $0, step) }
            case .wait(let wait):
                let what = wait.ids.count == 1 ? wait.ids[0] : "\(wait.ids.count) × \(wait.resource)"
                let text = terminal.say(
                    "until \(wait.state), at most \(wait.timeout.text)", "\(wait.state)까지, 최대 \(wait.timeout.text)")
                rows.append(["", terminal.say("wait", "대기"), what, "", text, ""])
            case .sleep(let duration):
                rows.append(["", terminal.say("sleep", "휴지"), "", "", duration.text, ""])
            }
        }
        let headings = [
            terminal.say("step", "단계"), terminal.say("change", "작업"), terminal.say("resource", "대상"),
            terminal.say("name", "이름"), terminal.say("before → after", "이전 → 이후"), terminal.say("note", "비고"),
        ]
        let table = TextTable(headings: headings, rows: rows, rightAligned: [0])
        return "\(lines: table.text(maximumCellWidth: 64))"
    }

    private func row(of entry: PlanEntry, _ step: Int) -> [String] {
        var marks: [String] = []
        if entry.costsMoney { marks.append(terminal.say("costs money", "과금")) }
        if entry.isFinal { marks.append(terminal.say("cannot be undone", "되돌릴 수 없음")) }
        if let lost = entry.undoLoses {
            marks.append(
                terminal.say("undo does not bring back \(lost.english)", "\(lost.korean)은 되돌릴 수 없음"))
        }
        return [
            "\(step)", "\(entry.operation)", entry.id ?? entry.creates.joined(separator: ", "), entry.name ?? "",
            ChangeDescription(entry).difference,
            marks.joined(separator: ", "),
        ]
    }

    private var summary: TerminalText {
        let sum = PlanSummary(of: plan, remaining: remaining)
        let steps = plan.steps.count { if case .changes = $0 { true } else { false } }
        var counts: [TerminalText] = [
            terminal.say(
                "\(sum.changes) \(sum.changes == 1 ? "change" : "changes") in \(steps) \(steps == 1 ? "step" : "steps")",
                "변경 \(sum.changes)건, \(steps)단계")
        ]
        if sum.costingMoney > 0 {
            counts.append(
                terminal.say(
                    "\(sum.costingMoney) \(sum.costingMoney == 1 ? "costs" : "cost") money", "과금 \(sum.costingMoney)건"))
        }
        if sum.final > 0 {
            counts.append(terminal.say("\(sum.final) cannot be undone", "되돌릴 수 없음 \(sum.final)건"))
        }
        let time = Duration.seconds(sum.time.components.seconds).text
        var lines: [TerminalText] = [
            counts.joined(separator: "; "),
            terminal.say(
                "about \(sum.requests) requests, \(time) at 60 a minute (\(remaining) left now)",
                "요청 약 \(sum.requests)건, 분당 60건 기준 \(time)(현재 \(remaining)건 남음)"),
        ]
        if !plan.grants.isEmpty {
            lines.append(
                terminal.say("needs: ", "필요한 권한: ")
                    + "\(plan.grants.map { "--allow \($0)" }.joined(separator: " "))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var notes: TerminalText {
        plan.notes.map { note -> TerminalText in
            let place = note.place.map { " (\($0))" } ?? ""
            let kind: TerminalText =
                switch note.kind {
                case .unknown: terminal.say("cannot tell: ", "확인 불가: ")
                case .left: terminal.say("left as it is: ", "그대로 둠: ")
                case .moving: terminal.say("under way: ", "진행 중: ")
                }
            let text = terminal.say(note.text, note.korean ?? note.text)
            return "\(kind)\(text)\(place)\n"
        }.joined()
    }
}
