import LineEditor
import Glibc
import Testing

/// Completes words of a list.
struct WordList: Completer {
    var words: [String]

    func completions(in text: String, at cursor: Int) -> Completions {
        let typed = String(String(decoding: text.utf8.prefix(cursor), as: UTF8.self).split(separator: " ").last ?? "")
        return Completions(
            replacing: (cursor - typed.utf8.count)..<cursor,
            with: words.filter { $0.hasPrefix(typed) }.map { Candidate($0) })
    }
}

@Suite struct EditorTests {
    private func editor(_ entries: [String] = [], words: [String]? = nil) -> Editor {
        var history = History()
        for entry in entries { history.add(entry) }
        var options = EditorOptions()
        options.completer = words.map { WordList(words: $0) }
        return Editor(history: history, options: options)
    }

    /// Does what the bytes ask for; complete is what has its brackets closed.
    @discardableResult
    private func type(_ bytes: String, _ editor: inout Editor) -> [Editor.Effect] {
        var decoder = KeyDecoder()
        let events = decoder.feed(Array(bytes.utf8)) + decoder.expire()
        return events.map { event in
            editor.handle(event) { text in text.count { $0 == "(" } <= text.count { $0 == ")" } }
        }.filter { $0 != .none }
    }

    @Test func `enter submits what is complete and keeps the indent of what is not`() {
        var editor = editor()
        #expect(type("f(\r  a,\rb", &editor) == [])
        #expect(editor.buffer.text == "f(\n  a,\n  b")
        #expect(type(")\r", &editor) == [.submit("f(\n  a,\n  b)")])
        #expect(editor.history.entries == ["f(\n  a,\n  b)"])
    }

    @Test func `alt-enter is a line break in what is complete`() {
        var editor = editor()
        #expect(type("a\u{1B}\rb\r", &editor) == [.submit("a\nb")])
    }

    @Test func `lines pasted without marks keep the indent that they bring`() {
        var editor = editor()
        var decoder = KeyDecoder()
        for event in decoder.feed(Array("f(\r  a,\r  b".utf8)) {
            _ = editor.handle(event, inputWaits: true) { _ in false }
        }
        #expect(editor.buffer.text == "f(\n  a,\n  b")
    }

    @Test func `a long paste is not asked about at each line`() {
        var editor = editor()
        var asked = 0
        var bytes = 0
        for number in 1...10_000 {
            _ = editor.handle(.text("x = \(number) -- 웹"), inputWaits: true)
            _ = editor.handle(.key(Key(.enter)), inputWaits: number < 10_000) { text in
                asked += 1
                bytes += text.utf8.count
                return number == 10_000
            }
        }
        #expect(editor.history.entries.count == 0)  // longer than a history keeps
        #expect(editor.buffer.lines.count == 10_000)
        #expect(editor.buffer.length == editor.buffer.text.utf8.count)
        #expect(asked < 400)
        #expect(bytes < 13 * editor.buffer.text.utf8.count)
    }

    @Test func `a line of a long paste costs as much as one of a short paste`() {
        func seconds(_ count: Int) -> Double {
            func now() -> Double {
                var time = timespec()
                // Of this thread: other tests run beside it.
                clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
                return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
            }
            let start = now()
            var editor = editor()
            for number in 1...count {
                _ = editor.handle(.text("  { n = \(number), name = '서버' },"), inputWaits: true)
                _ = editor.handle(.key(Key(.enter)), inputWaits: true) { _ in false }
            }
            #expect(editor.buffer.length == editor.buffer.text.utf8.count)
            return now() - start
        }
        let (short, long) = (seconds(2_000), seconds(16_000))
        #expect(long < 16 * short, "\(short) \(long)")
    }

    @Test func `control-c and control-d say so, control-d in a line deletes`() {
        var editor = editor()
        #expect(type("ab\u{1}\u{4}", &editor) == [])
        #expect(editor.buffer.text == "b")
        #expect(type("\u{3}", &editor) == [.interrupt])
        #expect(type("\u{4}\u{4}", &editor) == [.endOfFile])
    }

    @Test func `up and down visit what starts like the line, and come back to it`() {
        var editor = editor(["iw a", "x", "iw b"])
        type("iw\u{1B}[A", &editor)
        #expect(editor.buffer.text == "iw b")
        type("\u{1B}[A", &editor)
        #expect(editor.buffer.text == "iw a")
        type("\u{1B}[A\u{10}", &editor)
        #expect(editor.buffer.text == "iw a")
        type("\u{1B}[B\u{E}", &editor)
        #expect(editor.buffer.text == "iw")
    }

    @Test func `up goes through the lines of an entry before it leaves it`() {
        var editor = editor(["first", "a\nb"])
        type("\u{1B}[A", &editor)
        #expect(editor.buffer.text == "a\nb")
        type("\u{1B}[A", &editor)
        #expect(editor.buffer.text == "a\nb")
        type("\u{1B}[A", &editor)
        #expect(editor.buffer.text == "first")
    }

    @Test func `a syllable is searched back, further back, and forward`() {
        var editor = editor(["list{name=\"웹\"}", "zones", "웹서버 = 1"])
        type("draft\u{12}웹", &editor)
        #expect(editor.buffer.text == "웹서버 = 1")
        type("\u{12}", &editor)
        #expect(editor.buffer.text == "list{name=\"웹\"}")
        type("\u{13}", &editor)
        #expect(editor.buffer.text == "웹서버 = 1")
        type("\u{7}", &editor)
        #expect(editor.buffer.text == "draft")
    }

    @Test func `enter submits what was found, an arrow goes on in it`() {
        var editor = editor(["print(웹)"])
        #expect(type("\u{12}웹\r", &editor) == [.submit("print(웹)")])
        var other = self.editor(["print(웹)"])
        #expect(type("\u{12}웹\u{1B}[Cx", &other) == [])
        #expect(other.buffer.text == "print(웹x)")
    }

    @Test func `a search that fails shows the last match and recovers with backspace`() {
        var editor = editor(["web", "other"])
        type("\u{12}wq", &editor)
        let size = ScreenSize(columns: 40, rows: 10)
        #expect(
            editor.view(prompt: "> ", continuationPrompt: "", size: size).prompt.plain
                == "not found, search back `wq`: ")
        type("\u{7F}", &editor)
        #expect(editor.view(prompt: "> ", continuationPrompt: "", size: size).prompt.plain == "search back `w`: ")
        #expect(editor.buffer.text == "web")
    }

    @Test func `tab inserts what all share, then lists, then takes one after the other`() {
        var editor = editor(words: ["웹서버", "웹서비스", "print"])
        let size = ScreenSize(columns: 40, rows: 10)
        func below() -> [String] {
            editor.view(prompt: "> ", continuationPrompt: "", size: size).below.map(\.plain)
        }
        type("x 웹\t", &editor)
        #expect(editor.buffer.text == "x 웹서")
        #expect(below() == [])
        type("\t", &editor)
        #expect(below() == ["웹서버    웹서비스"])
        type("\t", &editor)
        #expect(editor.buffer.text == "x 웹서버")
        type("\u{1B}[B", &editor)
        #expect(editor.buffer.text == "x 웹서비스")
        type("\t", &editor)
        #expect(editor.buffer.text == "x 웹서버")
        type("!", &editor)
        #expect(editor.buffer.text == "x 웹서버!")
        #expect(below() == [])
    }

    @Test func `escape takes a chosen candidate back, enter keeps it without submitting`() {
        var editor = editor(words: ["pairs", "print"])
        type("x p\t\t\t\u{7}", &editor)
        #expect(editor.buffer.text == "x p")
        #expect(type("\t\t\t\r", &editor) == [])
        #expect(editor.buffer.text == "x pairs")
        #expect(type("\r", &editor) == [.submit("x pairs")])
    }

    @Test func `the only candidate is inserted, and tab at the start of a line indents`() {
        var editor = editor(words: ["pairs", "print"])
        type("\tx pr\t", &editor)
        #expect(editor.buffer.text == "    x print")
    }

    @Test func `a completer that answers nonsense changes nothing`() {
        struct Liar: Completer {
            func completions(in text: String, at cursor: Int) -> Completions {
                Completions(replacing: 1..<cursor, with: [Candidate("!")])
            }
        }
        var options = EditorOptions()
        options.completer = Liar()
        var editor = Editor(history: History(), options: options)
        type("웹\t", &editor)
        #expect(editor.buffer.text == "웹")
    }

    @Test func `many candidates are cut to half of the screen`() {
        var editor = editor(words: (0..<200).map { "word\($0)" })
        type("x w\t\t", &editor)
        let view = editor.view(prompt: "> ", continuationPrompt: "", size: ScreenSize(columns: 40, rows: 10))
        #expect(view.below.count == 5)
        #expect(view.below.last?.plain == "… 184 more")
    }
}
