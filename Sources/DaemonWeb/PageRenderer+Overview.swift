import Clocks
import IwinvCatalog
import RunStore
import Scheduler

extension PageRenderer {
    func schedules(_ lines: [Overview.Line], _ sheet: Overview.Sheet) -> HTML {
        section("schedules", view.say("Plan", "계획")) {
            guard !lines.isEmpty else {
                return [
                    .element("p", [], view.say("No schedules: `iwlua schedule add`", "예약이 없습니다: `iwlua schedule add`"))
                ]
            }
            var columns = [
                view.say("Name", "이름"), view.say("When", "주기"), view.say("Next", "다음"), view.say("Last", "지난 실행"),
                view.say("Newest", "최근"), view.say("State", "상태"),
            ]
            if view.formToken != nil { columns.append(view.say("Do", "동작")) }
            return [table(view.say("Plan", "계획"), columns, lines.map(row)), sheets(sheet)]
        }
    }

    private func sheets(_ sheet: Overview.Sheet) -> HTML {
        guard sheet.last > 1 else { return .nothing }
        let place = view.say(
            "Page \(sheet.number) of \(sheet.last), \(sheet.total) schedules",
            "\(sheet.last)쪽 중 \(sheet.number)쪽, 예약 \(sheet.total)개")
        var parts: [HTML] = []
        if sheet.number > 1 {
            parts.append(.element("a", [(.href, "/?page=\(sheet.number - 1)")], view.say("Before", "이전")))
        }
        parts.append(.element("span", [], place))
        if sheet.number < sheet.last {
            parts.append(.element("a", [(.href, "/?page=\(sheet.number + 1)")], view.say("After", "다음")))
        }
        return .element("nav", [(.label, view.say("Pages", "쪽"))], parts)
    }

    private func row(_ line: Overview.Line) -> [HTML] {
        let (definition, record) = (line.record.definition, line.record)
        let last = record.last.map { last in
            moment(line.last ?? "") + .text(" ") + linked(last.run, word(last.word))
        }
        let name = HTML.element("a", [(.href, "/schedules/\(record.id)"), (.class, "name")], definition.name)
        let cells: [HTML] = [
            name, .element("code", [], definition.recurrence) + .element("span", [(.class, "zone")], definition.zone),
            line.next.map { moment($0) } ?? .text("–"), last ?? .text("–"), strip(line.occurrences),
            state(of: record),
        ]
        return view.formToken == nil ? cells : cells + [buttons(record)]
    }

    func state(of record: ScheduleRecord) -> HTML {
        switch record.state {
        case .active: mark("good", view.say("active", "활성"))
        case .paused(let reason): mark("warn", view.say("paused: ", "일시 중지: ") + reason)
        }
    }

    func buttons(_ record: ScheduleRecord) -> HTML {
        let path = "/schedules/\(record.id)"
        return record.state == .active
            ? form(path + "/run", view.say("Run now", "지금 실행")) + form(path + "/pause", view.say("Pause", "일시 중지"))
            : form(path + "/resume", view.say("Resume", "다시 시작"))
    }

    /// A sign for each of the newest instants, the oldest first: by shape and by colour.
    private func strip(_ occurrences: [Overview.Happening]) -> HTML {
        let signs = occurrences.reversed().map { happening -> HTML in
            let (kind, sign, words) = self.sign(happening.record)
            let text = happening.time + " " + words
            let attributes: [(HTML.Attribute, String)] = [
                (.class, "sign " + kind), (.title, text), (.label, text),
            ]
            guard let run = happening.record.run else {
                return .element("span", [(.role, "img")] + attributes, sign)
            }
            return .element("a", [(.href, "/runs/\(run)")] + attributes, sign)
        }
        return .element("span", [(.class, "strip")], signs)
    }

    private func sign(_ record: OccurrenceRecord) -> (kind: String, sign: String, words: String) {
        switch record.state {
        case .waiting: ("quiet", "○", view.say("waiting", "대기"))
        case .running: ("live", "●", view.say("running", "실행 중"))
        case .run(let ending):
            (
                Self.kind(of: ending), ending == "done" ? "✓" : ending == "unknown" ? "?" : "✕",
                Self.words(for: ending)(view.language)
            )
        case .skipped(let reason):
            (
                reason == .missed || reason == .daemonDown ? "warn" : "quiet", "–",
                view.say("skipped: \(reason.rawValue)", "건너뜀: \(reason.korean)")
            )
        }
    }

    func timeline(_ lines: [Overview.Line]) -> HTML {
        let all = Self.folded(
            lines.flatMap { line in line.occurrences.map { (line.record.definition.name, $0) } }
                .sorted { $0.1.record.key.instant > $1.1.record.key.instant }
        ).prefix(60)
        return section("timeline", view.say("Timeline", "타임라인")) {
            guard !all.isEmpty else { return [.element("p", [], view.say("Nothing yet.", "아직 없습니다."))] }
            return [
                .element(
                    "ol", [(.class, "timeline")],
                    all.map { name, happening in
                        .element(
                            "li", [],
                            [
                                moment(happening.time, hasZone: true), .element("span", [(.class, "name")], name),
                                state(happening.record),
                            ])
                    })
            ]
        }
    }

    /// What one schedule skips again and again for one reason is one line, else it would push out everything else.
    private static func folded(_ all: [(String, Overview.Happening)]) -> [(String, Overview.Happening)] {
        var folded: [(String, Overview.Happening)] = []
        for (name, happening) in all {
            if case .skipped = happening.record.state, let last = folded.last, last.0 == name,
                last.1.record.state == happening.record.state
            {
                folded[folded.count - 1].1.record.count += happening.record.count
            } else {
                folded.append((name, happening))
            }
        }
        return folded
    }

    func state(_ record: OccurrenceRecord) -> HTML {
        switch record.state {
        case .waiting: mark("quiet", view.say("waiting", "대기"))
        case .running: linked(record.run, mark("live", view.say("running", "실행 중")))
        case .run(let ending): linked(record.run, word(ending))
        case .skipped(let reason):
            mark(
                reason == .missed || reason == .daemonDown ? "warn" : "quiet",
                view.say("skipped: \(reason.rawValue)", "건너뜀: \(reason.korean)")
                    + (record.count > 1 ? " ×\(record.count)" : ""))
        }
    }

    func budgets(_ budgets: [Overview.Budget]) -> HTML {
        section("budget", view.say("Request budget", "요청 예산")) {
            guard !budgets.isEmpty else {
                return [
                    .element(
                        "p", [],
                        view.say("No run has drawn on a budget since the daemon came up.", "데몬이 시작된 뒤 예산을 쓴 실행이 없습니다."))
                ]
            }
            return budgets.map { budget in
                guard let limit = budget.limit else {
                    let text = view.say("\(budget.remaining) left", "\(budget.remaining)건 남음")
                    return .element("p", [], budget.profile + ": " + text)
                }
                return gauge(
                    budget.profile, Int64(budget.remaining), of: Int64(limit),
                    view.say("\(budget.remaining) of \(limit) left", "\(limit)건 중 \(budget.remaining)건 남음"))
            }
        }
    }

    private func gauge(_ name: String, _ value: Int64, of most: Int64, _ text: String) -> HTML {
        .element(
            "p", [(.class, "gauge")],
            [
                .element("span", [], name),
                .element("meter", [(.label, name), (.min, "0"), (.max, "\(most)"), (.value, "\(value)")], text),
                .element("span", [], text),
            ])
    }

    /// Bars of the bills that runs have read.
    func costs(_ costs: [BillBoard]) -> HTML {
        section("costs", view.say("Costs", "비용")) {
            guard !costs.isEmpty else {
                return [
                    .element(
                        "p", [],
                        view.say(
                            "No run has read a bill yet; a schedule of cost-report.lua does.",
                            "청구서를 조회한 실행이 없습니다. cost-report.lua를 예약하면 표시됩니다."))
                ]
            }
            return costs.map { board in
                let most = max(1, board.bills.map(\.price).max() ?? 1)
                let bars = board.bills.map { bill in
                    let month = bill.isLive ? bill.month + view.say(" so far", " 현재") : bill.month
                    let amount = Self.amount(bill.price) + " " + bill.currency
                    return HTML.element(
                        "li", [(.class, "gauge"), (.title, bill.name)],
                        [
                            .element("span", [(.class, "month")], month),
                            .element(
                                "meter",
                                [
                                    (.label, month), (.min, "0"), (.max, "\(most)"), (.value, "\(max(0, bill.price))"),
                                ], amount),
                            .element("span", [(.class, "amount")], amount),
                        ])
                }
                return .element("h3", [], board.profile) + .element("ul", [(.class, "bars")], bars)
                    + .element(
                        "p", [(.class, "quiet")],
                        [
                            .text(view.say("Without VAT; read by ", "부가세 별도. 조회한 실행: ")),
                            linked(board.run, .text(board.run)),
                        ])
            }
        }
    }

    /// In groups of three digits.
    static func amount(_ value: Int64) -> String {
        var text = ""
        for (index, digit) in String(value.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "−" : "") + String(text.reversed())
    }

    func runs(_ runs: [RunSummary]) -> HTML {
        section("runs", view.say("Runs", "실행")) {
            let columns = [
                view.say("Run", "실행"), view.say("What", "종류"), view.say("Script", "스크립트"), view.say("Changes", "변경"),
                view.say("State", "상태"),
            ]
            return [
                table(
                    view.say("Runs", "실행"), columns,
                    runs.map { run in
                        [
                            linked(run.id, .text(run.id)), .text(run.kind), .text(run.script),
                            .text(
                                "\(run.changes)"
                                    + (run.unknown > 0
                                        ? view.say(", \(run.unknown) unknown", ", 불명 \(run.unknown)") : "")),
                            word(run.state.word),
                        ]
                    })
            ]
        }
    }

    func linked(_ run: String?, _ content: HTML) -> HTML {
        guard let run else { return content }
        return .element("a", [(.href, "/runs/\(run)")], [content])
    }

    /// A run's word for its end, in colour.
    func word(_ word: String) -> HTML {
        if let reason = SkipReason(rawValue: word) {
            return mark("quiet", view.say("skipped: \(reason.rawValue)", "건너뜀: \(reason.korean)"))
        }
        return mark(Self.kind(of: word), Self.words(for: word)(view.language))
    }

    private static func kind(of word: String) -> String {
        switch word {
        case "done": "good"
        case "running": "live"
        case "failed", "unknown", "denied", "refused", "killed", "unavailable": "bad"
        default: "warn"
        }
    }

    private static func words(for word: String) -> LocalizedText {
        word == "running" ? RunSummary.State.running.words : RunSummary.State.ended(word).words
    }

    func mark(_ kind: String, _ text: String) -> HTML { .element("span", [(.class, "mark \(kind)")], text) }
}
