import LuaRuntime
import Testing

@testable import ScriptTools

@Suite struct LuaLiteralTests {
    private static let values: [LuaValue] = [
        .nil, .boolean(true), .integer(.min), .integer(42), .number(1.5), .number(-1e300),
        .string("a \"quote\", a \\, a line\nand a bell \u{7}"), .string("한글"), .bytes([0xFF, 0x0A]), .array([]),
        .array([.integer(1), .array([.string("x")])]),
        .object(["name": .string("web-01"), "end": .integer(1), "a b": .boolean(false), "한": .integer(2)]),
    ]

    @Test(arguments: values)
    func `a literal is read back by Lua as the value it was written from`(_ value: LuaValue) async throws {
        for text in [LuaLiteral.line(value), LuaLiteral.lines(value, width: 20).joined(separator: "\n")] {
            let read = try await LuaHost().run("return \(text)").first ?? .nil
            #expect(LuaComparison.areEqual(read, value), "\(text)")
        }
    }

    @Test func `what fits the width stays on one line`() {
        let value: LuaValue = ["list": [1, 2, 3], "name": "a text that needs its own line"]
        #expect(
            LuaLiteral.lines(value, width: 40) == [
                "{", "    list = { 1, 2, 3 },", "    name = \"a text that needs its own line\",", "}",
            ])
    }
}
