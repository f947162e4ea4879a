import Clocks
import Foundation
#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif
import Gate
import IwinvCatalog
import IwinvSimulator

import RunStore
import Testing

/// `iwlua daemon`, as systemd runs it.
@Suite struct DaemonTests {
    @Test(.debugProgram, .timeLimit(.minutes(2)))
    func `what is due runs as itself, and what it did can be seen`() async throws {
        let world = try await DaemonWorld(schedules: 1, rate: 60)
        try await world.add("often", server: world.servers[0], "--every", "1m")
        let daemon = try world.daemon("--listen", "127.0.0.1:0")
        try await daemon.errors(contain: "done after")
        let text = try daemon.errorsSoFar
        let line = try #require(text.split(separator: "\n").first { $0.contains("listening on ") })
        let address = try #require(line.split(separator: " ").last.map(String.init))
        #expect(try await Self.page(address + "/healthz") == "ok\n")
        let metrics = try await Self.page(address + "/metrics")
        #expect(metrics.contains("iwlua_runs_total{schedule=\"often\",end=\"done\"} "), "\(metrics)")
        #expect(metrics.contains("iwlua_schedules{state=\"active\"} 1\n") && metrics.contains("iwlua_serving 1\n"))
        #expect(metrics.contains("iwlua_run_duration_seconds_count ") && metrics.contains("iwlua_budget_remaining{"))
        let second = try await world.world.run(["daemon"])
        #expect(second.status == 7 && second.errors.contains("another daemon serves the schedules (process "))
        daemon.signal(SIGTERM)
        let ended = try await daemon.end()
        #expect(ended.status == 0, "\(ended.status): \(ended.errors)")
        let runs = try await world.world.run(["runs", "list", "--output", "json"])
        #expect(try runs.json.arrayValue?.last?["kind"]?.stringValue == "schedule often")
        for output in [text, metrics, runs.output] {
            #expect(!output.contains("simulated-secret-key") && !output.contains("simulated-access-key"))
        }
        try await world.world.end()
    }

    @Test(.debugProgram, .timeLimit(.minutes(2)))
    func `a changed script is not run: the schedule pauses and says why`() async throws {
        let world = try await DaemonWorld(schedules: 1, rate: 60)
        try await world.add("often", server: world.servers[0], "--every", "1m")
        _ = try world.world.iwlua.file("count.lua", DaemonWorld.script + "-- and more\n")
        let daemon = try world.daemon()
        try await world.until { try await world.ledger.schedule("often").state != .active }
        daemon.signal(SIGTERM)
        let log = try await daemon.end()
        let record = try await world.ledger.schedule("often")
        #expect(record.state == .paused(reason: "count.lua was changed since it was approved"))
        #expect(log.errors.contains("skipped: approval"), "\(log.errors)")
        let resumed = try await world.world.run(["schedule", "resume", "often"])
        #expect(
            resumed.status == 2 && resumed.errors.contains("stays paused: count.lua was changed"), "\(resumed.errors)")
        // What it was, it may be again.
        _ = try world.world.iwlua.file("count.lua", DaemonWorld.script)
        #expect(try await world.world.run(["schedule", "resume", "often"]).status == 0)
        #expect(world.world.effects("instances.edit").isEmpty)
        try await world.world.end()
    }

    @Test(.debugProgram, .timeLimit(.minutes(2)))
    func `a run that SIGTERM has cut goes on with the next daemon, once and no more`() async throws {
        let world = try await DaemonWorld(schedules: 1, rate: 60)
        try await world.add("once", server: world.servers[0], "--every", "30d")
        try world.world.setFaults(["instances.edit: delay(1s)"])
        let asked = try await world.world.run(["schedule", "run", "once"])
        #expect(asked.status == 0 && asked.errors.contains("as soon as there is a daemon"), "\(asked.errors)")
        let first = try world.daemon()
        try await world.until { !world.world.simulator.requests.isEmpty }
        first.signal(SIGTERM)
        let ended = try await first.end()
        #expect(ended.status == 0, "\(ended.errors)")
        try world.world.setFaults([])
        let next = try world.daemon()
        try await world.until { try await world.ledger.openOccurrences().isEmpty }
        next.signal(SIGTERM)
        _ = try await next.end()
        let record = try await world.ledger.schedule("once")
        #expect(record.last?.word == "done")
        #expect(Array(world.world.effects("instances.edit").values) == [1])
        try await world.world.end()
    }

    /// So it is with a daemon that was frozen past its lease, too: when it wakes it lets go of its runs.
    @Test(.debugProgram, .timeLimit(.minutes(2)))
    func `a run that another process has is waited for, and taken up when that lets go of it`() async throws {
        let world = try await DaemonWorld(schedules: 1, rate: 60)
        try await world.add("once", server: world.servers[0], "--every", "30d")
        try world.world.setFaults(["instances.edit: delay(1s)"])
        _ = try await world.world.run(["schedule", "run", "once"])
        let first = try world.daemon()
        try await world.until { !world.world.simulator.requests.isEmpty }
        first.signal(SIGKILL)
        _ = try await first.end()
        // A person takes it up before the next daemon does, looks for long, and gives up again.
        try world.world.setFaults(["reads: delay(1500ms)"])
        let before = world.world.simulator.requests.count
        let person = try world.world.iwlua.start(
            Iwlua.binary, ["resume", "last"], environment: world.world.environment)
        try await world.until { world.world.simulator.requests.count > before }
        let next = try world.daemon()
        try await world.until {
            let isOver = try await world.ledger.openOccurrences().isEmpty
            return try isOver || next.errorsSoFar.contains("once: waits: ")
        }
        person.signal(SIGINT)
        _ = try await person.end()
        try world.world.setFaults([])
        try await world.until { try await world.ledger.openOccurrences().isEmpty }
        next.signal(SIGTERM)
        let ended = try await next.end()
        let record = try await world.ledger.schedule("once")
        #expect(record.last?.word == "done" && record.state == .active, "\(ended.errors)")
        #expect(ended.errors.contains("goes on where it was cut"))
        #expect(Array(world.world.effects("instances.edit").values) == [1])
        try await world.world.end()
    }

    @Test(.debugProgram, .timeLimit(.minutes(2)), arguments: [FailPoint.afterSending, .afterAnswer])
    func `a run that was cut while it changed something learns what it did, though another takes its place at once`(
        _ point: FailPoint
    ) async throws {
        let world = try await DaemonWorld(schedules: 1, rate: 600)
        try await world.add("often", server: world.servers[0], "--every", "1m", "--overlap", "replace")
        let first = try world.daemon(with: ["IWLUA_FAIL_AT": "\(point.rawValue)#1"])
        #expect(try await first.end().status == SIGKILL)
        let run = try #require(try await world.ledger.openOccurrences().first?.run)
        // With ten instants a second the next one comes before the script has begun.
        let next = try world.daemon()
        try await world.until {
            if case .ended = try await world.world.journal().find(run).state { true } else { false }
        }
        try await world.settle(next)
        let summary = try await world.world.journal().find(run)
        #expect(summary.unknown == 0 && summary.open == 0, "\(summary)")
        try await world.expectEachOnce()
        try await world.world.end()
    }

    @Test(.debugProgram, .timeLimit(.minutes(2)))
    func `two schedules never change one server at once`() async throws {
        let world = try await DaemonWorld(schedules: 1, rate: 60)
        try world.world.setFaults(["instances.edit: delay(1s)"])
        for name in ["one", "other"] {
            try await world.add(name, server: world.servers[0], "--every", "30d")
            _ = try await world.world.run(["schedule", "run", name])
        }
        let daemon = try world.daemon()
        try await world.until { try await world.ledger.openOccurrences().isEmpty }
        daemon.signal(SIGTERM)
        let log = try await daemon.end()
        // They were under way together, and the second change left when the first was answered.
        let begins = log.errors.split(separator: "\n").prefix { !$0.contains("done after") }
        #expect(begins.count { $0.contains(" begins") } == 2, "\(log.errors)")
        let edits = world.world.simulator.requests.filter { $0.operation == "instances.edit" }.map(\.at).sorted()
        #expect(edits.count == 2 && edits[1] - edits[0] > .milliseconds(900), "\(edits)")
        try await world.world.end()
    }

    @Test(.debugProgram, .timeLimit(.minutes(2)))
    func `a store that is moved away ends the daemon before it claims anything more`() async throws {
        let world = try await DaemonWorld(schedules: 1, rate: 60)
        try await world.add("often", server: world.servers[0], "--every", "1m")
        let daemon = try world.daemon()
        try await daemon.errors(contain: "done after")
        let state = world.world.environment["IWLUA_STATE"] ?? ""
        try FileManager.default.moveItem(atPath: state, toPath: state + "-moved")
        let ended = try await daemon.end()
        #expect(ended.status == 7 && ended.errors.contains("was moved, deleted or replaced"), "\(ended.errors)")
        // Put back, it is all there. A run that was about to begin may have made a budget of its own meanwhile.
        let made = try? FileManager.default.contentsOfDirectory(atPath: state)
        #expect(made?.contains { $0.hasPrefix("schedules") } != true, "\(made ?? [])")
        try? FileManager.default.removeItem(atPath: state)
        try FileManager.default.moveItem(atPath: state + "-moved", toPath: state)
        try await world.settle()
        try await world.expectEachOnce()
        try await world.world.end()
    }

    @Test(.debugProgram, .timeLimit(.minutes(2)))
    func `a changed file of parameters is not passed over: the schedule pauses and says why`() async throws {
        let world = try await DaemonWorld(schedules: 1, rate: 60)
        let script = try world.world.iwlua.file(
            "list.lua", "-- ==Script==\n-- @param names table List\n-- ==/Script==\nprint(#params.names, 'names')\n")
        let names = try world.world.iwlua.file("names.csv", "name,to\na,b\n")
        let added = try await world.world.run([
            "schedule", "add", "listed", script, "--param", "names=@\(names)", "--every", "1m",
        ])
        #expect(added.status == 0, "\(added.errors)")
        let daemon = try world.daemon()
        // What `print` puts between its values is read as it was meant.
        try await daemon.errors(contain: "1  names")
        _ = try world.world.iwlua.file("names.csv", "name,to\na,c\n")
        try await world.until { try await world.ledger.schedule("listed").state != .active }
        daemon.signal(SIGTERM)
        _ = try await daemon.end()
        let record = try await world.ledger.schedule("listed")
        #expect(
            record.state
                == .paused(reason: "\(names), which a parameter was read from, was changed since it was approved"))
        try await world.world.end()
    }

    @Test(.debugProgram, .timeLimit(.minutes(2)))
    func `of daemons that start together one serves, and when it is killed another can`() async throws {
        let world = try await DaemonWorld(schedules: 2, rate: 60)
        for (index, server) in world.servers.enumerated() {
            try await world.add("often-\(index)", server: server, "--every", "1m", "--catch-up", "all")
        }
        for _ in 0..<3 {
            let daemons = try (0..<4).map { _ in try world.daemon() }
            try await world.until { daemons.count(where: \.isRunning) == 1 }
            let serving = daemons.first { $0.isRunning }
            let server = try #require(serving)
            try await server.errors(contain: "done after")
            server.signal(SIGKILL)
            for daemon in daemons {
                let result = try await daemon.end()
                #expect(result.status == SIGKILL || result.errors.contains("another daemon serves"), "\(result.errors)")
            }
        }
        try await world.settle()
        try await world.expectEachOnce()
        try await world.world.end()
    }

    @Test func `the unit and the container file name this program and these schedules`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let state = iwlua.folder.appendingPathComponent("kept").path
        let unit = try await iwlua.run(
            ["daemon", "--print-unit", "--listen", "127.0.0.1:8480"], environment: ["IWLUA_STATE": state])
        #expect(unit.status == 0 && unit.output.contains("Environment=IWLUA_STATE=\(state)\n"), "\(unit.errors)")
        #expect(
            unit.output.contains("/iwlua daemon --listen 127.0.0.1:8480\n") && unit.output.contains("KillMode=mixed"))
        let odd = iwlua.folder.appendingPathComponent("100% odd").path
        let whole = try await iwlua.run(
            [
                "daemon", "--print-unit", "--web", "[::1]:8480", "--web-token-file", "/etc/iw lua/token", "--at-once",
                "4",
            ],
            environment: ["IWLUA_STATE": odd])
        #expect(
            whole.output.contains(
                "/iwlua daemon --web [::1]:8480 --web-token-file \"/etc/iw lua/token\" --at-once 4\n"),
            "\(whole.output) \(whole.errors)")
        let escaped = odd.replacing("%", with: "%%")
        #expect(whole.output.contains("\nEnvironment=\"IWLUA_STATE=\(escaped)\"\n"))
        #expect(whole.output.contains("\nReadWritePaths=\"\(escaped)\"\n"))
        let users = try await iwlua.run("daemon", "--print-unit", "--for-users")
        #expect(users.output.contains("\nUser=%i\nExecStart=/usr/bin/iwlua daemon\n"), "\(users.errors)")
        for place in [state, NSHomeDirectory(), Iwlua.repository.path] { #expect(!users.output.contains(place)) }
        #expect(try await iwlua.run("daemon", "--for-users").status == 2)
        let served = try await iwlua.run("daemon", "--print-containerfile", "--listen", "127.0.0.1:8480")
        #expect(served.output.contains("CMD [\"daemon\", \"--listen\", \"127.0.0.1:8480\"]\n"))
        let file = try await iwlua.run("daemon", "--print-containerfile")
        #expect(file.output.contains("ENTRYPOINT [\"iwlua\"]\nCMD [\"daemon\"]\n"))
        #expect(!FileManager.default.fileExists(atPath: state))
    }

    @Test(arguments: [
        ("0.0.0.0:8480", "others could reach that"), ("10.0.0.1:80", "others could reach that"),
        ("[::]:80", "others could reach that"), ("127.0.0.1", "write it like 127.0.0.1:8480"),
    ])
    func `an address that others can reach needs a flag`(_ address: String, _ words: String) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run("daemon", "--listen", address)
        #expect(result.status == 2 && result.errors.contains(words), "\(result.errors)")
    }

    private static func page(_ address: String) async throws -> String {
        let url = try #require(URL(string: address))
        return try await String(decoding: URLSession.shared.data(from: url).0, as: UTF8.self)
    }
}
