import LuaSyntax
import ScriptHost

/// A script's header, and where its entries stand.
struct HeaderPlaces {
    /// Nil if it could not be read.
    var header: ScriptHeader?
    /// There is one, right or wrong.
    var isThere: Bool
    private var parameters: [String: Range<Int>] = [:]
    private var needs: [String: Range<Int>] = [:]
    private(set) var first: Range<Int>?

    init(_ source: LuaSource, _ header: ScriptCheck.Header) {
        isThere = true
        switch header {
        case .refused: self.header = nil
        case .read(let header): self.header = header
        }
        var isInside = false
        for line in 1...source.lineCount {
            let range = source.range(ofLine: line)
            let text = source.text(range)
            let words = Self.words(text)
            guard words.first?.text == "--" else { continue }
            if words.count == 2, words[1].text == "==Script==" {
                isInside = true
                first = range
            }
            if words.count == 2, words[1].text == "==/Script==" { break }
            guard isInside, words.count > 2 else { continue }
            func place(_ word: Word) -> Range<Int> {
                range.lowerBound + word.range.lowerBound..<range.lowerBound + word.range.upperBound
            }
            switch words[1].text {
            case "@param": parameters[words[2].text] = place(words[2])
            case "@needs":
                for word in words.dropFirst(2) where !word.text.contains("=") { needs[word.text] = place(word) }
            default: break
            }
        }
        if first == nil, case .read = header { isThere = false }
    }

    func place(ofParameter name: String) -> Range<Int>? { parameters[name] }
    func place(ofNeed text: String) -> Range<Int>? { needs[text] }

    private struct Word {
        var text: String
        var range: Range<Int>
    }

    private static func words(_ line: String) -> [Word] {
        var words: [Word] = []
        var start: Int?
        var word: [UInt8] = []
        for (index, byte) in (Array(line.utf8) + [0x20]).enumerated() {
            if byte == 0x20 || byte == 0x09 || byte == 0x2C {
                if let begin = start {
                    words.append(Word(text: String(decoding: word, as: UTF8.self), range: begin..<index))
                }
                start = nil
                word = []
            } else {
                if start == nil { start = index }
                word.append(byte)
            }
        }
        return words
    }
}
