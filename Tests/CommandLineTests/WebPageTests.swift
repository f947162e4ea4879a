import Foundation
#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif
import Glibc
import IwinvCatalog
import RunStore
import Testing

/// The page of `iwlua daemon --web`, by the built binary: over HTTP, and in Chromium.
@Suite struct WebPageTests {
    private static let token = "a-token-of-enough-letters"

    private struct Pages {
        let world: DaemonWorld
        let daemon: Iwlua.Running
        /// Ends in a slash.
        let address: String

        /// A cloud with a server, a schedule that is due in a month, and a daemon that shows it.
        init(_ script: String = DaemonWorld.script, token: Bool = true, listens: Bool = false) async throws {
            world = try await DaemonWorld(schedules: 1, rate: 1)
            let file = try world.world.iwlua.file("shown.lua", script)
            let added = try await world.world.run([
                "schedule", "add", "monthly", file, "--param", "id=\(world.servers[0])", "--allow", "instances:edit",
                "--every", "30d",
            ])
            #expect(added.status == 0, "\(added.errors)")
            var words = ["daemon", "--web", "127.0.0.1:0"] + (listens ? ["--listen", "127.0.0.1:0"] : [])
            if token {
                let file = try world.world.iwlua.file("token", WebPageTests.token + "\n")
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
                words += ["--web-token-file", file]
            }
            daemon = try world.world.iwlua.start(
                Iwlua.binary, words, environment: world.world.environment.merging(world.clock) { $1 })
            try await daemon.errors(contain: "pages at ")
            let line = try #require(try daemon.errorsSoFar.split(separator: "\n").first { $0.contains("pages at ") })
            address = try #require(line.split(separator: " ").last.map(String.init))
        }

        func end() async throws {
            daemon.signal(SIGTERM)
            let ended = try await daemon.end()
            #expect(ended.status == 0, "\(ended.errors)")
            try await world.world.end()
        }

        /// Runs the schedule once, to its end.
        func run() async throws {
            _ = try await world.world.run(["schedule", "run", "monthly"])
            try await world.until { try await world.ledger.schedule("monthly").last != nil }
        }
    }

    private struct Reply {
        var status: Int
        var text: String
        var headers: [String: String]
    }

    private static func ask(
        _ session: URLSession, _ address: String, method: String = "GET", body: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> Reply {
        var request = URLRequest(url: try #require(URL(string: address)))
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        if body != nil { request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type") }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await session.data(for: request)
        let reply = try #require(response as? HTTPURLResponse)
        return Reply(
            status: reply.statusCode, text: String(decoding: data, as: UTF8.self),
            headers: reply.allHeaderFields.reduce(into: [:]) { $0["\($1.key)".lowercased()] = "\($1.value)" })
    }

    @Test(.timeLimit(.minutes(2)))
    func `without a token there is nothing to press, and nothing is done for who asks all the same`() async throws {
        let pages = try await Pages(token: false)
        let session = URLSession(configuration: .ephemeral)
        let page = try await Self.ask(session, pages.address)
        #expect(page.status == 200 && page.text.contains("monthly") && !page.text.contains("<form"))
        let own = ["Origin": String(pages.address.dropLast())]
        for path in ["schedules/1/run", "schedules/1/pause", "schedules/1/resume", "login", "logout"] {
            let reply = try await Self.ask(
                session, pages.address + path, method: "POST", body: "form=&token=", headers: own)
            #expect(reply.status == 403, "\(path)")
            #expect(reply.headers["content-security-policy"]?.contains("default-src 'none'") == true)
        }
        #expect(try await pages.world.ledger.openOccurrences().isEmpty)
        #expect(try await pages.world.ledger.schedule("monthly").state == .active)
        try await pages.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a session is needed, its form's own word, and this page's origin and name`() async throws {
        let pages = try await Pages()
        let session = URLSession(configuration: .ephemeral)
        let own = ["Origin": String(pages.address.dropLast())]
        let login = pages.address + "login"
        func post(_ path: String, _ body: String, _ headers: [String: String]) async throws -> Int {
            try await Self.ask(session, pages.address + path, method: "POST", body: body, headers: headers).status
        }
        #expect(try await post("login", "token=wrong", own) == 403)
        #expect(try await post("login", "token=\(Self.token)", ["Origin": "http://example.com"]) == 403)
        #expect(try await post("login", "token=\(Self.token)", [:]) == 403)
        #expect(try await post("schedules/1/pause", "form=x", own) == 403)
        let home = try await Self.ask(session, login, method: "POST", body: "token=\(Self.token)", headers: own)
        #expect(home.status == 200 && home.text.contains("<form"))
        let word = try #require(home.text.firstMatch(of: #/name="form" value="([0-9a-f]+)"/#)?.output.1)
        #expect(try await post("schedules/1/pause", "form=wrong", own) == 403)
        #expect(try await post("schedules/1/pause", "form=\(word)", ["Origin": "http://example.com"]) == 403)
        #expect(try await pages.world.ledger.schedule("monthly").state == .active)
        #expect(try await post("schedules/1/pause", "form=\(word)", own) == 200)
        #expect(try await pages.world.ledger.schedule("monthly").state != .active)
        #expect(try await post("schedules/77/pause", "form=\(word)", own) == 404)
        // As on the command line: a script that is another one by now stays paused.
        _ = try pages.world.world.iwlua.file("shown.lua", DaemonWorld.script + "-- changed\n")
        #expect(try await post("schedules/1/resume", "form=\(word)", own) == 409)
        #expect(try await pages.world.ledger.schedule("monthly").state != .active)
        _ = try pages.world.world.iwlua.file("shown.lua", DaemonWorld.script)
        #expect(try await post("schedules/1/resume", "form=\(word)", own) == 200)
        #expect(try await pages.world.ledger.schedule("monthly").state == .active)
        #expect(try await post("logout", "form=\(word)", own) == 200)
        #expect(try await post("schedules/1/pause", "form=\(word)", own) == 403)
        // A name of somebody else's that leads here.
        let rebound = try await Self.ask(session, pages.address, headers: ["Host": "example.com"])
        #expect(rebound.status == 421)
        // What is no form at all is the asker's fault.
        #expect(try await post("schedules/1/pause", "form=%zz&=%", own) == 400)
        for (method, status) in [("HEAD", 200), ("PUT", 404), ("DELETE", 404)] {
            #expect(try await Self.ask(session, pages.address, method: method).status == status, "\(method)")
        }
        let schedule = try await Self.ask(session, pages.address + "schedules/1")
        #expect(
            schedule.status == 200 && schedule.text.contains("every 30d from ")
                && schedule.text.contains("overlap skip"))
        #expect(try await Self.ask(session, pages.address + "schedules/1/live").text.hasPrefix("<dl>"))
        for path in ["nowhere", "runs/nothing", "schedules/1/run", "schedules/77", "schedules/77/live"] {
            let reply = try await Self.ask(session, pages.address + path)
            #expect(reply.status == 404, "\(path)")
            #expect(reply.headers["content-security-policy"]?.contains("default-src 'none'") == true, "\(path)")
            #expect(
                reply.headers["cache-control"] == "no-store" && reply.headers["x-content-type-options"] == "nosniff")
        }
        try await pages.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a token file that others may read is refused`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let file = try iwlua.file("token", Self.token)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        let result = try await iwlua.run("daemon", "--web", "127.0.0.1:0", "--web-token-file", file)
        #expect(result.status == 7 && result.errors.contains("chmod 600") && !result.errors.contains(Self.token))
    }

    @Test(.timeLimit(.minutes(2)))
    func `many half-open connections and wrong tokens of others keep nobody out`() async throws {
        let pages = try await Pages()
        let session = URLSession(configuration: .ephemeral)
        let port = try #require(URL(string: pages.address)?.port)
        var lines: [Int32] = []
        defer { for line in lines { close(line) } }
        for _ in 0..<300 {
            let line = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            lines.append(line)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let isConnected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(line, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            #expect(isConnected == 0)
            _ = write(line, "GET / HTTP/1.1\r\nHost: loc", 25)
        }
        let began = ContinuousClock.now
        #expect(try await Self.ask(session, pages.address).status == 200)
        #expect(ContinuousClock.now - began < .seconds(10), "it has waited for the others")
        let own = ["Origin": String(pages.address.dropLast())]
        for _ in 0..<12 {
            let reply = try await Self.ask(
                session, pages.address + "login", method: "POST", body: "token=wrong", headers: own)
            #expect(reply.status == 403)
        }
        let entered = try await Self.ask(
            session, pages.address + "login", method: "POST", body: "token=\(Self.token)", headers: own)
        #expect(entered.status == 200 && entered.text.contains("<form"))
        try await pages.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `the figures, too, are not for another site's name`() async throws {
        let pages = try await Pages(listens: true)
        try await pages.daemon.errors(contain: "listening on ")
        let line = try #require(
            try pages.daemon.errorsSoFar.split(separator: "\n").first { $0.contains("listening on ") })
        let address = try #require(line.split(separator: " ").last.map(String.init))
        let session = URLSession(configuration: .ephemeral)
        for path in ["/healthz", "/metrics"] {
            #expect(try await Self.ask(session, address + path).status == 200)
            for host in ["example.com", "localhost:1@evil", "127.0.0.1.example.com"] {
                let reply = try await Self.ask(session, address + path, headers: ["Host": host])
                #expect(reply.status == 421 && !reply.text.contains("iwlua_"), "\(path) \(host)")
            }
        }
        try await pages.end()
    }

    // MARK: - In a browser

    private static let chromium: ConditionTrait = .enabled(
        if: Browser.path != nil, "no Chromium is installed: apt-get install chromium")
    private static let hostile = #""><img src=x onerror=alert(1)>"#

    /// Names a server as an attacker would, says so, and reads a bill.
    private static let script = """
        -- ==Script==
        -- @param id string The server
        -- @needs instances:edit
        -- ==/Script==
        local iwinv = require "iwinv"
        iwinv.bill.live()
        iwinv.instances.get(params.id):edit { name = [[\(hostile)]] }
        print([[said \(hostile)]])
        """

    @Test(chromium, .timeLimit(.minutes(3)))
    func `a run appears on an open page, in both themes and languages, and text stays text`() async throws {
        let pages = try await Pages(Self.script)
        let browser = try Browser(pages.world.world.iwlua)
        let page = try await browser.open(pages.address)
        #expect(try await page.value("document.querySelectorAll('#runs td a').length") == 0)
        _ = try await page.value("window.mark = 'not loaded again'")
        try await pages.run()
        try await page.wait(for: "document.querySelectorAll('#runs td a').length === 1")
        try await page.wait(for: "document.querySelector('#runs .mark').textContent === 'done'")
        #expect(try await page.value("window.mark") == "not loaded again")
        #expect(try await page.value("document.querySelectorAll('#costs meter').length") != 0)
        // Themes follow the system, and what was chosen wins.
        for dark in [true, false] {
            try await page.prefers(dark: dark)
            let color: JSONValue = dark ? "rgb(21, 24, 28)" : "rgb(255, 255, 255)"
            try await page.go(to: pages.address + "?lang=\(dark ? "ko" : "en")")
            #expect(try await page.value("getComputedStyle(document.body).backgroundColor") == color)
            #expect(try await page.value("document.documentElement.lang") == (dark ? "ko" : "en"))
            let title: JSONValue = dark ? "예약" : "Schedules"
            #expect(try await page.value("document.querySelector('h1').textContent") == title)
        }
        try await page.go(to: pages.address + "?theme=dark")
        #expect(try await page.value("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 28)")
        // The run's page.
        let run = try #require(try await pages.world.ledger.schedule("monthly").last?.run)
        try await page.go(to: pages.address + "runs/\(run)")
        for part in ["#changes", "#output"] {
            let text = try await page.value("document.querySelector('\(part)').textContent").stringValue
            #expect(text?.contains(Self.hostile) == true, "\(part): \(text ?? "")")
        }
        #expect(try await page.value("document.querySelectorAll('main img, main script, main iframe').length") == 0)
        let difference = try await page.value("document.querySelector('#changes .fields').textContent").stringValue
        #expect(difference?.hasSuffix(" → " + Self.hostile) == true, "\(difference ?? "")")
        // Nothing sticks out of a narrow window, and there each cell says what it is.
        try await page.send(
            "Emulation.setDeviceMetricsOverride",
            ["width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": false])
        for path in ["", "runs/\(run)", "schedules/1"] {
            try await page.go(to: pages.address + path)
            #expect(try await page.value("document.documentElement.scrollWidth <= 400") == true, "\(path)")
            let cell = "JSON.parse(getComputedStyle(document.querySelector('td'), '::before').content)"
            #expect(try await page.value("\(cell) === document.querySelector('th').textContent") == true, "\(path)")
        }
        #expect(browser.complaints == [])
        try await browser.end()
        try await pages.end()
    }

    @Test(chromium, .timeLimit(.minutes(3)))
    func `who logs in can run, pause and resume`() async throws {
        let pages = try await Pages()
        let browser = try Browser(pages.world.world.iwlua)
        let page = try await browser.open(pages.address + "login")
        func press(_ action: String) async throws {
            _ = try await page.value("document.querySelector('form[action=\"\(action)\"] button').click()")
        }
        _ = try await page.value("document.querySelector('#token').value = '\(Self.token)'")
        try await press("/login")
        try await page.wait(for: "document.querySelector('form[action=\"/schedules/1/run\"]') !== null")
        try await press("/schedules/1/run")
        try await pages.world.until { try await pages.world.ledger.schedule("monthly").last?.word == "done" }
        try await page.wait(for: "document.querySelector('#runs .mark')?.textContent === 'done'")
        try await press("/schedules/1/pause")
        try await page.wait(for: "document.querySelector('#schedules').textContent.includes('by hand, on the page')")
        try await press("/schedules/1/resume")
        try await page.wait(
            for: "[...document.querySelectorAll('#schedules .good')].some((mark) => mark.textContent === 'active')")
        #expect(try await pages.world.ledger.schedule("monthly").state == .active)
        #expect(pages.world.world.effects("instances.edit").values.reduce(0, +) == 1)
        #expect(browser.complaints == [])
        try await browser.end()
        try await pages.end()
    }
}
