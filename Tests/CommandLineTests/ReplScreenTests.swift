import Foundation
import Testing

/// What a person sees at `iwlua repl`: whole screens of a real terminal, in any locale.
@Suite(.enabled(if: TmuxTerminal.tmux != nil, "tmux is not installed: apt-get install tmux"))
struct ReplScreenTests {
    static let greeting = ["iwlua 0.1.0, a simulated cloud. Changes are asked for. :help; Ctrl-D leaves."]
    static let locales = ["C", "C.UTF-8", "ko_KR.UTF-8"]

    @Test(arguments: locales)
    func `Hangul is typed, moved in, deleted, inserted, completed and searched`(locale: String) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let terminal = try TmuxTerminal(iwlua, ["repl", "--simulate"], locale: locale, width: 120)
        let start = Self.greeting
        try await terminal.shows(start + ["sim ro 60>"], cursor: [11, 1])
        try terminal.type("iwinv.instances.list{name=\"웹\"}")
        try await terminal.shows(start + ["sim ro 60> iwinv.instances.list{name=\"웹\"}"], cursor: [42, 1])
        // Over the bracket, the quote and the syllable, which is two columns wide.
        try terminal.press("Left", "Left", "Left")
        try await terminal.shows(start + ["sim ro 60> iwinv.instances.list{name=\"웹\"}"], cursor: [38, 1])
        try terminal.type("한글")
        try await terminal.shows(start + ["sim ro 60> iwinv.instances.list{name=\"한글웹\"}"], cursor: [42, 1])
        try terminal.press("Left", "BSpace")
        try await terminal.shows(start + ["sim ro 60> iwinv.instances.list{name=\"글웹\"}"], cursor: [38, 1])
        try terminal.press("Delete")
        try await terminal.shows(start + ["sim ro 60> iwinv.instances.list{name=\"웹\"}"], cursor: [38, 1])
        try terminal.type("가나다")
        try terminal.press("Left", "Left", "BSpace", "Delete", "Right")
        try await terminal.shows(start + ["sim ro 60> iwinv.instances.list{name=\"다웹\"}"], cursor: [40, 1])
        try terminal.press("BSpace", "End", "Enter")
        try await terminal.ends(with: ["sim ro 59>"])
        let shown = try terminal.screen().lines
        #expect(shown.contains { $0.contains("웹-서버-01") })
        // Columns stand under their headings, whatever the width of what is in them.
        let rows = shown.filter { $0.hasPrefix("INSTANCE-") }
        let heading = try #require(shown.first { $0.hasPrefix("instance_id") })
        let column = try #require(heading.range(of: "status").map { Self.width(heading[..<$0.lowerBound]) })
        for row in rows {
            let at = try #require(
                ["active", "off", "error", "work", "pending"].compactMap { row.range(of: " \($0) ") }.first)
            #expect(Self.width(row[..<at.lowerBound]) + 1 == column, "\(row)")
        }

        try terminal.press("C-l")
        try terminal.type("iwinv.inst\t")
        try await terminal.shows(["sim ro 59> iwinv.instances"], cursor: [26, 0])
        try terminal.type(".lis\t{sta\t")
        try await terminal.shows(["sim ro 59> iwinv.instances.list{status ="], cursor: [41, 0])
        try terminal.press("C-u")
        try await terminal.shows(["sim ro 59>"], cursor: [11, 0])

        // A syllable finds what was typed, also as the letters that it is made of.
        for syllable in ["웹", "\u{110B}\u{1170}\u{11B8}"] {
            try terminal.press("C-r")
            try terminal.type(syllable)
            try await terminal.shows(["search back `웹`: iwinv.instances.list{name=\"웹\"}"])
            try terminal.press("C-g")
            try await terminal.shows(["sim ro 59>"], cursor: [11, 0])
        }
        try terminal.press("C-r")
        try terminal.type("웹")
        try await terminal.shows(["search back `웹`: iwinv.instances.list{name=\"웹\"}"])
        try terminal.press("Escape")
        try await terminal.shows(["sim ro 59> iwinv.instances.list{name=\"웹\"}"])
        try terminal.press("C-c")
        try await terminal.shows(["sim ro 59> iwinv.instances.list{name=\"웹\"}^C", "sim ro 59>"], cursor: [11, 1])
    }

    /// Columns of a terminal: these texts hold Hangul and ASCII.
    private static func width(_ text: Substring) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ((0xAC00...0xD7A3).contains($1.value) ? 2 : 1) }
    }

    @Test(arguments: locales)
    func `Ctrl-C ends what runs and keeps the session`(locale: String) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let terminal = try TmuxTerminal(iwlua, ["repl", "--simulate", "--clock", "real"], locale: locale)
        try await terminal.ends(with: ["sim ro 60>"])
        try terminal.press("C-l")
        try await terminal.shows(["sim ro 60>"])
        try terminal.enter("가 = 1")
        let first = [
            "sim ro 60> 가 = 1", "error: repl[1]:1: unexpected symbol near '<\\234>'", ">    1 │ 가 = 1", "sim ro 60>",
        ]
        try await terminal.shows(first, cursor: [11, 3])
        try terminal.enter("x = '살아'")
        try await terminal.ends(with: ["sim ro 60> x = '살아'", "sim ro 60>"])
        try terminal.enter("print('in') while true do end")
        try await terminal.ends(with: ["in"])
        try terminal.press("C-c")
        try await terminal.ends(
            with: ["^Cerror: interrupted", "sim ro 60>"])
        try terminal.enter("print('sleeps') time.sleep(\"1h\")")
        try await terminal.ends(with: ["sleeps"])
        try terminal.press("C-c")
        try await terminal.ends(
            with: ["^Cerror: interrupted", "sim ro 60>"])
        try terminal.enter("error('한글 오류')")
        try await terminal.ends(
            with: ["error: repl[5]:1: 한글 오류", ">    1 │ error('한글 오류')", "sim ro 60>"])
        try terminal.enter("x, _err")
        try await terminal.ends(with: ["sim ro 60> x, _err", "\"살아\"", "\"한글 오류\"", "sim ro 60>"])
        try terminal.press("C-d")
        #expect(try await terminal.status() == 0)
    }

    @Test(arguments: [true, false])
    func `a pasted function of forty lines is one text`(isBracketed: Bool) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let terminal = try TmuxTerminal(iwlua, ["repl", "--simulate"], locale: "C", height: 60)
        try await terminal.ends(with: ["sim ro 60>"])
        try terminal.press("C-l")
        try await terminal.shows(["sim ro 60>"])
        let body = (1...38).map { "    sum = sum + \($0) -- 줄 \($0)" }
        let lines = ["function total(sum)"] + body + ["    return sum", "end"]
        try terminal.paste(lines.joined(separator: "\n"), isBracketed: isBracketed)
        let shown = ["sim ro 60> " + lines[0]] + lines.dropFirst().map { "       ... " + $0 }
        try await terminal.shows(shown, cursor: [14, 40])
        try terminal.press("Enter")
        try await terminal.shows(shown + ["sim ro 60>"], cursor: [11, 41])
        try terminal.enter("total(1000)")
        try await terminal.shows(shown + ["sim ro 60> total(1000)", "1741", "sim ro 60>"], cursor: [11, 43])
    }

    @Test func `a narrower window wraps what is being typed, and nothing is lost`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let terminal = try TmuxTerminal(iwlua, ["repl", "--simulate"], locale: "C")
        try await terminal.ends(with: ["sim ro 60>"])
        try terminal.press("C-l")
        try terminal.type("x = '" + String(repeating: "가나다라", count: 5) + "'")
        try await terminal.shows(["sim ro 60> x = '가나다라가나다라가나다라가나다라가나다라'"], cursor: [57, 0])
        try terminal.resize(width: 40, height: 24)
        try await terminal.shows(
            ["sim ro 60> x = '가나다라가나다라가나다라", "가나다라가나다라'"], cursor: [17, 1])
        try terminal.press("Enter")
        try await terminal.ends(with: ["sim ro 60>"])
        try terminal.enter("text.len(x)")
        try await terminal.ends(with: ["sim ro 60> text.len(x)", "20", "sim ro 60>"])
    }

    /// Names are anybody's to choose.
    @Test(arguments: locales)
    func `text of the cloud moves no cursor and keeps its column`(locale: String) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let terminal = try TmuxTerminal(iwlua, ["repl", "--simulate"], locale: locale)
        try await terminal.ends(with: ["sim ro 60>"])
        try terminal.press("C-l")
        try terminal.enter("t = {{name='\\27[2J\\7웹',n=1},{name='a\\u{202E}b',n=22},{name='e\\u{301}가',n=3}}")
        try terminal.press("C-l")
        try terminal.enter("t")
        try await terminal.shows(
            [
                "sim ro 60> t", " n  name", "──  ────────────────", " 1  \\u{1b}[2J\\u{7}웹", "22  a\\u{202e}b",
                " 3  e\u{301}가", "sim ro 60>",
            ], cursor: [11, 6])
        try terminal.enter("print(t[1].name) error(t[2].name)")
        try await terminal.ends(
            with: [
                "\\u{1b}[2J\\u{7}웹", "error: repl[3]:1: a\\u{202e}b", ">    1 │ print(t[1].name) error(t[2].name)",
                "sim ro 60>",
            ])
    }
}
