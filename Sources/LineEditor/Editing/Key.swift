/// What a person did at the keyboard.
package enum KeyEvent: Hashable, Sendable {
    /// Printable characters typed one after the other, or pasted into a terminal that does not mark pasted text.
    case text(String)
    /// Pasted text as the terminal delivered it, line breaks included.
    case paste(String)
    case key(Key)
}

/// A key that is no text, or one held with Control or Alt.
package struct Key: Hashable, Sendable {
    package enum Name: Hashable, Sendable {
        case character(Character)
        case enter, tab, backspace, delete, escape, insert
        case up, down, left, right, home, end, pageUp, pageDown
        case function(Int)
    }

    package struct Modifiers: OptionSet, Hashable, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        package static let shift = Modifiers(rawValue: 1)
        package static let alt = Modifiers(rawValue: 2)
        package static let control = Modifiers(rawValue: 4)
    }

    package var name: Name
    package var modifiers: Modifiers

    package init(_ name: Name, _ modifiers: Modifiers = []) {
        self.name = name
        self.modifiers = modifiers
    }

    /// `C-a` is `.control("a")`.
    package static func control(_ character: Character) -> Key { Key(.character(character), .control) }

    /// `M-b` is `.alt("b")`.
    package static func alt(_ character: Character) -> Key { Key(.character(character), .alt) }
}
