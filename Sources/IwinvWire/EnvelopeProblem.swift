import IwinvCatalog

/// An answer that is not the cloud's envelope (CONTRACT 1.10): a proxy's page, a cut-off body, another service.
///
/// Of the body it keeps at most 200 characters made fit for printing, and none of a JSON document that was cut off: that
/// may hold a password.
public struct EnvelopeProblem: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case empty
        /// A page for people, from something between here and the cloud.
        case html
        /// JSON that ends too early.
        case truncatedJSON
        /// Complaints by field, as other services of the host send them with HTTP 422.
        case validation([String])
        /// Compressed, and not announced as such.
        case compressed
        case other
    }

    public static let excerptLimit = 200

    /// HTTP status.
    public var status: Int
    public var kind: Kind
    /// The start of the body, a page's title or the document's message; safe to print, may be empty.
    public var excerpt: String

    init(status: Int, body: [UInt8], problem: JSONProblem) {
        self.status = status
        let head = String(decoding: body.prefix(4096), as: UTF8.self)
        let start = head.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        excerpt = ""
        if start.isEmpty, body.count <= 4096 {
            kind = .empty
        } else if start.hasPrefix("<") {
            kind = .html
            excerpt = Self.cleaned(Self.title(of: String(start)) ?? "")
        } else if Self.isCompressed(body) {
            kind = .compressed
        } else if problem.reason == .unexpectedEnd {
            kind = .truncatedJSON
        } else {
            kind = .other
            // Text that begins like JSON may be a broken row with a password in it. What is no text is nothing to read.
            if let first = start.first, !"{[\"".contains(first), !head.prefix(Self.excerptLimit).contains("\u{FFFD}") {
                excerpt = Self.cleaned(head)
            }
        }
    }

    init(status: Int, document: JSONValue) {
        self.status = status
        excerpt = Self.cleaned(document["message"]?.stringValue ?? "")
        let errors = document["errors"]?.objectValue ?? [:]
        let texts = errors.sorted { $0.key < $1.key }.flatMap { field, value in
            (value.arrayValue ?? [value]).compactMap(\.stringValue).map { Self.cleaned("\(field): \($0)") }
        }
        kind = texts.isEmpty ? .other : .validation(Array(texts.prefix(10)))
    }

    private static func cleaned(_ text: String) -> String {
        CloudText.cleaned(text, limit: excerptLimit)
    }

    /// How gzip and zstd begin.
    private static func isCompressed(_ body: [UInt8]) -> Bool {
        body.starts(with: [0x1F, 0x8B]) || body.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
    }

    private static func title(of page: String) -> String? {
        guard let open = (page.firstRange(of: "<title>") ?? page.firstRange(of: "<TITLE>")) else { return nil }
        let rest = page[open.upperBound...]
        return String(rest.prefix { $0 != "<" })
    }
}

extension EnvelopeProblem: CustomStringConvertible {
    public var description: String {
        let what =
            switch kind {
            case .empty: "an empty body"
            case .html: "a web page instead of data"
            case .truncatedJSON: "JSON that ends too early"
            case .validation(let texts): "complaints: " + texts.joined(separator: "; ")
            case .compressed: "a compressed body that is not announced as such"
            case .other: "something that is not this API's answer"
            }
        return "HTTP \(status) with \(what)" + (excerpt.isEmpty ? "" : " (\(excerpt))")
    }
}
