import Clocks
import Gate
import IwinvCatalog
import LuaRuntime
@testable import RunEngine
import Testing

@Suite struct RunLimitsTests {
    /// A limit that says something, and one that says more and less: what lets a run do more, and what does not.
    private static func examples(_ key: RunLimits.Key) -> (some: JSONValue, wider: JSONValue?, narrower: JSONValue?) {
        switch key {
        case .changes, .canary, .batch: (3, 4, 2)
        case .pause: ("30s", "10s", "1m")
        case .failures: ("3", "4", nil)
        case .time: ("30m", nil, "10m")
        case .cpu: ("10s", nil, "5s")
        case .memory: ("64M", nil, "32M")
        case .overrideProtection, .inProcess: (false, true, nil)
        case .requireJail: (false, nil, true)
        }
    }

    private static func limits(_ key: RunLimits.Key, _ value: JSONValue?) throws -> RunLimits {
        try RunLimits(json: .object(value.map { [key.rawValue: $0] } ?? [:]))
    }

    @Test(arguments: RunLimits.Key.allCases) func `a limit is written as it is read`(_ key: RunLimits.Key) throws {
        let example = Self.examples(key)
        for value in [example.some, example.wider, example.narrower].compactMap(\.self) {
            let limits = try Self.limits(key, value)
            #expect(limits.json[key.rawValue] ?? false == value)
            #expect(try RunLimits(json: limits.json) == limits)
        }
        #expect(throws: LimitProblem.self) { try Self.limits(key, ["no": "limit"]) }
    }

    @Test(arguments: RunLimits.Key.allCases) func `what lets a run do more is told from what does not`(
        _ key: RunLimits.Key
    ) throws {
        let example = Self.examples(key)
        let some = try Self.limits(key, example.some)
        #expect(some.widened(over: some).isEmpty)
        if let wider = example.wider { #expect(try Self.limits(key, wider).widened(over: some) == [key]) }
        if let narrower = example.narrower { #expect(try Self.limits(key, narrower).widened(over: some).isEmpty) }
    }

    @Test func `a run that goes on keeps its limits, and overrides the protection only if that is said again`() throws {
        let recorded = try RunLimits(json: [
            "max_changes": 5, "pause": "30s", "override_protection": true, "require_jail": true,
        ])
        let kept = RunLimits().over(recorded)
        #expect(kept.changes == 5 && kept.radius.pause == .seconds(30))
        #expect(!kept.overridesProtection)
        #expect(kept.execution == .process(requiresJail: true))
        var given = RunLimits()
        given.turnOn(.inProcess)
        try given.set(.changes, to: 3)
        #expect(given.over(recorded).execution == .process(requiresJail: true))
        #expect(given.over(recorded).changes == 3)
        // The other way round: the jail is demanded of a run that had none.
        var jail = RunLimits()
        jail.turnOn(.requireJail)
        #expect(jail.over(try RunLimits(json: ["in_process": true])).execution == .process(requiresJail: true))
    }

    @Test func `the terms are those of 0.1.0, with the jail where it is demanded`() throws {
        #expect(
            RunLimits().terms == [
                "changes": nil, "canary": nil, "batch": nil, "pause": "0s", "stop_after_failures": nil, "time": nil,
                "cpu": "10s", "memory": 67_108_864, "override_protection": false, "in_process": false,
            ])
        var limits = RunLimits()
        try limits.set(.time, to: "60s")
        try limits.set(.memory, to: "1G")
        limits.turnOn(.requireJail)
        #expect(limits.terms["time"] == "1m" && limits.terms["memory"] == .integer(1 << 30))
        #expect(limits.terms["require_jail"] == true)
    }

    @Test func `a limit that cannot be read is said with its flag`() {
        let slips: [(RunLimits.Key, String, String)] = [
            (.pause, "soon", "--pause soon: write it like 30s, 5m or 1h"),
            (.cpu, "0s", "--cpu 0s: write it like 10s"),
            (.memory, "12K", "--memory 12K: write it like 64M; at least 1M"),
            (.failures, "0", "--stop-after-failures 0: write it like 3 or 10%"),
            (.batch, "0", "--batch takes a number from 1"),
        ]
        for (key, text, message) in slips {
            var limits = RunLimits()
            let problem = #expect(throws: LimitProblem.self) { try limits.set(key, to: text) }
            #expect(problem?.description == message)
        }
    }
}
