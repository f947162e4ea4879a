public import IwinvCatalog

/// The HTTP status of a yes. The one place where it is decided.
public enum SuccessStatus {
    /// The status of an operation in a column of CONTRACT 3.0 and 3.9.
    ///
    /// What the live column leaves open is as documented (CONTRACT 0: documents where nothing was observed).
    public static func of(_ operation: CloudOperation, in profile: CloudProfile) -> Int {
        guard let row = accepted[operation.contractID] else { return 200 }
        return profile == .live ? row.live ?? row.documented : row.documented
    }

    /// The operations that are documented with 202 (accepted, not finished), and what they answer live where that is known;
    /// all others answer 200 in both columns (CONTRACT 3.0, 3.9, 5.1).
    ///
    /// Keyed by the contract's identifiers, and whole: an operation that comes into the catalog finds its status here.
    private static let accepted: [String: (documented: Int, live: Int?)] = [
        // 3.0, 3.5, 3.6. Creation was tried live and refused (CONTRACT 2.2), so its yes is as documented.
        "create_instance": (202, nil),
        "delete_instance": (202, nil),
        "start_instance": (202, nil),
        "shutdown_instance": (202, nil),
        "reboot_instance": (202, nil),
        "rebuild_instance": (202, nil),
        "resize_instance": (202, nil),
        // 3.0, 3.7
        "list_block_storage_types": (202, 200),
        "list_block_storages": (202, 200),
        "get_block_storage": (202, 200),  // not tried live; 200 assumed (CONTRACT 5.1)
        "create_block_storage": (202, nil),
        "delete_block_storage": (202, nil),
        "attach_block_storage": (202, nil),
        "detach_block_storage": (202, nil),
        // 3.0: the older family; list, detail, edit and deletion are assumed to answer 200
        "create_firewall": (202, nil),
        "attach_firewall": (202, nil),
        "detach_firewall": (202, nil),
        // 3.9: the newer family
        "get_security_group": (202, 200),
        "create_security_group": (202, 200),
        "create_security_group_rule": (202, 200),
        "edit_security_group_rule": (202, 200),
        "attach_security_group": (202, nil),
        "detach_security_group": (202, nil),
    ]
}
