import LuaSyntax
import ScriptHost

/// A header is refused at its first mistake; without that line the next one shows.
enum HeaderMending {
    /// The text with an entry of its header taken out, and everything else where it was; nil if the line is no entry.
    static func blanking(line: Int, of text: String) -> String? {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard lines.indices.contains(line - 1) else { return nil }
        let entry = lines[line - 1]
        guard let at = entry.firstIndex(of: "@"), entry.hasPrefix("--"),
            entry[..<at].allSatisfy({ "- \t".contains($0) })
        else { return nil }
        let blank = entry[..<at] + String(repeating: " ", count: entry[at...].utf8.count)
        return text.replacingCharacters(entry.startIndex..<entry.endIndex, with: blank)
    }

    /// The findings of the mended text with the mistakes that were mended, less what follows from those.
    static func join(_ found: [ScriptFinding], _ problems: [HeaderProblem], _ text: String, _ path: String)
        -> [ScriptFinding]
    {
        let source = LuaSource(text)
        var silenced: Set<ScriptFinding.Rule> = []
        var added: [ScriptFinding] = []
        for problem in problems {
            let range = source.range(ofLine: problem.line)
            added.append(CheckContext.finding(.header, .error, path, source, range, problem.reason))
            let entry = source.text(range)
            if entry.contains("@param") {
                silenced.insert(.unknownParameter)
            } else if entry.contains("@needs") {
                silenced.insert(.missingNeed)
            } else if entry.contains("@limit") {
                silenced.insert(.unlimitedChanges)
            } else {
                silenced.formUnion([.unknownParameter, .missingNeed, .unlimitedChanges])
            }
        }
        return added.sorted { $0.start.offset < $1.start.offset } + found.filter { !silenced.contains($0.rule) }
    }
}

extension String {
    fileprivate func replacingCharacters(_ range: Range<Index>, with text: Substring) -> String {
        String(self[..<range.lowerBound]) + text + self[range.upperBound...]
    }
}
