public import IwinvCatalog

/// `client.instances`
///
/// ```swift
/// for instance in try await client.instances.list(name: "web-") where instance.status == .active {
///     try await client.instances.edit(instance.id, description: "checked")
/// }
/// ```
public struct Instances: Sendable {
    let client: IwinvClient

    /// Servers in API-enabled zones, all pages. One that is missing may exist in another zone.
    ///
    /// - Parameters:
    ///   - status: Only servers in this state.
    ///   - name: Part of the name.
    ///   - ip: Address or CIDR, public or private; several separated by commas.
    ///   - fields: The keys each row shall have; nil for all that is useful and not secret.
    public func list(
        status: InstanceStatus? = nil, name: String? = nil, ip: String? = nil, zones: [String] = [],
        images: [String] = [], family: String? = nil, size: SizeFilter = SizeFilter(), fields: [String]? = nil
    ) async throws(CloudError) -> [Instance] {
        try await client.list(
            "instances.list", Self.filter(status, name, ip, zones, images, family, size, fields))
    }

    /// The same, page by page as they are asked for: not for loops that change what they list.
    public func stream(
        status: InstanceStatus? = nil, name: String? = nil, ip: String? = nil, zones: [String] = [],
        images: [String] = [], family: String? = nil, size: SizeFilter = SizeFilter(), fields: [String]? = nil,
        pageSize: Int? = nil
    ) throws(CloudError) -> AsyncMapSequence<CloudPages, [Instance]> {
        let operation = client.operation("instances.list")
        let raw = Self.filter(status, name, ip, zones, images, family, size, fields)
        return client.stream(operation, try client.arguments(operation, raw), pageSize: pageSize)
            .map { $0.map(Instance.init(row:)) }
    }

    /// One server; an unknown id is an error for which `isAbsence()` holds.
    ///
    /// - Parameter fields: As in ``list(status:name:ip:zones:images:family:size:fields:)``.
    public func get(_ id: String, fields: [String]? = nil) async throws(CloudError) -> Instance {
        try await client.call("instances.get", ["instance_id": .string(id), "fields": .list(fields)])
    }

    /// Makes servers, which cost money from now on. Never sent twice: if the outcome is `unknown`, list before you repeat.
    public func create(_ wish: NewInstance) async throws(CloudError) -> [CreatedInstance] {
        let operation = client.operation("instances.create")
        let reply = try await client.perform(operation, try client.arguments(operation, wish.arguments))
        return reply.rows.map(CreatedInstance.init(row:))
    }

    /// Changes name or description; nil leaves as it is, an empty description clears it.
    @discardableResult
    public func edit(
        _ id: String, name: String? = nil, description: String? = nil
    ) async throws(CloudError) -> Instance {
        try await client.call(
            "instances.edit", ["instance_id": .string(id), "name": .text(name), "description": .text(description)])
    }

    /// Deletes a server for good. Its volumes are kept and stay charged.
    @discardableResult
    public func delete(_ id: String) async throws(CloudError) -> DeletedInstance {
        try await client.call("instances.delete", ["instance_id": .string(id)])
    }

    /// Switches a server on.
    @discardableResult
    public func start(_ id: String) async throws(CloudError) -> PowerReply {
        try await client.call("instances.start", ["instance_id": .string(id)])
    }

    /// Cuts a server's power, as the physical switch would. The fee continues.
    @discardableResult
    public func shutdown(_ id: String) async throws(CloudError) -> PowerReply {
        try await client.call("instances.shutdown", ["instance_id": .string(id)])
    }

    /// Restarts a server.
    @discardableResult
    public func reboot(_ id: String) async throws(CloudError) -> PowerReply {
        try await client.call("instances.reboot", ["instance_id": .string(id)])
    }

    /// Installs a server anew; everything on its system disk is lost.
    ///
    /// - Parameter image: Nil for the one it has.
    @discardableResult
    public func rebuild(_ id: String, image: String? = nil) async throws(CloudError) -> PowerReply {
        try await client.call("instances.rebuild", ["instance_id": .string(id), "image_id": .text(image)])
    }

    /// Changes a server's size and price.
    @discardableResult
    public func resize(_ id: String, flavor: String) async throws(CloudError) -> PowerReply {
        try await client.call("instances.resize", ["instance_id": .string(id), "flavor_id": .string(flavor)])
    }

    /// A link to the server's screen.
    public func console(_ id: String) async throws(CloudError) -> RemoteConsole {
        try await client.call("instances.console", ["instance_id": .string(id)])
    }

    /// Start-up scripts of the account. The cloud may answer 404 when there are none (CONTRACT 3.6): that is an error here,
    /// for which `isAbsence()` holds.
    ///
    /// - Parameters:
    ///   - name: Part of the name.
    ///   - missingIsEmpty: Take that 404 for an empty list.
    public func userScripts(
        name: String? = nil, missingIsEmpty: Bool = false
    ) async throws(CloudError) -> [UserScript] {
        try await client.list(
            "instances.user_scripts",
            ["name": .text(name), "missing_is_empty": missingIsEmpty ? .boolean(true) : nil])
    }

    private static func filter(
        _ status: InstanceStatus?, _ name: String?, _ ip: String?, _ zones: [String], _ images: [String],
        _ family: String?, _ size: SizeFilter, _ fields: [String]?
    ) -> [String: JSONValue?] {
        var raw = size.arguments
        raw["status"] = .text(status?.rawValue)
        raw["name"] = .text(name)
        raw["ip"] = .text(ip)
        raw["zone_id"] = .list(zones)
        raw["image_id"] = .list(images)
        raw["type"] = .text(family)
        raw["fields"] = .list(fields)
        return raw
    }
}

/// A server to be made (CONTRACT 3.5).
public struct NewInstance: Sendable, Hashable {
    public var zone: String
    public var image: String
    public var flavor: String
    /// 4–32 characters; the cloud invents one if nil.
    public var name: String?
    /// At most 50 characters.
    public var description: String?
    /// 1–10 servers.
    public var count: Int?
    /// Without a key the server gets a password.
    public var sshKeys: [String] = []
    public var userScript: String?
    /// At most three.
    public var volumes: [NewVolume] = []

    public init(zone: String, image: String, flavor: String, name: String? = nil) {
        self.zone = zone
        self.image = image
        self.flavor = flavor
        self.name = name
    }

    var arguments: [String: JSONValue?] {
        [
            "zone_id": .string(zone), "image_id": .string(image), "flavor_id": .string(flavor), "name": .text(name),
            "description": .text(description), "count": .number(count), "ssh_key_id": .list(sshKeys),
            "user_script_id": .text(userScript),
            "block_storage": volumes.isEmpty ? nil : .array(volumes.map(\.arguments)),
        ]
    }
}

/// A volume to be made with a server.
public struct NewVolume: Sendable, Hashable {
    /// GB, a multiple of 10.
    public var size: Int
    public var name: String?

    public init(size: Int, name: String? = nil) {
        self.size = size
        self.name = name
    }

    var arguments: JSONValue {
        var members: [String: JSONValue] = ["size": .integer(Int64(size))]
        members["name"] = .text(name)
        return .object(members)
    }
}
