public import IwinvCatalog

/// A place where servers run (CONTRACT 3.1). That it is listed does not prove that you may create in it.
public struct Zone: CloudRow, Identifiable {
    public static let key: String? = "zone_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    /// `kr1_z09`
    public var id: String { text("zone_id") ?? "" }
    /// Inside an instance the same thing is called `name`.
    public var name: String? { text("zone_name") ?? text("name") }
    public var status: String? { text("status") }
    public var notes: [String] { texts("content") }
}

/// A size of server (CONTRACT 3.2).
public struct Flavor: CloudRow, Identifiable {
    public static let key: String? = "flavor_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    /// `soi_2.8_s`
    public var id: String { text("flavor_id") ?? "" }
    public var name: String? { text("name") }
    public var status: String? { text("status") }
    /// `dedicated`, …
    public var provide: String? { text("provide") }
    /// `STORAGE`, …
    public var family: String? { size.text("type") }
    public var vcpu: Int? { size.integer("vcpu") }
    /// MB
    public var memory: Int? { size.integer("memory") }
    /// GB
    public var disk: Int? { size.integer("disk") }
    /// Gbps
    public var network: Int? { size.integer("network") }
    /// Which kinds of image it boots.
    public var imageTypes: [String] { texts("supporting_images") }
    public var zones: [String] { texts("zone") }
    /// Won a month without VAT.
    public var monthlyPrice: Int? { price("full") }
    /// Won a day without VAT.
    public var dailyPrice: Int? { price("partial") }

    /// In the list the size is nested, inside an instance it is flat.
    private var size: Flavor { part("spec") ?? self }

    /// A number, text that spells one, or an object with one (CONTRACT 3.2).
    private func price(_ key: String) -> Int? {
        let amount = row["price"]?[key]?["KRW"]
        return (amount?["price"] ?? amount)?.lenientIntegerValue.flatMap { Int(exactly: $0) }
    }
}

/// What a server is made from (CONTRACT 3.3). Private images have another, unrecorded shape.
public struct Image: CloudRow, Identifiable {
    public static let key: String? = "image_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    public var id: String { text("image_id") ?? "" }
    /// A private image's own name, else that of its operating system.
    public var name: String? { text("name") ?? row["os"]?["name"]?.stringValue }
    /// `public` or `private`
    public var visibility: String? { text("visibility") }
    /// `ROCKYLINUX`, …
    public var system: String? { row["os"]?["os_type"]?.stringValue }
    /// `9.X`
    public var systemVersion: String? { row["os"]?["version"]?.stringValue }
    /// `os_linux`, …
    public var type: String? { text("image_type") }
    public var zones: [String] { texts("zone") }
}

/// A public key that new servers can trust (CONTRACT 3.9). Made in the web console only; names need not be unique.
public struct SSHKey: CloudRow, Identifiable {
    public static let key: String? = "ssh_key_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    public var id: String { text("ssh_key_id") ?? "" }
    public var name: String? { text("name") }
    /// `YYYY-MM-DD HH:MM:SS`, local to the cloud.
    public var created: String? { text("start_date") }
}

/// A start-up script of the account (CONTRACT 3.6).
public struct UserScript: CloudRow, Identifiable {
    public static let key: String? = "user_script_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    public var id: String { text("user_script_id") ?? "" }
    public var name: String? { text("name") }
    /// `YYYY-MM-DD HH:MM:SS`, local to the cloud.
    public var created: String? { text("start_date") }
}
