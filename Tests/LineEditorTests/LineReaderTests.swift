import Foundation
import LineEditor
import Testing

/// The editor at a real terminal.
@Suite struct LineReaderTests {
    @Test(arguments: ["C", "C.UTF-8", "ko_KR.UTF-8"])
    func `hangul is typed, moved in, deleted, inserted and searched in any locale`(locale: String) async throws {
        let terminal = try PseudoTerminal(environment: ["LANG": locale, "LC_ALL": locale])
        try await terminal.see(["ro>"], cursor: (0, 4))
        try await terminal.type("iwinv.instances.list{name=\"웹\"}")
        try await terminal.see(["ro> iwinv.instances.list{name=\"웹\"}"], cursor: (0, 35))
        try await terminal.type("\u{1B}[D\u{1B}[D")
        try await terminal.see(["ro> iwinv.instances.list{name=\"웹\"}"], cursor: (0, 33))
        try await terminal.type("서버\u{1B}[D\u{1B}[D")
        try await terminal.see(["ro> iwinv.instances.list{name=\"웹서버\"}"], cursor: (0, 33))
        try await terminal.type("\u{1B}[3~")
        try await terminal.see(["ro> iwinv.instances.list{name=\"웹버\"}"], cursor: (0, 33))
        try await terminal.type("\u{7F}")
        try await terminal.see(["ro> iwinv.instances.list{name=\"버\"}"], cursor: (0, 31))
        try await terminal.type("한글은두칸")
        try await terminal.see(["ro> iwinv.instances.list{name=\"한글은두", "칸버\"}"], cursor: (1, 2))
        try await terminal.type("\u{7F}\u{7F}\u{7F}\u{7F}\u{7F}\u{110B}\u{1170}\u{11B8}")
        try await terminal.see(["ro> iwinv.instances.list{name=\"웹버\"}"], cursor: (0, 33))
        try await terminal.type("\r")
        let done = ["ro> iwinv.instances.list{name=\"웹버\"}", "[iwinv.instances.list{name=\"웹버\"}] 31"]
        try await terminal.see(done + ["ro>"], cursor: (2, 4))
        try await terminal.type("other\r")
        try await terminal.see { $0.row == 4 && $0.column == 4 }
        try await terminal.type("\u{12}웹")
        try await terminal.see {
            $0.lines.last == "ame=\"웹버\"}" && $0.lines[4] == "search back `웹`: iwinv.instances.list{n"
        }
        #expect((await terminal.screen.row, await terminal.screen.column) == (5, 5))
        try await terminal.type("\r")
        try await terminal.see { $0.lines.last == "ro>" && $0.lines.suffix(3) == done[...] + ["ro>"] }
        #expect(await !terminal.isCooked)
        #expect(await terminal.screen.isBracketingPaste)
        try await terminal.type("\u{4}")
        #expect(try await terminal.end() == 0)
        #expect(await terminal.screen.lines.last == "bye")
        #expect(await terminal.isCooked)
        #expect(await !terminal.screen.isBracketingPaste)
        #expect(await terminal.screen.unknown == [])
    }

    @Test func `brackets decide where a text ends, and an unfinished one keeps its indent`() async throws {
        let terminal = try PseudoTerminal()
        try await terminal.see(["ro>"], cursor: (0, 4))
        try await terminal.type("f(\r")
        try await terminal.see(["ro> f(", "..>"], cursor: (1, 4))
        try await terminal.type("  웹,\r")
        try await terminal.see(["ro> f(", "..>   웹,", "..>"], cursor: (2, 6))
        try await terminal.type("1)\u{1B}[A")
        try await terminal.see(["ro> f(", "..>   웹,", "..>   1)"], cursor: (1, 8))
        try await terminal.type("\r")
        try await terminal.see(["ro> f(", "..>   웹,", "..>   1)", "[f(|  웹,|  1)] 12", "ro>"], cursor: (4, 4))
    }

    @Test func `control-c drops a line, and candidates are listed below it`() async throws {
        let terminal = try PseudoTerminal()
        try await terminal.see(["ro>"], cursor: (0, 4))
        try await terminal.type("iw\t")
        try await terminal.see(["ro> iwinv."], cursor: (0, 10))
        try await terminal.type("i\t\t")
        try await terminal.see(
            ["ro> iwinv.instances.", "iwinv.instances.list", "iwinv.instances.get"], cursor: (0, 20))
        try await terminal.type("\u{3}")
        try await terminal.see(["ro> iwinv.instances.^C", "interrupted", "ro>"], cursor: (2, 4))
    }

    @Test func `a paste of ten thousand lines goes in at once, and keys after it are quick`() async throws {
        let terminal = try PseudoTerminal()
        try await terminal.see(["ro>"], cursor: (0, 4))
        let lines = (1...10_000).map { "  print(\($0)) -- 웹\n" }.joined()
        try await terminal.type("\u{1B}[200~f(\n" + lines + "\u{1B}[201~")
        try await terminal.see { $0.lines.count == 12 && $0.lines[10] == "..>   print(10000) -- 웹" }
        let start = ContinuousClock.now
        for number in 1...20 {
            try await terminal.type("x")
            try await terminal.see { $0.lines.last == "..> " + String(repeating: "x", count: number) }
        }
        // Twenty repaints of ten thousand lines would take several times as long.
        #expect(ContinuousClock.now - start < .seconds(5))
        try await terminal.type(")\r")
        try await terminal.see { $0.lines.dropLast().last?.hasSuffix("] \(3 + lines.count + 21)") == true }
    }

    @Test func `ten thousand lines pasted without marks take no longer`() async throws {
        let terminal = try PseudoTerminal()
        try await terminal.see(["ro>"], cursor: (0, 4))
        let lines = (1...10_000).map { "  print(\($0)) -- 웹\r" }.joined()
        try await terminal.type("f(\r" + lines + ")\r")
        try await terminal.see { $0.lines.dropLast().last?.hasSuffix("] \(3 + lines.count + 1)") == true }
    }

    @Test func `keys typed ahead wait for the next line`() async throws {
        let terminal = try PseudoTerminal()
        try await terminal.see(["ro>"], cursor: (0, 4))
        try await terminal.type("one\rtwo\rthree")
        try await terminal.see(
            ["ro> one", "[one] 3", "ro> two", "[two] 3", "ro> three"], cursor: (4, 9))
    }

    @Test(arguments: [20, 30, 60])
    func `a window of another size shows the line once`(columns: Int) async throws {
        let terminal = try PseudoTerminal()
        try await terminal.see(["ro>"], cursor: (0, 4))
        let text = "abcdefghijklmnopqrstuvwxyz웹서버웹서버웹서버웹서버"
        try await terminal.type(text)
        try await terminal.see { $0.row == 1 }
        await terminal.resize(columns: columns)
        try await terminal.type("!")
        var screen = Screen(size: ScreenSize(columns: columns, rows: 12))
        var wanted = VirtualScreen(columns: columns, height: 12)
        wanted.feed(
            screen.paint(View(prompt: "ro> ", continuationPrompt: "..> ", buffer: EditBuffer(text + "!"))))
        try await terminal.see(wanted.lines, cursor: (wanted.row, wanted.column))
    }

    @Test func `a signal that ends the program leaves the terminal in order`() async throws {
        let terminal = try PseudoTerminal()
        try await terminal.see(["ro>"], cursor: (0, 4))
        #expect(await !terminal.isCooked)
        kill(terminal.process, SIGTERM)
        #expect(try await terminal.end() == -SIGTERM)
        #expect(await terminal.isCooked)
        #expect(await !terminal.screen.isBracketingPaste)
    }

    @Test func `control-z gives the terminal to the shell, and the line is there again after`() async throws {
        guard FileManager.default.isExecutableFile(atPath: "/bin/bash") else {
            print("skipped: no /bin/bash to be the shell")
            return
        }
        let terminal = try PseudoTerminal(
            ["/bin/bash", "--norc", "--noprofile", "--noediting", "-i"], environment: ["PS1": "sh> "])
        try await terminal.see { $0.lines.last == "sh>" }
        try await terminal.type("\(PseudoTerminal.probe)\n")
        try await terminal.see { $0.lines.last == "ro>" }
        try await terminal.type("웹서\u{1A}")
        try await terminal.see { $0.lines.last == "sh>" && $0.lines.contains { $0.hasPrefix("[1]+  Stopped") } }
        #expect(await terminal.isCooked)
        try await terminal.type("fg\n")
        try await terminal.see { $0.lines.last == "ro> 웹서" }
        try await terminal.type("버\r")
        try await terminal.see { $0.lines.contains("[웹서버] 3") && $0.lines.last == "ro>" }
        #expect(await !terminal.isCooked)
    }

    @Test func `a dumb terminal reads plain lines with a prompt`() async throws {
        let terminal = try PseudoTerminal(environment: ["TERM": "dumb"])
        try await terminal.see(["ro>"], cursor: (0, 4))
        #expect(await terminal.isCooked)
        try await terminal.type("f(\n")
        try await terminal.see(["ro> f(", "..>"], cursor: (1, 4))
        try await terminal.type("\u{110B}\u{1170}\u{11B8})\n")
        try await terminal.see { $0.lines.suffix(2) == ["[f(|웹)] 5", "ro>"] }
        #expect(await terminal.screen.unknown == [])
        try await terminal.type("\u{4}")
        #expect(try await terminal.end() == 0)
    }

    @Test func `from a pipe lines come without prompts, and an unfinished one at the end as it is`() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: PseudoTerminal.probe)
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        input.fileHandleForWriting.write(Data("웹\r\nf(\n1)\n\ng(\n2".utf8))
        try input.fileHandleForWriting.close()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(String(decoding: said, as: UTF8.self) == "[웹] 1\n[f(|1)] 5\n[] 0\n[g(|2] 4\nbye\n")
    }

    @Test func `lines are there again in the next session, but none with a secret in it`() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("history-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = try PseudoTerminal([PseudoTerminal.probe, "--history", path])
        try await first.see(["ro>"], cursor: (0, 4))
        try await first.type("f(\r웹)\rsecret\r\u{4}")
        #expect(try await first.end() == 0)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "f(\\n웹)\n")
        let second = try PseudoTerminal([PseudoTerminal.probe, "--history", path])
        try await second.see(["ro>"], cursor: (0, 4))
        try await second.type("\u{1B}[A")
        try await second.see(["ro> f(", "..> 웹)"], cursor: (1, 7))
    }
}
