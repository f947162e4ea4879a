import Clocks
import IwinvCatalog
import RunStore
import ScriptTools
import Testing

@Suite struct RecordingTests {
    private static let start = Instant(seconds: 1_700_000_000)

    private static func entries(_ events: [JournalEvent]) -> [JournalEntry] {
        events.enumerated().map { JournalEntry(sequence: UInt64($0), at: start, event: $1) }
    }

    private static let events: [JournalEvent] = [
        .begun(
            RunHeader(
                kind: "run", script: "a.lua", text: "00", parameters: ["to": "웹"], grants: ["instances:edit"],
                profile: "prod", account: "https://api.test 9f86", seed: .max, clockStart: start), number: 3, texts: []),
        .asked(
            CallQuestion(
                call: 1, task: 1, name: "iwinv.call", place: "a.lua:1", arguments: ["instances.list", [:], "all"])),
        .delivered(call: 1, .success([[["name": "a\nb", "account": "stays"]]])),
        .drawn(name: "time.now", value: ["$number": "1.0"]), .ended(ending: "done", report: [:]),
    ]

    @Test func `a recording is read back as it was written, but for whose account it was`() throws {
        let text = Recording.text(name: "r1", Self.entries(Self.events))
        #expect(!text.contains("9f86") && !text.contains("prod"))
        let (code, recordings) = try Recording.take(from: "local x = 1\n" + text + "return x\n")
        #expect(code.split(separator: "\n").filter { $0 != "--" } == ["local x = 1", "return x"])
        #expect(recordings.map(\.name) == ["r1"])
        let read = try #require(recordings.first?.history)
        let wanted = RunHistory(Self.entries(Self.events))
        #expect(read.calls == wanted.calls)
        #expect(read.given == wanted.given)
        #expect(read.ending == wanted.ending)
        #expect(read.header?.seed == .max)
        #expect(read.header?.parameters == ["to": "웹"])
        #expect(read.header?.account == "")
    }

    @Test func `lines keep their numbers, also with the line ends of Windows`() throws {
        let text = "one\n" + Recording.text(name: "r1", Self.entries(Self.events)) + "last"
        let windows = text.replacing("\n", with: "\r\n")
        for text in [text, windows] {
            let (code, recordings) = try Recording.take(from: text)
            #expect(code.split(separator: "\n", omittingEmptySubsequences: false).count == 9)
            #expect(code.hasSuffix("last"))
            #expect(recordings.count == 1)
        }
    }

    @Test(arguments: [
        ("-- ==Recording== a\n", 1, "not closed"), ("-- ==Recording== a\n-- ==Recording== b", 2, "inside another"),
        ("x\n-- ==Recording== a\n-- ==/Recording==", 2, "says nothing of its run"),
        ("-- ==Recording== a\n--| {\"kind\":\"begun\"\n-- ==/Recording==", 2, "cannot be read"),
        ("-- ==Recording== a\n--| {\"kind\":\"asked\",\"body\":{}}\n-- ==/Recording==", 2, "cannot be read"),
        ("x\n-- ==/Recording==\n-- ==Recording== a", 2, "no recording is open"),
        ("x\n-- ==Recording==\n-- ==/Recording==", 2, "says nothing of its run"),
    ])
    func `a damaged recording is told with its line`(_ text: String, _ line: Int, _ message: String) {
        let problem = #expect(throws: RecordingProblem.self) { try Recording.take(from: text) }
        #expect(problem?.line == line)
        #expect(problem?.description.contains(message) == true, "\(problem?.description ?? "")")
    }
}
