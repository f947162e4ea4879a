/// One thing the cloud can do: an entry of the ``Catalog``.
///
/// Requests, checks of arguments, Lua functions, the simulator's routes, grants and documentation all follow from it.
public struct CloudOperation: Sendable, Identifiable {
    /// `instances.edit`
    public var name: OperationName
    /// The name in CONTRACT.md: `edit_instance`.
    public var contractID: String
    /// How sure it is that the cloud behaves as this entry says.
    public var evidence: Evidence
    /// Which of two path families over the same objects the entry belongs to; nil where there is only one.
    public var family: FirewallFamily? = nil
    public var method: HTTPMethod
    public var path: PathTemplate
    public var parameters: [Parameter]
    public var body: BodyEncoding
    public var effect: Effect
    public var costsMoney: Bool
    public var undo: Undo
    /// What taking it back does not bring back, since no read tells what it was; nil if nothing is lost.
    public var undoLoses: LocalizedText? = nil
    public var retry: RetryClass
    public var absence: AbsenceRule
    public var result: ResultShape
    public var paging: Paging?
    /// The `fields` mask that is sent when the caller names no fields.
    public var defaultFields: Int64?
    /// Where the resource's status is when the change has ended (CONTRACT 3.6); nil if no status tells.
    public var endStates: Set<String>? = nil
    /// Which read shows the resource as it was and whether a change was made; nil if none does.
    public var witness: Witness? = nil
    /// What has to be looked up to tell whether the cloud would take the call.
    public var liveChecks: [LiveCheck] = []
    /// A second identifier that scripts may give without a name: `storage.attach(volume, server)`.
    public var partner: String? = nil
    /// The parameter that names what is changed, where that is not the first identifier: a rule, not its firewall.
    public var part: String? = nil
    public var help: LocalizedText

    public var id: OperationName { name }

    public func parameter(_ name: String) -> Parameter? {
        parameters.first { $0.name == name }
    }

    /// The parameter that scripts give first and without a name: the resource's identifier.
    public var subject: Parameter? {
        parameters.first { $0.place == .path }
    }

    /// The parameter that names what a change changes.
    public var target: Parameter? { part.flatMap(parameter) ?? subject }

    /// Whether it cuts a server's work short, or loses data: what protected resources are kept from. Switching on is not.
    public var isDisruptive: Bool {
        switch effect {
        case .destroy: true
        case .power: !(witness?.sign == .state && endStates == ["active"])
        case .read, .edit, .create, .secret: false
        }
    }

    /// The argument that gives what is changed another name, where there is one: `name` of a server, `title` of a firewall.
    /// The title of a rule is none: protections and grants know the firewall.
    public var newName: Parameter? {
        guard effect == .edit, part == nil, subject != nil, witness?.sign == .fields else { return nil }
        return parameters.first { $0.place == .body && ["name", "title"].contains($0.name) }
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

/// How sure a catalog entry is (the grades of CONTRACT 0).
public enum Evidence: String, Sendable, CaseIterable {
    /// Request and answer were seen against the real service.
    case live
    /// Documented, and not tried by anybody who wrote about it.
    case documented
    /// The request is documented; the body of the answer is recorded nowhere.
    case request
    /// Path or request are partly assumed.
    case assumed

    public var meaning: LocalizedText {
        switch self {
        case .live: LocalizedText("seen against the real service", "실제 서비스에서 확인됨")
        case .documented: LocalizedText("documented, not seen live", "문서에 있으나 실제 확인은 없음")
        case .request: LocalizedText("request documented, answer not recorded", "요청만 문서화됨, 응답은 기록 없음")
        case .assumed: LocalizedText("partly assumed", "일부는 추정")
        }
    }
}

/// The vendor's two path families over the same firewalls (CONTRACT 3.9).
public enum FirewallFamily: String, Sendable, Codable, CaseIterable {
    /// `/v1/security-groups`: newer, seen to work.
    case securityGroups = "security-groups"
    /// `/v1/firewall`: older; an edit replaces all rules.
    case firewall
}

/// A read that tells what a change found and whether it was made.
public struct Witness: Sendable, Hashable {
    /// The read: `instances.get`, or a list among whose rows the changed one is.
    public var read: OperationName
    public var sign: Sign

    /// What shows that the change was made.
    public enum Sign: Sendable, Hashable {
        /// The row's fields are what the arguments asked for.
        case fields
        /// One field shows the value of the argument of the same name.
        case argument(String)
        /// One field is null.
        case cleared(String)
        /// The status is what was wanted: on, or off.
        case state
        /// The status shows work; one that lasts proves nothing, since it was there before.
        case status
        /// The row is not shown any more.
        case absence
        /// A row with these fields as asked for that was not there before.
        case newRow([String])
        /// A row with these fields as asked for, of which the cloud never keeps two.
        case uniqueRow([String])
        /// The list has a row whose key is this argument.
        case listed(String)
        /// The list has no such row.
        case notListed(String)
    }

    public init(_ read: OperationName, shows sign: Sign) {
        self.read = read
        self.sign = sign
    }
}

/// A rule for arguments whose numbers only the cloud knows.
public enum LiveCheck: Sendable, Hashable {
    /// `type` is one of the volume types, and `size` within its bounds (CONTRACT 3.7).
    case volumeSize
    /// The server can have one more volume (`connection_limit`, CONTRACT 3.4).
    case volumeLimit
}

/// How the body of a request is written (CONTRACT 1.7).
public enum BodyEncoding: String, Sendable, Hashable {
    case none
    case multipart
    case json
    /// `application/x-www-form-urlencoded`; documented for nothing.
    case form
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
    /// Page numbers come as strings (bills only, seen live).
    public var numbersAreText = false
    /// A list without any row is HTTP 400 `EMPTY_SET` in place of an empty first page (bills only, CONTRACT 3.8).
    public var emptyIsRefused = false
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
        Self.parts(of: path).flatMap(match)
    }

    /// What stands between the slashes of a path; nil for one that does not begin with a slash.
    ///
    /// Bytes, not characters: a server does this for every request, and a slash is never part of a longer character in a
    /// path that could match.
    static func parts(of path: String) -> [Substring.UTF8View]? {
        let bytes = path.utf8
        guard bytes.first == UInt8(ascii: "/") else { return nil }
        return bytes.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    }

    func match(_ parts: [Substring.UTF8View]) -> [String: String]? {
        guard parts.count == segments.count else { return nil }
        for case (.literal(let text), let part) in zip(segments, parts) where !text.utf8.elementsEqual(part) {
            return nil
        }
        var values: [String: String] = [:]
        for case (.parameter(let name), let part) in zip(segments, parts) {
            if part.isEmpty { return nil }
            values[name] = String(Substring(part))
        }
        return values
    }
}
