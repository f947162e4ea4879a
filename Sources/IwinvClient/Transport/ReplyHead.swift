/// The few headers of a reply that matter, from the lines of its head as they come.
///
/// Heads of a reply "in between" (1xx) come first, trailers come after the body; neither is the reply's head.
struct ReplyHead {
    private(set) var retryAfter: String?
    private(set) var date: String?
    private(set) var location: String?
    /// Whether all of it has come.
    private(set) var isOver = false

    /// Takes one line, with or without its end.
    mutating func read(_ line: some Sequence<UInt8>) {
        let text = String(decoding: Array(line), as: UTF8.self).filter { !$0.isNewline }
        // No header's name has a slash.
        if text.hasPrefix("HTTP/") {
            self = ReplyHead()
        } else if text.isEmpty {
            isOver = true
        } else if !isOver, let colon = text.firstIndex(of: ":") {
            let name = text[..<colon].lowercased()
            let value = Self.trimmed(text[text.index(after: colon)...])
            switch name {
            case "retry-after": retryAfter = retryAfter ?? value
            case "date": date = date ?? value
            case "location": location = location ?? value
            default: break
            }
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return String(text)
    }
}
