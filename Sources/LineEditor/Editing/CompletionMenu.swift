/// Candidates for a stretch of the text: listed after a second Tab, taken one after the other by further ones.
struct CompletionMenu: Sendable {
    var candidates: [Candidate]
    /// The stretch that is replaced, as it is now.
    var range: Range<EditBuffer.Position>
    /// What was typed there.
    var typed: String
    var isListed = false
    var selected: Int?

    /// What all insertions start with, in whole characters.
    static func commonPrefix(_ candidates: [Candidate]) -> String {
        guard var common = candidates.first?.insertion[...] else { return "" }
        for candidate in candidates.dropFirst() {
            let count = zip(common, candidate.insertion).prefix { $0 == $1 }.count
            common = common.prefix(count)
        }
        return String(common)
    }
}

extension Editor {
    /// Tab: inserts what all candidates share; the next one lists them.
    mutating func complete() {
        guard let completer = options.completer, !buffer.lineBeforeCursor.allSatisfy(\.isWhitespace) else {
            buffer.insert(options.indentation)
            return
        }
        let text = buffer.text
        let cursor = buffer.byteOffset(of: buffer.cursor)
        let found = completer.completions(in: text, at: cursor)
        guard !found.candidates.isEmpty, found.range.upperBound == cursor, found.range.lowerBound >= 0,
            let start = buffer.position(atByte: found.range.lowerBound)
        else { return }
        let typed = buffer.characters(start, buffer.cursor).map { String($0) }.joined(separator: "\n")
        let common = CompletionMenu.commonPrefix(found.candidates)
        var now = CompletionMenu(candidates: found.candidates, range: start..<buffer.cursor, typed: typed)
        if found.candidates.count == 1 || (common.count > typed.count && common.hasPrefix(typed)) {
            replace(&now, with: common)
            now.typed = common
        }
        menu = found.candidates.count > 1 ? now : nil
    }

    /// - Returns: false if the menu has closed and the event is still to be handled.
    mutating func takeMenu(_ event: KeyEvent) -> Bool {
        guard var now = menu else { return false }
        let count = now.candidates.count
        let step: Int
        switch event {
        case .key(Key(.tab)):
            if !now.isListed {
                now.isListed = true
                menu = now
                return true
            }
            step = 1
        case .key(Key(.tab, .shift)): step = -1
        case .key(Key(.up)) where now.isListed: step = -1
        case .key(Key(.left)) where now.selected != nil: step = -1
        case .key(Key(.down)) where now.isListed: step = 1
        case .key(Key(.right)) where now.selected != nil: step = 1
        case .key(.control("g")), .key(Key(.escape)):
            if now.selected != nil { replace(&now, with: now.typed) }
            menu = nil
            return true
        case .key(Key(.enter)) where now.selected != nil:
            menu = nil
            return true
        default:
            menu = nil
            return false
        }
        now.isListed = true
        let next = ((now.selected ?? (step > 0 ? -1 : count)) + step + count) % count
        now.selected = next
        replace(&now, with: now.candidates[next].insertion)
        menu = now
        return true
    }

    private mutating func replace(_ now: inout CompletionMenu, with text: String) {
        buffer.replace(now.range, with: text)
        now.range = now.range.lowerBound..<max(now.range.lowerBound, buffer.cursor)
    }
}
