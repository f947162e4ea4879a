/// A line while it is edited: what each key does. Pure; the terminal is elsewhere.
package struct Editor: Sendable {
    /// What the reader has to do after a key.
    package enum Effect: Hashable, Sendable {
        case none
        case submit(String)
        case interrupt
        case endOfFile
        case clearScreen
        case suspend
    }

    package internal(set) var buffer = EditBuffer()
    package internal(set) var history: History
    let options: EditorOptions
    var browsing: Browsing?
    var search: Search?
    var menu: CompletionMenu?
    private var pace = CompletenessPace()

    package init(history: History, options: EditorOptions) {
        self.history = history
        self.options = options
    }

    /// - Parameters:
    ///   - inputWaits: more keys have come already, so that an Enter may be a pasted line break.
    ///   - isComplete: asked at Enter.
    package mutating func handle(
        _ event: KeyEvent, inputWaits: Bool = false, isComplete: (String) -> Bool = { _ in true }
    ) -> Effect {
        if search != nil, takeSearch(event) { return .none }
        if menu != nil, takeMenu(event) { return .none }
        switch event {
        case .text(let text), .paste(let text):
            buffer.insert(text)
            return .none
        case .key(let key):
            return handle(key, inputWaits: inputWaits, isComplete: isComplete)
        }
    }

    private mutating func handle(_ key: Key, inputWaits: Bool, isComplete: (String) -> Bool) -> Effect {
        switch (key.name, key.modifiers.subtracting(.shift)) {
        case (.enter, []): return enter(inputWaits: inputWaits, isComplete: isComplete)
        case (.enter, _): insertLine(keepingIndent: !inputWaits)
        case (.tab, []): complete()
        case (.character("c"), .control): return .interrupt
        case (.character("d"), .control):
            if buffer.isEmpty { return .endOfFile }
            buffer.deleteForward()
        case (.character("l"), .control): return .clearScreen
        case (.character("z"), .control): return .suspend
        case (.character("r"), .control): beginSearch(back: true)
        case (.character("s"), .control): beginSearch(back: false)
        case (.up, []), (.character("p"), .control): if !buffer.moveUp() { browse(back: true) }
        case (.down, []), (.character("n"), .control): if !buffer.moveDown() { browse(back: false) }
        default: edit(key)
        }
        return .none
    }

    private mutating func edit(_ key: Key) {
        switch (key.name, key.modifiers.subtracting(.shift)) {
        case (.left, []), (.character("b"), .control): buffer.moveLeft()
        case (.right, []), (.character("f"), .control): buffer.moveRight()
        case (.left, _), (.character("b"), .alt): buffer.moveWordLeft()
        case (.right, _), (.character("f"), .alt): buffer.moveWordRight()
        case (.home, []), (.character("a"), .control): buffer.moveToLineStart()
        case (.end, []), (.character("e"), .control): buffer.moveToLineEnd()
        case (.home, _), (.character("<"), .alt): buffer.moveToStart()
        case (.end, _), (.character(">"), .alt): buffer.moveToEnd()
        case (.backspace, []): buffer.deleteBackward()
        case (.delete, []): buffer.deleteForward()
        case (.backspace, _): buffer.killWordBackward()
        case (.delete, _), (.character("d"), .alt): buffer.killWordForward()
        case (.character("k"), .control): buffer.killToLineEnd()
        case (.character("u"), .control): buffer.killToLineStart()
        case (.character("w"), .control): buffer.killBlankBackward()
        case (.character("y"), .control): buffer.yank()
        case (.character("t"), .control): buffer.transpose()
        case (.character("_"), .control), (.character("/"), .control): buffer.undo()
        case (.character(let character), []): buffer.insert(String(character))
        default: break
        }
    }

    private mutating func enter(inputWaits: Bool, isComplete: (String) -> Bool) -> Effect {
        if pace.asks(length: buffer.length, inputWaits: inputWaits) {
            let text = buffer.text
            if isComplete(text) {
                history.add(text)
                return .submit(text)
            }
        }
        // Asked about the whole text, but the line break goes where the cursor is.
        insertLine(keepingIndent: !inputWaits)
        return .none
    }

    private mutating func insertLine(keepingIndent: Bool) {
        // Pasted lines bring their own indent.
        let indent = keepingIndent ? buffer.lineBeforeCursor.prefix { $0 == " " || $0 == "\t" } : []
        buffer.insert("\n" + String(indent))
    }
}
