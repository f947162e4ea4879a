import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvWire
import TestSupport
import Testing

/// Plans that somebody has edited so that they show one change and make another, with a digest that fits.
@Suite struct ForgedPlanTests {
    private struct World {
        let iwlua: Iwlua
        let simulator: IwinvSimulator
        let environment: [String: String]
        let plan: [String: JSONValue]
        let entries: [[String: JSONValue]]

        init() async throws {
            iwlua = try Iwlua()
            let clock = SystemClock()
            var configuration = SimulatorConfiguration(cloud: Cloud.demo(seed: 1, at: clock.now), clock: clock)
            configuration.quota = nil
            simulator = try await IwinvSimulator.start(configuration)
            environment = [
                "IWLUA_ENDPOINT": simulator.endpoint, "IWINV_ACCESS_KEY": "simulated-access-key",
                "IWINV_SECRET_KEY": "simulated-secret-key", "IWLUA_BUDGET": "none",
            ]
            let script = try iwlua.file("everything.lua", PlanForgeries.everything)
            let planned = try await iwlua.run(
                ["plan", script, "-o", "honest.plan"], environment: environment)
            try #require(planned.status == 0, "\(planned.output)\(planned.errors)")
            let text = try iwlua.text(of: "honest.plan")
            plan = try #require(try JSONCodec.decode(Array(text.utf8)).objectValue)
            entries = (plan["steps"]?.arrayValue ?? []).flatMap { $0["entries"]?.arrayValue ?? [] }
                .compactMap(\.objectValue)
        }

        /// How many requests the cloud has seen.
        var requests: Int { simulator.requests.count }

        func end() async throws {
            try await simulator.stop()
            iwlua.remove()
        }

        func apply(_ plan: [String: JSONValue], _ more: String...) async throws -> Iwlua.Result {
            let text = String(decoding: JSONCodec.encode(PlanForgeries.sealed(plan)), as: UTF8.self)
            _ = try iwlua.file("forged.plan", text)
            return try await iwlua.run(["apply", "forged.plan"] + more, environment: environment)
        }
    }

    @Test func `a change whose words do not follow from what it does is refused before the question`() async throws {
        let world = try await World()
        let changes = Set(Catalog.iwinv.operations.filter(\.effect.isChange).map { "\($0.name)" })
        #expect(Set(world.entries.compactMap { $0["operation"]?.stringValue }) == changes)
        // As it was saved it comes to the question.
        let honest = try await world.apply(world.plan)
        #expect(honest.status == 3 && honest.errors.contains("--yes"), "\(honest.errors)")
        let before = world.requests
        var seen: Set<String> = []
        for (index, entry) in world.entries.enumerated() {
            guard seen.insert(entry["operation"]?.stringValue ?? "").inserted else { continue }
            // The library's tests have them all; here one of each kind comes through the program.
            let forgeries = Dictionary(PlanForgeries.forgeries(of: entry).map { ($0.kind, $0) }) { first, _ in first }
            for forgery in forgeries.values {
                let result = try await world.apply(
                    PlanForgeries.replacing(index + 1, with: forgery.members, in: world.plan))
                let comment: Comment = "\(entry["operation"] ?? "") \(forgery.what): \(result.errors)"
                #expect(!result.errors.contains("\u{1B}"), comment)
                // It comes to the question with what it does, and not with what it was.
                if result.status == 3, let shown = forgery.shown {
                    let line = result.errors.split(separator: "\n").first { $0.contains(shown) }
                    #expect(line != nil && result.errors.contains("--yes"), comment)
                    continue
                }
                #expect(result.status == 2, comment)
                // Another change that needs a grant which the plan did not need.
                if forgery.shown != nil, result.errors.contains("`grants` lacks") { continue }
                #expect(result.errors.contains("change \(index + 1)"), comment)
                #expect(forgery.fields.contains { result.errors.contains("`\($0)`") }, comment)
            }
        }
        #expect(world.requests == before)
        try await world.end()
    }

    @Test func `what stands around the changes is not believed either`() async throws {
        let world = try await World()
        let before = world.requests
        // An entry twice under its number: shown twice, and done for one of them.
        if let first = world.entries.first, let step = world.plan["steps"]?.arrayValue?.first?.objectValue {
            var plan = world.plan
            var doubled = step
            doubled["entries"] = .array([.object(first), .object(first)])
            plan["steps"] = .array([.object(doubled)])
            let result = try await world.apply(plan, "--yes")
            #expect(result.status == 2 && result.errors.contains("change 2"), "\(result.errors)")
        }
        let edits: [(String, JSONValue, String)] = [
            ("grants", [], "`grants` lacks"), ("grants", ["secret"], "`grants` lacks"), ("kind", "party", "missing"),
            ("account", 7, "missing"), ("steps", [["kind": "dance"]], "does not know: dance"),
            (
                "steps",
                [
                    [
                        "kind": "wait", "resource": "zones", "ids": ["x"], "state": "active", "timeout": "5m",
                        "took": "5s",
                    ]
                ],
                "a state that nothing has"
            ),
            (
                "steps",
                [
                    [
                        "kind": "wait", "resource": "instances", "ids": ["../x"], "state": "active", "timeout": "5m",
                        "took": "5s",
                    ]
                ],
                "no identifier"
            ),
        ]
        for (field, value, words) in edits {
            let result = try await world.apply(world.plan.merging([field: value]) { $1 }, "--yes")
            #expect(result.status == 2 && result.errors.contains(words), "\(field) \(value): \(result.errors)")
        }
        // Grants that no change needs are neither shown nor given.
        let grants = (world.plan["grants"]?.arrayValue ?? []) + ["secret"]
        let more = try await world.apply(world.plan.merging(["grants": .array(grants)]) { $1 })
        #expect(more.status == 3 && !more.errors.contains("--allow secret"), "\(more.errors)")
        // Times that no integer holds.
        let long: JSONValue = [
            "kind": "wait", "resource": "instances", "ids": ["INSTANCE-x"], "state": "active", "timeout": "5m",
            "took": "2400000h",
        ]
        let steps = (world.plan["steps"]?.arrayValue ?? []) + Array(repeating: long, count: 50)
        let slow = try await world.apply(world.plan.merging(["steps": .array(steps)]) { $1 })
        #expect(slow.status == 3, "\(slow.status) \(slow.errors)")
        #expect(world.requests == before)
        try await world.end()
    }

    @Test func `a plan is its owner's file, and a file that was there is not opened wider`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let rename = Iwlua.automation("bulk-rename.lua")
        func mode(_ name: String) throws -> Int? {
            let path = iwlua.folder.appendingPathComponent(name).path
            return try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        func plan(_ name: String) async throws -> Iwlua.Result {
            try await iwlua.run(
                "plan", rename, "--simulate", "--param", "from=web-", "--param", "to=www-", "-o", name)
        }
        for (old, new) in [(nil, 0o600), (0o666, 0o600), (0o400, 0o400), (0o640, 0o600)] as [(Int?, Int)] {
            let name = "mode-\(old.map(String.init) ?? "none").plan"
            if let old { _ = try iwlua.file(name, "old", mode: old) }
            let result = try await plan(name)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try mode(name) == new, "\(name)")
            #expect(try iwlua.text(of: name).contains("digest"))
        }
        // A link is followed; NamedFileTests has more of that.
        _ = try iwlua.file("target", "old", mode: 0o644)
        try FileManager.default.createSymbolicLink(
            at: iwlua.folder.appendingPathComponent("link.plan"),
            withDestinationURL: iwlua.folder.appendingPathComponent("target"))
        #expect(try await plan("link.plan").status == 0)
        #expect(try iwlua.text(of: "target").contains("digest") && mode("target") == 0o600)
        let link = try FileManager.default.destinationOfSymbolicLink(
            atPath: iwlua.folder.appendingPathComponent("link.plan").path)
        #expect(link.hasSuffix("target"))
        let names = try FileManager.default.contentsOfDirectory(atPath: iwlua.folder.path)
        #expect(!names.contains { $0.hasSuffix(".part") })
    }
}
