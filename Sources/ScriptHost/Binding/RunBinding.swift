import TextGuard
import Foundation
import Gate
import IwinvCatalog
import IwinvWire
import LuaRuntime
import RunStore
import Synchronization

/// Everything that a script of one run can reach, put together: the module `iwinv` and the small libraries.
struct RunBinding: Sendable {
    let world: RunWorld
    /// The name of the run, which a run that goes on keeps.
    let run: String
    /// Whose values `store` gives.
    let owner: StateOwner
    /// The plan that the run carries out.
    let applied: Plan?
    let catalog: Catalog
    let parameters: [String: JSONValue]
    let showsSecrets: Bool
    let meter: OutputMeter
    let tape: Tape?
    /// Told when nobody knows what became of a change of an earlier process.
    let undecided: @Sendable (CloudError) -> Void
    let emit: @Sendable (RunEvent) -> Void
    /// Whether `iwinv` is a global too: at a prompt nobody wants to require it first.
    var hasGlobalCloud = false

    func host(limits: LuaLimits) -> LuaHost {
        var host = LuaHost(limits: limits)
        host.onPrint = { emit(.printed($0)) }
        host.activity = world.activity
        host.recorder = world.recorder
        let vault = SecretVault(after: tape?.lastHandle)
        host.addModule(
            .host(
                name: "params", source: Preludes.params, data: LuaValue(.object(parameters)), functions: refusing(),
                global: true))
        host.addModule(
            .host(name: "log", source: Preludes.log, data: .nil, functions: ["write": .raw(write)], global: true))
        host.addModule(
            .host(name: "ui", source: Preludes.ui, data: .nil, functions: userInterface(), global: true))
        host.handle("ui.show_secret") { call in try await showSecret(call, vault) }
        host.addModule(
            .host(name: "fail", source: Preludes.fail, data: .nil, functions: ["stop": .sync(Self.stop)], global: true))
        addJSON(to: &host)
        addText(to: &host)
        addTime(to: &host)
        addStore(to: &host)
        if let gate = world.gate {
            let cloud = CloudBinding(
                first: gate, world: world, catalog: catalog, vault: vault, tape: tape, undecided: undecided, emit: emit)
            cloud.add(to: &host, isGlobal: hasGlobalCloud)
            if let applied {
                cloud.add(applied, onDrift: parameters["on_drift"]?.stringValue ?? "stop", to: &host)
            }
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

    private func write(_ call: inout LuaRawCall) throws {
        let arguments = try call.values()
        let level = arguments.first?.stringValue.flatMap(LogLine.Level.init) ?? .info
        let message = arguments.dropFirst().first?.shownText ?? ""
        var fields: [String: JSONValue] = [:]
        if let given = arguments.dropFirst(2).first, given != .nil {
            guard case .object(let members) = try given.json(path: "fields") else {
                throw LuaError(.host, "log.\(level.rawValue): the second argument is a table of named values")
            }
            fields = members
        }
        try meter.charge(message.utf8.count + (fields.isEmpty ? 0 : JSONCodec.encode(.object(fields)).count))
        emit(
            .logged(LogLine(level: level, message: message, fields: fields, place: call.position?.description)))
    }

    /// `fail(text, result)`: an error whose kind says that the script itself gave up, and what it found until then.
    private static func stop(_ arguments: [LuaValue]) throws -> [LuaValue] {
        let text = arguments.first?.shownText ?? ""
        let message = text.isEmpty || text == "nil" ? "the script gave up" : text
        var value: [String: LuaValue] = ["kind": "failed", "message": .string(message)]
        value["result"] = arguments.dropFirst().first
        throw LuaError(.host, message, value: .object(value))
    }

    /// `show_secret(handle)`
    private func showSecret(_ call: LuaCall, _ vault: SecretVault) async throws -> [LuaValue] {
        guard case .handle(let handle)? = call.arguments.first, handle.kind == SecretVault.kind else {
            throw LuaError(.host, "ui.show_secret takes a secret, such as vm.default_account.password")
        }
        guard showsSecrets else {
            throw LuaError(
                .host, "this run shows no secrets; allow it with --show-secrets",
                value: ["kind": "denied", "message": "this run shows no secrets; allow it with --show-secrets"])
        }
        var value = vault.open(handle)
        if value == nil, let source = tape?.source(of: handle.id), let gate = world.gate {
            value = try await source.read(through: gate, catalog, order: call.id)
        }
        guard let value else { throw LuaError(.host, "this secret is not there any more") }
        emit(.secret(value))
        return []
    }

    /// Bytes of a table or a chart.
    private static let largestDrawing = 4 << 20

    private func userInterface() -> [String: LuaHostFunction] {
        let pace = ProgressPace()
        return [
            "render": .sync { arguments in
                let headings = (arguments.first?.arrayValue ?? []).map(\.displayText)
                let lines = (arguments.dropFirst().first?.arrayValue ?? []).map { $0.arrayValue ?? [] }
                let numeric = headings.indices.filter { column in
                    !lines.isEmpty && lines.allSatisfy { $0.indices.contains(column) && $0[column].isNumber }
                }
                let table = TextTable(
                    headings: headings, rows: lines.map { $0.map(\.displayText) }, rightAligned: Set(numeric))
                // Each row is filled up to the width of all columns, so that little makes much.
                guard table.textSize <= Self.largestDrawing else {
                    throw LuaError(.host, "ui.table: the table would have more than 4 MiB")
                }
                return [.string(String(table.text().dropLast()))]
            },
            "chart": .sync { arguments in
                let bars = (arguments.first?.arrayValue ?? []).map { pair in
                    BarChart.Bar(
                        label: pair.arrayValue?.first?.displayText ?? "",
                        value: pair.arrayValue?.dropFirst().first?.doubleValue ?? 0)
                }
                let unit = arguments.dropFirst().first?.stringValue ?? ""
                let width = arguments.dropFirst(2).first?.integerValue ?? 40
                guard (1...200).contains(width) else { throw LuaError(.host, "ui.bars: the width is 1 to 200") }
                guard unit.utf8.count <= 100 else {
                    throw LuaError(.host, "ui.bars: the unit is longer than 100 bytes")
                }
                guard bars.count * (3 * Int(width) + 200) <= Self.largestDrawing else {
                    throw LuaError(.host, "ui.bars: the chart would have more than 4 MiB")
                }
                return [.string(String(BarChart(bars: bars, unit: unit, width: Int(width)).text().dropLast()))]
            },
            "progress": .sync { arguments in
                let numbers = 0...Int64(Int32.max)
                guard let done = arguments.first?.integerValue, numbers.contains(done),
                    let total = arguments.dropFirst().first?.integerValue, numbers.contains(total)
                else {
                    throw LuaError(.host, "ui.progress takes two whole numbers: how many are done, and of how many")
                }
                // Who shows it has a line for it.
                let text = (arguments.dropFirst(2).first?.stringValue?.prefix(200)).map { String($0) }
                if pace.isDue(done, total) { emit(.progress(done: Int(done), total: Int(total), text: text)) }
                return []
            },
            "ui.show_secret": .call,
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
    /// The text of a string, whatever its bytes are; nil for other values.
    fileprivate var shownText: String? {
        switch self {
        case .string, .bytes: displayText
        default: nil
        }
    }

    /// For tables and messages.
    var displayText: String {
        switch self {
        case .nil: "nil"
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .string(let text): text
        case .bytes(let bytes): String(escapingInvalid: bytes)
        case .array, .object: "table"
        case .handle: SecretVault.placeholder
        }
    }

    var doubleValue: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    var isNumber: Bool {
        switch self {
        case .integer, .number: true
        default: false
        }
    }
}

/// What a run may say to the outside, in bytes of log lines.
struct OutputMeter: Sendable {
    private let used = Used()
    let limit: Int
    let stop: @Sendable () -> Void

    init(limit: Int, stop: @escaping @Sendable () -> Void) {
        self.limit = limit
        self.stop = stop
    }

    /// - Throws: ``LuaError`` beyond the limit; the run is being stopped then.
    func charge(_ bytes: Int) throws(LuaError) {
        let total = used.bytes.withLock { used in
            used += bytes + 64  // the line's frame
            return used
        }
        guard total <= limit else {
            stop()
            throw LuaError(.limit, "too much log output")
        }
    }

    /// Another evaluation of a session has the whole limit again.
    func reset() { used.bytes.withLock { $0 = 0 } }

    private final class Used: Sendable {
        let bytes = Mutex(0)
    }
}

/// Lets a reader of progress events keep up: twenty in a second are as good as a million, and the end is told once.
private final class ProgressPace: Sendable {
    private struct Last {
        var total: Int64
        var isDone: Bool
        var at: ContinuousClock.Instant
    }

    private let last = Mutex<Last?>(nil)

    func isDue(_ done: Int64, _ total: Int64) -> Bool {
        last.withLock { last in
            let now = ContinuousClock.now
            let isDone = done >= total
            if let last, now - last.at < .milliseconds(50), last.total == total, last.isDone || !isDone { return false }
            last = Last(total: total, isDone: isDone, at: now)
            return true
        }
    }
}
