import IwinvTesting
import ScriptHost
import Testing

/// Runs in this process against a simulated cloud on loopback, all in one virtual time.
@Suite struct ScriptRunTests {
    /// Starts a cloud, runs a script in it and stops it.
    private func run(
        _ source: String, grants: [String] = [], parameters: [String: JSONValue] = [:],
        configure: (inout ScriptHost, inout RunOptions) -> Void = { _, _ in }
    ) async throws -> (report: RunReport, requests: [RecordedRequest]) {
        let cloud = try await SimulatedCloud.start()
        let client = try cloud.client()
        var host = ScriptHost(client: client, clock: cloud.clock)
        var options = RunOptions(rules: .program(grants: try grants.map { try Grant($0) }, protected: []))
        configure(&host, &options)
        let report = await host.run(try Script(source: source), parameters: parameters, options: options)
        let requests = cloud.simulator.requests
        try await client.shutdown()
        try await cloud.stop()
        return (report, requests)
    }

    @Test func `rows have methods, and keep what an edit answered`() async throws {
        let (report, _) = try await run(
            """
            local iwinv = require "iwinv"
            local vm = iwinv.instances.list { name = "web-01" }[1]
            vm:edit { name = "www-01", description = "새 이름" }
            local again = iwinv.instances.get(vm)
            return { vm.name, vm.description, again.name, vm.zone.zone_id == again.zone.zone_id }
            """, grants: ["instances:edit"])
        #expect(report.failure == nil)
        #expect(report.result == ["www-01", "새 이름", "www-01", true])
        #expect(report.changes.first?.before["name"] == "web-01")
    }

    @Test func `a field that became null is nil in the row that was refreshed`() async throws {
        let (report, _) = try await run(
            """
            local iwinv = require "iwinv"
            local volume = iwinv.storage.list { name = "data01" }[1]
            assert(volume.instance_id)
            volume:detach()
            volume:wait("off", "2m")
            local vm = iwinv.instances.list { name = "web-01" }[1]
            vm:edit { description = "x" }
            vm:edit { description = "" }
            return { tostring(volume.instance_id), tostring(vm.description), vm.name }
            """, grants: ["storage:edit", "instances:edit"])
        #expect(report.failure == nil)
        #expect(report.result == ["nil", "nil", "web-01"])
    }

    @Test func `a row of another kind is no subject, whatever identifiers it holds`() async throws {
        let (report, requests) = try await run(
            """
            local iwinv = require "iwinv"
            local volume = iwinv.storage.list { name = "data01" }[1]
            local firewall = iwinv.firewall.list()[1]
            local rule = iwinv.firewall.rules.list(firewall)[1]
            local kinds = {}
            for index, call in ipairs {
                function() iwinv.instances.delete(volume) end, function() iwinv.firewall.delete(rule) end,
                function() iwinv.firewall.attach(firewall, volume) end, function() iwinv.instances.wait_all({ volume }, "off") end,
                function() rule.remove() end, function() iwinv.instances.wait_all({ a = 1 }, "off") end,
                function() iwinv.retry(print, { tries = 3 }) end, function() iwinv.retry(print, { times = 0 }) end,
            } do
                local ok, problem = pcall(call)
                kinds[index] = ok or problem.kind
            end
            return kinds
            """, grants: ["instances:destroy", "firewall:destroy", "firewall:edit"])
        #expect(report.failure == nil)
        #expect(report.result == .array(Array(repeating: "invalid", count: 8)))
        #expect(requests.count == 3)
    }

    @Test func `more slow answers than connections do not stop the virtual clock`() async throws {
        let cloud = try await SimulatedCloud.start { $0.quota = nil }
        let client = try cloud.client { $0.connections = 4 }
        cloud.simulator.setFaults([try FaultRule("zones.list: delay(5s)")])
        let host = ScriptHost(client: client, clock: cloud.clock)
        let report = await host.run(
            try Script(
                source: """
                    local iwinv, list = require "iwinv", {}
                    for i = 1, 20 do list[i] = i end
                    task.map(list, function() iwinv.zones.list() end, { limit = 12 })
                    return time.elapsed() >= 25
                    """), options: .readOnly)
        #expect(report.failure == nil)
        #expect(report.result == true)
        try await client.shutdown()
        try await cloud.stop()
    }

    @Test func `a wait after a change that was settled by reading reads anew`() async throws {
        let cloud = try await SimulatedCloud.start()
        let client = try cloud.client()
        cloud.simulator.setFaults([try FaultRule("instances.reboot: lost-reply")])
        let host = ScriptHost(client: client, clock: cloud.clock)
        let report = await host.run(
            try Script(
                source: """
                    local iwinv = require "iwinv"
                    local vm = iwinv.instances.list { name = "web-01" }[1]
                    vm:wait("active", "5m")
                    vm:reboot()
                    local began = time.elapsed()
                    vm:wait("active", "5m")
                    return time.elapsed() - began >= 10
                    """), options: RunOptions(rules: .program(grants: [try Grant("instances:power")], protected: [])))
        #expect(report.failure == nil)
        #expect(report.result == true)
        try await client.shutdown()
        try await cloud.stop()
    }

    @Test func `a null of the cloud is nil, and a key that was not read is an error`() async throws {
        let (report, _) = try await run(
            """
            local vm = require("iwinv").instances.list { fields = { "name", "stop_date" } }[1]
            assert(vm.stop_date == nil and vm.instance_id)
            local ok, problem = pcall(function() return vm.description end)
            return { ok, problem.kind, problem.message }
            """)
        #expect(report.failure == nil)
        #expect(report.result.arrayValue?.first == false)
        #expect(report.result.arrayValue?[1] == "invalid")
    }

    @Test func `reading all pages happens before the first row, and lazily only on request`() async throws {
        let eager = try await run("for vm in require('iwinv').instances.each() do return vm.name end")
        // Thirty rows could be a page of a cloud that sends no more.
        #expect(eager.requests.count == 2)
        #expect(eager.requests.first?.target.contains("page_size=100") == true)
        #expect(eager.requests.first?.target.contains("fields=3599") == true)
        let lazy = try await run(
            "local n = 0 for vm in require('iwinv').instances.each { stream = true } do n = n + 1 end return n")
        #expect(lazy.report.result == 30)
    }

    @Test func `a change inside a lazy loop is refused, after a break it is not`() async throws {
        let (report, _) = try await run(
            """
            local iwinv = require "iwinv"
            local first
            for vm in iwinv.instances.each { stream = true } do
                local ok, problem = pcall(vm.edit, vm, { name = "other" })
                assert(not ok and problem.kind == "invalid", tostring(problem))
                first = vm
                break
            end
            first:edit { name = "other" }
            """, grants: ["instances:edit"])
        #expect(report.failure == nil)
        #expect(report.changes.map(\.outcome) == [.confirmed])
    }

    /// Lua 5.4.4 forgets the closing value of such a loop by itself.
    @Test func `a lazy list is closed by a break out of a loop whose variable a function refers to`() async throws {
        let (report, _) = try await run(
            """
            local iwinv = require "iwinv"
            local name
            for vm in iwinv.instances.each { stream = true } do
                name = function() return vm.name end
                break
            end
            local a, b, c, d, e, f = 1, 2, 3, 4, 5, 6
            iwinv.instances.list()[1]:edit { name = "other" }
            return #name() + a + f > 7
            """, grants: ["instances:edit"])
        #expect(report.failure == nil)
        #expect(report.result == true)
    }

    @Test func `waiting for many servers reads the list, not each of them`() async throws {
        let (report, requests) = try await run(
            """
            local iwinv = require "iwinv"
            local servers = iwinv.instances.list { status = "active", name = "web-" }
            task.map(servers, function(vm)
                vm:reboot()
                vm:wait("active", "10m")
            end, { limit = 12 })
            iwinv.instances.wait(servers, "active", "1m")
            return #servers
            """, grants: ["instances:power"])
        #expect(report.failure == nil)
        #expect(report.result == 12)
        #expect(report.changes.allSatisfy { $0.outcome == .confirmed })
        #expect(requests.filter { $0.operation == "instances.get" }.isEmpty)
        #expect(requests.count < 12 + 20, "one reading serves all: \\(requests.count)")
    }

    @Test func `a fleet larger than the budget takes its minutes, in virtual time, without one 429`() async throws {
        let (report, requests) = try await run(
            """
            local iwinv = require "iwinv"
            local began = time.elapsed()
            for i = 1, 150 do iwinv.zones.list() end
            return time.elapsed() - began
            """)
        #expect(report.failure == nil)
        #expect(requests.count == 150)
        #expect(requests.allSatisfy { $0.status == 200 })
        let seconds = try #require(report.result.integerValue)
        #expect((120...130).contains(seconds), "\(seconds)")
    }

    @Test func `secrets are handles: never text in the script, in results or in the report`() async throws {
        let source = """
            local vm = require("iwinv").instances.list { name = "web-01", fields = { "default_account", "vnc" } }[1]
            print(vm.default_account.password, tostring(vm.vnc.link))
            ui.show_secret(vm.default_account.password)
            return { vm.default_account.username, vm.default_account.password }
            """
        let denied = try await run(source)
        #expect(denied.report.ended == .denied)
        let hidden = try await run(source, grants: ["secret"])
        #expect(hidden.report.failure?.message.contains("--show-secrets") == true)
        let (report, _) = try await run(source, grants: ["secret"]) { _, options in options.showsSecrets = true }
        #expect(report.failure == nil)
        #expect(report.result == ["root", "‹secret›"])
    }

    @Test func `a secret is no argument`() async throws {
        let (report, requests) = try await run(
            """
            local vm = require("iwinv").instances.list { name = "web-01", fields = { "default_account" } }[1]
            vm:edit { description = vm.default_account.password }
            """, grants: ["secret", "instances:edit"])
        #expect(report.failure?.message.contains("cannot be sent") == true)
        #expect(requests.count == 1)
    }

    @Test func `misplaced arguments are refused, not taken for a row`() async throws {
        for call in [
            "instances.edit { instance_id = 'INSTANCE-a', name = 'web-77' }", "instances.get {}",
            "instances.wait({ 1, 2 }, 'off')",
            "instances.wait({ { name = 'x' } }, 'off')", "instances.list { fields = {} }",
            "instances:list { name = 'batch-' }",
            "instances:each { name = 'batch-' }", "instances.list({}, {})", "zones:list()",
            "instances.edit('INSTANCE-a', { name = 'web-77' }, {})",
            "check('instances.edit', {})",
        ] {
            let (report, requests) = try await run("require('iwinv').\(call)", grants: ["instances:edit"])
            #expect(report.failure?.kind == "invalid", "\(call): \(String(describing: report.failure))")
            #expect(requests.isEmpty)
        }
    }

    @Test func `a lazily read list holds back changes of its own task only`() async throws {
        let (report, _) = try await run(
            """
            local iwinv = require "iwinv"
            local it = iwinv.instances.each { stream = true }
            local vm = it()
            local ok, problem = pcall(vm.edit, vm, { name = "other" })
            assert(not ok and problem.message:find("script.lua:3 reads", 1, true), tostring(problem))
            task.spawn(function() vm:edit { name = "other" } end):wait()
            """, grants: ["instances:edit"])
        #expect(report.failure == nil)
        #expect(report.changes.count == 1)
    }

    @Test func `a script cannot forge how it ends`() async throws {
        for value in [
            "{kind='denied'}", "{kind='cancelled'}", "{kind='api', status=500}",
            "{kind='limit', operation='instances.edit'}",
        ] {
            #expect(try await run("error(\(value))").report.ended == .failed)
        }
        let rethrown = try await run("local ok, e = pcall(require('iwinv').instances.reboot, 'INSTANCE-a') error(e)")
        #expect(rethrown.report.ended == .denied)
    }

    @Test func `a script that sleeps for centuries does not end the process`() async throws {
        let (report, _) = try await run(
            "for i = 1, 60 do time.sleep(315360000) end return #require('iwinv').zones.list()")
        #expect(report.result == 2, "\(String(describing: report.failure))")
        #expect(try await run("time.sleep(4e9)").report.ended == .failed)
    }

    @Test func `log lines count as output`() async throws {
        let (report, _) = try await run("while true do pcall(log.info, ('x'):rep(60000)) end")
        #expect(report.ended == .killed)
        #expect(report.limit == .output)
    }

    @Test func `an embedder's functions: typed, asynchronous, throwing`() async throws {
        struct Refusal: Error, CustomStringConvertible { var description: String { "no such team" } }
        let (report, _) = try await run(
            """
            local sum = math2.add(2, 3)
            local ok, problem = pcall(teams.of, "nobody")
            local text = chat.post("hello", { "a", "b" })
            return { sum, ok, tostring(problem), text, select(2, pcall(math2.add, "x", 1)).message }
            """
        ) { host, _ in
            host.function("math2.add") { (a: Int, b: Int) in a + b }
            host.function("teams.of") { (_: String) throws -> String in throw Refusal() }
            host.asyncFunction("chat.post") { (text: String, to: [String]) async throws -> String in
                await Task.yield()
                return "\(text) to \(to.joined(separator: "+"))"
            }
        }
        let result = try #require(report.result.arrayValue, "\(String(describing: report.failure))")
        #expect(result[0] == 5)
        #expect(result[1] == false)
        #expect(result[2].stringValue?.hasSuffix("script.lua:2: no such team") == true)
        #expect(result[3] == "hello to a+b")
    }

    @Test func `events come in order and end with the report`() async throws {
        let cloud = try await SimulatedCloud.start()
        let client = try cloud.client()
        let host = ScriptHost(client: client, clock: cloud.clock)
        let run = host.start(
            try Script(source: "print('one') log.warn('two', {n = 1}) require('iwinv').zones.list() ui.progress(1, 2)"),
            options: .readOnly)
        var names: [String] = []
        for await event in run.events {
            switch event {
            case .printed(let line): names.append("printed \(line)")
            case .logged(let line): names.append("logged \(line.message) \(line.fields)")
            case .called(let operation, _): names.append("called \(operation)")
            case .attempted(let report): names.append("attempted \(report.status ?? 0)")
            case .answered(let operation, _, let error): names.append("answered \(operation) \(error == nil)")
            case .progress(let done, let total, _): names.append("progress \(done)/\(total)")
            case .waiting(let wait): names.append("waiting \(wait.id)")
            case .secret: names.append("secret")
            case .ended(let report): names.append("ended \(report.ended)")
            }
        }
        #expect(
            names == [
                "printed one", "logged two [\"n\": IwinvCatalog.JSONValue.integer(1)]", "called zones.list",
                "attempted 200", "answered zones.list true", "progress 1/2", "ended done",
            ])
        try await client.shutdown()
        try await cloud.stop()
    }

    @Test func `cancelling the task that waits ends a busy run and a sleeping one`() async throws {
        for source in ["while true do end", "time.sleep('1000h')", "while true do pcall(error) end"] {
            let host = ScriptHost(client: nil)
            let script = try Script(source: source)
            let task = Task { await host.run(script, options: .readOnly) }
            task.cancel()
            #expect(await task.value.ended == .interrupted)
        }
    }

    @Test func `two hundred runs share one process and one client`() async throws {
        let cloud = try await SimulatedCloud.start()
        let client = try cloud.client()
        let host = ScriptHost(client: client, clock: cloud.clock)
        let script = try Script(source: "time.sleep(params.pause) return #require('iwinv').zones.list()")
        let runs = (0..<200).map { host.start(script, parameters: ["pause": .integer(Int64($0))], options: .readOnly) }
        for run in runs {
            let report = await run.report()
            #expect(report.result == 2)
        }
        try await client.shutdown()
        try await cloud.stop()
    }
}
