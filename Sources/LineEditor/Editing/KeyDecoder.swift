/// Makes keys of a terminal's bytes, however reads cut them.
///
/// UTF-8 whatever the locale says; what is no UTF-8 becomes U+FFFD. No clock inside: after silence the caller says
/// ``expire()``, and a lone ESC is the Escape key.
///
/// ```swift
/// var decoder = KeyDecoder()
/// decoder.feed([0xEC, 0x9B])  // []
/// decoder.feed([0xB9, 0x1B, 0x5B, 0x44])  // [.text("웹"), .key(Key(.left))]
/// ```
package struct KeyDecoder: Sendable {
    /// What the bytes so far are the start of.
    package enum Wait: Sendable {
        case nothing, character, sequence, paste
    }

    private static let escape: UInt8 = 0x1B
    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    private var pending: [UInt8] = []
    /// What has been pasted so far, while the end is not there.
    private var pasted: [UInt8]?
    private var events: [KeyEvent] = []
    private var text: [UInt8] = []

    package init() {}

    package var wait: Wait {
        if pasted != nil { return .paste }
        guard let first = pending.first else { return .nothing }
        return first == Self.escape ? .sequence : .character
    }

    /// The events that are complete with these bytes.
    package mutating func feed(_ bytes: [UInt8]) -> [KeyEvent] {
        let all = pending + bytes
        pending = []
        var rest = all[...]
        while let byte = rest.first {
            if pasted != nil {
                guard takePaste(&rest) else { break }
            } else if byte == Self.escape {
                endText()
                guard let (event, length) = sequence(rest) else {
                    pending = Array(rest)
                    break
                }
                rest = rest.dropFirst(length)
                if event == Self.pasteStart { pasted = [] } else if let event { events.append(.key(event)) }
            } else if byte < 0x20 || byte == 0x7F {
                endText()
                events.append(.key(Self.control(byte)))
                rest = rest.dropFirst()
            } else {
                let run = rest.prefix { $0 >= 0x20 && $0 != 0x7F }
                let whole = run.endIndex == rest.endIndex ? run.dropLast(Self.cutBytes(run)) : run
                text += whole
                rest = rest[whole.endIndex...]
                if whole.count < run.count {
                    pending = Array(rest)
                    break
                }
            }
        }
        endText()
        defer { events = [] }
        return events
    }

    /// What the bytes so far mean if no more come: ESC is a key, a paste ends.
    package mutating func expire() -> [KeyEvent] {
        if let pasted {
            self.pasted = nil
            let text = String(decoding: pasted + pending, as: UTF8.self)
            pending = []
            return [.paste(text)]
        }
        let bytes = pending
        pending = []
        guard bytes.first == Self.escape else {
            return bytes.isEmpty ? [] : [.text(String(decoding: bytes, as: UTF8.self))]
        }
        if bytes == [Self.escape] { return [.key(Key(.escape))] }
        // `ESC O` and `ESC [` alone are Alt with that letter.
        if bytes.count == 2, bytes[1] != Self.escape {
            return [.key(.alt(Character(Unicode.Scalar(bytes[1]))))]
        }
        return [.key(Key(.escape))] + (bytes[1] == Self.escape ? [.key(Key(.escape))] : [])
    }

    // MARK: Text

    private mutating func endText() {
        guard !text.isEmpty else { return }
        events.append(.text(String(decoding: text, as: UTF8.self)))
        text = []
    }

    /// How many bytes at the end are the start of a character whose rest has not come.
    private static func cutBytes(_ bytes: ArraySlice<UInt8>) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.endIndex - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > back ? back : 0
        }
        return 0
    }

    // MARK: Paste

    /// - Returns: false if the end has not come.
    private mutating func takePaste(_ rest: inout ArraySlice<UInt8>) -> Bool {
        let end = Self.pasteEnd
        var index = rest.startIndex
        while let start = rest[index...].firstIndex(of: Self.escape) {
            let candidate = rest[start...].prefix(end.count)
            if candidate.elementsEqual(end) {
                let text = String(decoding: (pasted ?? []) + rest[..<start], as: UTF8.self)
                events.append(.paste(text))
                pasted = nil
                rest = rest[(start + end.count)...]
                return true
            }
            if candidate.endIndex == rest.endIndex, end.starts(with: candidate) {
                // Perhaps the end, cut by a read.
                pasted?.append(contentsOf: rest[..<start])
                pending = Array(rest[start...])
                return false
            }
            index = start + 1
        }
        pasted?.append(contentsOf: rest)
        return false
    }

    // MARK: Keys

    private static let pasteStart = Key(.function(200))

    private static func control(_ byte: UInt8) -> Key {
        switch byte {
        case 0x09: Key(.tab)
        case 0x0A, 0x0D: Key(.enter)
        case 0x08, 0x7F: Key(.backspace)
        case 0x00: .control(" ")
        case 0x01...0x1A: .control(Character(Unicode.Scalar(byte + 0x60)))
        default: .control(Character(Unicode.Scalar(byte + 0x40)))
        }
    }

    /// The key of a sequence that starts with ESC and its length; a nil key for one that means nothing here, nil if it is
    /// not complete.
    private func sequence(_ bytes: ArraySlice<UInt8>) -> (key: Key?, length: Int)? {
        let start = bytes.startIndex
        guard bytes.count > 1 else { return nil }
        let second = bytes[start + 1]
        switch second {
        case UInt8(ascii: "["): return controlSequence(bytes)
        case UInt8(ascii: "O"):
            guard bytes.count > 2 else { return nil }
            return (Self.final(bytes[start + 2], []), 3)
        case Self.escape:
            guard let (key, length) = sequence(bytes.dropFirst()) else { return nil }
            return (key.map { Key($0.name, $0.modifiers.union(.alt)) }, length + 1)
        case 0..<0x20, 0x7F:
            let key = Self.control(second)
            return (Key(key.name, key.modifiers.union(.alt)), 2)
        default:
            let length = second >= 0xF0 ? 4 : second >= 0xE0 ? 3 : second >= 0xC0 ? 2 : 1
            guard bytes.count > length else { return nil }
            let text = String(decoding: bytes.dropFirst().prefix(length), as: UTF8.self)
            return (text.first.map { .alt($0) }, length + 1)
        }
    }

    /// `ESC [ 1;5 D`: numbers, then a letter or `~`.
    private func controlSequence(_ bytes: ArraySlice<UInt8>) -> (key: Key?, length: Int)? {
        let body = bytes.dropFirst(2)
        let parameters = body.prefix { (0x20...0x3F).contains($0) }
        guard parameters.endIndex < bytes.endIndex else { return parameters.count > 64 ? (nil, 2 + 64) : nil }
        let last = bytes[parameters.endIndex]
        // Anything else ends a sequence that never was one; it is looked at again.
        guard (0x40...0x7E).contains(last) else { return (nil, 2 + parameters.count) }
        let length = 3 + parameters.count
        let numbers = String(decoding: parameters, as: UTF8.self).split(
            separator: ";", omittingEmptySubsequences: false
        )
        .map { Int($0.prefix { $0 != ":" }) ?? 0 }
        let modifiers = Key.Modifiers(rawValue: max(0, (numbers.count > 1 ? numbers[1] : 1) - 1) & 7)
        switch last {
        case UInt8(ascii: "~"):
            // xterm's other way to say a key with modifiers.
            if numbers.first == 27, numbers.count == 3 { return (Self.code(numbers[2], modifiers), length) }
            return (Self.numbered(numbers.first ?? 0, modifiers), length)
        case UInt8(ascii: "u"): return (Self.code(numbers.first ?? 0, modifiers), length)
        default: return (Self.final(last, modifiers), length)
        }
    }

    private static func final(_ byte: UInt8, _ modifiers: Key.Modifiers) -> Key? {
        switch byte {
        case UInt8(ascii: "A"): Key(.up, modifiers)
        case UInt8(ascii: "B"): Key(.down, modifiers)
        case UInt8(ascii: "C"): Key(.right, modifiers)
        case UInt8(ascii: "D"): Key(.left, modifiers)
        case UInt8(ascii: "H"): Key(.home, modifiers)
        case UInt8(ascii: "F"): Key(.end, modifiers)
        case UInt8(ascii: "M"): Key(.enter, modifiers)
        case UInt8(ascii: "Z"): Key(.tab, modifiers.union(.shift))
        case UInt8(ascii: "P")...UInt8(ascii: "S"): Key(.function(Int(byte) - 0x4F), modifiers)
        default: nil
        }
    }

    private static func numbered(_ number: Int, _ modifiers: Key.Modifiers) -> Key? {
        switch number {
        case 1, 7: Key(.home, modifiers)
        case 2: Key(.insert, modifiers)
        case 3: Key(.delete, modifiers)
        case 4, 8: Key(.end, modifiers)
        case 5: Key(.pageUp, modifiers)
        case 6: Key(.pageDown, modifiers)
        case 200: pasteStart
        default: nil
        }
    }

    /// A key by the code point that it would type.
    private static func code(_ number: Int, _ modifiers: Key.Modifiers) -> Key? {
        guard let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init) else { return nil }
        if scalar == "\u{1B}" { return Key(.escape, modifiers) }
        if scalar.value < 0x20 || scalar.value == 0x7F {
            let key = control(UInt8(scalar.value))
            return Key(key.name, key.modifiers.union(modifiers))
        }
        return Key(.character(Character(scalar)), modifiers)
    }
}
