/// One thing the cloud can do: an entry of the ``Catalog``.
///
/// Requests, checks of arguments, Lua functions, the simulator's routes, grants and documentation all follow from it.
public struct CloudOperation: Sendable, Identifiable {
    /// `instances.edit`
    public var name: OperationName
    /// The name in CONTRACT.md: `edit_instance`.
    public var contractID: String
    public var method: HTTPMethod
    public var path: PathTemplate
    public var parameters: [Parameter]
    public var body: BodyEncoding
    public var effect: Effect
    public var costsMoney: Bool
    public var undo: Undo
    public var retry: RetryClass
    public var absence: AbsenceRule
    public var result: ResultShape
    public var paging: Paging?
    /// The `fields` mask that is sent when the caller names no fields.
    public var defaultFields: Int64?
    /// Where the resource's status is when the change has ended (CONTRACT 3.6); nil if no status tells.
    public var endStates: Set<String>?
    public var help: LocalizedText

    public var id: OperationName { name }

    public func parameter(_ name: String) -> Parameter? {
        parameters.first { $0.name == name }
    }

    /// The parameter that scripts give first and without a name: the resource's identifier.
    public var subject: Parameter? {
        parameters.first { $0.place == .path }
    }

    /// The states that a list can be filtered by, and so the ones that can be waited for. Empty where rows have none.
    public var states: [String] {
        guard case .choice(let words, _)? = parameter("status")?.type else { return [] }
        return words
    }

    /// The row type of the answer.
    public var row: RowType? {
        switch result {
        case .rows(let type), .single(let type), .acknowledgement(let type): type
        }
    }
}

public enum HTTPMethod: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
}

/// How the body of a request is written (CONTRACT 1.7).
public enum BodyEncoding: Sendable, Hashable {
    case none
    case multipart
    case json
}

/// What a successful answer holds.
public enum ResultShape: Sendable {
    /// Any number of rows.
    case rows(RowType)
    /// An array with one row; empty where absence looks like that.
    case single(RowType)
    /// A word that the change was accepted. Its row is not recorded anywhere, so nothing in it is relied on.
    case acknowledgement(RowType)
}

/// A list that comes in pages (CONTRACT 1.11).
public struct Paging: Sendable, Hashable {
    /// How many rows the cloud sends when nobody asks.
    public var defaultSize: Int
    /// The page answers how many rows there are in all (flavors only).
    public var hasTotal: Bool
}

/// A path with the places of its parameters.
public struct PathTemplate: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    public enum Segment: Sendable, Hashable {
        case literal(String)
        case parameter(String)
    }

    public var segments: [Segment]

    /// Reads `/v1/instances/{instance_id}/start`.
    public init(stringLiteral value: String) {
        segments = value.split(separator: "/").map { part in
            part.hasPrefix("{") && part.hasSuffix("}")
                ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
        }
    }

    public var description: String {
        segments.map { segment in
            switch segment {
            case .literal(let text): "/" + text
            case .parameter(let name): "/{" + name + "}"
            }
        }.joined()
    }

    /// The parameters of a path of this shape, or nil if it has another shape.
    public func match(_ path: String) -> [String: String]? {
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard path.hasPrefix("/"), parts.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (segment, part) in zip(segments, parts) {
            switch segment {
            case .literal(let text): if text != part { return nil }
            case .parameter(let name):
                if part.isEmpty { return nil }
                values[name] = String(part)
            }
        }
        return values
    }
}
