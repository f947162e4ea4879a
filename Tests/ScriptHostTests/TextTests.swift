import ScriptHost
import Testing

@Suite struct TextTests {
    @Test(arguments: [
        ("web", 3), ("웹-서버", 7), ("e\u{301}", 1), ("漢字", 4), ("👩‍👩‍👧", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("", 0),
    ])
    func `width is that of a terminal`(text: String, width: Int) {
        #expect(text.displayWidth == width)
    }

    @Test func `what could steer a terminal is made visible`() {
        #expect("a\u{1B}[2Jb\u{7}\u{202E}c".escapedForTerminal() == "a\\u{1b}[2Jb\\u{7}\\u{202e}c")
        #expect("a\nb".escapedForTerminal() == "a\\nb")
        #expect("a\nb\u{9B}".escapedForTerminal(keepingLines: true) == "a\nb\\u{9b}")
    }

    @Test func `text is cut and padded by columns`() {
        #expect("데이터베이스".fitted(to: 7) == "데이터…")
        #expect("웹".fitted(to: 4) == "웹  ")
        #expect("7".fitted(to: 3, alignedRight: true) == "  7")
    }
}
