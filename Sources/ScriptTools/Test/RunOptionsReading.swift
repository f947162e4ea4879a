import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvWire
import LuaRuntime
import ScriptHost

/// What a test says of a run: the flags of `iwlua run` as a table.
struct RunOptionsReading {
    private static let known = ["params", "allow", "max_changes", "time", "protect", "seed", "show_secrets"]
    private let members: [String: LuaValue]
    private let owner: String

    init(_ value: LuaValue, of owner: String) throws(LuaError) {
        self.owner = owner
        guard let members = value.isNil ? [:] : value.objectValue else {
            throw LuaError(.host, "\(owner): the second argument is a table: { params = { … }, allow = { … } }")
        }
        self.members = members
        for name in members.keys.sorted() where !Self.known.contains(name) {
            let hint =
                Suggestion.nearest(to: name, among: Self.known).map { "; did you mean `\($0)`?" }
                ?? "; there are \(Self.known.joined(separator: ", "))"
            throw LuaError(.host, "\(owner) has no option `\(name)`\(hint)")
        }
    }

    func runOptions(seed: UInt64) throws(LuaError) -> RunOptions {
        var grants: [Grant] = []
        for text in try texts("allow") {
            do { grants += try Grant.list(text) } catch { throw LuaError(.host, "\(owner): allow: \(error)") }
        }
        var time: Duration?
        if let given = members["time"] {
            time = given.stringValue.flatMap { Duration(parsing: $0) } ?? given.numberValue.map { .seconds($0) }
            if time == nil { throw LuaError(.host, "\(owner): time is a duration such as \"30m\"") }
        }
        // A test answers for what it does to a cloud of its own.
        let rules = GateRules.program(
            grants: grants, protected: try texts("protect").map { NamePattern($0) },
            maximumChanges: (try integer("max_changes")).map { Int(clamping: $0) })
        return RunOptions(
            rules: rules, time: time, seed: UInt64(bitPattern: try integer("seed") ?? Int64(bitPattern: seed)),
            showsSecrets: members["show_secrets"]?.booleanValue ?? false)
    }

    /// The parameters as the command line would give them.
    func parameters(for script: Script) throws(LuaError) -> [String: String] {
        guard let given = members["params"] else { return [:] }
        guard let values = given.objectValue else {
            throw LuaError(.host, "\(owner): params is a table of names and values")
        }
        let kinds = Dictionary(script.header.parameters.map { ($0.name, $0.kind) }) { first, _ in first }
        var texts: [String: String] = [:]
        for (name, value) in values { texts[name] = try Self.text(value, kinds[name], "\(owner): params.\(name)") }
        return texts
    }

    private static func text(_ value: LuaValue, _ kind: ScriptParameter.Kind?, _ path: String) throws(LuaError)
        -> String
    {
        switch value {
        case .string(let text): return text
        case .boolean(let flag): return flag ? "true" : "false"
        case .integer(let number): return kind == .duration ? "\(number)s" : String(number)
        case .number(let number): return kind == .duration ? "\(number)s" : String(number)
        case .array(let elements) where kind == .list:
            return elements.map { $0.stringValue ?? LuaLiteral.line($0) }.joined(separator: ",")
        default: return String(decoding: JSONCodec.encode(try value.json(path: path)), as: UTF8.self)
        }
    }

    private func texts(_ name: String) throws(LuaError) -> [String] {
        guard let given = members[name] else { return [] }
        let list = given.stringValue.map { [$0] } ?? given.arrayValue?.compactMap(\.stringValue)
        guard let list else { throw LuaError(.host, "\(owner): \(name) is a text or a list of texts") }
        return list
    }

    private func integer(_ name: String) throws(LuaError) -> Int64? {
        guard let given = members[name] else { return nil }
        guard let number = given.integerValue else { throw LuaError(.host, "\(owner): \(name) is a whole number") }
        return number
    }
}
