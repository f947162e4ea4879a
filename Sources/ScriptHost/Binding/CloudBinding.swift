import Clocks
import Gate
import IwinvCatalog
import LuaRuntime
import RunStore
import Synchronization

/// The host half of the module `iwinv`: what ``IwinvPrelude`` calls.
struct CloudBinding: Sendable {
    /// The gate at the beginning; ``gate`` is the one that calls pass now.
    let first: Gate
    let world: RunWorld
    let catalog: Catalog
    let vault: SecretVault
    let tape: Tape?
    let undecided: @Sendable (CloudError) -> Void
    let emit: @Sendable (RunEvent) -> Void

    /// The pages that a list can have.
    static let pages: ClosedRange<Int64> = 1...1_000_000

    var gate: Gate { world.gate ?? first }
    var clock: any HostClock { world.clock }
    var planner: Planner? { world.planner }

    func add(to host: inout LuaHost, isGlobal: Bool = false) {
        let streams = OpenStreams()
        if let tape { replay(tape, streams) }
        host.handle("iwinv.call") { call in try await self.call(call, streams) }
        host.handle("iwinv.page") { call in try await page(call, streams) }
        host.handle("iwinv.wait") { call in try await wait(call) }
        host.handle("iwinv.sleep") { call in
            try await clock.sleep(for: try duration(call.arguments.first ?? .nil, "iwinv.retry"), notedBy: planner)
            return []
        }
        host.addModule(
            .host(
                name: "iwinv", source: IwinvPrelude.source, data: CatalogData.luaValue(of: catalog),
                functions: [
                    "iwinv.call": .call, "iwinv.page": .call, "iwinv.wait": .call, "iwinv.sleep": .call,
                    "close_stream": .sync { arguments in
                        if let handle = arguments.first?.integerValue { streams.close(handle) }
                        return []
                    },
                    "refuse": .sync(refuse),
                    "check": .sync(check),
                ], global: isGlobal))
    }

    /// Knows again what the run knew: the rows it has read, and the lists that it is reading lazily.
    private func replay(_ tape: Tape, _ streams: OpenStreams) {
        for call in tape.order {
            guard let question = tape.history.calls[call]?.question, case .success(let values) = tape.answers[call],
                let name = question.arguments.first?.stringValue,
                let operation = catalog[OperationName(stringLiteral: name)]
            else { continue }
            switch question.name {
            case "iwinv.call": break
            case "iwinv.page":
                guard let handle = values.dropFirst(3).first?.integerValue else { continue }
                if values.dropFirst().first == true {
                    streams.open(handle, task: UInt64(question.task), place: question.place ?? "this task")
                } else {
                    streams.close(handle)
                }
            default: continue
            }
            // A row that cannot be JSON is none of the cloud's.
            gate.changes.recall(
                (try? values.first?.json())?.arrayValue ?? [], of: operation,
                changing: tape.history.changes[call]?.intent)
        }
    }

    /// `call(operation, arguments, "one" | "all", id, partner)` → rows, names of the fields that were asked for
    private func call(_ call: LuaCall, _ streams: OpenStreams) async throws -> [LuaValue] {
        let (operation, arguments) = try self.arguments(
            of: call, id: call.arguments.dropFirst(3).first, partner: call.arguments.dropFirst(4).first)
        if operation.effect.isChange, let place = streams.open(in: call.task) {
            throw LuaError(
                cloud: CloudError(
                    .invalid,
                    LocalizedText(
                        "the list that \(place) reads lazily is still open: a change moves rows between its pages, and "
                            + "the loop would skip some",
                        "\(place)에서 나누어 읽는 목록이 아직 열려 있습니다. 변경하면 페이지 사이에서 행이 옮겨져 일부를 건너뜁니다"),
                    operation: operation.name,
                    advice: LocalizedText("read the whole list first: leave `stream` out", "stream 없이 전체 목록을 먼저 읽으세요")))
        }
        let readsAll = call.arguments.dropFirst(2).first == "all"
        let reply = try await perform(operation, arguments, readsAll ? .allPages : .single, call)
        return [
            rows(placed(reply.rows, in: operation, arguments), of: operation), fields(arguments, of: operation),
        ]
    }

    /// `page(operation, arguments, number, handle)` → rows, whether there are more, names of fields, handle
    private func page(_ call: LuaCall, _ streams: OpenStreams) async throws -> [LuaValue] {
        let (operation, arguments) = try self.arguments(of: call, id: nil)
        let number = call.arguments.dropFirst(2).first?.integerValue ?? 1
        // The module counts from 1; a worker that somebody else drives may say anything.
        guard Self.pages.contains(number) else { throw LuaError(.host, "iwinv.page: there is no page \(number)") }
        let handle =
            call.arguments.dropFirst(3).first?.integerValue
            ?? streams.open(task: call.task, place: call.position?.description ?? "this task")
        do {
            let reply = try await perform(operation, arguments, .page(number: Int(number)), call)
            return [
                rows(reply.rows, of: operation), .boolean(reply.hasMore), fields(arguments, of: operation),
                .integer(handle),
            ]
        } catch {
            streams.close(handle)
            throw error
        }
    }

    /// `wait(resource, id | ids, state, timeout)` → rows
    private func wait(_ call: LuaCall) async throws -> [LuaValue] {
        let resource = call.arguments.first?.stringValue ?? ""
        guard let list = catalog[OperationName(resource: resource, verb: "list")] else {
            throw LuaError(.host, "\(resource) has nothing to wait for")
        }
        let owner = "\(resource).wait"
        let given = call.arguments.dropFirst().first ?? .nil
        let ids: [String]
        switch given {
        case .string(let id): ids = [id]
        case .array(let elements):
            ids = try elements.enumerated().map { index, element in
                guard let id = element.stringValue else {
                    throw LuaError(
                        cloud: CloudError(
                            .invalid,
                            LocalizedText(
                                "\(owner): entry \(index + 1) of the list is neither an identifier nor a row with one",
                                "\(owner): 목록의 \(index + 1)번째는 식별자도, 식별자가 있는 행도 아닙니다")))
                }
                return id
            }
        default:
            throw LuaError(
                cloud: CloudError(
                    .invalid,
                    LocalizedText(
                        "\(owner) takes a row, an identifier, or a list of them first",
                        "\(owner)의 첫 인자는 행, 식별자 또는 그 목록입니다")))
        }
        for id in ids where !Identifier.isValid(id) {
            throw LuaError(
                cloud: CloudError(
                    .invalid,
                    LocalizedText(
                        "\(owner): `\(id.escapedForTerminal())` is not an identifier",
                        "\(owner): `\(id.escapedForTerminal())`은(는) 식별자가 아닙니다")))
        }
        let state = call.arguments.dropFirst(2).first?.stringValue ?? ""
        let states = list.row?.states ?? []
        guard !state.isEmpty else {
            throw LuaError(
                cloud: CloudError(
                    .invalid,
                    LocalizedText(
                        "\(owner) needs the state to wait for: \(states.joined(separator: ", "))",
                        "\(owner): 기다릴 상태가 필요합니다: \(states.joined(separator: ", "))")))
        }
        guard states.contains(state) else {
            let hint = Suggestion.nearest(to: state, among: states).map(LocalizedText.didYouMean)
            let names = states.joined(separator: ", ")
            let sentence = LocalizedText("\(owner): the state is one of \(names)", "\(owner): 상태는 다음 중 하나입니다: \(names)")
            throw LuaError(cloud: CloudError(.invalid, sentence + (hint ?? LocalizedText("", ""))))
        }
        let timeout = try call.arguments.dropFirst(3).first.flatMap { $0 == .nil ? nil : $0 }.map { value throws in
            try duration(value, owner)
        }
        let (clock, planner) = (clock, planner)
        let began = clock.now
        do {
            let rows = try await world.watcher(for: gate).wait(
                for: ids, state: state, timeout: timeout ?? .seconds(600), in: list,
                place: call.position?.description)
            planner?.waited(
                for: PlanWait(
                    resource: resource, ids: Set(ids).sorted(), state: state, timeout: timeout ?? .seconds(600),
                    took: clock.now - began))
            return [self.rows(rows, of: list)]
        } catch let error as CloudError {
            throw LuaError(cloud: error)
        }
    }

    private func arguments(
        of call: LuaCall, id: LuaValue?, partner: LuaValue? = nil
    ) throws(LuaError) -> (CloudOperation, [String: JSONValue]) {
        let name = OperationName(stringLiteral: call.arguments.first?.stringValue ?? "")
        guard let operation = catalog[name] else { throw LuaError(.host, "there is no operation \(name)") }
        var arguments: [String: JSONValue]
        switch try (call.arguments.dropFirst().first ?? .nil).json(path: "\(name)", secrets: .refused) {
        case .object(let members): arguments = members
        case .array(let elements) where elements.isEmpty: arguments = [:]
        default:
            throw LuaError(
                cloud: CloudError(
                    .invalid,
                    operation.subject == nil
                        ? LocalizedText("it takes one table of named arguments", "이름 있는 인자의 테이블 하나를 받습니다")
                        : LocalizedText(
                            "it takes the identifier and then one table of named arguments",
                            "식별자와, 이름 있는 인자의 테이블 하나를 받습니다"), operation: name))
        }
        for (parameter, value) in [(operation.subject?.name, id), (operation.partner, partner)] {
            guard let parameter, let value, value != .nil else { continue }
            guard arguments[parameter] == nil else {
                throw LuaError(
                    cloud: CloudError(
                        .invalid, LocalizedText("`\(parameter)` is given twice", "`\(parameter)`이(가) 두 번 주어졌습니다"),
                        operation: name))
            }
            arguments[parameter] = try value.json(path: parameter)
        }
        return (operation, arguments)
    }

    /// Rows of a nested table say whose they are: a rule is of no use without its firewall.
    private func placed(
        _ rows: [JSONValue], in operation: CloudOperation, _ arguments: [String: JSONValue]
    ) -> [JSONValue] {
        guard operation.name.resource.contains("."), let name = operation.subject?.name, let owner = arguments[name]
        else { return rows }
        return rows.map { row in
            row.objectValue.map { .object($0.merging([name: owner]) { own, _ in own }) } ?? row
        }
    }

    func perform(
        _ operation: CloudOperation, _ arguments: [String: JSONValue], _ reading: Call.Reading, _ call: LuaCall
    ) async throws -> Reply {
        let subject = operation.subject.flatMap { arguments[$0.name]?.stringValue }
        emit(.called(operation: operation.name, subject: subject))
        let resumption = tape?.resumption(of: call.id)
        if resumption == nil { try await tape?.open.pass(clock) }
        defer { tape?.open.settled(call.id) }
        do {
            let reply = try await gate.perform(
                operation, arguments, reading: reading, place: call.position?.description, order: call.id,
                resumption: resumption)
            emit(.answered(operation: operation.name, subject: subject, error: nil))
            return reply
        } catch {
            emit(.answered(operation: operation.name, subject: subject, error: error))
            if resumption != nil, error.outcome == .unknown {
                // A person decides, not the script.
                undecided(error)
                throw CancellationError()
            }
            throw LuaError(cloud: error)
        }
    }

    private func rows(_ rows: [JSONValue], of operation: CloudOperation) -> LuaValue {
        .array(rows.map { vault.seal($0, as: operation.row) })
    }

    /// The names that a row may be asked for: those of the mask that was sent. Nil where rows have no mask.
    private func fields(_ arguments: [String: JSONValue], of operation: CloudOperation) -> LuaValue {
        guard operation.parameter("fields") != nil, let row = operation.row else { return .nil }
        if let names = arguments["fields"]?.arrayValue?.compactMap(\.stringValue) {
            return .array((names + [row.key].compactMap(\.self)).map(LuaValue.string))
        }
        guard let mask = arguments["fields"]?.integerValue ?? operation.defaultFields else { return .nil }
        return .array(row.names(in: mask).map(LuaValue.string))
    }

    /// `check(operation, arguments)`: what the gate would say of them before sending.
    private func check(_ given: [LuaValue]) throws -> [LuaValue] {
        let call = LuaCall(id: 0, task: 0, name: "check", arguments: given, position: nil)
        let (operation, arguments) = try self.arguments(of: call, id: nil)
        do { _ = try Arguments(arguments, for: operation) } catch {
            throw LuaError(cloud: CloudError(.invalid, error.sentence, operation: operation.name))
        }
        return [true]
    }
}

/// Lists that a script is reading lazily.
private final class OpenStreams: Sendable {
    private struct State {
        var next: Int64 = 1
        /// The Lua task that reads, and the line at which it began.
        var open: [Int64: (task: UInt64, place: String)] = [:]
    }

    private let state = Mutex(State())

    /// Where a list was opened that this task has not read to its end.
    func open(in task: UInt64) -> String? {
        state.withLock { state in state.open.values.first { $0.task == task }?.place }
    }

    func open(task: UInt64, place: String) -> Int64 {
        state.withLock { state in
            defer { state.next += 1 }
            state.open[state.next] = (task, place)
            return state.next
        }
    }

    /// A list that an earlier process of the run was reading.
    func open(_ handle: Int64, task: UInt64, place: String) {
        state.withLock { state in
            state.next = max(state.next, handle + 1)
            state.open[handle] = (task, place)
        }
    }

    func close(_ handle: Int64) {
        state.withLock { $0.open[handle] = nil }
    }
}
