import Clocks
import Foundation
import LuaRuntime

// `text`: strings as people see them. Lengths and places count characters (a Hangul syllable is one), and what is looked
// for is text, never a pattern.
//
// What is done here is done by the host for a script that may be hostile: each function takes time and gives text in
// proportion to what it was given.

extension RunBinding {
    func addText(to host: inout LuaHost) {
        host.function("text.len") { (text: ComposedText) in text.string.count }
        host.function("text.codepoints") { (text: ComposedText) in text.string.unicodeScalars.count }
        host.function("text.width") { (text: ComposedText) in text.string.displayWidth }
        host.function("text.sub") { (text: ComposedText, first: Int, last: Int?) in
            slice(text.string, first, last ?? -1)
        }
        host.function("text.starts_with") { (text: ComposedText, part: ComposedText) in
            text.string.begins(with: part.string)
        }
        host.function("text.ends_with") { (text: ComposedText, part: ComposedText) in
            text.string.ends(with: part.string)
        }
        host.function("text.contains") { (text: ComposedText, part: ComposedText) in
            part.string.isEmpty || !text.string.occurrences(of: part.string).isEmpty
        }
        host.function("text.replace") { (text: ComposedText, old: ComposedText, new: ComposedText) throws -> String in
            guard !old.string.isEmpty else { throw LuaError(.host, "text.replace: the text to replace is empty") }
            return try replace(old.string, in: text.string, with: new.string)
        }
        host.function("text.split") { (text: ComposedText, separator: ComposedText) throws -> [String] in
            guard !separator.string.isEmpty else { throw LuaError(.host, "text.split: the separator is empty") }
            return try split(text.string, at: separator.string)
        }
        host.function("text.trim") { (text: ComposedText) in
            text.string.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        host.function("text.number") { (number: Double) in number.grouped }
        host.function("text.pad") { (text: ComposedText, width: Int, right: Bool?) throws -> String in
            guard (0...1000).contains(width) else { throw LuaError(.host, "text.pad: the width is 0 to 1000") }
            let text = text.string
            return text.displayWidth >= width ? text : text.fitted(to: width, alignedRight: right ?? false)
        }
    }
}

/// An argument of `text`, in NFC.
private struct ComposedText: LuaDecodable {
    /// Bytes of a text.
    static let largest = 1 << 20

    let string: String

    init(luaValue: LuaValue) throws(LuaMismatch) { string = try Self.checked(try String(luaValue: luaValue)) }

    static func decode(_ call: borrowing LuaRawCall, at index: Int) throws -> ComposedText {
        ComposedText(string: try checked(try String.decode(call, at: index)))
    }

    private init(string: String) { self.string = string }

    private static func checked(_ text: String) throws(LuaMismatch) -> String {
        guard text.utf8.count <= largest else {
            throw LuaMismatch(expected: "string of at most 1 MiB", got: "one of \(text.utf8.count) bytes")
        }
        guard let composed = text.composed else {
            throw LuaMismatch(expected: "string", got: "one with more than 64 combining marks in a row")
        }
        return composed
    }
}

private func replace(_ old: String, in text: String, with new: String) throws(LuaError) -> String {
    let places = text.occurrences(of: old)
    let size = text.utf8.count + places.count * (new.utf8.count - old.utf8.count)
    guard size <= 4 * ComposedText.largest else {
        throw LuaError(.host, "text.replace: the result would have \(size) bytes; at most 4 MiB")
    }
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(size)
    var from = 0
    for place in places {
        result += bytes[from..<place.lowerBound]
        result += new.utf8
        from = place.upperBound
    }
    result += bytes[from...]
    return String(decoding: result, as: UTF8.self)
}

private func split(_ text: String, at separator: String) throws(LuaError) -> [String] {
    let places = text.occurrences(of: separator)
    guard places.count < 100_000 else {
        throw LuaError(.host, "text.split: the text has \(places.count + 1) parts; at most 100000")
    }
    let bytes = Array(text.utf8)
    var parts: [String] = []
    var from = 0
    for place in places {
        parts.append(String(decoding: bytes[from..<place.lowerBound], as: UTF8.self))
        from = place.upperBound
    }
    return parts + [String(decoding: bytes[from...], as: UTF8.self)]
}

/// `string.sub`'s rules, in characters.
private func slice(_ text: String, _ first: Int, _ last: Int) -> String {
    let count = text.count
    // A place before the beginning, however far, is the beginning: nothing overflows.
    let start = max(1, first < 0 ? max(-count, first) + count + 1 : first)
    let end = min(count, last < 0 ? max(-count - 1, last) + count + 1 : last)
    guard start <= end else { return "" }
    return String(text.dropFirst(start - 1).prefix(end - start + 1))
}
