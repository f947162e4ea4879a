extension LuaHostFunction {
    /// A typed function, read from the stack and pushed to it. For the private functions of host modules too.
    public static func typed<each A: LuaDecodable, R: LuaEncodable>(
        _ body: @escaping @Sendable (repeat each A) throws -> R
    ) -> LuaHostFunction {
        .raw { call in
            var index = 0
            let result = try body(repeat try argument((each A).self, call, &index))
            result.push(to: &call)
        }
    }

    public static func typed<each A: LuaDecodable>(
        _ body: @escaping @Sendable (repeat each A) throws -> Void
    ) -> LuaHostFunction {
        .raw { call in
            var index = 0
            try body(repeat try argument((each A).self, call, &index))
        }
    }
}

@inline(__always)
private func argument<A: LuaDecodable>(_ type: A.Type, _ call: borrowing LuaRawCall, _ index: inout Int) throws -> A {
    defer { index += 1 }
    do { return try A.decode(call, at: index) } catch let error as LuaMismatch { throw error.of(argument: index + 1) }
}

extension LuaMismatch {
    /// "argument 2: expected string, got table"
    func of(argument: Int) -> LuaError {
        let place = path.isEmpty ? "argument \(argument)" : "argument \(argument), field '\(path)'"
        return LuaError(.conversion, "\(place): expected \(expected), got \(got)")
    }
}

/// Hands out the arguments of a suspended call one after the other.
struct ArgumentReader {
    private let values: [LuaValue]
    private var index = 0

    init(_ call: LuaCall) { values = call.arguments }

    mutating func next<A: LuaDecodable>(_ type: A.Type) throws -> A {
        defer { index += 1 }
        do {
            return try A(luaValue: index < values.count ? values[index] : .nil)
        } catch {
            var error = error
            if index >= values.count { error.got = "no value" }
            throw error.of(argument: index + 1)
        }
    }
}
