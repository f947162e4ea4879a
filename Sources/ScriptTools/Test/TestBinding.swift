import Clocks
import Gate
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvTesting
import LuaRuntime
import ScriptHost

/// The functions behind ``TestPrelude``.
struct TestBinding: Sendable {
    let stage: TestStage
    let runs: TestedRuns
    let seed: UInt64

    /// Gives a host the words of tests.
    ///
    /// - Parameter index: the test that is to run, from 1; nil to list them.
    func add(to host: inout ScriptHost, running index: Int?) {
        let data: LuaValue = index.map { ["index": .integer(Int64($0))] } ?? [:]
        host.module(
            .host(name: "iwlua.test", source: TestPrelude.source, data: data, functions: functions),
            handlers: [
                "test.advance": { try await advance($0) },
                "test.run": { try await runs.run($0) },
                "test.replay": { try await runs.replay($0) },
            ])
        host.module(
            .script(name: "iwlua.test.file", source: stage.file.script.source, chunk: stage.file.name))
    }

    private var functions: [String: LuaHostFunction] {
        [
            "declare": .raw { call in
                let arguments = try call.values()
                stage.declare(
                    TestStage.Declaration(
                        name: arguments.first?.stringValue ?? "?", line: call.position?.line ?? 0,
                        isEmpty: arguments.dropFirst().first?.booleanValue ?? false))
            },
            "begin": .sync { _ in
                stage.begin()
                return []
            },
            "show": .sync { [.string(LuaLiteral.line($0.first ?? .nil))] },
            "compare": .sync { arguments in
                let (actual, expected) = (arguments.first ?? .nil, arguments.dropFirst().first ?? .nil)
                guard !LuaComparison.areEqual(actual, expected) else { return [] }
                return [.string(LuaComparison.difference(expected: expected, actual: actual))]
            },
            "contains": .sync { arguments in
                let (whole, part) = (arguments.first ?? .nil, arguments.dropFirst().first ?? .nil)
                return [.boolean(LuaComparison.contains(whole, part))]
            },
            "unknown": .sync { arguments in
                let (owner, name) = (arguments.first?.stringValue ?? "", arguments.last?.stringValue ?? "")
                let known = TestPrelude.members[owner] ?? []
                let hint =
                    Suggestion.nearest(to: name, among: known).map { "; did you mean `\($0)`?" }
                    ?? "; there are \(known.joined(separator: ", "))"
                throw LuaError(.host, "\(owner) has no `\(name)`\(hint)")
            },
            "add": .sync(add), "demo": .sync(demo), "profile": .sync(profile), "fault": .sync(fault),
            "no_faults": .sync { _ in
                try stage.cloud("cloud.no_faults").simulator.setFaults([])
                return []
            },
            "set_status": .sync(setStatus), "calls": .sync(calls), "world": .sync(world), "instances": .sync(instances),
            "test.advance": .call, "test.run": .call, "test.replay": .call,
        ]
    }

    // MARK: - The cloud before

    /// `cloud.add{servers = {{name = "web-%02d", count = 3}}}`
    private func add(_ arguments: [LuaValue]) throws -> [LuaValue] {
        let cloud = try stage.cloud("cloud.add")
        guard let members = arguments.first?.objectValue else {
            throw LuaError(.host, "cloud.add takes a table: { servers = { { name = \"web-%02d\", count = 3 } } }")
        }
        let document = try LuaValue.object(members).json(path: "cloud.add")
        do {
            let description = try FleetDescription(document)
            try cloud.simulator.mutate { try $0.add(description, at: cloud.clock.now) }
        } catch let problem as FleetProblem {
            // Lua counts from one.
            let path = problem.path.replacing(#/\[(\d+)\]/#) { "[\((Int($0.output.1) ?? 0) + 1)]" }
            throw LuaError(.host, "cloud.add: \(path.isEmpty ? "" : "\(path): ")\(problem.message)")
        }
        return []
    }

    /// `cloud.demo()`: the fleet of `--simulate`.
    private func demo(_: [LuaValue]) throws -> [LuaValue] {
        let cloud = try stage.cloud("cloud.demo")
        cloud.simulator.mutate { $0 = Cloud.demo(seed: seed, at: cloud.clock.now) }
        return []
    }

    /// `cloud.profile("live")`
    private func profile(_ arguments: [LuaValue]) throws -> [LuaValue] {
        let cloud = try stage.cloud("cloud.profile")
        guard let profile = arguments.first?.stringValue.flatMap(CloudProfile.init) else {
            let names = CloudProfile.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
            throw LuaError(.host, "cloud.profile takes \(names)")
        }
        cloud.simulator.mutate { $0.switches = profile.switches }
        return []
    }

    /// `cloud.fault{"instances.reboot: 5% lost-reply"}` adds rules.
    private func fault(_ arguments: [LuaValue]) throws -> [LuaValue] {
        let simulator = try stage.cloud("cloud.fault").simulator
        let given = arguments.first ?? .nil
        let lines = given.stringValue.map { [$0] } ?? given.arrayValue?.compactMap(\.stringValue) ?? []
        guard !lines.isEmpty else {
            throw LuaError(.host, "cloud.fault takes rules: cloud.fault { \"instances.reboot: once lost-reply\" }")
        }
        do { simulator.setFaults(simulator.faults + (try lines.flatMap(FaultRule.rules(in:)))) } catch {
            throw LuaError(.host, "cloud.fault: \(error)")
        }
        return []
    }

    /// `cloud.set_status("web-01", "error")`, as a fault of the provider, or somebody in the web console, would.
    private func setStatus(_ arguments: [LuaValue]) throws -> [LuaValue] {
        let cloud = try stage.cloud("cloud.set_status")
        guard let name = arguments.first?.stringValue, let word = arguments.dropFirst().first?.stringValue else {
            throw LuaError(.host, "cloud.set_status takes a server's name or id, and a status")
        }
        guard let status = ServerStatus(rawValue: word) else {
            let hint = Suggestion.nearest(to: word, among: ServerStatus.allCases.map(\.rawValue))
            throw LuaError(
                .host, "cloud.set_status: no status `\(word)`" + (hint.map { "; did you mean `\($0)`?" } ?? ""))
        }
        let found = cloud.simulator.cloud.servers(at: cloud.clock.now).filter { $0.name == name || $0.id == name }
        guard let server = found.first else { throw LuaError(.host, "cloud.set_status: no server is called `\(name)`") }
        cloud.simulator.mutate { $0.setTimeline(.steady(status), of: server.id) }
        return []
    }

    // MARK: - The cloud after

    /// `cloud.calls("instances.reboot")`: what scripts under test have sent.
    private func calls(_ arguments: [LuaValue]) throws -> [LuaValue] {
        _ = try stage.cloud("cloud.calls")
        guard let name = arguments.first?.stringValue else { return [.array(stage.calls.map(\.value))] }
        let operation = OperationName(stringLiteral: name)
        guard Catalog.iwinv[operation] != nil else {
            let hint = Suggestion.nearest(to: name, among: Catalog.iwinv.operations.map { "\($0.name)" })
            throw LuaError(
                .host, "cloud.calls: no operation `\(name)`" + (hint.map { "; did you mean `\($0)`?" } ?? ""))
        }
        return [.array(stage.calls.filter { $0.operation == operation }.map(\.value))]
    }

    private func world(_: [LuaValue]) throws -> [LuaValue] { [LuaValue(try world("cloud.world").everything)] }

    private func instances(_: [LuaValue]) throws -> [LuaValue] {
        [LuaValue(.array(try world("cloud.instances").instances))]
    }

    private func world(_ name: String) throws(LuaError) -> TestWorld {
        let cloud = try stage.cloud(name)
        return TestWorld(cloud.simulator.cloud, at: cloud.clock.now)
    }

    /// `cloud.advance("5m")`: the time of all who sleep comes in its turn.
    private func advance(_ call: LuaCall) async throws -> [LuaValue] {
        let cloud = try stage.cloud("cloud.advance")
        let given = call.arguments.first ?? .nil
        guard
            let duration = given.stringValue.flatMap({ Duration(parsing: $0) })
                ?? given.numberValue.flatMap({ $0 >= 0 && $0 < 1e9 ? .seconds($0) : nil })
        else { throw LuaError(.host, "cloud.advance takes a duration such as \"5m\", or seconds") }
        try await cloud.clock.sleep(for: duration)
        return []
    }
}
