import Clocks
import Gate
import IwinvCatalog
import IwinvWire
import RunStore
import ScriptHost

extension ApprovalTerms {
    /// The terms of a run, from what its flags, its script and its account say; `iwlua approve` and `iwlua run` make them
    /// the same way.
    ///
    /// - Parameters:
    ///   - parameters: As bound to the script's header, defaults included.
    ///   - grants: What was given by flag; nothing if that is to come from an approval.
    /// - Throws: ``UsageError`` for a flag that cannot be read.
    init(
        _ script: Script, _ parameters: [String: JSONValue], grants: Grants, _ limits: LimitOptions,
        profile: String, account: String
    ) throws {
        self.init(
            script: script.name, text: SHA256.hex(script.source),
            modules: script.modules.mapValues { SHA256.hex($0) }, parameters: .object(parameters), profile: profile,
            account: account, grants: Set(grants.descriptions), limits: try limits.terms())
    }
}

extension LimitOptions {
    /// The limits and switches, as one can compare them: `60s` and `1m` are the same. A seed limits nothing.
    func terms() throws -> JSONValue {
        let lua = try sandbox.luaLimits()
        let options = try runOptions()
        let failures: JSONValue =
            switch options.rules.radius.stopAfter {
            case .count(let count): .string("\(count)")
            case .percent(let share): .string("\(share)%")
            case nil: .null
            }
        return [
            "changes": maxChanges.map { .integer(Int64($0)) } ?? .null,
            "canary": canary.map { .integer(Int64($0)) } ?? .null, "batch": batch.map { .integer(Int64($0)) } ?? .null,
            "pause": .string(options.rules.radius.pause.text), "stop_after_failures": failures,
            "time": options.time.map { .string($0.text) } ?? .null, "cpu": lua.cpu.map { .string($0.text) } ?? .null,
            "memory": .integer(Int64(lua.memory)), "override_protection": .boolean(overrideProtection),
            "in_process": .boolean(sandbox.inProcess),
        ]
    }
}
