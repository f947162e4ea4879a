internal import CLuaFence

/// An argument of a host call that was made in another process.
package enum LuaArgument: Sendable, Hashable {
    case value(LuaValue)
    /// One that cannot be passed: Lua's name of its type, and what is to be said if the host function asks for it.
    /// A number that is not finite comes with it.
    case refused(type: String, number: Double?, why: String)
}

/// What stands behind a ``LuaRawCall`` whose script runs in another process. Used by one thread, during the call.
final class LuaDistantCall {
    let arguments: [LuaArgument]
    let position: LuaPosition?
    var results: [LuaValue] = []

    init(_ arguments: [LuaArgument], _ position: LuaPosition?) {
        self.arguments = arguments
        self.position = position
    }

    /// The argument, if it is one that can be passed.
    func plain(_ index: Int) -> LuaValue? {
        guard arguments.indices.contains(index), case .value(let value) = arguments[index] else { return nil }
        return value
    }

    func number(_ index: Int) -> Double? {
        guard arguments.indices.contains(index) else { return nil }
        switch arguments[index] {
        case .value(let value): return value.numberValue
        case .refused(_, let number, _): return number
        }
    }

    func typeName(_ index: Int) -> String {
        guard arguments.indices.contains(index) else { return "no value" }
        switch arguments[index] {
        case .value(let value): return value.typeName
        case .refused(let type, _, _): return type
        }
    }

    func value(_ index: Int) throws(LuaError) -> LuaValue {
        guard arguments.indices.contains(index) else { return .nil }
        switch arguments[index] {
        case .value(let value): return value
        case .refused(_, _, let why): throw LuaError(.conversion, why)
        }
    }

    func values() throws(LuaError) -> [LuaValue] {
        var values: [LuaValue] = []
        values.reserveCapacity(arguments.count)
        for index in arguments.indices { values.append(try value(index)) }
        return values
    }
}

extension LuaHostFunction {
    /// Serves a call that a script makes in another process.
    ///
    /// - Returns: the results, or the error to raise there. A suspending function is not served here.
    package func serve(_ arguments: [LuaArgument], at position: LuaPosition?) -> Result<[LuaValue], LuaError> {
        let distant = LuaDistantCall(arguments, position)
        do {
            switch self {
            case .raw(let body):
                var call = LuaRawCall(distant)
                try body(&call)
                return .success(distant.results)
            case .sync(let body): return .success(try body(try distant.values()))
            case .call: return .failure(LuaError(.host, "a suspending function cannot be answered in place"))
            }
        } catch {
            return .failure(LuaError(error))
        }
    }
}

extension LuaRawCall {
    /// A call without a frame: nothing of it reaches the fence.
    init(_ distant: LuaDistantCall) {
        frame = nil
        self.distant = distant
    }

    /// Hands over an argument in the flat encoding (see CLuaFence.h), or says why it cannot be passed.
    package func withEncoded<R>(
        _ index: Int, _ body: (UnsafeRawBufferPointer) -> R, refused: (_ number: Double?, _ why: String) -> R
    ) -> R {
        var length = 0
        if let data = clf_frame_encode(frame, Int32(index), 1, &length) {
            return body(UnsafeRawBufferPointer(start: data, count: length))
        }
        return refused(number(index), String(cString: clf_frame_failure(frame)))
    }

    /// True for a string, which can be handed over in place by ``withBytes(_:_:)``.
    package func isString(_ index: Int) -> Bool { clf_frame_type(frame, Int32(index)) == Int32(CLF_STRING) }

    /// Pushes results that are in the flat encoding already. They are not checked: whoever wrote them is trusted.
    package mutating func pushEncoded(_ bytes: UnsafeRawBufferPointer, count: Int) {
        guard let results = clf_frame_results(frame), let source = bytes.baseAddress, bytes.count > 0 else { return }
        guard let room = clf_buffer_room(results, bytes.count) else {
            preconditionFailure("no memory to pass a value to Lua")
        }
        room.update(from: source.assumingMemoryBound(to: UInt8.self), count: bytes.count)
        results.pointee.length += bytes.count
        pushed += Int32(count)
    }
}
