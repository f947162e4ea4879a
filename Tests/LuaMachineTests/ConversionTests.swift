import LuaMachine
import Testing

@Suite struct ConversionTests {
    static func environment() -> LuaEnvironment {
        var environment = LuaEnvironment()
        environment.register("echo", .sync { $0 })
        environment.register("later", .call)
        return environment
    }

    @Test(arguments: [
        LuaValue.boolean(true), .boolean(false), .integer(0), .integer(.min), .integer(.max), .number(1.5),
        .number(-0.0), .number(9_007_199_254_740_992), "", "한글", "a\0b", .bytes([0xff, 0xfe, 0]),
        [], [1, 2, 3], ["a": 1, "b": [1, ["c": true]]], .handle(LuaHandle(kind: "secret", id: .max)),
    ])
    func aValueSurvivesTheWayThroughAScript(_ value: LuaValue) throws {
        #expect(try run("return (...)", Self.environment(), arguments: [value]) == [value])
        #expect(try run("return echo(...)", Self.environment(), arguments: [value]) == [value])
        #expect(try run("return later(...)", Self.environment(), arguments: [value]) == [value])
    }

    @Test func integersStayIntegersAndFloatsFloats() throws {
        #expect(
            try run("return 1, 1.0, 2^53, math.mininteger") == [
                1, .number(1), .number(9_007_199_254_740_992), .integer(.min),
            ])
        #expect(
            try run("return math.type((...)), ... == math.maxinteger", arguments: [.integer(.max)]) == [
                "integer", true,
            ])
    }

    @Test func nilsInsideAListOfArgumentsStay() throws {
        #expect(try run("return later(nil, 1, nil)", Self.environment()) == [.nil, 1, .nil])
    }

    @Test func anEmptyTableIsAnEmptyArrayAndCountsAsObject() throws {
        let value = try run("return {}")
        #expect(value == [[]])
        #expect(value[0].objectValue == [:])
    }

    @Test func listsInOddOrderAreLists() throws {
        #expect(try run("local t = {} for i = 9, 1, -1 do t[i] = i end return t") == [[1, 2, 3, 4, 5, 6, 7, 8, 9]])
    }

    @Test(arguments: [
        ("later(1, {a = {b = {1, 2, print}}})", "argument 2, field 'a.b[3]': a function cannot be passed to the host"),
        ("echo(print)", "argument 1: a function cannot be passed to the host"),
        ("later(coroutine.create(print))", "argument 1: a coroutine cannot be passed to the host"),
        ("later(task.spawn(print))", "argument 1: a task cannot be passed to the host"),
        ("later {1, 2, x = 3}", "argument 1: a table with both list items and named fields"),
        ("later {[1] = 1, [3] = 3}", "argument 1: a list with holes"),
        ("later {[0] = 1}", "argument 1: a list with a key below 1"),
        ("later {[1.5] = 1}", "argument 1: a table with a key that is neither an integer nor a string"),
        ("later {[true] = 1}", "argument 1: a table with a key that is neither an integer nor a string"),
        (
            "later {a = {[math.huge] = 1}}",
            "argument 1, field 'a': a table with a key that is neither an integer nor a string"
        ),
        ("local t = {} t.t = {t} later(t)", "argument 1, field 't[1]': a table that contains itself"),
        ("local t = {} for _ = 1, 40 do t = {t} end later(t)", "nested too deep"),
        ("local t = {} for i = 1, 300000 do t[i] = 1 end later(t)", "too many values"),
        ("later(('x'):rep(9 << 20))", "argument 1: too large"),
        ("later {a = ('x'):rep(5 << 20), b = ('y'):rep(5 << 20)}", "too large"),
    ])
    func whatCannotCrossIsRefusedWithThePlace(_ script: String, _ message: String) throws {
        let error = try #require(throws: LuaError.self) { try run("\n" + script, Self.environment()) }
        #expect(error.code == .conversion)
        #expect(error.message.contains(message), "\(error.message)")
        #expect(error.position == LuaPosition(chunk: "script.lua", line: 2))
    }

    @Test func aResultThatCannotCrossFailsTheRun() throws {
        let error = try #require(throws: LuaError.self) { try run("return 1, {f = print}") }
        #expect(error.code == .conversion)
        #expect(error.message == "result 2, field 'f': a function cannot be passed to the host")
    }

    @Test func metamethodsAreNotCalled() throws {
        let script = """
            local t = setmetatable({1}, {__index = error, __len = error, __pairs = error, __tostring = error})
            return t, echo(t), later(t)
            """
        #expect(try run(script, Self.environment()) == [[1], [1], [1]])
    }

    @Test func handlesAreOpaqueAndEqualByContent() throws {
        let a = LuaValue.handle(LuaHandle(kind: "secret", id: 1))
        let b = LuaValue.handle(LuaHandle(kind: "secret", id: 2))
        let script = """
            local a, same, b = ...
            return a == same, a == b, tostring(a), type(a), pcall(function() return a.id end), getmetatable(a)
            """
        let values = try run(script, arguments: [a, a, b])
        #expect(Array(values.prefix(5)) == [true, false, "secret", "userdata", false])
    }
}
