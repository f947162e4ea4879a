extension Editor {
    /// An incremental search through the history.
    struct Search: Sendable {
        var query = ""
        var back: Bool
        var match: History.Match?
        /// Where a search for a new text starts.
        var index: Int
        /// What was there before, for C-g.
        var before: EditBuffer

        /// Nothing matches what is asked for; the last match is still shown.
        var isFailing: Bool { match == nil && !query.isEmpty }
    }

    mutating func beginSearch(back: Bool) {
        search = Search(back: back, index: back ? history.entries.count - 1 : 0, before: buffer)
    }

    /// - Returns: false if the search has ended and the event is still to be handled.
    mutating func takeSearch(_ event: KeyEvent) -> Bool {
        guard var now = search else { return false }
        switch event {
        case .text(let text), .paste(let text):
            now.query = CleanText.clean(now.query + text.replacing("\n", with: " "))
            find(&now, from: now.match?.index ?? now.index)
        case .key(.control("r")), .key(.control("s")):
            now.back = event == .key(.control("r"))
            guard !now.query.isEmpty else { break }
            let index = now.match?.index ?? now.index
            find(&now, from: now.back ? index - 1 : index + 1)
        case .key(Key(.backspace)):
            guard !now.query.isEmpty else { break }
            now.query.removeLast()
            find(&now, from: now.back ? history.entries.count - 1 : 0)
        case .key(.control("g")), .key(.control("c")):
            buffer = now.before
            search = nil
            return true
        case .key(Key(.escape)):
            search = nil
            return true
        case .key:
            search = nil
            return false
        }
        search = now
        return true
    }

    private mutating func find(_ now: inout Search, from index: Int) {
        if now.query.isEmpty {
            now.match = nil
            buffer = now.before
            return
        }
        now.match = history.search(now.query, from: index, back: now.back)
        guard let match = now.match else { return }
        now.index = match.index
        buffer.setText(history.entries[match.index])
        if let place = buffer.position(atByte: match.range.lowerBound) { buffer.move(to: place) }
    }
}
