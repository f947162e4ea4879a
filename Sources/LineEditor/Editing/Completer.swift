/// Knows what could stand where the cursor is.
///
/// Called on the reader's own thread while a person waits: it answers from what is known and never asks the network.
///
/// ```swift
/// struct Words: Completer {
///     func completions(in text: String, at cursor: Int) -> Completions {
///         let typed = text.utf8.prefix(cursor).reversed().prefix { $0 != UInt8(ascii: " ") }.count
///         return Completions(replacing: cursor - typed..<cursor, with: [Candidate("print("), Candidate("pairs(")])
///     }
/// }
/// ```
package protocol Completer: Sendable {
    /// - Parameters:
    ///   - text: all lines, in normal form C.
    ///   - cursor: offset into the UTF-8 bytes of `text`, between two characters.
    /// - Returns: only candidates that go with what is typed, in the order in which they are shown. A range that does not
    ///   end at the cursor, or cuts a character, is taken as no answer.
    func completions(in text: String, at cursor: Int) -> Completions
}

/// What could replace a stretch of text.
package struct Completions: Hashable, Sendable {
    /// Offsets into the text's UTF-8 bytes; ends at the cursor.
    package var range: Range<Int>
    package var candidates: [Candidate]

    package init(replacing range: Range<Int>, with candidates: [Candidate]) {
        self.range = range
        self.candidates = candidates
    }

    /// Nothing fits.
    package static let none = Completions(replacing: 0..<0, with: [])
}

/// One thing that could stand there.
package struct Candidate: Hashable, Sendable {
    /// What replaces the range.
    package var insertion: String
    /// What the menu shows.
    package var display: String
    /// What the menu says about it, such as a type or a resource's name.
    package var annotation: String?

    /// - Parameter display: as `insertion` if nil.
    package init(_ insertion: String, display: String? = nil, annotation: String? = nil) {
        self.insertion = insertion
        self.display = display ?? insertion
        self.annotation = annotation
    }
}
