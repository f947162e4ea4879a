import Testing

@testable import Clocks
@testable import TextGuard

/// Where a text stands in another, and texts that are too much.
@Suite struct OccurrencesTests {
    private func places(_ part: String, in text: String) -> [Range<Int>] { text.occurrences(of: part) }

    @Test func `from left to right and without overlaps`() {
        #expect(places("aa", in: "aaaaa") == [0..<2, 2..<4])
        #expect(places("aba", in: "abababa") == [0..<3, 4..<7])
        #expect(places("x", in: "abc").isEmpty)
        #expect(places("abc", in: "ab").isEmpty)
        #expect(places("", in: "ab").isEmpty)
        #expect(places("나", in: "가나다나") == [3..<6, 9..<12])
    }

    @Test func `whole characters only`() {
        #expect(places("e", in: "e\u{303}e") == [3..<4])
        #expect(places("\u{303}", in: "e\u{303}").isEmpty)
        #expect(places("\u{1F1E6}\u{1F1E6}", in: "\u{1F1E6}\u{1F1E6}\u{1F1E6}\u{1F1E6}") == [0..<8, 8..<16])
        #expect(places("a", in: "a\u{200D}b").isEmpty)
    }

    @Test func `what separates stands for itself`() {
        #expect(places("\n", in: "a\r\nb\r\nc") == [2..<3, 5..<6])
        #expect(places("\r", in: "a\r\nb") == [1..<2])
        #expect(places("|", in: "a|\u{FE0F}b|\u{301}c") == [1..<2, 6..<7])
        #expect(places(",", in: "가,\u{200D}나") == [3..<4])
        #expect("a\r\n".ends(with: "\n") && "\r\na".begins(with: "\r"))
        #expect(!"e\u{303}".begins(with: "e") && !"e\u{303}".ends(with: "\u{303}"))
        #expect("ab".begins(with: "") && "ab".ends(with: "") && !"ab".begins(with: "abc") && !"ab".ends(with: "cab"))
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func `lines end as Lua counts them`(_ end: String) {
        #expect(["a", "", "b"].joined(separator: end).lines == ["a", "", "b"])
        #expect("a\(end)".lines == ["a"] && "\(end)\(end)a".lines == ["", "", "a"] && "".lines.isEmpty)
    }

    @Test func `bytes that are no text are written out`() {
        func text(_ bytes: [UInt8]) -> String { String(escapingInvalid: bytes) }
        #expect(text(Array("가 a".utf8)) == "가 a")
        #expect(text(Array("caf".utf8) + [0xE9] + Array(" 가".utf8)) == "caf\\xe9 가")
        #expect(text([0xC0, 0xA5, 0xFF, 0x41, 0xED, 0xA0, 0x80]) == "\\xc0\\xa5\\xffA\\xed\\xa0\\x80")
        #expect(text([0xEA, 0xB0]) == "\\xea\\xb0" && text([0x0A, 0x00, 0x80]) == "\n\0\\x80")
    }

    /// The naive search, for texts of two letters, where everything repeats.
    @Test func `agrees with a search that begins anew at each place`() {
        var state: UInt64 = 1
        func draw(_ count: Int) -> String {
            String(
                (0..<count).map { _ -> Character in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return state >> 60 < 8 ? "a" : "b"
                })
        }
        for length in 0..<400 {
            let text = draw(length), part = draw(1 + length % 5)
            let (bytes, wanted) = (Array(text.utf8), Array(part.utf8))
            var expected: [Range<Int>] = []
            var at = 0
            while at + wanted.count <= bytes.count {
                if Array(bytes[at..<at + wanted.count]) == wanted {
                    expected.append(at..<at + wanted.count)
                    at += wanted.count
                } else {
                    at += 1
                }
            }
            #expect(places(part, in: text) == expected, "\(part) in \(text)")
        }
    }

    @Test func `marks without end are not composed`() {
        #expect("e\u{301}".composed == "\u{e9}")
        #expect("plain".composed == "plain")
        #expect(("e" + String(repeating: "\u{327}", count: 64)).composed != nil)
        #expect(("e" + String(repeating: "\u{301}\u{327}", count: 33)).composed == nil)
        #expect(String(repeating: "e\u{301}", count: 10000).composed?.count == 10000)
    }
}
