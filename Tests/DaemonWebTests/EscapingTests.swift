import Clocks
import DaemonWeb
import IwinvCatalog
@testable import RunStore
import Testing

@Suite struct EscapingTests {
    static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "</td><iframe>",
    ]

    private func overview(_ name: String) -> Overview {
        let now = Instant(seconds: 1_800_000_000)
        let definition = ScheduleDefinition(
            name: name, recurrence: name, zone: name, script: name, text: "", approval: "")
        let key = OccurrenceKey(schedule: 1, instant: now)
        let record = ScheduleRecord(
            id: 1, definition: definition, added: now, state: .paused(reason: name), changed: now, cursor: now,
            failures: 0, last: nil)
        let occurrence = OccurrenceRecord(
            key: key, state: .run(word: name), run: name, due: now, claimed: now, through: now)
        return Overview(
            lines: [
                Overview.Line(
                    record: record, next: name, last: name, occurrences: [.init(time: name, record: occurrence)])
            ], runs: [], budgets: [.init(profile: name, remaining: 1, limit: 2)])
    }

    @Test(arguments: hostile, Language.allCases)
    func `Hostile names stay text`(name: String, language: Language) {
        let view = PageView(language: language, formToken: name, now: Instant(seconds: 0))
        let page = PageRenderer(view).overview(overview(name))
        #expect(!page.contains(name))
        #expect(!page.contains("<img") && !page.contains("<iframe") && !page.contains("<script>"))
        #expect(page.contains(HTML.text(name).source))
    }

    @Test func `Marks that reorder text and control characters are shown as what they are`() {
        #expect(HTML.text("a\u{202E}b\u{0}c\u{200B}\u{2066}").source == "a\\u{202e}b\\u{0}c\\u{200b}\\u{2066}")
        #expect(HTML.text("서버 é").source == "서버 é")
        // A joiner holds a family together.
        #expect(HTML.text("👨‍👩‍👧").source == "👨‍👩‍👧")
    }

    @Test(arguments: ["javascript:alert(1)", "//example.com/", "https://example.com/", "data:text/html,x"])
    func `An address leads nowhere but to the daemon itself`(address: String) {
        #expect(HTML.element("a", [(.href, address)], "x").source == "<a href=\"#\">x</a>")
    }

    @Test(arguments: hostile, Language.allCases)
    func `A schedule's own page keeps text text`(name: String, language: Language) throws {
        let view = PageView(language: language, now: Instant(seconds: 0))
        let line = try #require(overview(name).lines.first)
        let coming = SchedulePage.Coming(here: name, universal: name, isBlackout: true)
        let page = PageRenderer(view).schedule(SchedulePage(line: line, next: [coming], policy: name))
        #expect(!page.contains(name) && page.contains(HTML.text(name).source))
        #expect(!page.contains("<img") && !page.contains("<iframe") && !page.contains("<script>"))
    }

    @Test func `The newest instants are signs that read without colour, the oldest first, in both languages`() {
        func page(_ language: Language) -> String {
            var data = overview("weekly")
            let now = Instant(seconds: 1_800_000_000)
            data.lines[0].occurrences = [.skipped(.daemonDown), .run(word: "failed"), .run(word: "done")].map { state in
                Overview.Happening(
                    time: "2026-12-24T04:00:00+09:00",
                    record: OccurrenceRecord(
                        key: OccurrenceKey(schedule: 1, instant: now), state: state, due: now, claimed: now,
                        through: now))
            }
            return PageRenderer(PageView(language: language, now: now)).overview(data)
        }
        let english = page(.english)
        let signs = english.matches(of: #/class="sign [a-z]+" title="([^"]*)" aria-label="[^"]*">(.)</#)
        #expect(signs.map { String($0.output.2) } == ["✓", "✕", "–"])
        #expect(signs.last?.output.1 == "2026-12-24T04:00:00+09:00 skipped: daemon down")
        #expect(page(.korean).contains("건너뜀: 데몬 꺼짐"))
        #expect(
            english.contains(
                #"<time datetime="2026-12-24T04:00:00+09:00" title="2026-12-24T04:00:00+09:00">2026-12-24 04:00 +09:00</time>"#
            ))
    }

    @Test func `What is skipped again and again is one line of the timeline`() {
        var data = overview("weekly")
        let now = Instant(seconds: 1_800_000_000)
        let states: [OccurrenceRecord.State] = [
            .skipped(.paused), .skipped(.paused), .skipped(.overlap), .run(word: "done"),
        ]
        data.lines[0].occurrences = states.enumerated().map { index, state in
            let instant = now + .seconds(-index)
            return Overview.Happening(
                time: "at \(index)",
                record: OccurrenceRecord(
                    key: OccurrenceKey(schedule: 1, instant: instant), state: state, due: instant, claimed: instant,
                    through: instant, count: index + 1))
        }
        let page = PageRenderer(PageView(now: now)).overview(data)
        let timeline = page.matches(of: #/<li>(at \d)<.*?(skipped: \w+(?: ×\d+)?|done)</#).map {
            "\($0.output.1) \($0.output.2)"
        }
        #expect(timeline == ["at 0 skipped: paused ×3", "at 2 skipped: overlap ×3", "at 3 done"])
    }

    @Test func `Only a session has buttons`() {
        let looking = PageRenderer(PageView(now: Instant(seconds: 0))).overview(overview("weekly"))
        let acting = PageRenderer(PageView(formToken: "t", now: Instant(seconds: 0))).overview(overview("weekly"))
        #expect(!looking.contains("<form"))
        #expect(acting.contains("action=\"/schedules/1/resume\"") && acting.contains("value=\"t\""))
    }
}
