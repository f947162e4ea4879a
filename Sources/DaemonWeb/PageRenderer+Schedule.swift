import IwinvCatalog
import RunStore
import Scheduler

extension PageRenderer {
    /// The part of a schedule's page that changes.
    public func scheduleParts(_ page: SchedulePage) -> HTML {
        terms(page) + coming(page.next) + happened(page.line.occurrences)
    }

    private func terms(_ page: SchedulePage) -> HTML {
        let (record, definition) = (page.line.record, page.line.record.definition)
        var facts: [(String, HTML)] = [
            (view.say("State", "상태"), state(of: record)),
            (
                view.say("When", "주기"),
                .element("code", [], definition.recurrence) + .element("span", [(.class, "zone")], definition.zone)
            ),
            (view.say("Script", "스크립트"), .element("code", [], definition.script)),
            (view.say("Approval", "승인"), .element("code", [], definition.approval)),
            (
                view.say("Policy", "정책"),
                page.policy.map(HTML.text) ?? mark("bad", view.say("of another version", "다른 버전의 정책"))
            ),
        ]
        if record.failures > 0 { facts.append((view.say("Failures in a row", "연속 실패"), .text("\(record.failures)"))) }
        let list = HTML.element(
            "dl", [], facts.flatMap { name, value in [.element("dt", [], name), .element("dd", [], [value])] })
        return view.formToken == nil ? list : list + buttons(record)
    }

    private func coming(_ next: [SchedulePage.Coming]) -> HTML {
        section("next", view.say("Next", "다음")) {
            guard !next.isEmpty else { return [.element("p", [], view.say("Nothing is due.", "예정된 실행이 없습니다."))] }
            return [
                .element(
                    "ol", [(.class, "timeline")],
                    next.map { instant in
                        .element(
                            "li", [],
                            [
                                moment(instant.here, hasZone: true), moment(instant.universal, hasZone: true),
                                instant.isBlackout
                                    ? mark("warn", view.say("skipped: blackout", "건너뜀: " + SkipReason.blackout.korean))
                                    : .nothing,
                            ])
                    })
            ]
        }
    }

    private func happened(_ occurrences: [Overview.Happening]) -> HTML {
        section("timeline", view.say("Timeline", "타임라인")) {
            guard !occurrences.isEmpty else { return [.element("p", [], view.say("Nothing yet.", "아직 없습니다."))] }
            let columns = [
                view.say("Instant", "예정"), view.say("Attempts", "시도"), view.say("End", "결과"),
            ]
            return [
                table(
                    view.say("Timeline", "타임라인"), columns,
                    occurrences.map { happening in
                        [
                            moment(happening.time, hasZone: true),
                            .text(happening.record.attempts > 0 ? "\(happening.record.attempts)" : "–"),
                            state(happening.record),
                        ]
                    })
            ]
        }
    }
}
