internal import CLuaFence
internal import TextGuard

/// How a host function is served.
public enum LuaHostFunction: Sendable {
    /// Reads its arguments from the stack and pushes scalars: the fast path.
    case raw(@Sendable (inout LuaRawCall) throws -> Void)
    /// Answered in place.
    case sync(@Sendable ([LuaValue]) throws -> [LuaValue])
    /// Suspends its task: it appears in ``LuaStep/calls`` under its name.
    case call
}

/// A host function as the fence holds it: by address, for as long as the machine lives.
class HostBox: @unchecked Sendable {
    // Sendable: it and its subclasses have constant fields of sendable types only.
    final let name: String
    final let kind: Int32

    init(name: String, kind: Int) {
        self.name = name
        self.kind = Int32(kind)
    }

    /// The body of the function; a suspending one has none.
    func serve(_ call: inout LuaRawCall) throws {}

    static func make(_ name: String, _ function: LuaHostFunction) -> HostBox {
        switch function {
        case .raw(let body): RawBox(name, body)
        case .sync(let body): SyncBox(name, body)
        case .call: HostBox(name: name, kind: CLF_SUSPEND)
        }
    }
}

private final class RawBox: HostBox, @unchecked Sendable {
    private let body: @Sendable (inout LuaRawCall) throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (inout LuaRawCall) throws -> Void) {
        self.body = body
        super.init(name: name, kind: CLF_ANSWER)
    }

    override func serve(_ call: inout LuaRawCall) throws { try body(&call) }
}

private final class SyncBox: HostBox, @unchecked Sendable {
    private let body: @Sendable ([LuaValue]) throws -> [LuaValue]

    init(_ name: String, _ body: @escaping @Sendable ([LuaValue]) throws -> [LuaValue]) {
        self.body = body
        super.init(name: name, kind: CLF_ANSWER)
    }

    override func serve(_ call: inout LuaRawCall) throws {
        for value in try body(try call.values()) { call.push(value) }
    }
}

/// The one entrance from C. No Lua function is called below it, and it jumps nowhere.
let serveHostFunction: clf_host_function = { box, frame in
    guard let box, let frame else { return 0 }
    var call = LuaRawCall(frame)
    do {
        try Unmanaged<HostBox>.fromOpaque(box)._withUnsafeGuaranteedRef { try $0.serve(&call) }
        return call.pushed
    } catch {
        call.fail(LuaError(error))
        return Int32(CLF_RETURN_ERROR)
    }
}

/// Where `print` goes.
final class PrintBox: Sendable {
    let sink: @Sendable (String) -> Void

    init(_ sink: @escaping @Sendable (String) -> Void) { self.sink = sink }
}

let servePrint: clf_print_function = { box, text, length in
    guard let box else { return }
    let bytes = UnsafeRawBufferPointer(start: text, count: length)
    Unmanaged<PrintBox>.fromOpaque(box)._withUnsafeGuaranteedRef { $0.sink(String(escapingInvalid: bytes)) }
}
