import IwinvCatalog
import IwinvWire
import Testing

@Suite struct JSONCodecTests {
    @Test func `integers keep their 64 bits`() throws {
        for number in [Int64.max, .min, 9_007_199_254_740_993, 0, -1] {
            #expect(try JSONCodec.decode("\(number)".utf8) == .integer(number))
            #expect(JSONCodec.encode(.integer(number)) == Array("\(number)".utf8))
        }
        #expect(try JSONCodec.decode("-0".utf8) == .integer(0))
    }

    @Test func `larger integers and fractions become floating-point numbers`() throws {
        #expect(try JSONCodec.decode("9223372036854775808".utf8) == .number(9_223_372_036_854_775_808))
        #expect(try JSONCodec.decode("[1.5, 1e3, -2E-2]".utf8) == [1.5, 1000.0, -0.02])
    }

    @Test func `strings decode their escapes`() throws {
        let text = #"["\"\\\/\b\f\n\r\t","\uD55c\u0041\uD83D\uDE00","한글","\u0000"]"#
        #expect(try JSONCodec.decode(text.utf8) == ["\"\\/\u{8}\u{C}\n\r\t", "한A😀", "한글", "\u{0}"])
    }

    @Test(arguments: [
        ("", JSONProblem.Reason.unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3),
        ("{\"a\":\"b", .unexpectedEnd, 7), ("[1 2]", .unexpectedByte, 3), ("{a:1}", .unexpectedByte, 1),
        ("[1,]", .unexpectedByte, 3), ("nul", .unexpectedEnd, 3), ("NaN", .unexpectedByte, 0),
        ("1 x", .trailingBytes, 2),
        ("01", .number, 0), ("[-]", .number, 1), ("1.", .unexpectedEnd, 2), ("1e999", .number, 0),
        ("+1", .unexpectedByte, 0),
        ("\"a\nb\"", .string, 2), (#""\x""#, .string, 2), (#""\uD800""#, .string, 3), (#""\uDC00 ""#, .string, 3),
        (#""\u12G4""#, .string, 5), ("{\"a\":0x00}", .unexpectedByte, 6),
    ])
    func `what is not JSON is refused with its place`(_ text: String, _ reason: JSONProblem.Reason, _ offset: Int) {
        #expect(throws: JSONProblem(reason: reason, offset: offset)) { try JSONCodec.decode(text.utf8) }
    }

    @Test func `broken UTF-8 is refused`() {
        #expect(throws: JSONProblem(reason: .string, offset: 1)) {
            try JSONCodec.decode([0x5B, 0x22, 0xFF, 0x22, 0x5D])
        }
    }

    @Test func `nesting is bounded, so the stack is`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONCodec.decode(nested(64).utf8)
        #expect(throws: JSONProblem(reason: .tooDeep, offset: 64)) { try JSONCodec.decode(nested(65).utf8) }
        #expect(throws: JSONProblem(reason: .tooDeep, offset: 64)) {
            try JSONCodec.decode(Array(repeating: UInt8(ascii: "["), count: 1_000_000))
        }
    }

    @Test func `a byte-order mark, odd spaces and repeated keys are put up with`() throws {
        #expect(try JSONCodec.decode("\u{FEFF} {\"a\" :1,\r\n\"a\":2}\t".utf8) == ["a": 2])
    }

    @Test func `keys are sorted bytewise, slashes stay, control characters and line separators do not`() {
        let value: JSONValue = [
            "b": ["/v1", nil, true], "B": "\u{1B}[31m\u{7F}\u{85}\u{2028}\"\\", "한": .number(.nan), "": [:],
        ]
        let text = String(decoding: JSONCodec.encode(value), as: UTF8.self)
        #expect(text == #"{"":{},"B":"\u001b[31m\u007f\u0085\u2028\"\\","b":["/v1",null,true],"한":null}"#)
    }

    @Test func `pretty text has one member a line`() {
        let text = String(decoding: JSONCodec.encode(["a": [1, []], "b": [:]], pretty: true), as: UTF8.self)
        #expect(text == "{\n  \"a\": [\n    1,\n    []\n  ],\n  \"b\": {}\n}")
    }
}
