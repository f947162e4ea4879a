import LineEditor
import Testing

@Suite struct HistoryTests {
    @Test func `a line entered twice is kept once, as the newest`() {
        var history = History()
        for line in ["a", "b", "a", "a"] { history.add(line) }
        #expect(history.entries == ["b", "a"])
    }

    @Test func `what the filter refuses, and blank lines, are not kept`() {
        var history = History { !$0.contains("secret") }
        let kept = ["secret = 1", "  \n ", "웹"].map { history.add($0) }
        #expect(kept == [false, false, true])
        #expect(history.entries == ["웹"])
    }

    @Test func `the oldest go when there are too many`() {
        var history = History(limit: 2)
        for line in ["a", "b", "c"] { history.add(line) }
        #expect(history.entries == ["b", "c"])
    }

    @Test func `one syllable is found, in older and in newer lines`() throws {
        var history = History()
        for line in ["list{name=\"웹\"}", "zones", "f(\n \"웹서버\")", "웅"] { history.add(line) }
        let newest = try #require(history.search("웹", from: 3, back: true))
        #expect(newest.index == 2)
        #expect(newest.range == 5..<8)
        #expect(history.search("웹", from: 1, back: true)?.index == 0)
        #expect(history.search("웹", from: 1, back: false)?.index == 2)
        #expect(history.search("\u{110B}\u{116E}\u{11B8}", from: 3, back: true) == nil)
        #expect(history.search("", from: 3, back: true) == nil)
    }

    @Test func `half of a syllable is not found in it`() {
        var history = History()
        history.add("웹")
        #expect(history.search("우", from: 0, back: true) == nil)
        #expect(history.search("\u{110B}\u{1170}\u{11B8}", from: 0, back: true)?.index == 0)
    }

    @Test func `lines that start with a text are visited`() {
        var history = History()
        for line in ["iw a", "x", "iw b"] { history.add(line) }
        #expect(history.older(than: 3, prefix: "iw") == 2)
        #expect(history.older(than: 2, prefix: "iw") == 0)
        #expect(history.older(than: 0, prefix: "iw") == nil)
        #expect(history.newer(than: 0, prefix: "iw") == 2)
        #expect(history.newer(than: 2, prefix: "iw") == nil)
    }
}
