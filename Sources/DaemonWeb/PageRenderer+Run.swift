import Clocks
import IwinvCatalog
import IwinvWire
public import RunStore
import Scheduler

extension PageRenderer {
    /// The part of a run's page that changes while it runs.
    public func runParts(_ record: RunRecord, live: LiveRuns.Run? = nil) -> HTML {
        facts(record, live) + changes(record.changes) + output(live, isRunning: record.summary.state == .running)
            + calls(record.calls) + course(record)
    }

    /// What the script said.
    private func output(_ live: LiveRuns.Run?, isRunning: Bool) -> HTML {
        section("output", view.say("Output", "출력")) {
            guard let live else {
                return [
                    .element(
                        "p", [(.class, "quiet")],
                        view.say(
                            "What the script said is not here any more: a daemon keeps it in memory, of its newest runs.",
                            "스크립트 출력이 남아 있지 않습니다. 데몬은 최근 실행의 출력만 메모리에 보관합니다."))
                ]
            }
            guard !live.lines.isEmpty else {
                return [
                    .element("p", [(.class, "quiet")], view.say("It has said nothing.", "출력이 없습니다."))
                ]
            }
            let dropped =
                live.dropped > 0
                ? HTML.element(
                    "p", [(.class, "quiet")],
                    view.say("\(live.dropped) older lines are gone.", "이전 \(live.dropped)줄은 생략되었습니다."))
                : .nothing
            return [dropped, .element("pre", [], live.lines.joined(separator: "\n"))]
        }
    }

    /// How far it is, as it goes.
    private func underWay(_ live: LiveRuns.Run?) -> [(String, HTML)] {
        guard let live, !live.isOver else { return [] }
        var facts: [(String, HTML)] = []
        if let progress = live.progress {
            let text = "\(progress.done)/\(progress.total)" + (progress.text.map { " " + $0 } ?? "")
            let label = view.say("How far", "진행률")
            facts.append(
                (
                    label,
                    .element(
                        "meter",
                        [
                            (.label, label), (.min, "0"), (.max, "\(max(1, progress.total))"),
                            (.value, "\(progress.done)"),
                        ], text) + .text(" " + text)
                ))
        }
        let calling = live.calling.prefix(5).joined(separator: ", ") + (live.calling.count > 5 ? ", …" : "")
        facts.append((view.say("Now", "현재 호출"), .text(calling.isEmpty ? "–" : calling)))
        return facts
    }

    private func facts(_ record: RunRecord, _ live: LiveRuns.Run?) -> HTML {
        let summary = record.summary
        // The journal of a run under way lags behind: what changes nothing is written with what follows.
        var (answered, asked) = (record.calls.count { $0.answered != nil }, record.calls.count)
        if let live, !live.isOver {
            answered = max(answered, live.answered)
            asked = max(asked, live.answered + live.calling.count)
        }
        let facts: [(String, HTML)] = [
            (view.say("State", "상태"), word(summary.state.word)), (view.say("What", "종류"), .text(summary.kind)),
            (view.say("Script", "스크립트"), .text(summary.script)),
            (view.say("Started", "시작"), moment(Zone.utc.text(summary.started), hasZone: true)),
            (view.say("Ended", "종료"), summary.endedAt.map { moment(Zone.utc.text($0), hasZone: true) } ?? .text("–")),
            (
                view.say("Progress", "진행"),
                .text(
                    view.say(
                        "\(answered) of \(asked) calls answered", "호출 \(asked)건 중 \(answered)건 응답"))
            ),
        ]
        return .element(
            "dl", [],
            (facts + underWay(live)).flatMap { name, value in [.element("dt", [], name), .element("dd", [], [value])] })
    }

    private func changes(_ changes: [ResourceChange]) -> HTML {
        section("changes", view.say("Changes", "변경")) {
            guard !changes.isEmpty else { return [.element("p", [], view.say("Nothing was changed.", "변경된 것이 없습니다."))] }
            let columns = [
                view.say("What", "대상"), view.say("Operation", "작업"), view.say("Before → after", "이전 → 이후"),
                view.say("Outcome", "결과"),
            ]
            return [
                table(
                    view.say("Changes", "변경"), columns,
                    changes.map { change in
                        [
                            .text([change.name, change.id].compactMap(\.self).joined(separator: " · ")),
                            .text(change.operation),
                            difference(change.before, change.after, change.wanted),
                            outcome(change.outcome),
                        ]
                    })
            ]
        }
    }

    /// Field by field; whole where they are no rows.
    private func difference(_ before: JSONValue, _ after: JSONValue, _ wanted: JSONValue?) -> HTML {
        func text(_ value: JSONValue?) -> String { value.map { $0.stringValue ?? Self.text($0) } ?? "–" }
        let (old, new) = (before.objectValue ?? [:], after.objectValue ?? [:])
        let all = Set(old.keys).union(new.keys).sorted()
        let missed = (wanted?.objectValue ?? [:]).filter { new[$0.key] != $0.value }
        let changed = all.filter { old[$0] != new[$0] || missed[$0] != nil }
        let names = changed.isEmpty ? all : changed
        guard !names.isEmpty else { return .element("code", [], Self.text(before) + " → " + Self.text(after)) }
        return .element(
            "ul", [(.class, "fields")],
            names.map { name in
                .element(
                    "li", [],
                    [
                        .element("span", [(.class, "quiet")], name + " "), .element("code", [], text(old[name])),
                        .text(" → "), .element("code", [], text(new[name])),
                    ] + (missed[name].map { [.text(" ≠ "), .element("code", [], text($0))] } ?? []))
            })
    }

    private func outcome(_ word: String) -> HTML {
        mark(word == "unknown" || word == "refused" ? "bad" : word == "in-flight" ? "live" : "good", word)
    }

    private func calls(_ calls: [RecordedCall]) -> HTML {
        section("calls", view.say("Calls", "호출")) {
            guard !calls.isEmpty else { return [.element("p", [], view.say("No calls.", "호출이 없습니다."))] }
            let columns = ["#", view.say("Call", "호출"), view.say("Place", "위치"), view.say("Answer", "응답")]
            // The newest of a long run: a page is read by a person.
            return [
                table(
                    view.say("Calls", "호출"), columns,
                    calls.suffix(500).map { call in
                        [
                            .text("\(call.number)"),
                            .text([call.name, call.subject].compactMap(\.self).joined(separator: " ")),
                            .text(call.place ?? ""), answer(call.outcome),
                        ]
                    })
            ]
        }
    }

    private func answer(_ outcome: RecordedCall.Outcome) -> HTML {
        switch outcome {
        case .answered: mark("good", view.say("answered", "응답"))
        case .failed(let kind, let message): mark("bad", kind) + .text(" " + message)
        case .changed(let outcomes): .text(outcomes.joined(separator: ", "))
        case .open: mark("live", view.say("open", "대기"))
        }
    }

    private func course(_ record: RunRecord) -> HTML {
        section("course", view.say("Course", "경과")) {
            guard !record.course.isEmpty else { return [.element("p", [], "–")] }
            return [
                .element(
                    "ol", [(.class, "timeline")],
                    record.course.map { entry in
                        .element(
                            "li", [], [moment(Zone.utc.text(entry.at), hasZone: true), .text(Self.text(entry.event))])
                    })
            ]
        }
    }

    private static func text(_ event: JournalEvent) -> String {
        switch event {
        case .granted(_, let grant): "granted \(grant)"
        case .consented(let consent, _): "consent: \(consent.source.rawValue)"
        case .decided(_, let decision): "decided \(decision.rawValue)"
        case .resumed: "resumed"
        case .stopped(let reason): "stopped: \(reason)"
        case .ended(let word, _): "ended: \(word)"
        default: ""
        }
    }

    static func text(_ value: JSONValue) -> String { String(decoding: JSONCodec.encode(value), as: UTF8.self) }
}
