import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import Testing

/// What the shipped scripts ask the cloud, request by request, as `Tests/Fixtures/Traces` has it.
///
/// After a change that is meant, `IWLUA_TRACES=write` writes the traces again: each line that differs is to be looked at.
@Suite struct TraceTests {
    private static let folder = Iwlua.repository.appendingPathComponent("Tests/Fixtures/Traces")
    private static let isWriting = ProcessInfo.processInfo.environment["IWLUA_TRACES"] == "write"

    @Test(arguments: TraceCase.all)
    func `a shipped script asks the cloud what it asked before`(_ traced: TraceCase) async throws {
        let file = Self.folder.appendingPathComponent(traced.file)
        let text = try await Self.trace(traced)
        if Self.isWriting {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let recorded = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let (now, then) = (text.split(separator: "\n"), recorded.split(separator: "\n"))
        let place = zip(now, then).enumerated().first { $1.0 != $1.1 }?.offset ?? min(now.count, then.count)
        #expect(
            text == recorded,
            """
            \(traced.file):\(place + 1) has `\(place < then.count ? then[place] : "its end")`, \
            and now it is `\(place < now.count ? now[place] : "the end")`; whole:
            \(text)
            """)
    }

    @Test(.enabled(if: !isWriting)) func `each shipped script has its traces, and each trace its script`() throws {
        let scripts = try FileManager.default.contentsOfDirectory(atPath: Iwlua.automation("")).filter { name in
            // A module has no header, and asks nothing by itself.
            try name.hasSuffix(".lua") && !name.hasSuffix("_test.lua")
                && String(contentsOfFile: Iwlua.automation(name), encoding: .utf8).hasPrefix("-- ==Script==")
        }
        #expect(!scripts.isEmpty)
        #expect(Set(scripts.map { String($0.dropLast(4)) }) == Set(TraceCase.table.map(\.script)))
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(files) == Set(TraceCase.all.map(\.file)))
        #expect(Set(TraceCase.all.map(\.file)).count == TraceCase.all.count)
    }

    // MARK: - One trace

    private static func trace(_ traced: TraceCase) async throws -> String {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await simulator(traced)
        var environment = [
            "IWLUA_ENDPOINT": simulator.endpoint, "IWINV_ACCESS_KEY": "simulated-access-key",
            "IWINV_SECRET_KEY": "simulated-secret-key", "IWLUA_BUDGET": "none",
            "IWLUA_STATE": iwlua.folder.appendingPathComponent("state").path,
        ]
        environment["IWLUA_FIREWALL_API"] = traced.family?.rawValue
        let parameters = traced.parameters.flatMap { ["--param", $0] }
        var lines = ["# \(traced.script).lua \(traced.parameters.joined(separator: " "))"]
        for step in traced.steps {
            let first = simulator.requests.count
            let day = Self.today
            let script = Iwlua.automation(traced.script + ".lua")
            let words: [String] =
                switch step {
                case .run:
                    ["run", script] + parameters + ["--seed", "1", "--yes"]
                        + (traced.grant.map { ["--allow", $0] } ?? [])
                case .undo: ["undo", "last", "--yes"]
                case .plan: ["plan", script] + parameters + ["--seed", "1", "-o", "traced.plan"]
                case .apply: ["apply", "traced.plan", "--yes"]
                }
            let result = try await iwlua.run(words, environment: environment)
            let trace = RequestTrace(
                requests: Array(simulator.requests[first...]), sideBySide: traced.sideBySide[step] ?? [],
                today: [day, Self.today])
            lines += ["", "== \(step.rawValue): exit \(result.status)"] + trace.lines
        }
        try await simulator.stop()
        return lines.joined(separator: "\n") + "\n"
    }

    /// The day in Seoul.
    private static var today: String {
        let date = Date(timeIntervalSince1970: Double(SystemClock().now.seconds) + 9 * 3600)
        return date.ISO8601Format(.iso8601.year().month().day())
    }

    private static func simulator(_ traced: TraceCase) async throws -> IwinvSimulator {
        let fleet: JSONValue =
            switch traced.fleet {
            case .mixed: mixed
            case .many: ["servers": [["name": "web-%03d", "count": 205], ["name": "off-1", "status": "off"]]]
            }
        let clock = SystemClock()
        var cloud = try Cloud(FleetDescription(fleet), seed: 1, at: clock.now)
        // In seconds, that is, requests: the first look after a change shows the work, the second its end.
        (cloud.timing.reboot, cloud.timing.resize) = (2, 2)
        var configuration = SimulatorConfiguration(cloud: cloud, clock: StepClock())
        configuration.quota = nil
        configuration.profile = CloudProfile(rawValue: traced.profile.rawValue)
        return try await IwinvSimulator.start(configuration)
    }

    private static let mixed: JSONValue = [
        "servers": [
            ["name": "web-%d", "count": 5, "zone": "kr1_z09", "flavor": "vgna_2_n"],
            ["name": "db-%d", "count": 2, "zone": "kr1_z09", "flavor": "vgna_2_n"],
            ["name": "batch-1", "status": "off"], ["name": "결제-1", "description": "결제 서버"],
        ],
        "volumes": [
            ["name": "data-1", "size": 100, "server": "db-1"], ["name": "old-data", "size": 50],
            ["name": "older-data", "type": "sata", "size": 200],
        ],
        "firewalls": [
            [
                "title": "web-public", "content": "web & api", "servers": ["web-*"],
                "rules": [
                    ["port": "443", "ip": "0.0.0.0/0", "title": "HTTPS"],
                    ["port": "22", "ip": "198.51.100.7/32", "title": "SSH"],
                    ["port": "22", "ip": "0.0.0.0/0", "title": "SSH, open"],
                ],
            ],
            [
                "title": "db-inner", "content": "databases", "icmp": "Y",
                "rules": [
                    ["port": "5432", "ip": "198.51.100.7/32", "title": "old"],
                    ["port": "5432", "ip": "203.0.113.0/28", "title": "new already"],
                    ["bound": "OUT", "protocol": "UDP", "port": "53", "ip": "198.51.100.7/32", "title": "DNS"],
                ],
            ],
        ],
        "bills": 5,
    ]
}
