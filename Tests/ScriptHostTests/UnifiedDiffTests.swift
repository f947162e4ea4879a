@testable import ScriptHost
import Testing

@Suite struct UnifiedDiffTests {
    private func diff(_ a: [String], _ b: [String]) -> [String] {
        UnifiedDiff(a.map { $0 + "\n" }.joined(), b.map { $0 + "\n" }.joined(), nameOfA: "a", nameOfB: "b").text
    }

    // As `diff -u` of GNU diffutils prints it.
    @Test func `a change in the middle has three lines around it`() {
        let a = (1...20).map(String.init)
        var b = a
        b[9] = "ten"
        b.insert("ten and a half", at: 10)
        #expect(
            diff(a, b) == [
                "--- a", "+++ b", "@@ -7,7 +7,8 @@", " 7", " 8", " 9", "-10", "+ten", "+ten and a half", " 11", " 12",
                " 13",
            ])
    }

    @Test func `changes that are far apart are hunks of their own, near ones share one`() {
        let a = (1...30).map(String.init)
        let headings = { (indices: [Int]) in
            diff(a, a.enumerated().map { indices.contains($0.offset) ? "x" : $0.element }).filter { $0.hasPrefix("@@") }
        }
        #expect(headings([4, 11]) == ["@@ -2,14 +2,14 @@"])
        #expect(headings([4, 12]) == ["@@ -2,7 +2,7 @@", "@@ -10,7 +10,7 @@"])
    }

    @Test func `what is empty on one side is told after the line before it`() {
        #expect(diff([], ["1", "2"]) == ["--- a", "+++ b", "@@ -0,0 +1,2 @@", "+1", "+2"])
        #expect(diff(["1"], []) == ["--- a", "+++ b", "@@ -1 +0,0 @@", "-1"])
        #expect(diff(["1"], ["1"]) == [])
    }

    @Test func `two long texts that have nothing in common are exchanged as a whole`() {
        let lines = diff((1...5000).map { "a\($0)" }, (1...5000).map { "b\($0)" })
        #expect(lines.count == 10_003 && lines[2] == "@@ -1,5000 +1,5000 @@")
    }
}
