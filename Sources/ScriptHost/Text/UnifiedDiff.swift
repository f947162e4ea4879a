import Clocks

/// Two texts as a unified diff: what `diff -u` prints, with three lines around each change.
package struct UnifiedDiff {
    private struct Line {
        var mark: Character
        var text: Substring
        /// Its numbers in both texts, counted from 1, or those of the next line there.
        var a: Int
        var b: Int
    }

    private static let context = 3
    /// Beyond this many lines that differ at both ends alike, finding the shortest way takes too long.
    private static let effort = 4000

    package var nameOfA: String
    package var nameOfB: String
    private let lines: [Line]

    package init(_ a: String, _ b: String, nameOfA: String, nameOfB: String) {
        self.nameOfA = nameOfA
        self.nameOfB = nameOfB
        lines = Self.lines(a.lines, b.lines)
    }

    /// The lines with their marks and hunk headings; none if the texts are equal.
    package var text: [String] {
        let hunks = hunks
        guard !hunks.isEmpty else { return [] }
        return ["--- \(nameOfA)", "+++ \(nameOfB)"]
            + hunks.flatMap { hunk in
                let part = lines[hunk]
                return [heading(part)] + part.map { "\($0.mark)\($0.text)" }
            }
    }

    private func heading(_ part: ArraySlice<Line>) -> String {
        guard let first = part.first else { return "" }
        func range(_ start: Int, _ count: Int) -> String {
            // An empty range stands after the line before it.
            count == 1 ? "\(start)" : "\(count == 0 ? start - 1 : start),\(count)"
        }
        let ofA = part.count { $0.mark != "+" }
        let ofB = part.count { $0.mark != "-" }
        return "@@ -\(range(first.a, ofA)) +\(range(first.b, ofB)) @@"
    }

    private var hunks: [Range<Int>] {
        var hunks: [Range<Int>] = []
        for index in lines.indices where lines[index].mark != " " {
            let range = max(0, index - Self.context)..<min(lines.count, index + Self.context + 1)
            if let last = hunks.last, range.lowerBound <= last.upperBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }

    private static func lines(_ a: [Substring], _ b: [Substring]) -> [Line] {
        let limit = min(a.count, b.count)
        let head = (0..<limit).first { a[$0] != b[$0] } ?? limit
        let tail = (0..<limit - head).first { a[a.count - 1 - $0] != b[b.count - 1 - $0] } ?? limit - head
        let (middleOfA, middleOfB) = (a[head..<a.count - tail], b[head..<b.count - tail])
        var removed = Set(middleOfA.indices)
        var inserted = Set(middleOfB.indices)
        if middleOfA.count + middleOfB.count <= effort {
            let difference = Array(middleOfB).difference(from: Array(middleOfA))
            removed = Set(difference.removals.map { $0.offset + head })
            inserted = Set(difference.insertions.map { $0.offset + head })
        }
        var lines: [Line] = []
        var (i, j) = (0, 0)
        while i < a.count || j < b.count {
            if i < a.count, removed.contains(i) {
                lines.append(Line(mark: "-", text: a[i], a: i + 1, b: j + 1))
                i += 1
            } else if j < b.count, inserted.contains(j) {
                lines.append(Line(mark: "+", text: b[j], a: i + 1, b: j + 1))
                j += 1
            } else {
                lines.append(Line(mark: " ", text: a[i], a: i + 1, b: j + 1))
                (i, j) = (i + 1, j + 1)
            }
        }
        return lines
    }
}

extension CollectionDifference.Change {
    fileprivate var offset: Int {
        switch self {
        case .insert(let offset, _, _), .remove(let offset, _, _): offset
        }
    }
}
