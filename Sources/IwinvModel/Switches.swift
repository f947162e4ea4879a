/// What an account may do, and how the cloud behaves where documents and observations differ (CONTRACT 5.1).
///
/// Unset, each is as CONTRACT assumes it where nobody says which description is meant: as seen live (CONTRACT 0), but
/// for what was refused to the one account that was tried. ``CloudProfile`` sets them all one way or the other.
public struct Switches: Sendable, Hashable, Codable {
    /// The column of CONTRACT 3.0 and 3.9 that tells the HTTP status of a yes.
    public var statuses = CloudProfile.live
    /// Zones in which a creation is refused with HTTP 500 `DEV_CHECK_RETURN` (CONTRACT 2.2, U44).
    public var restrictedZones: Set<String> = []
    /// An account without user scripts gets HTTP 404 in place of an empty list (CONTRACT U23).
    public var missingUserScriptsAreNotFound = true
    /// The paging numbers of the bill list are text (CONTRACT 1.9, 1.11).
    public var pagingAsText = true
    /// Every bill's detail is refused with HTTP 403 `CHECK_IP` and the number 9 inside (CONTRACT 2.2, U28).
    public var billDetailIsRefused = false
    /// A bill list without any match is HTTP 400 `EMPTY_SET` (CONTRACT 2.2).
    public var emptyBillsAreRefused = true
    /// Making a security group without content is refused with HTTP 403 `CHECK_IP` and the text of a temporary failure
    /// inside (CONTRACT 2.2, 3.9).
    public var groupNeedsContent = true
    /// The flavor list tells how many flavors there are in all (CONTRACT 1.9, 1.11).
    public var flavorTotal = true

    /// An account without restrictions.
    public init() {}

    init(_ set: (inout Switches) -> Void) {
        self.init()
        set(&self)
    }

    /// Reads switches that an older version may have written: what is missing is as if unset.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        statuses = try container.value(.statuses, or: statuses)
        restrictedZones = try container.value(.restrictedZones, or: restrictedZones)
        missingUserScriptsAreNotFound = try container.value(
            .missingUserScriptsAreNotFound, or: missingUserScriptsAreNotFound)
        pagingAsText = try container.value(.pagingAsText, or: pagingAsText)
        billDetailIsRefused = try container.value(.billDetailIsRefused, or: billDetailIsRefused)
        emptyBillsAreRefused = try container.value(.emptyBillsAreRefused, or: emptyBillsAreRefused)
        groupNeedsContent = try container.value(.groupNeedsContent, or: groupNeedsContent)
        flavorTotal = try container.value(.flavorTotal, or: flavorTotal)
    }
}
