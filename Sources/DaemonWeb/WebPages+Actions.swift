import Clocks
import Hummingbird
import RunStore
import Scheduler

/// What a page may do for who has the token.
extension WebPages {
    private struct Form: Decodable {
        var form: String?
        var token: String?
    }

    func addActions(to router: Router<BasicRequestContext>) {
        router.post("/login") { [self] request, context in
            try await posted(request, context) { view, form in
                guard let name = sessions.login(form.token ?? "", at: clock.now) else {
                    // Who guesses waits; who has the token never does.
                    try await clock.sleep(for: sessions.pause(at: clock.now))
                    return .page(PageRenderer(view).login(failed: true), .forbidden)
                }
                return home(.own("session", name))
            }
        }
        action("/logout", router) { _, request, _ in
            if let name = request.cookies["session"]?.value { sessions.logout(name) }
            return home(.own("session", "", maxAge: 0))
        }
        action("/schedules/:id/run", router) { _, _, context in
            try await ledger.request(try await record(context).definition.name, at: clock.now)
            return home()
        }
        action("/schedules/:id/pause", router) { _, _, context in
            let name = try await record(context).definition.name
            try await ledger.pause(name, reason: "by hand, on the page", at: clock.now)
            return home()
        }
        action("/schedules/:id/resume", router) { view, _, context in
            let (record, now) = (try await record(context), clock.now)
            // It would pause again at its next instant.
            if record.state != .active, let change = change(record.definition) {
                let problem = view.say(
                    "It stays paused: \(change). Look at it; if it is to run so, add it again with --replace.",
                    "일시 중지 상태로 둡니다: \(change). 확인한 뒤 그대로 실행하려면 --replace로 다시 추가하십시오.")
                return .page(PageRenderer(view).problem(problem), .conflict)
            }
            let planned = try PlannedSchedule(record, zones: zones)
            let passed = record.state == .active ? [] : planned.skippedWhilePaused(until: now)
            try await ledger.resume(record.definition.name, skipping: passed, at: now)
            return home()
        }
    }

    /// What only a session with its form token may do.
    private func action(
        _ path: RouterPath, _ router: Router<BasicRequestContext>,
        _ act: @escaping @Sendable (PageView, Request, BasicRequestContext) async throws -> Response
    ) {
        router.post(path) { [self] request, context in
            try await posted(request, context) { view, form in
                guard let token = view.formToken, form.form == token else {
                    return .page(PageRenderer(view).problem(view.say("Log in first.", "먼저 로그인하십시오.")), .forbidden)
                }
                return try await act(view, request, context)
            }
        }
    }

    private func posted(
        _ request: Request, _ context: BasicRequestContext, _ act: (PageView, Form) async throws -> Response
    ) async throws -> Response {
        try await answer(request) { view in
            // Browsers name the page that posts; another one than this has no business here.
            let origin = request.headers[.origin]
            guard let authority = request.head.authority,
                origin == "http://\(authority)" || origin == "https://\(authority)"
            else {
                return .page(PageRenderer(view).problem(view.say("Not from here.", "이 페이지에서 보낸 요청이 아닙니다.")), .forbidden)
            }
            let body = try await request.body.collect(upTo: 4096)
            let form: Form
            do { form = try URLEncodedFormDecoder().decode(Form.self, from: String(buffer: body)) } catch {
                throw HTTPError(.badRequest)
            }
            return try await act(view, form)
        }
    }

    func record(_ context: BasicRequestContext) async throws -> ScheduleRecord {
        let id = try context.parameters.require("id", as: Int64.self)
        guard let record = try await ledger.schedule(id: id) else { throw HTTPError(.notFound) }
        return record
    }

    private func home(_ cookie: Cookie? = nil) -> Response {
        var response = Response.page("", .seeOther)
        response.headers[.location] = "/"
        if let cookie { response.setCookie(cookie) }
        return response
    }
}
