import IwinvCatalog
import IwinvWire
import RunStore
import ScriptHost

/// Approvals for a person and for a machine.
struct ApprovalText {
    var approvals: [Approval]
    var terminal: Terminal

    /// One line each.
    var table: TerminalText {
        let headings = [
            terminal.say("approval", "승인"), terminal.say("made", "시각"), terminal.say("script", "스크립트"),
            terminal.say("parameters", "매개변수"), terminal.say("grants", "권한"), terminal.say("profile", "프로필"),
        ]
        let rows = approvals.map { approval in
            let terms = ApprovalTerms(json: approval.body)
            return [
                approval.id, TimeText.local(approval.made),
                terms?.script ?? terminal.say("(of another version)", "(다른 버전)"),
                terms.map { Self.parameters($0.parameters) } ?? "",
                terms?.grants.sorted().joined(separator: ", ") ?? "",
                terms?.profile ?? "",
            ]
        }
        return "\(lines: TextTable(headings: headings, rows: rows).text())"
    }

    /// All of what one is bound to.
    static func text(_ terms: ApprovalTerms, _ terminal: Terminal) -> TerminalText {
        var rows: [(String, String)] = [
            (terminal.say("script", "스크립트"), "\(terms.script)  sha256 \(terms.text)"),
            (terminal.say("profile", "프로필"), terms.profile), (terminal.say("account", "계정"), terms.account),
            (
                terminal.say("grants", "권한"),
                terms.grants.isEmpty
                    ? terminal.say("reading only", "읽기만") : terms.grants.sorted().joined(separator: ", ")
            ),
        ]
        for (name, hash) in terms.modules.sorted(by: { $0.key < $1.key }) {
            rows.append((terminal.say("module", "모듈"), "\(name)  sha256 \(hash)"))
        }
        for (name, value) in (terms.parameters.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            rows.append((terminal.say("parameter", "매개변수"), "\(name) = \(HistoryWords.shown(value))"))
        }
        for (name, value) in (terms.limits.objectValue ?? [:]).sorted(by: { $0.key < $1.key })
        where !value.isNull && value != false && value != "0s" {
            rows.append((terminal.say("limit", "제한"), "\(name) = \(HistoryWords.shown(value))"))
        }
        let width = rows.map { $0.0.displayWidth }.max() ?? 0
        return rows.map { "\($0.0.fitted(to: width))  \($0.1)\n" }.joined()
    }

    var json: JSONValue {
        .array(
            approvals.map { approval in
                ["id": .string(approval.id), "made": .string(TimeText.utc(approval.made)), "terms": approval.body]
            })
    }

    private static func parameters(_ parameters: JSONValue) -> String {
        (parameters.objectValue ?? [:]).sorted { $0.key < $1.key }
            .map { "\($0.key)=\(HistoryWords.shown($0.value))" }.joined(separator: " ")
    }
}
