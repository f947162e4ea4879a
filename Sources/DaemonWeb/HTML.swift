/// A piece of a page. Text gets into one only through ``text(_:)`` and attributes, which escape it: there is no way to put
/// markup in that a value brings along.
public struct HTML: Sendable, Hashable {
    /// Markup, escaped.
    public private(set) var source: String

    private init(source: String) { self.source = source }

    public static let nothing = HTML(source: "")

    /// Text as it is read, with what could reorder or hide it made visible.
    public static func text(_ value: String) -> HTML { HTML(source: escaped(value)) }

    /// An element. Names are the program's own: a value cannot be one.
    public static func element(
        _ name: StaticString, _ attributes: [(Attribute, String)] = [], _ content: [HTML] = []
    ) -> HTML {
        var source = "<\(name)"
        for (attribute, value) in attributes {
            // An address that is not one of this page's own leads nowhere.
            let isSafe =
                !attribute.isAddress || (value.hasPrefix("/") && !value.hasPrefix("//")) || value.hasPrefix("#")
            source += " \(attribute.rawValue)=\"\(escaped(isSafe ? value : "#"))\""
        }
        source += ">"
        guard !["meta", "link", "input", "br"].contains("\(name)") else { return HTML(source: source) }
        return HTML(source: source + content.map(\.source).joined() + "</\(name)>")
    }

    /// An element that holds only text.
    public static func element(
        _ name: StaticString, _ attributes: [(Attribute, String)] = [], _ text: String
    ) -> HTML {
        element(name, attributes, [.text(text)])
    }

    public static func + (a: HTML, b: HTML) -> HTML { HTML(source: a.source + b.source) }

    /// The attributes that pages use: none that runs a script.
    public enum Attribute: String, Sendable {
        case id, `class`, href, src, rel, lang, name, content, charset, method, action, type, value, scope, role, title
        case datetime, colspan, `for`, autocomplete, min, max, required, dir
        case dataTheme = "data-theme"
        case dataLive = "data-live"
        /// The heading of a cell, where a narrow window has no room for a row of headings.
        case dataLabel = "data-label"
        case label = "aria-label"
        case current = "aria-current"
        case low, high
        case live = "aria-live"

        var isAddress: Bool { self == .href || self == .src || self == .action || self == .dataLive }
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case "\n", "\t": text.unicodeScalars.append(scalar)
            default:
                switch scalar.properties.generalCategory {
                // It holds emoji together, and changes nothing else.
                case .format where scalar.value == 0x200D: text.unicodeScalars.append(scalar)
                // Marks that reorder or hide, and control characters, as what they are.
                case .control, .format, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator:
                    text += "\\u{\(String(scalar.value, radix: 16))}"
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
        return text
    }
}
