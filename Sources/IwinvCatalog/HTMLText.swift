/// The escaping that the cloud puts on some texts (CONTRACT 3.9): `&amp; &lt; &gt; &quot; &#039;`.
public enum HTMLText {
    private static let entities: [(entity: String, character: Character)] = [
        ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#039;", "'"),
    ]

    /// Undoes one round of escaping, and only one: `&amp;lt;` is the text `&lt;`.
    public static func unescape(_ text: String) -> String {
        guard text.contains("&") else { return text }
        var result = ""
        var rest = text[...]
        while let ampersand = rest.firstIndex(of: "&") {
            result += rest[..<ampersand]
            rest = rest[ampersand...]
            if let known = entities.first(where: { rest.hasPrefix($0.entity) }) {
                result.append(known.character)
                rest = rest.dropFirst(known.entity.count)
            } else {
                result += "&"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    /// As the cloud answers a text.
    public static func escape(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            result += entities.first { $0.character == character }?.entity ?? String(character)
        }
    }

    /// Rows with the texts escaped that the cloud escapes.
    public static func escaping(_ rows: [JSONValue], of type: RowType?) -> [JSONValue] {
        mapping(rows, of: type, escape)
    }

    /// Rows as scripts and programs get them.
    public static func unescaping(_ rows: [JSONValue], of type: RowType?) -> [JSONValue] {
        mapping(rows, of: type, unescape)
    }

    private static func mapping(
        _ rows: [JSONValue], of type: RowType?, _ change: (String) -> String
    ) -> [JSONValue] {
        let names = type?.fields.filter(\.isEscaped).map(\.name) ?? []
        guard !names.isEmpty else { return rows }
        return rows.map { row in
            guard var members = row.objectValue else { return row }
            for name in names {
                if let text = members[name]?.stringValue { members[name] = .string(change(text)) }
            }
            return .object(members)
        }
    }
}
