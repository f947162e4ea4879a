public import Clocks
public import Hummingbird
import IwinvCatalog
public import RunStore
import Scheduler

/// What a daemon serves for a browser.
public struct WebPages: Sendable {
    let ledger: ScheduleLedger
    let journal: Journal
    let clock: any HostClock
    let zones = ZoneCatalog()
    let budgets: @Sendable () -> [Overview.Budget]
    let live: LiveRuns
    let sessions: WebSessions
    let hosts: HostRule
    let change: @Sendable (ScheduleDefinition) -> String?

    /// - Parameter token: Lets who has it run, pause and resume; nil for pages to look at only.
    ///   - hosts: The names under which they may be asked for.
    ///   - live: What runs under way say and do.
    ///   - change: How what a schedule runs differs from what was approved; such a one stays paused.
    public init(
        ledger: ScheduleLedger, journal: Journal, clock: any HostClock, token: String? = nil,
        hosts: HostRule = HostRule(),
        live: LiveRuns = LiveRuns(), change: @escaping @Sendable (ScheduleDefinition) -> String? = { _ in nil },
        budgets: @escaping @Sendable () -> [Overview.Budget] = { [] }
    ) {
        self.ledger = ledger
        self.journal = journal
        self.clock = clock
        self.budgets = budgets
        self.hosts = hosts
        self.live = live
        self.change = change
        sessions = WebSessions(token: token)
    }

    /// Adds the routes, and what every reply of the router gets.
    public func add(to router: Router<BasicRequestContext>) {
        router.add(middleware: PageFailures(pages: self))
        get("/", router) { request, view in
            .ok(PageRenderer(view).overview(try await overview(request)), keeping: view, asked: request)
        }
        get("/live", router) { request, view in
            .ok(PageRenderer(view).overviewParts(try await overview(request)).source)
        }
        router.get("/runs/:id") { [self] request, context in
            try await answer(request) { view in
                let record = try await run(context)
                return .ok(
                    PageRenderer(view).run(record, live: live.run(record.summary.id)), keeping: view, asked: request)
            }
        }
        router.get("/runs/:id/live") { [self] request, context in
            try await answer(request) { view in
                let record = try await run(context)
                return .ok(PageRenderer(view).runParts(record, live: live.run(record.summary.id)).source)
            }
        }
        router.get("/schedules/:id") { [self] request, context in
            try await answer(request) { view in
                .ok(PageRenderer(view).schedule(try await schedule(context)), keeping: view, asked: request)
            }
        }
        router.get("/schedules/:id/live") { [self] request, context in
            try await answer(request) { view in
                .ok(PageRenderer(view).scheduleParts(try await schedule(context)).source)
            }
        }
        get("/login", router) { request, view in
            .ok(PageRenderer(view).login(failed: false), keeping: view, asked: request)
        }
        get("/style.css", router) { _, _ in .page(PageAssets.style, type: "text/css; charset=utf-8") }
        get("/live.js", router) { _, _ in .page(PageAssets.script, type: "text/javascript; charset=utf-8") }
        addActions(to: router)
    }

    private func get(
        _ path: RouterPath, _ router: Router<BasicRequestContext>,
        _ make: @escaping @Sendable (Request, PageView) async throws -> Response
    ) {
        router.get(path) { [self] request, _ in try await answer(request) { try await make(request, $0) } }
    }

    /// Refuses what another site has sent here, and shows problems as pages.
    func answer(_ request: Request, _ make: (PageView) async throws -> Response) async throws -> Response {
        guard hosts.accepts(request.head.authority) else {
            return .page("not this host\n", type: "text/plain; charset=utf-8", .misdirectedRequest)
        }
        let view = view(of: request)
        do { return try await make(view) } catch let problem as StoreError {
            let status: HTTPResponse.Status =
                switch problem.code {
                case .unknownRun, .unknownSchedule: .notFound
                case .schedulePaused: .conflict
                default: .serviceUnavailable
                }
            return .page(PageRenderer(view).problem("\(problem)"), status)
        } catch let problem as PlannedSchedule.Problem {
            return .page(PageRenderer(view).problem("\(problem)"), .conflict)
        }
    }

    func view(of request: Request) -> PageView {
        let query = request.uri.queryParameters
        func choice(_ name: String) -> String? {
            query[Substring(name)].map(String.init) ?? request.cookies[name]?.value
        }
        let prefersKorean = request.headers[.acceptLanguage]?.lowercased().hasPrefix("ko") ?? false
        return PageView(
            language: choice("lang").flatMap(Language.init) ?? (prefersKorean ? .korean : .english),
            theme: choice("theme").flatMap(PageView.Theme.init) ?? .system, path: request.uri.path,
            formToken: session(of: request)?.form, offersLogin: sessions.isOffered, now: clock.now)
    }

    func session(of request: Request) -> WebSessions.Session? {
        sessions.session(request.cookies["session"]?.value, at: clock.now)
    }

    private func run(_ context: BasicRequestContext) async throws -> RunRecord {
        let summary = try await journal.find(try context.parameters.require("id"))
        return RunRecord(summary, entries: try await journal.entries(of: summary.id))
    }

    private func line(
        _ record: ScheduleRecord, _ planned: PlannedSchedule?, _ occurrences: [OccurrenceRecord]
    ) -> Overview.Line {
        let zone = planned?.zone ?? .utc
        return Overview.Line(
            record: record, next: coming(record, planned, 1).first.map(zone.text),
            last: record.last.map { zone.text($0.instant) },
            occurrences: occurrences.map { Overview.Happening(time: zone.text($0.key.instant), record: $0) })
    }

    /// When it will start, jitter included; nothing for one that is paused.
    private func coming(_ record: ScheduleRecord, _ planned: PlannedSchedule?, _ count: Int) -> [Instant] {
        guard let planned, record.state == .active else { return [] }
        return planned.recurrence.instants(after: max(record.cursor, clock.now), in: planned.zone).prefix(count)
            .map(planned.start)
    }

    private func schedule(_ context: BasicRequestContext) async throws -> SchedulePage {
        let record = try await record(context)
        let planned = try? PlannedSchedule(record, zones: zones)
        let occurrences = try await ledger.occurrences(of: record.id, limit: 100)
        return SchedulePage(
            line: line(record, planned, occurrences),
            next: coming(record, planned, 5).map { instant in
                .init(
                    here: (planned?.zone ?? .utc).text(instant), universal: Zone.utc.text(instant),
                    isBlackout: planned?.isBlackout(at: instant) ?? false)
            }, policy: planned.map { "\($0.policy)" })
    }

    private func overview(_ request: Request) async throws -> Overview {
        let asked = request.uri.queryParameters["page"].flatMap { Int($0) } ?? 1
        var sheet = Overview.Sheet(total: try await ledger.count())
        sheet.number = min(max(1, asked), sheet.last)
        let records = try await ledger.schedules(limit: sheet.size, offset: (sheet.number - 1) * sheet.size)
        let occurrences = try await ledger.newestOccurrences(of: records.map(\.id), each: 10)
        let lines = records.map { line($0, try? PlannedSchedule($0, zones: zones), occurrences[$0.id] ?? []) }
        let runs = try await journal.runs(limit: 30)
        let costs = BillBoard.boards(try await journal.answers(of: "bill")).sorted { $0.key < $1.key }
        return Overview(lines: lines, sheet: sheet, runs: runs, budgets: budgets(), costs: costs.map(\.value))
    }
}

/// Shows what went wrong as a page, with the headers that every page has.
private struct PageFailures: RouterMiddleware {
    typealias Context = BasicRequestContext

    let pages: WebPages

    func handle(
        _ request: Request, context: BasicRequestContext, next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch {
            let status = (error as? any HTTPResponseError)?.status ?? .internalServerError
            let view = pages.view(of: request)
            let words =
                switch status {
                case .notFound: view.say("There is no such page.", "페이지가 없습니다.")
                case .internalServerError: view.say("This page could not be made.", "페이지를 만들 수 없습니다.")
                default: view.say("That was not understood.", "요청을 이해할 수 없습니다.")
                }
            return .page(PageRenderer(view).problem(words), status)
        }
    }
}

extension Response {
    static func page(
        _ text: String, type: String = "text/html; charset=utf-8", _ status: HTTPResponse.Status = .ok
    ) -> Response {
        var headers: HTTPFields = [.contentType: type, .cacheControl: "no-store"]
        let guards = [
            "Content-Security-Policy":
                "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
                + "base-uri 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
            "Cross-Origin-Resource-Policy": "same-origin",
        ]
        for (name, value) in guards { if let name = HTTPFields.Element.Name(name) { headers[name] = value } }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    static func ok(_ text: String) -> Response { .page(text) }

    /// With the display that was asked for kept in cookies.
    static func ok(_ text: String, keeping view: PageView, asked request: Request) -> Response {
        var response = page(text)
        let query = request.uri.queryParameters
        if query["lang"] != nil { response.setCookie(.own("lang", view.language.rawValue)) }
        if query["theme"] != nil { response.setCookie(.own("theme", view.theme.rawValue)) }
        return response
    }
}

extension Cookie {
    static func own(_ name: String, _ value: String, maxAge: Int? = nil) -> Cookie {
        Cookie(name: name, value: value, maxAge: maxAge, path: "/", httpOnly: true, sameSite: .strict)
    }
}
