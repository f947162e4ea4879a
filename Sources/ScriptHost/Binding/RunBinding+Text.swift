import Clocks
import Foundation
import LuaRuntime

// `text`: strings as people see them. Lengths and places count characters (a Hangul syllable is one), and what is looked
// for is text, never a pattern.

extension RunBinding {
    func addText(to host: inout LuaHost) {
        host.function("text.len") { (text: String) in nfc(text).count }
        host.function("text.codepoints") { (text: String) in nfc(text).unicodeScalars.count }
        host.function("text.width") { (text: String) in nfc(text).displayWidth }
        host.function("text.sub") { (text: String, first: Int, last: Int?) in slice(nfc(text), first, last ?? -1) }
        host.function("text.starts_with") { (text: String, part: String) in nfc(text).hasPrefix(nfc(part)) }
        host.function("text.ends_with") { (text: String, part: String) in nfc(text).hasSuffix(nfc(part)) }
        host.function("text.contains") { (text: String, part: String) in
            part.isEmpty || nfc(text).contains(nfc(part))
        }
        host.function("text.replace") { (text: String, old: String, new: String) throws -> String in
            guard !old.isEmpty else { throw LuaError(.host, "text.replace: the text to replace is empty") }
            return nfc(text).replacing(nfc(old), with: nfc(new))
        }
        host.function("text.split") { (text: String, separator: String) throws -> [String] in
            guard !separator.isEmpty else { throw LuaError(.host, "text.split: the separator is empty") }
            return nfc(text).components(separatedBy: nfc(separator))
        }
        host.function("text.trim") { (text: String) in nfc(text).trimmingCharacters(in: .whitespacesAndNewlines) }
        host.function("text.number") { (number: Double) in number.grouped }
        host.function("text.pad") { (text: String, width: Int, right: Bool?) throws -> String in
            guard (0...1000).contains(width) else { throw LuaError(.host, "text.pad: the width is 0 to 1000") }
            let text = nfc(text)
            return text.displayWidth >= width ? text : text.fitted(to: width, alignedRight: right ?? false)
        }
    }
}

private func nfc(_ text: String) -> String {
    text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCanonicalMapping
}

/// `string.sub`'s rules, in characters.
private func slice(_ text: String, _ first: Int, _ last: Int) -> String {
    let count = text.count
    let start = max(1, first < 0 ? count + first + 1 : first)
    let end = min(count, last < 0 ? count + last + 1 : last)
    guard start <= end else { return "" }
    return String(text.dropFirst(start - 1).prefix(end - start + 1))
}
