import Clocks
import Gate
import IwinvCatalog

extension RunLimits {
    /// All limits; the name is the journal's.
    public enum Key: String, Sendable, Hashable, CaseIterable {
        case changes = "max_changes"
        case canary, batch, pause
        case failures = "stop_after_failures"
        case time, cpu, memory
        case overrideProtection = "override_protection"
        case inProcess = "in_process"
        case requireJail = "require_jail"

        /// What there is to know of it.
        public var rule: Rule {
            switch self {
            case .changes:
                Rule("--max-changes", .count(from: 0), term: "changes", widens: .whenGreater)
            case .canary: Rule("--canary", .count(from: 1), term: "canary", widens: .whenGreater)
            case .batch: Rule("--batch", .count(from: 1), term: "batch", widens: .whenGreater)
            case .pause: Rule("--pause", .duration, term: "pause", absent: "0s", widens: .whenSmaller)
            case .failures:
                Rule("--stop-after-failures", .failures, term: "stop_after_failures", widens: .whenOther)
            case .time: Rule("--time", .duration, term: "time", widens: .never)
            case .cpu: Rule("--cpu", .processorTime, term: "cpu", absent: "10s", widens: .never)
            case .memory: Rule("--memory", .size, term: "memory", absent: .integer(64 << 20), widens: .never)
            case .overrideProtection:
                Rule(
                    "--override-protection", .flag, term: "override_protection", absent: false, widens: .whenTurnedOn,
                    isKept: false)
            case .inProcess:
                Rule("--in-process", .flag, term: "in_process", absent: false, widens: .whenTurnedOn)
            // Only where it is on, so that approvals of 0.1.0, which do not have it, stay good.
            case .requireJail: Rule("--require-jail", .flag, term: "require_jail", widens: .never)
            }
        }
    }

    /// How a limit is written, compared, merged and bound.
    public struct Rule: Sendable {
        /// How a person gives it.
        public let flag: String
        let kind: Kind
        /// Its name among the terms of an approval; nil if none binds it.
        let term: String?
        /// What the terms have for a limit that is not set; nil for no member at all.
        let absent: JSONValue?
        let widens: Widening
        /// Whether a run that goes on keeps it unless something else is said; what is not kept has to be said each time.
        let isKept: Bool

        init(
            _ flag: String, _ kind: Kind, term: String?, absent: JSONValue? = nil, widens: Widening,
            isKept: Bool = true
        ) {
            (self.flag, self.kind, self.term, self.widens, self.isKept) = (flag, kind, term, widens, isKept)
            self.absent = absent ?? (kind == .flag ? JSONValue?.none : .some(.null))
        }
    }

    enum Kind: Sendable, Equatable {
        case count(from: Int)
        case duration, processorTime, size, failures, flag
    }

    /// When another value lets a run do more than it could, so that what was agreed to does not cover it.
    enum Widening: Sendable {
        case never
        /// A missing limit is the greatest.
        case whenGreater
        case whenSmaller
        case whenOther
        /// Given, and not before.
        case whenTurnedOn
    }
}

extension RunLimits.Rule {
    func value(_ count: Int) throws(LimitProblem) -> RunLimits.Value {
        switch kind {
        case .count(let least):
            guard count >= least else { throw LimitProblem(description: "\(flag) takes a number from \(least)") }
            return .count(count)
        case .size: return try value("\(count)")
        case .duration, .processorTime, .failures, .flag: throw problem("\(count)")
        }
    }

    func value(_ text: String) throws(LimitProblem) -> RunLimits.Value {
        switch kind {
        case .count:
            guard let count = Int(text) else { throw problem(text) }
            return try value(count)
        case .duration:
            guard let duration = Duration(parsing: text) else { throw problem(text) }
            return .duration(duration)
        case .processorTime:
            guard let duration = Duration(parsing: text), duration > .zero else { throw problem(text) }
            return .duration(duration)
        case .size:
            guard let bytes = Self.bytes(text), bytes >= 1 << 20 else { throw problem(text) }
            return .size(bytes)
        case .failures:
            guard let failures = BlastRadius.Failures(text) else { throw problem(text) }
            return .failures(failures)
        case .flag: throw problem(text)
        }
    }

    func problem(_ text: String) -> LimitProblem {
        let form =
            switch kind {
            case .count(let least): "write a number from \(least)"
            case .duration: "write it like 30s, 5m or 1h"
            case .processorTime: "write it like 10s"
            case .size: "write it like 64M; at least 1M"
            case .failures: "write it like 3 or 10%"
            case .flag: "it takes no value"
            }
        return LimitProblem(description: "\(flag) \(text): \(form)")
    }

    /// `64M`, `1G`, or a number of bytes.
    private static func bytes(_ text: String) -> Int? {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        guard let unit = text.uppercased().last, let factor = units[unit] else { return Int(text) }
        return Int(text.dropLast()).flatMap { $0 > 0 && $0 <= 1 << 20 ? $0 * factor : nil }
    }

    func isWider(_ now: RunLimits.Value?, _ then: RunLimits.Value?) -> Bool {
        switch widens {
        case .never: false
        case .whenTurnedOn: now == .on && then != .on
        case .whenOther: then != nil && now != then
        case .whenGreater:
            if case .count(let then) = then {
                if case .count(let now) = now { now > then } else { true }
            } else {
                false
            }
        case .whenSmaller:
            if case .duration(let then) = then {
                if case .duration(let now) = now { now < then } else { then > .zero }
            } else {
                false
            }
        }
    }

    func termValue(_ value: RunLimits.Value?) -> JSONValue? {
        switch value {
        case nil: absent
        case .size(let bytes): .integer(Int64(bytes))
        case .some(let value): value.json
        }
    }
}
