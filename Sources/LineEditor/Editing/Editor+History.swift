extension Editor {
    /// On the way through the history.
    struct Browsing: Sendable {
        var index: Int
        /// What was typed, to come back to.
        var draft: EditBuffer
        /// Entries that start with what was typed are visited.
        var prefix: String
        /// The text that the history put there: once it is edited, it is what was typed.
        var shown: String
    }

    mutating func browse(back: Bool) {
        let text = buffer.text
        if browsing?.shown != text { browsing = nil }
        var now = browsing ?? Browsing(index: history.entries.count, draft: buffer, prefix: text, shown: text)
        if back {
            guard let index = history.older(than: now.index, prefix: now.prefix) else { return }
            now.index = index
        } else {
            guard browsing != nil else { return }
            guard let index = history.newer(than: now.index, prefix: now.prefix) else {
                buffer = now.draft
                browsing = nil
                return
            }
            now.index = index
        }
        now.shown = history.entries[now.index]
        buffer.setText(now.shown)
        browsing = now
    }
}
