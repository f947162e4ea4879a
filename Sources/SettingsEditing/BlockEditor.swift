import Yams

/// Finds the lines of a key by the marks of the parsed text, and changes them.
struct BlockEditor {
    /// A key of a mapping, where it stands.
    private struct Place {
        var name: String
        /// From 0, as all numbers here.
        var line: Int
        var column: Int
        var value: Node
        /// The first line that cannot belong to it: the next key's, or the end of what it stands in.
        var end: Int
    }

    /// What stands behind a key's colon.
    private enum Start {
        /// On the same line, at this column.
        case beside(Int)
        /// On a line below, or nothing; behind this column there are blanks or a comment.
        case below(Int)
    }

    private var lines: SettingsLines
    private let root: Node?
    /// Lines of texts that are written as blocks: what looks like a comment there is none.
    private let blockTexts: Set<Int>
    private let edit: SettingsText.Edit

    init(_ lines: SettingsLines, for edit: SettingsText.Edit) throws(SettingsText.Problem) {
        self.lines = lines
        self.edit = edit
        do { root = try Yams.compose(yaml: lines.text) } catch {
            throw SettingsText.Problem(reason: .unreadable, edit: edit)
        }
        blockTexts = root.map { Self.blockTexts(in: $0, lines) } ?? []
    }

    private func problem(_ reason: SettingsText.Problem.Reason, line: Int? = nil) -> SettingsText.Problem {
        SettingsText.Problem(reason: reason, line: line.map { $0 + 1 }, edit: edit)
    }

    func applying(_ step: SettingsText.Edit) throws(SettingsText.Problem) -> SettingsLines {
        var editor = self
        switch step {
        case .set(let path, let value): try editor.set(path, value)
        case .remove(let path): try editor.remove(path)
        case .rename(let path, let name): try editor.rename(path, to: name)
        }
        return editor.lines
    }

    /// The keys of a mapping of lines; nil if there is no mapping, or one in braces or of another place.
    func blockKeys(at path: [String]) throws(SettingsText.Problem) -> [String]? {
        let (found, rest) = try descend(path)
        guard rest.isEmpty, let place = found.last, place.value.mapping != nil, try isBlock(place) else { return nil }
        return entries(of: place).map(\.name)
    }

    private static func blockTexts(in node: Node, _ lines: SettingsLines) -> Set<Int> {
        switch node {
        case .mapping(let mapping): return mapping.reduce(into: []) { $0.formUnion(blockTexts(in: $1.value, lines)) }
        case .sequence(let sequence): return sequence.reduce(into: []) { $0.formUnion(blockTexts(in: $1, lines)) }
        case .scalar(let scalar) where scalar.style == .literal || scalar.style == .folded:
            // The mark counts from 1, so it is the line below.
            let below = (scalar.mark?.line ?? lines.count)..<max(lines.count, scalar.mark?.line ?? 0)
            guard let column = below.lazy.compactMap(lines.indentation).first else { return [] }
            let end = below.first { lines.indentation($0).map { $0 < column } ?? false } ?? lines.count
            return Set((below.lowerBound..<end).filter { lines.indentation($0) != nil })
        case .scalar, .alias: return []
        }
    }

    private func isContent(_ line: Int) -> Bool { blockTexts.contains(line) || lines.isContent(line) }

    // MARK: - Finding

    /// The keys of the path that are there, and the rest of it.
    private func descend(_ path: [String]) throws(SettingsText.Problem) -> (found: [Place], rest: ArraySlice<String>) {
        var siblings = try top()
        var found: [Place] = []
        for (index, name) in path.enumerated() {
            guard let place = siblings.first(where: { $0.name == name }) else { return (found, path[index...]) }
            found.append(place)
            guard index + 1 < path.count else { break }
            guard place.value.mapping != nil else {
                guard place.value.tag == Tag(.null) else { throw problem(.layout, line: place.line) }
                return (found, path[(index + 1)...])
            }
            guard try isBlock(place) else {
                // Nothing between the braces is nothing to be kept.
                if place.value.mapping?.isEmpty == true { return (found, path[(index + 1)...]) }
                throw problem(try startsWith("*", place) ? .alias : .braces, line: place.line)
            }
            siblings = entries(of: place)
        }
        return (found, [])
    }

    private func top() throws(SettingsText.Problem) -> [Place] {
        guard let root, root.tag != Tag(.null) else { return [] }
        guard let mapping = root.mapping else { throw problem(.unreadable) }
        let line = (root.mark?.line ?? 1) - 1
        let column = (root.mark?.column ?? 1) - 1
        if lines.content(line).dropFirst(column).first == "{" { throw problem(.braces, line: line) }
        return places(mapping, end: lines.count)
    }

    private func entries(of place: Place) -> [Place] {
        place.value.mapping.map { places($0, end: place.end) } ?? []
    }

    private func places(_ mapping: Node.Mapping, end: Int) -> [Place] {
        let keys = Array(mapping)
        return keys.enumerated().map { index, pair in
            let next = index + 1 < keys.count ? keys[index + 1].key.mark.map { $0.line - 1 } : nil
            return Place(
                name: pair.key.string ?? "", line: (pair.key.mark?.line ?? 1) - 1,
                column: (pair.key.mark?.column ?? 1) - 1, value: pair.value, end: next ?? end)
        }
    }

    /// Whether the value is a mapping of lines.
    private func isBlock(_ place: Place) throws(SettingsText.Problem) -> Bool {
        guard case .below = try start(place) else { return false }
        if try startsWith("{", place) { return false }
        return try !startsWith("*", place)
    }

    private func startsWith(_ mark: Unicode.Scalar, _ place: Place) throws(SettingsText.Problem) -> Bool {
        switch try start(place) {
        case .beside(let column): return lines.content(place.line)[column] == mark
        case .below:
            let first = (place.line + 1..<max(place.line + 1, place.end)).first(where: isContent)
            return first.flatMap { line in lines.indentation(line).map { lines.content(line)[$0] } } == mark
        }
    }

    /// The columns of the key itself, quotes included.
    private func keySpan(_ place: Place) throws(SettingsText.Problem) -> Range<Int> {
        let line = lines.content(place.line)
        guard line.indices.contains(place.column), lines.indentation(place.line) == place.column,
            let end = Self.scalarEnd(line, from: place.column, isKey: true)
        else { throw problem(.layout, line: place.line) }
        return place.column..<end
    }

    /// Where the value begins; its anchor and tag stay.
    private func start(_ place: Place) throws(SettingsText.Problem) -> Start {
        let line = lines.content(place.line)
        var column = try keySpan(place).upperBound
        func skipBlanks() { while column < line.count, Self.isBlank(line[column]) { column += 1 } }
        skipBlanks()
        guard column < line.count, line[column] == ":" else { throw problem(.layout, line: place.line) }
        column += 1
        var last = column
        skipBlanks()
        while column < line.count, line[column] == "&" || line[column] == "!" {
            while column < line.count, !Self.isBlank(line[column]) { column += 1 }
            last = column
            skipBlanks()
        }
        // A comment has a blank before it.
        guard column < line.count, line[column] != "#" || column == last else { return .below(last) }
        return .beside(column)
    }

    /// The columns of a value that ends on its key's line.
    private func valueSpan(from column: Int, _ place: Place) throws(SettingsText.Problem) -> Range<Int> {
        let line = lines.content(place.line)
        guard let end = Self.scalarEnd(line, from: column, isKey: false),
            // Nor does it go on below.
            !(place.line + 1..<max(place.line + 1, place.end)).contains(where: isContent)
        else {
            throw problem(line[column] == "{" ? .braces : .layout, line: place.line)
        }
        return column..<end
    }

    // MARK: - Scanning

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

    /// Behind the last mark of what begins at a column; nil if it does not end on the line.
    private static func scalarEnd(_ line: [Unicode.Scalar], from start: Int, isKey: Bool) -> Int? {
        switch line[start] {
        case "\"", "'": return quoteEnd(line, from: start)
        case "{" where !isKey, "[" where !isKey: return bracketEnd(line, from: start)
        case "*" where !isKey: return line[start...].firstIndex(where: isBlank) ?? line.count
        case "{", "[", "*", "&", "!", "?", "|", ">", "%", "@", "`": return nil
        default: break
        }
        var end = start
        for index in start..<line.count {
            let isAtBlank = index + 1 == line.count || isBlank(line[index + 1])
            if isKey, line[index] == ":", isAtBlank { break }
            if line[index] == "#", index > start, isBlank(line[index - 1]) { break }
            if !isBlank(line[index]) { end = index + 1 }
        }
        return end > start ? end : nil
    }

    private static func quoteEnd(_ line: [Unicode.Scalar], from start: Int) -> Int? {
        let quote = line[start]
        var index = start + 1
        while index < line.count {
            if quote == "\"", line[index] == "\\" {
                index += 2
                continue
            }
            if line[index] == quote {
                // Twice is one of them.
                guard quote == "'", index + 1 < line.count, line[index + 1] == quote else { return index + 1 }
                index += 1
            }
            index += 1
        }
        return nil
    }

    private static func bracketEnd(_ line: [Unicode.Scalar], from start: Int) -> Int? {
        var depth = 0
        var index = start
        while index < line.count {
            let before = index > 0 ? line[index - 1] : " "
            let isStart = isBlank(before) || ["{", "[", ",", ":"].contains(before)
            switch line[index] {
            case "\"" where isStart, "'" where isStart:
                guard let end = quoteEnd(line, from: index) else { return nil }
                index = end
                continue
            case "#" where isBlank(before): return nil
            case "{", "[": depth += 1
            case "}", "]":
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
            index += 1
        }
        return nil
    }

    // MARK: - Changing

    /// Behind the last line of a key, and behind the comments that are indented as if they were about it.
    private func last(_ place: Place) -> Int {
        var end = place.line + 1
        for line in place.line..<max(place.end, end) where isContent(line) { end = line + 1 }
        return pastComments(end, deeperThan: place.column)
    }

    private func pastComments(_ line: Int, deeperThan column: Int) -> Int {
        var line = line
        while line < lines.count, lines.isComment(line), !blockTexts.contains(line),
            lines.indentation(line) ?? 0 > column
        { line += 1 }
        return line
    }

    /// By how much the file indents.
    private var step: Int {
        guard let root, let mapping = root.mapping else { return 2 }
        for place in places(mapping, end: lines.count) {
            guard let inner = entries(of: place).first, inner.line > place.line, inner.column > place.column else {
                continue
            }
            return min(inner.column - place.column, 8)
        }
        return 2
    }

    private mutating func set(_ path: [String], _ value: SettingsText.Value) throws(SettingsText.Problem) {
        let (found, rest) = try descend(path)
        if rest.isEmpty, let place = found.last { return try replace(place, value) }
        guard let key = rest.first else { return }
        let entry = SettingsText.Value.Entry(
            key,
            rest.dropFirst().reversed().reduce(value) { inner, key in
                .mapping([SettingsText.Value.Entry(key, inner)])
            })
        guard let parent = found.last else { return try add(entry, to: try top(), indentation: 0) }
        if parent.value.mapping?.isEmpty == false {
            return try add(entry, to: entries(of: parent), indentation: parent.column + step)
        }
        try fill(parent, [entry])
    }

    /// Puts a key behind its siblings.
    private mutating func add(
        _ entry: SettingsText.Value.Entry, to siblings: [Place], indentation: Int
    ) throws(SettingsText.Problem) {
        let writer = YAMLWriter(step: step)
        guard let last = siblings.last else {
            // A text of comments only.
            let end = (0..<lines.count).first { lines.content($0).starts(with: [".", ".", "."]) } ?? lines.count
            return lines.insert(writer.block(entry, indentation: indentation), at: end)
        }
        _ = try keySpan(last)
        lines.insert(writer.block(entry, indentation: last.column), at: self.last(last))
    }

    /// Gives a key without a value its first lines.
    private mutating func fill(
        _ place: Place, _ entries: [SettingsText.Value.Entry]
    ) throws(SettingsText.Problem) {
        if case .beside(let column) = try start(place) {
            let span = try valueSpan(from: column, place)
            // The blank before it goes with it, if nothing follows.
            let isLast = span.upperBound == lines.content(place.line).count
            lines.replace(
                line: place.line, columns: (isLast ? column - 1 : column)..<span.upperBound, with: "")
        }
        let writer = YAMLWriter(step: step)
        lines.insert(
            entries.flatMap { writer.block($0, indentation: place.column + writer.step) },
            at: pastComments(place.line + 1, deeperThan: place.column))
    }

    private mutating func replace(_ place: Place, _ value: SettingsText.Value) throws(SettingsText.Problem) {
        switch (try start(place), value) {
        case (.beside(let column), _):
            let span = try valueSpan(from: column, place)
            let text: String =
                switch value {
                case .text(let text): YAMLWriter.scalar(text)
                case .mapping: YAMLWriter.flow(value)
                }
            lines.replace(line: place.line, columns: span, with: text)
        case (.below(let column), .text(let text)):
            guard place.value.tag == Tag(.null) else { throw problem(.layout, line: place.line) }
            lines.replace(line: place.line, columns: column..<column, with: " " + YAMLWriter.scalar(text))
        case (.below, .mapping(let entries)):
            guard place.value.tag == Tag(.null) else { throw problem(.layout, line: place.line) }
            try fill(place, entries)
        }
    }

    private mutating func remove(_ path: [String]) throws(SettingsText.Problem) {
        let (found, rest) = try descend(path)
        guard rest.isEmpty, let place = found.last else { return }
        _ = try keySpan(place)
        lines.remove(place.line..<last(place))
    }

    private mutating func rename(_ path: [String], to name: String) throws(SettingsText.Problem) {
        let (found, rest) = try descend(path)
        guard rest.isEmpty, let place = found.last else { throw problem(.noSuchKey) }
        lines.replace(line: place.line, columns: try keySpan(place), with: YAMLWriter.scalar(name))
    }
}
