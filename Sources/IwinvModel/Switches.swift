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
    /// The list of security groups comes in pages of 50 unless asked otherwise (CONTRACT 1.11).
    public var groupListIsPaged = true
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
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            if let found = try container.decodeIfPresent(Value.self, forKey: key) { value = found }
        }
        self.init()
        try read(.statuses, into: &statuses)
        try read(.restrictedZones, into: &restrictedZones)
        try read(.missingUserScriptsAreNotFound, into: &missingUserScriptsAreNotFound)
        try read(.pagingAsText, into: &pagingAsText)
        try read(.billDetailIsRefused, into: &billDetailIsRefused)
        try read(.emptyBillsAreRefused, into: &emptyBillsAreRefused)
        try read(.groupListIsPaged, into: &groupListIsPaged)
        try read(.groupNeedsContent, into: &groupNeedsContent)
        try read(.flavorTotal, into: &flavorTotal)
    }
}
