public import IwinvCatalog

/// A server (CONTRACT 3.4).
///
/// By default rows have id, name, description, status, zone, flavor and image; ask for more by `fields`.
public struct Instance: CloudRow, Identifiable {
    public static let key: String? = "instance_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    public var id: String { text("instance_id") ?? "" }
    public var name: String? { text("name") }
    /// Nil also when it is empty.
    public var details: String? { text("description") }
    public var status: InstanceStatus? { text("status").map(InstanceStatus.init(rawValue:)) }
    public var zone: Zone? { part("zone") }
    public var flavor: Flavor? { part("flavor") }
    public var image: Image? { part("image") }
    /// `YYYY-MM-DD HH:MM:SS`, local to the cloud.
    public var created: String? { text("start_date") }
    /// When it was deleted.
    public var deleted: String? { text("stop_date") }
    /// Public IPv4 addresses.
    public var publicAddresses: [String] { addresses("public") }
    public var privateAddresses: [String] { addresses("private") }
    /// The volumes attached to it.
    public var blockStorages: [String] { texts("block_storage") }
    /// Its first account, if `default_account` was asked for.
    public var account: Account? { part("default_account") }
    /// Its console, if `vnc` was asked for.
    public var console: RemoteConsole? { part("vnc") }

    private func addresses(_ kind: String) -> [String] {
        row["ip"]?.arrayValue?.compactMap { $0[kind]?["address"]?.stringValue } ?? []
    }

    /// A user and the password that the cloud made.
    public struct Account: CloudRow {
        public static let key: String? = "username"
        public let row: JSONValue
        public init(row: JSONValue) { self.row = row }

        public var username: String? { text("username") }
        public var password: Secret? { text("password").map(Secret.init) }
    }
}

/// What a server is doing. An open set: an unknown word means "in transition" (CONTRACT 3.6).
public struct InstanceStatus: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public var rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public static let building = InstanceStatus(rawValue: "building")
    public static let pending = InstanceStatus(rawValue: "pending")
    public static let active = InstanceStatus(rawValue: "active")
    public static let error = InstanceStatus(rawValue: "error")
    public static let work = InstanceStatus(rawValue: "work")
    public static let off = InstanceStatus(rawValue: "off")
    public static let deleting = InstanceStatus(rawValue: "deleting")

    /// Whether it stays so until somebody acts.
    public var isSettled: Bool { [.active, .off, .error].contains(self) }

    public var description: String { rawValue }
}

/// One server of a creation's answer, of which only id and status are certain (CONTRACT 3.5).
public struct CreatedInstance: CloudRow, Identifiable {
    public static let key: String? = "instance_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    public var id: String { text("instance_id") ?? "" }
    public var status: InstanceStatus? { text("status").map(InstanceStatus.init(rawValue:)) }
    public var name: String? { text("name") }
}

/// The answer to a deletion (CONTRACT 3.5).
public struct DeletedInstance: CloudRow {
    public static let key: String? = nil
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    public var status: InstanceStatus? { text("status").map(InstanceStatus.init(rawValue:)) }
    /// Volumes that are kept and stay charged.
    public var keptBlockStorages: [String] { texts("block_storage") }
}

/// The answer to start, shutdown, reboot, rebuild and resize: accepted, not finished. Its body is recorded nowhere
/// (CONTRACT 3.6), so everything in it is optional.
public struct PowerReply: CloudRow {
    public static let key: String? = "instance_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    public var instanceID: String? { text("instance_id") }
    public var status: InstanceStatus? { text("status").map(InstanceStatus.init(rawValue:)) }
}

/// A server's screen (CONTRACT 3.6).
public struct RemoteConsole: CloudRow {
    public static let key: String? = nil
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    /// Holds a token of unknown lifetime: fetch it when it is needed, do not keep it.
    public var link: Secret? { text("link").map(Secret.init) }
    /// `novnc`
    public var type: String? { text("type") }
}
