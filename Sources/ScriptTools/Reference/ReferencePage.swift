import IwinvCatalog
import ScriptHost

/// What there is to know of one name.
package struct ReferencePage: Sendable {
    package enum Kind: String, Sendable {
        case topic, table, operation, function, row, type, error
    }

    package enum Block: Sendable {
        case text(String)
        case code(String)
        /// The first column holds names.
        case table([String], [[String]])
    }

    /// What a person types: `instances.edit`.
    package var name: String
    package var kind: Kind
    /// Other names of it, in lower case.
    package var aliases: [String] = []
    /// Stands behind the name.
    package var note: String?
    /// The first sentence.
    package var summary: String
    package var blocks: [Block] = []
    /// Whether it is part of a written reference, or only found by name: a row of another page's table.
    package var isListed = true

    /// Without regard to a screen.
    package var text: String { text(width: nil) }

    /// As a terminal of so many columns shows it.
    package func text(width: Int?) -> String {
        let room = width.map { $0 - 2 }
        func prose(_ text: String) -> String {
            guard let room else { return text }
            return text.split(separator: "\n").flatMap { String($0).wrapped(to: room) }.joined(separator: "\n")
        }
        var parts = [name + (note.map { "  (\($0))" } ?? "") + "\n" + Self.indented(prose(summary))]
        for block in blocks {
            switch block {
            case .text(let text): parts.append(Self.indented(prose(text)))
            case .code(let text): parts.append(Self.indented(text))
            case .table(let headings, let rows):
                parts.append(Self.indented(TextTable(headings: headings, rows: rows).text(width: room)))
            }
        }
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// As a part of a Markdown file.
    package func markdown(level: Int) -> String {
        var parts = [String(repeating: "#", count: level) + " " + name + (note.map { " (\($0))" } ?? "")]
        parts.append(Self.escaped(summary))
        for block in blocks {
            switch block {
            case .text(let text): parts.append(Self.escaped(text))
            case .code(let text): parts.append("```lua\n\(text)\n```")
            case .table(let headings, let rows):
                var lines = ["| " + headings.joined(separator: " | ") + " |"]
                lines.append("|" + String(repeating: " --- |", count: headings.count))
                lines += rows.map { row in
                    let cells = row.enumerated().map { column, cell in
                        column == 0 && !cell.isEmpty
                            ? "`\(cell.replacing("|", with: "\\|"))`"
                            : Self.escaped(cell).replacing("|", with: "\\|")
                    }
                    return "| " + cells.joined(separator: " | ") + " |"
                }
                parts.append(lines.joined(separator: "\n"))
            }
        }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
    }

    /// Outside of code, no text is markup but the code in backquotes.
    private static func escaped(_ text: String) -> String {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
            index % 2 == 1
                ? String(part)
                : String(part).replacing("\\", with: "\\\\").replacing("*", with: "\\*").replacing("_", with: "\\_")
                    .replacing("<", with: "\\<").replacing("[", with: "\\[")
        }.joined(separator: "`")
    }
}

/// Pages that belong together: a file of the written reference.
package struct ReferenceSection: Sendable {
    package var name: String
    package var title: String
    package var summary: String
    package var pages: [ReferencePage]
}
