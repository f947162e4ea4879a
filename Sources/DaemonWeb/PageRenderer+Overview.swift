import Clocks
import IwinvCatalog
import RunStore

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
                view.say("State", "상태"),
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
        let state: HTML =
            switch record.state {
            case .active: mark("good", view.say("active", "활성"))
            case .paused(let reason): mark("warn", view.say("paused: ", "일시 중지: ") + reason)
            }
        let last = record.last.map { last in
            HTML.text((line.last ?? "") + " ") + linked(last.run, word(last.word))
        }
        var cells: [HTML] = [
            .element("strong", [], definition.name),
            .text("\(definition.recurrence) · \(definition.zone)"), .text(line.next ?? "–"), last ?? .text("–"), state,
        ]
        if view.formToken != nil {
            let path = "/schedules/\(record.id)"
            cells.append(
                record.state == .active
                    ? form(path + "/run", view.say("Run now", "지금 실행"))
                        + form(path + "/pause", view.say("Pause", "일시 중지"))
                    : form(path + "/resume", view.say("Resume", "다시 시작")))
        }
        return cells
    }

    func timeline(_ lines: [Overview.Line]) -> HTML {
        let all = lines.flatMap { line in line.occurrences.map { (line.record.definition.name, $0) } }
            .sorted { $0.1.record.key.instant > $1.1.record.key.instant }.prefix(60)
        return section("timeline", view.say("Timeline", "타임라인")) {
            guard !all.isEmpty else { return [.element("p", [], view.say("Nothing yet.", "아직 없습니다."))] }
            return [
                .element(
                    "ol", [(.class, "timeline")],
                    all.map { name, happening in
                        .element(
                            "li", [],
                            [
                                .element("time", [], happening.time), .element("span", [(.class, "name")], name),
                                state(happening.record),
                            ])
                    })
            ]
        }
    }

    private func state(_ record: OccurrenceRecord) -> HTML {
        switch record.state {
        case .waiting: mark("quiet", view.say("waiting", "대기"))
        case .running: linked(record.run, mark("live", view.say("running", "실행 중")))
        case .run(let ending): linked(record.run, word(ending))
        case .skipped(let reason):
            mark(
                reason == .missed || reason == .daemonDown ? "warn" : "quiet",
                view.say("skipped: ", "건너뜀: ") + reason.rawValue + (record.count > 1 ? " ×\(record.count)" : ""))
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
        switch word {
        case "done": mark("good", view.say("done", "완료"))
        case "running": mark("live", view.say("running", "실행 중"))
        case "failed": mark("bad", view.say("failed", "실패"))
        case "unknown": mark("bad", view.say("unknown", "불명"))
        default: mark("warn", word)
        }
    }

    func mark(_ kind: String, _ text: String) -> HTML { .element("span", [(.class, "mark \(kind)")], text) }
}
