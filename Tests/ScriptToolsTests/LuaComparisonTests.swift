import LuaRuntime
import Testing

@testable import ScriptTools

@Suite struct LuaComparisonTests {
    @Test func `tables are equal by what they hold`() {
        #expect(LuaComparison.areEqual(["a": [1, 2.0]], ["a": [1.0, 2]]))
        #expect(LuaComparison.areEqual([:], []))
        #expect(!LuaComparison.areEqual(["a": 1], ["a": 1, "b": 2]))
        #expect(!LuaComparison.areEqual(["a": 1], ["b": 1]))
        #expect(!LuaComparison.areEqual([1, 2], [2, 1]))
        #expect(!LuaComparison.areEqual("1", 1))
    }

    @Test func `a list contains an element, a table its fields, a text its parts`() {
        #expect(LuaComparison.contains([["name": "web-01", "status": "off"]], ["name": "web-01"]))
        #expect(!LuaComparison.contains([["name": "web-01"]], ["name": "web-01", "status": "off"]))
        #expect(LuaComparison.contains(["a": ["b": 1, "c": 2]], ["a": ["b": 1]]))
        #expect(LuaComparison.contains([1, 2, 3], [3, 1]))
        #expect(LuaComparison.contains("결제 서버", "서버"))
        #expect(!LuaComparison.contains(5, "5"))
    }

    @Test func `scalars are told on one line, and below each other when they are long`() {
        #expect(LuaComparison.difference(expected: "done", actual: "failed") == "expected \"done\", got \"failed\"")
        let long = String(repeating: "x", count: 50)
        #expect(
            LuaComparison.difference(expected: .string(long), actual: .nil)
                == "expected \"\(long)\", got nil")
        #expect(
            LuaComparison.difference(expected: .string(long), actual: .string(long + "y"))
                == "not equal\nexpected \"\(long)\"\ngot      \"\(long)y\"")
    }

    @Test func `tables are told by the lines that differ`() {
        let expected: LuaValue = ["name": "web-01", "status": "active", "zone": ["id": "z9"]]
        let actual: LuaValue = ["name": "web-01", "status": "off", "zone": ["id": "z9"]]
        #expect(
            LuaComparison.difference(expected: expected, actual: actual) == """
                not equal (- expected, + got)
                  {
                      name = "web-01",
                -     status = "active",
                +     status = "off",
                      zone = {
                          id = "z9",
                      },
                """)
    }

    @Test func `a difference deep in a long list is shown with its neighbours only`() {
        let expected = LuaValue.array((1...200).map { .integer($0) })
        let actual = LuaValue.array((1...200).map { .integer($0 == 100 ? -1 : $0) })
        let lines = LuaComparison.difference(expected: expected, actual: actual).split(separator: "\n")
        #expect(lines.count == 9)
        #expect(lines.contains("-     100,"))
        #expect(lines.contains("+     -1,"))
    }
}
