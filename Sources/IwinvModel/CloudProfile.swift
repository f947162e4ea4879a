/// Which of its two descriptions a simulated cloud is: what the vendor documents, or what was seen of the service.
public enum CloudProfile: String, Sendable, Hashable, Codable, CaseIterable {
    /// The documented column of CONTRACT 3.0, 3.9 and 5.1.
    case documented
    /// The live column. It is the account that was tried: it may not create servers in the one zone that it sees.
    case live

    /// This profile's values of every switch.
    public var switches: Switches {
        switch self {
        case .documented: .documented
        case .live: .live
        }
    }
}

// The table of CONTRACT 5.1, row by row. Rows about shapes are no switches, since both columns are in force at once:
// group identifiers are text, directions and protocols upper case, and `zones` of a storage type may be null (live
// evidence, and no document contradicts it by more than a slip).
extension Switches {
    static let documented = Switches { it in
        // "block-storage types and list", "block-storage detail", "security group detail, create; rule create, edit"
        it.statuses = .documented
        // "bill list `count`, paging keys": integers. `count` is page-local in both (CONTRACT U42).
        it.pagingAsText = false
        // "bill detail": 200 with 14 keys
        it.billDetailIsRefused = false
        // "bill list without match": only seen live, and documented by the code `EMPTY_SET` alone
        it.emptyBillsAreRefused = true
        // "user scripts": 200
        it.missingUserScriptsAreNotFound = false
        // "instance create": 202
        it.restrictedZones = []
        // "security-group list paging": not documented, yet a list has to have some size
        // "security-group `content` on create": optional
        it.groupNeedsContent = false
        // "flavor paging": `page_no` and `page_size` only
        it.flavorTotal = false
    }

    static let live = Switches { it in
        // 200 where 202 is documented
        it.statuses = .live
        // strings
        it.pagingAsText = true
        // 403 `CHECK_IP` for every identifier
        it.billDetailIsRefused = true
        // 400 `EMPTY_SET`
        it.emptyBillsAreRefused = true
        // 404
        it.missingUserScriptsAreNotFound = true
        // 500 `DEV_CHECK_RETURN`; the zone that was seen is kr1_z09 (CONTRACT 1.13, 3.1)
        it.restrictedZones = ["kr1_z09"]
        // works, 50 a page
        // empty or missing: 403 `CHECK_IP`
        it.groupNeedsContent = true
        // plus `total`
        it.flavorTotal = true
    }
}
