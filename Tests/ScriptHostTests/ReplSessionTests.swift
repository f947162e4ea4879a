import Clocks
import Gate
import IwinvTesting
import ScriptHost
import Synchronization
import Testing

/// A session over a simulated cloud, in one virtual time, in this process.
@Suite struct ReplSessionTests {
    /// What a session said meanwhile.
    final class Heard: Sendable {
        let events = Mutex<[ReplEvent]>([])

        var printed: [String] {
            events.withLock { $0 }.compactMap { if case .run(.printed(let line)) = $0 { line } else { nil } }
        }

        var help: [String] {
            events.withLock { $0 }.compactMap { if case .help(let name) = $0 { name } else { nil } }
        }
    }

    private func withSession(
        grants: [String] = [], pageSize: Int = 10,
        configure: (inout ScriptHost, inout RunOptions) -> Void = { _, _ in },
        _ body: (ReplSession, SimulatedCloud, Heard) async throws -> Void
    ) async throws {
        let cloud = try await SimulatedCloud.start()
        let client = try cloud.client()
        var host = ScriptHost(client: client, clock: cloud.clock)
        var options = RunOptions(
            rules: .program(grants: try grants.map { try Grant($0) }, protected: []), seed: 1)
        configure(&host, &options)
        let heard = Heard()
        let session = host.session(options: options, pageSize: pageSize) { event in
            heard.events.withLock { $0.append(event) }
        }
        try await body(session, cloud, heard)
        await session.close()
        try await client.shutdown()
        try await cloud.stop()
    }

    private func shown(_ outcome: ReplOutcome, width: Int? = nil) -> String {
        outcome.values.map { ReplText(width: width).text($0) }.joined()
    }

    @Test func `expressions are shown without return, and what they gave is kept`() async throws {
        try await withSession { session, _, _ in
            #expect(shown(await session.evaluate("1 + 1")) == "2\n")
            #expect(shown(await session.evaluate("_ * 10, 'two'")) == "20\n\"two\"\n")
            #expect(shown(await session.evaluate("_1 + _")) == "22\n")
            let outcome = await session.evaluate("x = 5")
            #expect(outcome.values == [] && outcome.ending == .done)
            #expect(shown(await session.evaluate("function f() return x + 1 end")) == "")
            #expect(shown(await session.evaluate("f()")) == "6\n")
            #expect(shown(await session.evaluate("nil")) == "nil\n")
        }
    }

    @Test func `every number and function can be shown, as Lua writes it`() async throws {
        try await withSession { session, _, _ in
            #expect(
                shown(await session.evaluate("math.huge, -math.huge, 2^63, 1e15, 0.1, 3.0, -0.0")) == """
                    inf
                    -inf
                    9.2233720368548e+18
                    1e+15
                    0.1
                    3.0
                    -0.0

                    """)
            #expect(shown(await session.evaluate("{ math.huge, n = 0/0 }")).contains("nan"))
            #expect(shown(await session.evaluate("{ { a = 1/0 }, { a = -1/0 } }")).contains("-inf"))
            #expect(await session.evaluate("_G").failure == nil)
            #expect(await session.evaluate("math").failure == nil)
            #expect(shown(await session.evaluate("iwinv.instances.list")) == "function: iwinv.instances.list\n")
        }
    }

    @Test func `a text that is too long has no wrong line`() async throws {
        try await withSession { session, _, _ in
            let failure = await session.evaluate("t = {" + String(repeating: "1,", count: 40_000) + "}").failure
            #expect(failure?.line == nil)
            #expect(failure?.message == "the text to load is larger than 65536 bytes")
        }
    }

    @Test(arguments: [
        ("params.x", 1), ("params.x  \n", 1), ("1,\nparams.x", 2), ("params.x -- why", 1), ("nil .. 1", 1),
        ("(function()\n  error('a')\nend)()", 2),
    ])
    func `an error of an expression is at its line`(_ text: String, _ line: Int) async throws {
        try await withSession { session, _, _ in
            #expect(await session.evaluate(text).failure?.line == line)
        }
    }

    @Test func `values are shown within bounds`() async throws {
        try await withSession { session, _, _ in
            #expect(shown(await session.evaluate("{ 1, 'a', k = { true } }")) == "{ 1, \"a\", k = { true } }\n")
            #expect(
                shown(await session.evaluate("(function() local t = {} t.t = t return t end)()")) == "{ t = {…} }\n")
            let deep = shown(await session.evaluate("{{{{{{{{1}}}}}}}}"))
            #expect(deep == "{ { { { { {…} } } } } }\n")
            let wide = await session.evaluate(
                "(function() local t = {} for i = 1, 1000000 do t[i] = i end return t end)()")
            #expect(shown(wide).contains("… (1000000)"))
            #expect(shown(wide).utf8.count < 1000)
            #expect(shown(await session.evaluate("('x'):rep(10000)")).hasSuffix("… (+6000)\n"))
            #expect(shown(await session.evaluate("print")).hasPrefix("function"))
            #expect(shown(await session.evaluate("'\\27[31m'")) == "\"\\u{1b}[31m\"\n")
        }
    }

    @Test func `rows are shown as a table, ten at a time`() async throws {
        try await withSession { session, cloud, _ in
            let first = shown(await session.evaluate("iwinv.instances.list()"))
            #expect(first.hasPrefix("instance_id"))
            #expect(first.contains("web-01"))
            #expect(first.hasSuffix("10 of 30, :more\n"))
            let requests = cloud.simulator.requests.count
            let more = try #require(await session.more())
            #expect(ReplText().text(more).hasSuffix("11–20 of 30, :more\n"))
            let rest = try #require(await session.more())
            #expect(ReplText().text(rest).hasSuffix("21–30 of 30\n"))
            #expect(await session.more() == nil)
            #expect(cloud.simulator.requests.count == requests)
            #expect(shown(await session.evaluate("#_")) == "30\n")
            let narrow = shown(await session.evaluate("_1"), width: 30)
            #expect(narrow.contains("── 1 ──"))
            #expect(narrow.contains("name         web-01"))
            let one = shown(await session.evaluate("_[1]"))
            #expect(one.contains("name         web-01\n"))
            #expect(shown(await session.evaluate("{ { a = 1, b = 'x' }, { a = 20 } }")) == " a  b\n──  ─\n 1  x\n20\n")
        }
    }

    @Test func `an error names its line and keeps the session`() async throws {
        try await withSession { session, _, _ in
            _ = await session.evaluate("x = 5")
            let failed = await session.evaluate("local y = 1\nerror('boom')")
            #expect(failed.ending == .failed)
            #expect(failed.exitCode == 1)
            #expect(failed.failure?.line == 2)
            #expect(failed.failure?.chunk == "repl[2]")
            #expect(failed.failure?.traceback.contains { $0.hasPrefix("session:") } == false)
            #expect(session.sources["repl[2]"] == "local y = 1\nerror('boom')")
            let syntax = await session.evaluate("x = = 5")
            #expect(syntax.failure?.kind == "syntax")
            #expect(syntax.failure?.line == 1)
            #expect(syntax.exitCode == 2)
            let cloud = await session.evaluate("iwinv.instances.get('INSTANCE-none')")
            #expect(cloud.exitCode == 4)
            #expect(shown(await session.evaluate("_err.operation, x")) == "\"instances.get\"\n5\n")
        }
    }

    @Test func `a change without leave is refused and names the flag`() async throws {
        try await withSession { session, cloud, _ in
            let outcome = await session.evaluate("iwinv.instances.list{name='web-01'}[1]:edit{name='www-01'}")
            #expect(outcome.exitCode == 3)
            #expect(outcome.failure?.advice?.english.contains("--allow instances:edit") == true)
            #expect(cloud.simulator.requests.allSatisfy { $0.method == "GET" })
        }
    }

    @Test func `each change asks, and a yes is for that one`() async throws {
        let asked = Mutex<[String]>([])
        try await withSession(grants: ["instances:edit"]) { _, options in
            options.rules.confirmsEach = true
            options.rules.confirm = { call in
                asked.withLock { $0.append(call.arguments?["name"]?.stringValue ?? "") }
                return call.arguments?["name"] == "www-01" ? .given : .refused
            }
        } _: { session, _, _ in
            let yes = await session.evaluate("vm = iwinv.instances.list{name='web-01'}[1] vm:edit{name='www-01'}")
            #expect(yes.ending == .done)
            #expect(yes.changes.map(\.outcome) == [.confirmed])
            let no = await session.evaluate("vm:edit{name='xxx-01'}")
            #expect(no.exitCode == 3)
            #expect(no.changes.isEmpty)
            #expect(shown(await session.evaluate("vm.name")) == "\"www-01\"\n")
        }
        #expect(asked.withLock { $0 } == ["www-01", "xxx-01"])
    }

    @Test func `a plan uses the session's variables and changes nothing`() async throws {
        try await withSession { session, cloud, heard in
            _ = await session.evaluate("function rename(n) iwinv.instances.list{name='web-01'}[1]:edit{name=n} end")
            let (outcome, plan) = await session.plan(
                "print('x') rename('www-01') time.sleep('1h') rename('www-02')",
                Plan.Origin(script: "repl", madeAt: cloud.clock.now))
            #expect(outcome.failure != nil)  // the second finds no web-01
            #expect(plan.entries.map(\.operation) == ["instances.edit"])
            #expect(plan.entries.first?.after == ["name": "www-01"])
            #expect(heard.printed == [])
            #expect(cloud.simulator.requests.allSatisfy { $0.method == "GET" })
            #expect(shown(await session.evaluate("iwinv.instances.list{name='web-01'}[1].name")) == "\"web-01\"\n")
        }
    }

    @Test func `a loop and a long sleep are interrupted, and the variables live`() async throws {
        try await withSession { session, _, heard in
            _ = await session.evaluate("x = 7")
            async let loop = session.evaluate("print('begun') while true do end")
            while heard.printed.isEmpty { await Task.yield() }
            session.interrupt()
            let outcome = await loop
            #expect(outcome.ending == .interrupted)
            #expect(outcome.exitCode == 130)
            #expect(shown(await session.evaluate("x")) == "7\n")
        }
    }

    @Test func `an evaluation's time is limited, and the session goes on`() async throws {
        try await withSession(configure: { _, options in options.time = .seconds(30) }) { session, cloud, _ in
            let began = cloud.clock.now
            let outcome = await session.evaluate("x = 1 time.sleep('1h')")
            #expect(outcome.ending == .interrupted)
            #expect(outcome.failure?.message == "interrupted: the run's time is up")
            #expect(cloud.clock.now - began >= .seconds(30))
            #expect(shown(await session.evaluate("x")) == "1\n")
        }
    }

    @Test func `out of memory the variables are gone, and a fresh state begins`() async throws {
        try await withSession(configure: { host, _ in host.limits.memory = 8 << 20 }) { session, _, _ in
            _ = await session.evaluate("x = 7")
            let outcome = await session.evaluate("t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end")
            #expect(outcome.ending == .lost)
            #expect(outcome.exitCode == 6)
            #expect(shown(await session.evaluate("x")) == "nil\n")
        }
    }

    @Test func `help is asked for by function, row and name`() async throws {
        try await withSession { session, _, heard in
            _ = await session.evaluate("help(iwinv.instances.edit) help('time') help(iwinv.firewall) help()")
            _ = await session.evaluate("help(iwinv.instances.list()[1])")
            #expect(heard.help == ["instances.edit", "time", "iwinv.firewall", "", "Instance"])
        }
    }

    @Test func `names are known with their kinds`() async throws {
        try await withSession { session, _, _ in
            _ = await session.evaluate(
                "vms = iwinv.instances.list() vm = vms[1] n = 5 cfg = { a = 1 } function go() end")
            await session.look()
            let own = Dictionary(uniqueKeysWithValues: session.names.own.map { ($0.name, $0) })
            #expect(own["vms"]?.kind == "list of Instance")
            #expect(own["vm"]?.kind == "Instance")
            #expect(own["cfg"]?.fields == ["a"])
            #expect(own["go"]?.kind == "function")
            #expect(own["print"] == nil && own["_"] == nil)
            let libraries = Dictionary(uniqueKeysWithValues: session.names.libraries.map { ($0.name, $0) })
            #expect(libraries["time"]?.fields.contains("sleep") == true)
            let variables = await session.variables()
            #expect(variables.first { $0.name == "n" }?.value == .integer(5))
            #expect(session.seen.contains { $0.key == "instance_id" && $0.name == "web-01" })
        }
    }

    @Test func `a text that returns is saved so that what follows is reached`() async throws {
        try await withSession { session, cloud, _ in
            for text in ["return 7, 8", "if _ then return 'a' .. _ end", "x = _", "return", "(print)('b')", "_2, _1"] {
                #expect(await session.evaluate(text).ending == .done)
            }
            let text = session.transcript.script(name: "saved")
            #expect(
                text.hasSuffix(
                    """
                    _2, _1, _ = _1, _, (function()
                    return 7, 8
                    end)()
                    _2, _1, _ = _1, _, (function()
                    if _ then return 'a' .. _ end
                    end)()
                    x = _
                    ;(function()
                    return
                    end)()
                    ;(print)('b')
                    _2, _1, _ = _1, _, _2, _1

                    """), "\(text)")
            let client = try cloud.client()
            let report = await ScriptHost(client: client, clock: cloud.clock).run(
                try Script(source: text + "return x"), options: .readOnly)
            #expect(report.ended == .done && report.result.stringValue == "a7")
            try await client.shutdown()
        }
    }

    @Test func `a saved script does not need what was only planned`() async throws {
        try await withSession(grants: ["instances:edit"]) { session, _, _ in
            _ = await session.plan(
                "iwinv.instances.list()[1]:reboot()", Plan.Origin(script: "repl", madeAt: SimulatedCloud.start))
            _ = await session.evaluate("x = 1")
            #expect(session.transcript.needs.isEmpty)
        }
    }

    @Test func `what went well becomes a script with its needs`() async throws {
        try await withSession(grants: ["instances:edit"]) { session, _, _ in
            _ = await session.evaluate("iwinv.instances.list{name='web-01'}")
            _ = await session.evaluate("error('no')")
            _ = await session.evaluate("_[1]:edit{name='www-01'}")
            _ = await session.evaluate("x = 1")
            let text = session.transcript.script(name: "saved")
            let script = try Script(source: text)
            #expect(script.header.needs.map(\.description) == ["instances:edit", "instances:read"])
            #expect(text.hasSuffix("_ = iwinv.instances.list{name='web-01'}\n_ = _[1]:edit{name='www-01'}\nx = 1\n"))
        }
    }
}
