import IwinvCatalog

/// What a session shows of a value: one line where it fits, else indented; rows as a table, or one below the other.
public struct ReplText: Sendable {
    /// How many columns there are; nil where nobody counts them.
    public var width: Int?
    /// Rows one below the other, whatever the width.
    public var isVertical: Bool
    public var language: Language

    public init(width: Int? = nil, isVertical: Bool = false, language: Language = .english) {
        (self.width, self.isVertical, self.language) = (width, isVertical, language)
    }

    /// The value's lines, with a line break after each.
    public func text(_ value: ReplValue) -> String {
        switch value {
        case .rows(let rows): return text(rows)
        case .table(let table) where table.name.flatMap(Self.rowType) != nil: return record(table)
        default:
            let line = inline(value)
            if line.displayWidth <= width ?? 100 { return line + "\n" }
            return indented(value, "") + "\n"
        }
    }

    // MARK: - Values

    /// On one line.
    public func inline(_ value: ReplValue) -> String {
        switch value {
        case .nil: return "nil"
        case .boolean(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .number(let number): return number
        case .text(let text, let more): return Self.quoted(text) + Self.rest(more)
        case .secret: return SecretVault.placeholder
        case .opaque(let name): return name.escapedForTerminal()
        case .loop: return "{…}"
        case .rows(let rows): return "{ \(rows.count) }"
        case .table(let table):
            if let name = table.name, Self.rowType(name) == nil { return name.escapedForTerminal() }
            if table.entries.isEmpty { return table.isCut ? "{…}" : "{}" }
            let entries = table.entries.map { entry in Self.key(entry.key, self) + inline(entry.value) }
            return "{ " + (entries + (table.isCut ? [Self.more(table)] : [])).joined(separator: ", ") + " }"
        }
    }

    private func indented(_ value: ReplValue, _ indent: String) -> String {
        guard case .table(let table) = value, !table.entries.isEmpty,
            table.name.map({ Self.rowType($0) != nil }) ?? true
        else { return inline(value) }
        var lines = ["{"]
        for entry in table.entries {
            let key = Self.key(entry.key, self)
            let line = inline(entry.value)
            let fits = indent.count + 2 + key.displayWidth + line.displayWidth <= (width ?? 100) - 1
            lines.append(indent + "  " + key + (fits ? line : indented(entry.value, indent + "  ")) + ",")
        }
        if table.isCut { lines.append(indent + "  " + Self.more(table)) }
        return (lines + [indent + "}"]).joined(separator: "\n")
    }

    private static func key(_ key: ReplValue?, _ text: ReplText) -> String {
        switch key {
        case nil: ""
        case .text(let name, 0) where isName(name): name + " = "
        case let key?: "[" + text.inline(key) + "] = "
        }
    }

    private static func more(_ table: ReplValue.Table) -> String {
        table.count > table.entries.count ? "… (\(table.count))" : "…"
    }

    private static func rest(_ bytes: Int) -> String { bytes > 0 ? "… (+\(bytes))" : "" }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first == UInt8(ascii: "_") || Character(Unicode.Scalar(first)).isLetter
        else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            let letter = Character(Unicode.Scalar(byte))
            return byte < 0x80 && (letter.isLetter || letter.isNumber || letter == "_")
        }
    }

    private static func quoted(_ text: String) -> String {
        let inner = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\"" + inner.escapedForTerminal() + "\""
    }

    // MARK: - Rows

    private static func rowType(_ name: String) -> RowType? {
        Catalog.iwinv.operations.lazy.compactMap(\.row).first { $0.name == name }
    }

    /// A row of the cloud, a field a line.
    private func record(_ table: ReplValue.Table) -> String {
        let order = Self.rowType(table.name ?? "")?.fields.map(\.name) ?? []
        var lines: [(String, String)] = table.entries.map { entry in
            guard case .text(let name, _)? = entry.key else {
                return (entry.key.map(inline) ?? "", inline(entry.value))
            }
            if case .text(let text, let more) = entry.value {
                return (name, text.escapedForTerminal() + Self.rest(more))
            }
            return (name, inline(entry.value))
        }
        lines.sort { a, b in
            let (first, second) = (order.firstIndex(of: a.0) ?? .max, order.firstIndex(of: b.0) ?? .max)
            return first == second ? a.0 < b.0 : first < second
        }
        return pairs(lines)
    }

    private func pairs(_ lines: [(String, String)]) -> String {
        let wide = lines.map { $0.0.displayWidth }.max() ?? 0
        let room = max(20, (width ?? .max - wide) - wide - 2)
        return lines.map { name, value in
            let shown = value.displayWidth <= room ? value : value.fitted(to: room)
            return name.escapedForTerminal().fitted(to: wide) + "  " + shown + "\n"
        }.joined()
    }

    private func text(_ page: ReplValue.Rows) -> String {
        let columns = columns(of: page)
        return (layout(page, columns) ?? vertical(page, columns)) + footer(page)
    }

    /// In the order of the documentation, or of the alphabet; what is always empty is left out.
    private func columns(of page: ReplValue.Rows) -> [String] {
        let names = Set(page.rows.flatMap(\.keys))
        let order = page.name.flatMap(Self.rowType)?.fields.map(\.name) ?? []
        return order.filter(names.contains) + names.subtracting(order).sorted()
    }

    /// As a table; nil if it cannot be made narrow enough to be read.
    private func layout(_ page: ReplValue.Rows, _ columns: [String]) -> String? {
        if isVertical || columns.isEmpty { return nil }
        let numeric = Set(columns.indices.filter { page.numeric.contains(columns[$0]) })
        let table = TextTable(
            headings: columns, rows: page.rows.map { row in columns.map { row[$0] ?? "" } }, rightAligned: numeric)
        for cell in [48, 32, 24, 18, 14] {
            let text = table.text(maximumCellWidth: cell)
            let widest = text.split(separator: "\n").map { String($0).displayWidth }.max() ?? 0
            if widest <= width ?? .max { return text }
        }
        return nil
    }

    private func vertical(_ page: ReplValue.Rows, _ columns: [String]) -> String {
        page.rows.enumerated().map { index, row in
            let title = "── \(page.from + index) " + String(repeating: "─", count: 20) + "\n"
            return title + pairs(columns.compactMap { name in row[name].map { (name, $0.escapedForTerminal()) } })
        }.joined()
    }

    private func footer(_ page: ReplValue.Rows) -> String {
        guard page.rows.count < page.count else { return "" }
        let which = page.from == 1 ? "\(page.through)" : "\(page.from)–\(page.through)"
        let more = page.through < page.count ? ", :more" : ""
        return LocalizedText("\(which) of \(page.count)\(more)\n", "전체 \(page.count)건 중 \(which)건\(more)\n")(language)
    }
}
