import LineEditor
import Testing

@Suite struct ScreenTests {
    private func view(_ text: String, at column: Int? = nil, prompt: StyledText = "> ") -> View {
        var buffer = EditBuffer(text)
        if let column { buffer.move(to: EditBuffer.Position(line: buffer.cursor.line, column: column)) }
        return View(prompt: prompt, continuationPrompt: ". ", buffer: buffer)
    }

    private func shown(_ views: [View], columns: Int = 10, height: Int = 6) -> VirtualScreen {
        var screen = Screen(size: ScreenSize(columns: columns, rows: height))
        var terminal = VirtualScreen(columns: columns, height: height)
        for view in views { terminal.feed(screen.paint(view)) }
        return terminal
    }

    @Test func `a wide character that does not fit goes to the next row as a whole`() {
        let terminal = shown([view("abcdefg웹서")])
        #expect(terminal.lines == ["> abcdefg", "웹서"])
        #expect((terminal.row, terminal.column) == (1, 4))
    }

    @Test func `the cursor before such a character is where it stands`() {
        let terminal = shown([view("abcdefg웹서", at: 7)])
        #expect((terminal.row, terminal.column) == (1, 0))
    }

    @Test func `a full row has the cursor in the next`() {
        let terminal = shown([view("abcdef웹")])
        #expect(terminal.lines == ["> abcdef웹"])
        #expect((terminal.row, terminal.column) == (1, 0))
        let after = shown([view("abcdef웹"), view("abcdef웹x"), view("abcdef웹")])
        #expect(after.lines == ["> abcdef웹"])
        #expect((after.row, after.column) == (1, 0))
    }

    @Test func `what could steer the terminal is spelled out, tabs are spaces`() {
        let terminal = shown([view("a\tb\u{202E}c")], columns: 40)
        #expect(terminal.lines == ["> a   b\\u{202e}c"])
        #expect(terminal.unknown == [])
    }

    @Test func `a key writes only what changes`() {
        var screen = Screen(size: ScreenSize(columns: 20, rows: 6))
        _ = screen.paint(view("iwinv.웹"))
        #expect(screen.paint(view("iwinv.웹서")) == "서")
        #expect(screen.paint(view("iwinv.웹서", at: 7)) == "\u{1B}[2D")
        #expect(screen.paint(view("iwinv.웹서", at: 7)) == "")
        #expect(screen.paint(view("iwinv.웹", at: 7)) == "\u{1B}[K")
    }

    @Test func `in ten thousand lines a key looks only at those that are seen`() {
        let text = (1...10_000).map { "line \($0)" }.joined(separator: "\n")
        var screen = Screen(size: ScreenSize(columns: 20, rows: 6))
        var terminal = VirtualScreen(columns: 20, height: 6)
        var view = view(text)
        terminal.feed(screen.paint(view))
        #expect(terminal.lines == (9995...10_000).map { ". line \($0)" })
        view.buffer.insert("!")
        let bytes = screen.paint(view)
        #expect(bytes == "!")
        terminal.feed(bytes)
        for _ in 0..<7 { _ = view.buffer.moveUp() }
        terminal.feed(screen.paint(view))
        #expect(terminal.lines.first == ". line 9993")
        #expect(terminal.row == 0)
        view.buffer.moveToStart()
        terminal.feed(screen.paint(view))
        #expect(terminal.lines == ["> line 1"] + (2...6).map { ". line \($0)" })
    }

    @Test func `lines below the text are cut and go again`() {
        var listed = view("p")
        listed.below = ["pairs print pcall", "웹웹웹웹웹웹"]
        let terminal = shown([view("p"), listed])
        #expect(terminal.lines == ["> p", "pairs prin", "웹웹웹웹웹"])
        #expect((terminal.row, terminal.column) == (0, 3))
        #expect(shown([view("p"), listed, view("p")]).lines == ["> p"])
    }

    @Test func `colours come and go without other text being written`() {
        var screen = Screen(size: ScreenSize(columns: 20, rows: 6))
        var colored = view("웹ab")
        colored.spans = [Span(0..<3, .red)]
        #expect(screen.paint(colored) == "> \u{1B}[31m웹\u{1B}[0mab")
        colored.spans = [Span(3..<4, .red)]
        #expect(screen.paint(colored) == "\u{1B}[4D웹\u{1B}[31ma\u{1B}[0mb")
        var plain = Screen(size: ScreenSize(columns: 20, rows: 6), usesColor: false)
        #expect(plain.paint(colored) == "> 웹ab")
    }

    @Test func `a line that is done is seen as a whole, however small the screen`() {
        var screen = Screen(size: ScreenSize(columns: 10, rows: 3))
        var terminal = VirtualScreen(columns: 10, height: 12)
        let view = view("a\nb\nc\nd\ne")
        terminal.feed(screen.paint(view))
        #expect(terminal.lines == [". c", ". d", ". e"])
        terminal.feed(screen.finish(view, mark: "^C"))
        #expect(terminal.lines == ["> a", ". b", ". c", ". d", ". e^C"])
        #expect((terminal.row, terminal.column) == (5, 0))
    }

    @Test(arguments: [6, 9, 10, 14, 30])
    func `after a change of size the text is there once`(columns: Int) {
        var screen = Screen(size: ScreenSize(columns: 12, rows: 8))
        var terminal = VirtualScreen(columns: 12, height: 8)
        let view = view("abcdefghij웹웹웹웹klm\nx", at: 1)
        terminal.feed("before\r\n" + screen.paint(view))
        terminal.resize(columns: columns)
        terminal.feed(screen.resize(to: ScreenSize(columns: columns, rows: 8)) + screen.paint(view))
        var fresh = Screen(size: ScreenSize(columns: columns, rows: 8))
        var wanted = VirtualScreen(columns: columns, height: 8)
        wanted.feed("before\r\n" + fresh.paint(view))
        #expect(terminal.lines == wanted.lines)
        #expect((terminal.row, terminal.column) == (wanted.row, wanted.column))
    }

    @Test func `whatever was painted before, a view looks as if painted alone`() {
        var dice = SystemRandomNumberGenerator()
        let letters = ["a", "웹", "\n", "👩‍👧", "e\u{301}", "\t", "bc ", "\u{200D}", "\u{1161}"]
        for columns in [4, 5, 10, 11] {
            var screen = Screen(size: ScreenSize(columns: columns, rows: 5))
            var terminal = VirtualScreen(columns: columns, height: 5)
            for _ in 0..<200 {
                let text = (0..<Int.random(in: 0..<14, using: &dice)).map { _ in
                    letters.randomElement(using: &dice) ?? ""
                }
                var view = view(text.joined())
                for _ in 0..<Int.random(in: 0..<9, using: &dice) { view.buffer.moveLeft() }
                if Bool.random(using: &dice) { view.below = ["menu", "웹 menu 웹"] }
                terminal.feed(screen.paint(view))
                var fresh = Screen(size: ScreenSize(columns: columns, rows: 5))
                var wanted = VirtualScreen(columns: columns, height: 5)
                // Which part of a long text is seen depends on where one came from.
                guard rows(of: view, columns: columns) <= 5 else { continue }
                wanted.feed(fresh.paint(view))
                #expect(terminal.lines == wanted.lines)
                #expect((terminal.row, terminal.column) == (wanted.row, wanted.column))
            }
        }
    }

    /// How many rows a view takes, seen on a screen that has enough.
    private func rows(of view: View, columns: Int) -> Int {
        var screen = Screen(size: ScreenSize(columns: columns, rows: 60))
        return screen.paint(view).count { $0 == "\r\n" } + 1
    }
}
