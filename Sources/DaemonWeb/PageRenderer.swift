import Clocks
import IwinvCatalog
public import RunStore
import Scheduler

/// Pages from data: no clock, no store, no request.
public struct PageRenderer: Sendable {
    let view: PageView

    public init(_ view: PageView) { self.view = view }

    // MARK: - Pages

    /// Schedules, what became of their instants, budgets and runs.
    public func overview(_ data: Overview) -> String {
        let live = data.sheet.number > 1 ? "/live?page=\(data.sheet.number)" : "/live"
        return page(view.say("Schedules", "예약"), live: live) { [overviewParts(data)] }
    }

    /// The part of the overview that changes; a page that is open asks for it again.
    public func overviewParts(_ data: Overview) -> HTML {
        schedules(data.lines, data.sheet) + timeline(data.lines) + runs(data.runs) + budgets(data.budgets)
            + costs(data.costs)
    }

    /// One run: calls, changes and what was said to it.
    ///
    /// - Parameter live: What it says and does; nil if it was not run by this daemon, or long ago.
    public func run(_ record: RunRecord, live: LiveRuns.Run? = nil) -> String {
        page(view.say("Run", "실행") + " \(record.summary.id)", live: "/runs/\(record.summary.id)/live") {
            [runParts(record, live: live)]
        }
    }

    /// Asks for the token.
    public func login(failed: Bool) -> String {
        page(view.say("Log in", "로그인")) {
            [
                section("login", view.say("Log in", "로그인")) {
                    [
                        failed
                            ? .element(
                                "p", [(.role, "alert"), (.class, "bad")],
                                view.say("That is not the token.", "토큰이 올바르지 않습니다."))
                            : .nothing,
                        .element(
                            "form", [(.method, "post"), (.action, "/login")],
                            [
                                .element("label", [(.for, "token")], view.say("Token", "토큰")),
                                .element(
                                    "input",
                                    [
                                        (.id, "token"), (.name, "token"), (.type, "password"),
                                        (.autocomplete, "current-password"), (.required, "required"),
                                    ]),
                                .element("button", [], view.say("Log in", "로그인")),
                            ]),
                    ]
                }
            ]
        }
    }

    /// One schedule: its terms, when it is due, and what became of its instants.
    public func schedule(_ page: SchedulePage) -> String {
        self.page(page.line.record.definition.name, live: "/schedules/\(page.line.record.id)/live") {
            [scheduleParts(page)]
        }
    }

    /// Something that could not be shown.
    public func problem(_ text: String) -> String {
        page(view.say("Problem", "문제")) { [.element("p", [(.role, "alert")], text)] }
    }

    // MARK: - Frame

    private func page(_ title: String, live: String? = nil, _ content: () -> [HTML]) -> String {
        let head = HTML.element(
            "head", [],
            [
                .element("meta", [(.charset, "utf-8")]),
                .element("meta", [(.name, "viewport"), (.content, "width=device-width, initial-scale=1")]),
                .element("title", [], title + " · iwlua"),
                .element("link", [(.rel, "stylesheet"), (.href, "/style.css")]),
                live == nil ? .nothing : .element("script", [(.src, "/live.js"), (.type, "module")]),
            ])
        let content = HTML.element(
            "div", live.map { [(.id, "live"), (.dataLive, $0), (.live, "off")] } ?? [], content())
        let main = HTML.element("main", [(.id, "main")], [.element("h1", [], title), content])
        let body = HTML.element(
            "body", [],
            [
                .element("a", [(.class, "jump"), (.href, "#main")], view.say("To the content", "본문으로")), header, main,
            ])
        let html = HTML.element(
            "html", [(.lang, view.language.rawValue), (.dataTheme, view.theme.rawValue)], [head, body])
        return "<!doctype html>\n" + html.source + "\n"
    }

    private var header: HTML {
        let other: Language = view.language == .korean ? .english : .korean
        var links: [HTML] = [
            link("?lang=\(other.rawValue)", other == .korean ? "한국어" : "English")
        ]
        let themes: [(PageView.Theme, String)] = [
            (.light, view.say("Light", "밝게")), (.dark, view.say("Dark", "어둡게")), (.system, view.say("System", "시스템")),
        ]
        for (theme, name) in themes where theme != view.theme { links.append(link("?theme=\(theme.rawValue)", name)) }
        if view.formToken != nil {
            links.append(form("/logout", view.say("Log out", "로그아웃")))
        } else if view.offersLogin {
            links.append(.element("a", [(.href, "/login")], view.say("Log in", "로그인")))
        }
        return .element(
            "header", [],
            [
                .element(
                    "div", [],
                    [
                        .element("a", [(.class, "brand"), (.href, "/")], "iwlua"),
                        .element("nav", [(.label, view.say("Display", "표시"))], links),
                    ])
            ])
    }

    private func link(_ query: String, _ text: String) -> HTML { .element("a", [(.href, view.path + query)], text) }

    func section(_ id: String, _ title: String, _ content: () -> [HTML]) -> HTML {
        .element("section", [(.id, id)], [.element("h2", [], title)] + content())
    }

    /// A button that does something, with the session's token.
    func form(_ action: String, _ text: String) -> HTML {
        guard let token = view.formToken else { return .nothing }
        return .element(
            "form", [(.method, "post"), (.action, action)],
            [
                .element("input", [(.type, "hidden"), (.name, "form"), (.value, token)]),
                .element("button", [], text),
            ])
    }

    /// A time as a person reads it, and exactly for machines and for who points at it.
    ///
    /// - Parameter iso: `2026-12-24T04:00:00+09:00`
    func moment(_ iso: String, hasZone: Bool = false) -> HTML {
        let parts = iso.split(separator: "T", maxSplits: 1)
        guard parts.count == 2, parts[0].count == 10, parts[1].count > 8 else { return .text(iso) }
        let (time, zone) = (parts[1].prefix(8), parts[1].dropFirst(8))
        let short = time.hasSuffix(":00") ? time.dropLast(3) : time
        return .element(
            "time", [(.datetime, iso), (.title, iso)], "\(parts[0]) \(short)" + (hasZone ? " \(zone)" : ""))
    }

    func table(_ label: String, _ columns: [String], _ rows: [[HTML]]) -> HTML {
        let head = columns.map { HTML.element("th", [(.scope, "col")], $0) }
        let body = rows.map { row in
            HTML.element("tr", [], zip(columns, row).map { .element("td", [(.dataLabel, $0)], [$1]) })
        }
        return .element(
            "div", [(.class, "scroll")],
            [
                .element(
                    "table", [(.label, label)],
                    [.element("thead", [], [.element("tr", [], head)]), .element("tbody", [], body)])
            ])
    }
}
