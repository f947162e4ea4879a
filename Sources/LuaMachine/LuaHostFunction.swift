internal import CLuaFence

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
final class HostBox: Sendable {
    let name: String
    let function: LuaHostFunction

    init(name: String, function: LuaHostFunction) {
        self.name = name
        self.function = function
    }

    var kind: Int32 {
        if case .call = function { Int32(CLF_SUSPEND) } else { Int32(CLF_ANSWER) }
    }

    func serve(_ frame: OpaquePointer) -> Int32 {
        var call = LuaRawCall(frame)
        do {
            switch function {
            case .raw(let body):
                try body(&call)
            case .sync(let body):
                for value in try body(try call.values()) { call.push(value) }
            case .call:
                break
            }
            return call.pushed
        } catch {
            call.fail(LuaError(error))
            return Int32(CLF_RETURN_ERROR)
        }
    }
}

/// The one entrance from C. No Lua function is called below it, and it jumps nowhere.
let serveHostFunction: clf_host_function = { box, frame in
    guard let box, let frame else { return 0 }
    return Unmanaged<HostBox>.fromOpaque(box)._withUnsafeGuaranteedRef { $0.serve(frame) }
}

/// Where `print` goes.
final class PrintBox: Sendable {
    let sink: @Sendable (String) -> Void

    init(_ sink: @escaping @Sendable (String) -> Void) { self.sink = sink }
}

let servePrint: clf_print_function = { box, text, length in
    guard let box else { return }
    let bytes = UnsafeRawBufferPointer(start: text, count: length)
    Unmanaged<PrintBox>.fromOpaque(box)._withUnsafeGuaranteedRef { $0.sink(String(decoding: bytes, as: UTF8.self)) }
}
