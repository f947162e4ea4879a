import Clocks
import Foundation
import IwinvCatalog
import IwinvWire
import RunStore
import Testing

/// `iwlua runs` and `iwlua stop`, over a journal that the test has written.
@Suite struct HistoryTests {
    @Test func `runs lists the newest first, with how each stands`() async throws {
        let place = try await HistoryScratch()
        defer { place.iwlua.remove() }
        let done = try await place.renames("rdone", [("i-1", "web-1", "www-1", "confirmed")])
        try await done.end("done", report: [:])
        let unknown = try await place.renames("runknown", [("i-1", "a", "b", "unknown"), ("i-2", "c", "d", "refused")])
        try await unknown.end("unknown", report: [:])
        let cut = try await place.renames("rcut", [])
        try await place.send(cut, 2, ("i-3", "x", "y", ""))
        await cut.letGo()
        // This process has it.
        _ = try await place.renames("rliving", [])
        let table = try await place.run("runs")
        #expect(table.status == 0, "\(table.errors)")
        let lines = table.output.split(separator: "\n").dropFirst(2).map { $0.split(separator: " ").map(String.init) }
        #expect(lines.map(\.first) == ["rliving", "rcut", "runknown", "rdone"])
        #expect(lines.map(\.last) == ["running", "cut", "unknown", "done"])
        #expect(table.output.contains("rdone     2023-11-15 07:13:20  run   rename.lua        1           done\n"))
        #expect(table.output.contains("rename.lua        2        1  unknown\n"))
        let korean = try await place.run("runs", "list", "--lang", "ko", "--color", "always")
        #expect(korean.output.contains("\u{1B}[33m끊김\u{1B}[0m\n"))
        #expect(korean.output.contains("\u{1B}[36m실행 중\u{1B}[0m\n"))
        let rows = try #require(try await place.run("runs", "--output", "json", "--limit", "3").json.arrayValue)
        #expect(rows.map { $0["state"] } == ["running", "cut", "unknown"])
        #expect(rows.map { $0["unknown"] } == [0, 1, 1])
        #expect(rows[2]["started"] == "2023-11-14T22:13:21.840Z" && rows[1]["ended"] == .null)
        let open = try await place.run("runs", "--open", "--kind", "run", "--script", "scripts/rename.lua")
        #expect(open.output.contains("rliving") && open.output.contains("rcut") && !open.output.contains("rdone"))
        let none = try await place.run("runs", "--script", "other.lua")
        #expect(none.status == 0 && none.output.isEmpty && none.errors == "no runs\n")
    }

    @Test func `show tells what a run was, did, and what to do next`() async throws {
        let place = try await HistoryScratch()
        defer { place.iwlua.remove() }
        let log = try await place.renames("rshow", [("i-1", "web-1", "www-1", "confirmed")])
        log.note(.granted(call: 3, grant: "instances:power"))
        place.ask(log, 3, "instances.get", [:], id: "i-9")
        log.note(
            .delivered(
                call: 3,
                .failure(["code": 3, "message": "x", "value": ["kind": "api", "message": "no such server"]])))
        try await place.send(log, 4, ("i-4", "evil\u{1B}[31m", "www-4", ""))
        await log.letGo()
        let shown = try await place.run("runs", "show", "rsh")
        #expect(shown.status == 0, "\(shown.errors)")
        for line in [
            "parameter  to = www", "grants     instances:edit", "account    https://api.test 9f86", "seed       7",
            "option     max_changes = 50", "state      cut", "started    2023-11-15 07:13:20",
        ] {
            #expect(shown.output.contains(line + "\n"), "\(line)")
        }
        #expect(
            shown.output.contains("i-1       web-1           instances.edit  web-1 → www-1           confirmed  #2\n"))
        #expect(shown.output.contains("evil\\u{1b}[31m → www-4  unknown    #4\n"))
        #expect(!shown.output.contains("\u{1B}"))
        #expect(
            shown.output.contains("#1    rename.lua:1  instances.list            answered                   340ms\n"))
        #expect(
            shown.output.contains("#2    rename.lua:2  instances.edit  i-1       confirmed               1   1.5s\n"))
        #expect(shown.output.contains("api: no such server"))
        #expect(shown.output.contains("granted instances:power (#3)\n"))
        #expect(shown.output.contains("next: look at what is `unknown`; `iwlua resume rshow`"))
        let byCall = try await place.run("runs", "show", "last", "--by", "call", "--lang", "ko")
        #expect(!byCall.output.contains("web-1 → www-1") && byCall.output.contains("응답함"))
        #expect(byCall.output.contains("다음: `unknown` 항목을 확인하세요"))
        let document = try await place.run("runs", "show", "last", "--output", "json").json
        #expect(document["state"] == "cut" && document["grants"] == ["instances:edit"] && document["seed"] == "7")
        #expect(document["resources"]?.arrayValue?.map { $0["outcome"] } == ["confirmed", "unknown"])
        #expect(document["calls"]?.arrayValue?.map { $0["state"] } == ["answered", "changed", "failed", "changed"])
    }

    @Test func `a run that is not there, or that many could be, is a mistake of usage`() async throws {
        let place = try await HistoryScratch()
        defer { place.iwlua.remove() }
        let none = try await place.run("runs", "show", "last")
        #expect(none.status == 2 && none.errors.contains("no run yet"))
        for id in ["rone1", "rone2"] { try await place.renames(id, []).end("done", report: [:]) }
        let many = try await place.run("runs", "show", "rone")
        #expect(many.status == 2 && many.errors.contains("several runs begin with that: rone1, rone2"))
        #expect(try await place.run("runs", "show", "rone1").status == 0)
    }

    @Test func `diff tells what was given and what was done differently`() async throws {
        let place = try await HistoryScratch()
        defer { place.iwlua.remove() }
        let a = try await place.renames(
            "ra", [("i-1", "web-1", "www-1", "confirmed"), ("i-2", "web-2", "www-2", "confirmed")])
        try await a.end("done", report: [:])
        let b = try await place.renames(
            "rb",
            [
                ("i-3", "web-3", "www-3", "confirmed"), ("i-2", "web-2", "www-2", "refused"),
                ("i-1", "web-1", "www-1", "confirmed"),
            ], to: "other", source: HistoryScratch.source.replacing("params.to", with: "params.to .. \"x\""),
            grants: ["instances:edit", "instances:power"])
        try await b.end("refused", report: [:])
        let text = try await place.run("runs", "diff", "ra", "rb")
        #expect(text.status == 0, "\(text.errors)")
        #expect(text.output.contains("parameter to  www"))
        #expect(text.output.contains("grant         -"))
        #expect(text.output.contains("\n@@ -1,3 +1,3 @@\n"))
        #expect(
            text.output.contains("\n-    vm:edit { name = params.to }\n+    vm:edit { name = params.to .. \"x\" }\n"))
        #expect(text.output.contains("only B  i-3"))
        #expect(text.output.contains("1 changes are the same in both\n"))
        let document = try await place.run("runs", "diff", "ra", "rb", "--output", "json").json
        #expect(document["changes"]?["only_b"]?.arrayValue?.map { $0["id"] } == ["i-3"])
        #expect(document["changes"]?["different"]?.arrayValue?.map { $0["b"]?["outcome"] } == ["refused"])
        #expect(document["changes"]?["equal"] == 1 && document["changes"]?["only_a"] == [])
        #expect(document["parameters"] == ["to": ["a": "www", "b": "other"]])
        #expect(document["grants"] == ["only_a": [], "only_b": ["instances:power"]])
        #expect(Set(try #require(document["facts"]?.objectValue).keys) == ["text", "state"])
        let same = try await place.run("runs", "diff", "ra", "ra", "--lang", "ko")
        #expect(same.output.contains("차이 없음") && same.output.contains("2건"))
    }

    @Test func `export writes every entry as a line, to a file of the owner's alone`() async throws {
        let place = try await HistoryScratch()
        defer { place.iwlua.remove() }
        for id in ["ra", "rb"] {
            try await place.renames(id, [("i-1", "a", "b", "confirmed")]).end("done", report: [:])
        }
        let all = try await place.run("runs", "export")
        let lines = try all.output.split(separator: "\n").map { try JSONCodec.decode(Array($0.utf8)) }
        #expect(lines.map { $0["run"] } == Array(repeating: "ra", count: 10) + Array(repeating: "rb", count: 10))
        #expect(lines.prefix(10).map { $0["seq"] } == (0..<10).map { .integer($0) })
        let file = place.iwlua.folder.appendingPathComponent("out.jsonl")
        let written = try await place.run("runs", "export", "rb", "last", "-o", file.path)
        #expect(written.status == 0 && written.output.isEmpty, "\(written.errors)")
        #expect(try String(contentsOf: file, encoding: .utf8).split(separator: "\n").count == 10)
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let nowhere = try await place.run("runs", "export", "-o", "/proc/nowhere/x")
        #expect(nowhere.status == 2 && nowhere.errors.contains("cannot be written"))
    }

    @Test func `verify counts what it has looked at, and names the place of an edit`() async throws {
        let place = try await HistoryScratch()
        defer { place.iwlua.remove() }
        try await place.renames("ra", [("i-1", "a", "b", "confirmed")]).end("done", report: [:])
        let good = try await place.run("runs", "verify")
        #expect(good.status == 0)
        #expect(good.output.hasPrefix("looked at 1 runs, 10 entries, 1 texts, 0 approvals\nnothing was edited ("))
        try place.execute("UPDATE entry SET at = at + 1 WHERE seq = 3")
        let bad = try await place.run("runs", "verify")
        #expect(bad.status == 1)
        #expect(bad.output.contains("edited: entry ra, entry 3"))
        let document = try await place.run("runs", "verify", "--output", "json").json
        #expect(document["entries"] == 10 && document["faults"]?.arrayValue?.first?["row"] == "ra")
    }

    @Test func `prune takes what the setting or the flags say, and says beforehand`() async throws {
        let place = try await HistoryScratch()
        defer { place.iwlua.remove() }
        for id in ["ra", "rb", "rc"] { try await place.renames(id, []).end("done", report: [:]) }
        let dry = try await place.run("runs", "prune", "--keep-count", "1", "--dry-run")
        #expect(dry.status == 0 && dry.output == "ra\nrb\n" && dry.errors == "2 runs would go\n")
        #expect(try await place.journal.runs().count == 3)
        #expect(try await place.run("runs", "prune", "--keep-count", "2").errors == "1 runs taken away\n")
        let all = try await place.iwlua.run(
            ["runs", "prune", "--output", "json"],
            environment: place.environment.merging(["IWLUA_RETENTION": "1s"]) { $1 })
        #expect(try all.json == ["runs": ["rb", "rc"], "dry_run": false])
        #expect(try await place.run("runs", "verify").status == 0)
        _ = try place.iwlua.file("config/iwlua/config.yaml", "retention: soon\n")
        let wrong = try await place.run("runs", "prune")
        #expect(wrong.status == 2 && wrong.errors.contains("retention soon: write it like 90d"))
    }

    @Test func `after a run what is too old goes by itself`() async throws {
        let place = try await HistoryScratch()
        defer { place.iwlua.remove() }
        try await place.renames("rold", []).end("done", report: [:])
        let simulator = try await SimulatorProcess(place.iwlua)
        let environment = place.environment.merging(simulator.environment) { $1 }
        let script = try place.iwlua.file("one.lua", "return 1")
        let kept = try await place.iwlua.run(
            ["run", script], environment: environment.merging(["IWLUA_RETENTION": "none"]) { $1 })
        #expect(kept.status == 0, "\(kept.errors)")
        #expect(try await place.journal.runs().map(\.script) == ["one.lua", "rename.lua"])
        _ = try await place.iwlua.run(["run", script], environment: environment)
        #expect(try await place.journal.runs().map(\.script) == ["one.lua", "one.lua"])
        // A slip in the setting takes nothing away, and the run is none the worse.
        let slip = try await place.iwlua.run(
            ["run", script], environment: environment.merging(["IWLUA_RETENTION": "1"]) { $1 })
        #expect(slip.status == 0 && slip.errors.contains("old runs stay in the journal: retention 1"))
        #expect(try await place.journal.runs().count == 3)
        _ = try await simulator.stop()
    }

    @Test func `stop asks a living run, and says of another that it is not under way`() async throws {
        let place = try await HistoryScratch()
        defer { place.iwlua.remove() }
        let log = try await place.renames("rliving", [])
        let asked = try await place.run("stop", "last")
        #expect(asked.status == 0 && asked.output.hasPrefix("rliving was asked to stop"), "\(asked.errors)")
        let error = await #expect(throws: StoreError.self) { try await log.commit(.sending(call: 9, attempt: 1)) }
        #expect(error?.code == .stopRequested)
        try await log.end("interrupted", report: [:])
        let late = try await place.run("stop", "rliving", "--lang", "ko")
        #expect(late.status == 1 && late.errors.contains("중단됨"))
    }

    @Test func `a run that was denied is told what would help, not to go on`() async throws {
        let world = try await HistoryScratch()
        defer { world.iwlua.remove() }
        let denial = { (operation: JSONValue) -> JSONValue in
            ["error": ["kind": "denied", "message": "this needs a grant", "operation": operation]]
        }
        let idle = try await world.renames("idle", [])
        try await idle.end("denied", report: denial("instances.reboot"))
        let show = try await world.run("runs", "show", "idle")
        #expect(show.output.contains("nothing was changed: run it again with `--allow instances:power`"))
        #expect(!show.output.contains("resume"))
        let korean = try await world.run("runs", "show", "idle", "--lang", "ko")
        #expect(korean.output.contains("`--allow instances:power`를 붙여 다시 실행하세요"))
        let half = try await world.renames("half", [("i-1", "web-01", "www-01", "confirmed")])
        try await half.end("denied", report: denial("instances.reboot"))
        let on = try await world.run("runs", "show", "half")
        #expect(on.output.contains("`iwlua resume half --allow instances:power` goes on where it was refused"))
        // It was granted: something else refused it.
        let kept = try await world.renames("kept", [])
        try await kept.end("denied", report: denial("instances.edit"))
        let other = try await world.run("runs", "show", "kept")
        #expect(other.output.contains("see to what the error says") && !other.output.contains("--allow"))
    }
}
