package import IwinvCatalog

/// Whose agreement covers the changes of a run, as its journal keeps it.
///
/// A journal of an earlier version has none: its run resumes as one that nobody has agreed to.
public struct RunConsent: Sendable, Hashable {
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// Nobody's: the first change asks, and is refused where there is nobody to ask.
        case nobody
        /// A person at a terminal, for the first change and all that follow.
        case person
        /// A plan that a person has seen: for its changes and no others.
        case plan
        /// A flag: `--yes`.
        case flag
        /// A standing approval: as long as it is not revoked.
        case approval
        /// The program that embeds the host.
        case program
    }

    public var source: Source
    /// Which approval, for ``Source/approval``.
    public var approval: String?

    public init(_ source: Source, approval: String? = nil) {
        self.source = source
        self.approval = approval
    }

    public static let nobody = RunConsent(.nobody)
}

extension RunConsent {
    package var json: JSONValue {
        JSONValue(present: ["by": .string(source.rawValue), "approval": approval.map(JSONValue.string)])
    }

    /// Nobody's for a word that this version does not know.
    package init?(json: JSONValue?) {
        guard let json else { return nil }
        self.init(
            json["by"]?.stringValue.flatMap(Source.init) ?? .nobody, approval: json["approval"]?.stringValue)
    }
}
