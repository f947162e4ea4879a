import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvWire
import LuaRuntime
import Synchronization

/// Everything that a script of one run can reach, put together: the module `iwinv` and the small libraries.
struct RunBinding: Sendable {
    let gate: Gate?
    let clock: any HostClock
    let catalog: Catalog
    let parameters: [String: JSONValue]
    let showsSecrets: Bool
    let emit: @Sendable (RunEvent) -> Void

    func host(limits: LuaLimits) -> LuaHost {
        var host = LuaHost(limits: limits)
        host.onPrint = { emit(.printed($0)) }
        host.activity = ClockActivity(clock: clock)
        let vault = SecretVault()
        host.addModule(
            .host(
                name: "params", source: Preludes.params, data: LuaValue(.object(parameters)), functions: refusing(),
                global: true))
        host.addModule(
            .host(name: "log", source: Preludes.log, data: .nil, functions: ["write": .sync(write)], global: true))
        host.addModule(
            .host(name: "ui", source: Preludes.ui, data: .nil, functions: userInterface(vault), global: true))
        host.addModule(
            .host(name: "fail", source: Preludes.fail, data: .nil, functions: ["stop": .sync(Self.stop)], global: true))
        addJSON(to: &host)
        addText(to: &host)
        addTime(to: &host)
        if let gate {
            CloudBinding(gate: gate, clock: clock, catalog: catalog, vault: vault, emit: emit).add(to: &host)
        }
        return host
    }

    private func refusing() -> [String: LuaHostFunction] {
        let names = parameters.keys.sorted()
        return [
            "refuse": .sync { arguments in
                let name = arguments.dropFirst(2).first?.stringValue ?? "?"
                let hint = Suggestion.nearest(to: name, among: names).map { "; did you mean `\($0)`?" } ?? ""
                throw LuaError(.host, "the header declares no parameter `\(name)`\(hint)")
            }
        ]
    }

    private func write(_ arguments: [LuaValue]) throws -> [LuaValue] {
        let level = arguments.first?.stringValue.flatMap(LogLine.Level.init) ?? .info
        let message = arguments.dropFirst().first?.stringValue ?? ""
        var fields: [String: JSONValue] = [:]
        if let given = arguments.dropFirst(2).first, given != .nil {
            guard case .object(let members) = try given.json(path: "fields") else {
                throw LuaError(.host, "log.\(level.rawValue): the second argument is a table of named values")
            }
            fields = members
        }
        emit(.logged(LogLine(level: level, message: message, fields: fields)))
        return []
    }

    /// `fail(text)`: an error whose kind says that the script itself gave up.
    private static func stop(_ arguments: [LuaValue]) throws -> [LuaValue] {
        let message = arguments.first?.stringValue ?? ""
        throw LuaError(.host, message, value: ["kind": "failed", "message": .string(message)])
    }

    private func userInterface(_ vault: SecretVault) -> [String: LuaHostFunction] {
        [
            "render": .sync { arguments in
                let headings = (arguments.first?.arrayValue ?? []).map(\.displayText)
                let lines = (arguments.dropFirst().first?.arrayValue ?? []).map { $0.arrayValue ?? [] }
                let numeric = headings.indices.filter { column in
                    !lines.isEmpty && lines.allSatisfy { $0.indices.contains(column) && $0[column].isNumber }
                }
                let table = TextTable(
                    headings: headings, rows: lines.map { $0.map(\.displayText) }, rightAligned: Set(numeric))
                return [.string(String(table.text().dropLast()))]
            },
            "progress": .sync { arguments in
                guard let done = arguments.first?.integerValue, let total = arguments.dropFirst().first?.integerValue
                else {
                    throw LuaError(.host, "ui.progress takes two whole numbers: how many are done, and of how many")
                }
                let text = arguments.dropFirst(2).first?.stringValue
                emit(.progress(done: Int(clamping: done), total: Int(clamping: total), text: text))
                return []
            },
            "show_secret": .sync { arguments in
                guard case .handle(let handle)? = arguments.first, let value = vault.open(handle) else {
                    throw LuaError(.host, "ui.show_secret takes a secret, such as vm.default_account.password")
                }
                guard showsSecrets else {
                    throw LuaError(
                        .host, "this run shows no secrets; allow it with --show-secrets",
                        value: ["kind": "denied", "message": "this run shows no secrets; allow it with --show-secrets"])
                }
                emit(.secret(value))
                return []
            },
        ]
    }

    private func addJSON(to host: inout LuaHost) {
        host.function("json.decode") { (text: String) throws -> LuaValue in
            do { return LuaValue(try JSONCodec.decode(Array(text.utf8))) } catch {
                throw LuaError(.host, "json.decode: \(error)")
            }
        }
        host.function("json.encode") { (value: LuaValue, options: LuaValue?) throws -> String in
            let pretty = options?["pretty"]?.booleanValue ?? false
            return String(decoding: JSONCodec.encode(try value.json(), pretty: pretty), as: UTF8.self)
        }
    }
}

extension LuaValue {
    /// For tables and messages.
    var displayText: String {
        switch self {
        case .nil: "nil"
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .string(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .array, .object: "table"
        case .handle: SecretVault.placeholder
        }
    }

    var isNumber: Bool {
        switch self {
        case .integer, .number: true
        default: false
        }
    }
}

/// A run's activity, counted on its clock.
private struct ClockActivity: LuaActivity {
    let clock: any HostClock

    func begin() { clock.beginActivity() }
    func end() { clock.endActivity() }
}
