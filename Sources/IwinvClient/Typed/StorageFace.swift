public import IwinvCatalog

/// `client.storage`: block storage (CONTRACT 3.7).
///
/// ```swift
/// for volume in try await client.storage.list() where volume.server == nil {
///     print("\(volume.id) is attached to nothing")
/// }
/// ```
public struct Storage: Sendable {
    let client: IwinvClient

    /// Kinds of volume with their bounds.
    public func types() async throws(CloudError) -> [VolumeType] {
        try await client.list("storage.types", [:])
    }

    /// Volumes. One that is missing may exist all the same.
    ///
    /// - Parameter name: Part of the name.
    public func list(
        zone: String? = nil, name: String? = nil, type: String? = nil
    ) async throws(CloudError) -> [Volume] {
        try await client.list("storage.list", ["zone_id": .text(zone), "name": .text(name), "type": .text(type)])
    }

    /// One volume; an unknown id is an error for which `isAbsence()` holds.
    public func get(_ id: String) async throws(CloudError) -> Volume {
        try await client.call("storage.get", ["block_storage_id": .string(id)])
    }

    /// Makes a volume and attaches it. It costs money from now on.
    ///
    /// - Parameters:
    ///   - size: GB, a multiple of 10 within the type's bounds.
    ///   - type: `ssd` or `sata`.
    @discardableResult
    public func create(
        for instance: String, size: Int, type: String = "ssd", name: String? = nil, description: String? = nil
    ) async throws(CloudError) -> VolumeReply {
        try await client.call(
            "storage.create",
            [
                "instance_id": .string(instance), "size": .number(size), "type": .string(type), "name": .text(name),
                "description": .text(description),
            ])
    }

    /// Deletes a volume and its data for good; detach it first.
    @discardableResult
    public func delete(_ id: String) async throws(CloudError) -> VolumeReply {
        try await client.call("storage.delete", ["block_storage_id": .string(id)])
    }

    @discardableResult
    public func attach(_ id: String, to instance: String) async throws(CloudError) -> VolumeReply {
        try await client.call(
            "storage.attach", ["block_storage_id": .string(id), "instance_id": .string(instance)])
    }

    /// Unmount it inside the server first. It stays charged.
    @discardableResult
    public func detach(_ id: String) async throws(CloudError) -> VolumeReply {
        try await client.call("storage.detach", ["block_storage_id": .string(id)])
    }
}

/// A kind of volume.
public struct VolumeType: CloudRow {
    public static let key: String? = "type"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    /// `ssd`, `sata`
    public var name: String { text("type") ?? "" }
    /// GB
    public var minimum: Int? { integer("min") }
    /// GB
    public var maximum: Int? { integer("max") }
    /// Nil says nothing: neither all zones nor none.
    public var zones: [String]? { row["zones"]?.arrayValue?.compactMap(\.stringValue) }
}

/// A block storage volume; every key but the id is assumed (CONTRACT 3.7).
public struct Volume: CloudRow, Identifiable {
    public static let key: String? = "block_storage_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    public var id: String { text("block_storage_id") ?? "" }
    public var name: String? { text("name") }
    public var note: String? { text("description") }
    /// `ssd`, `sata`
    public var type: String? { text("type") }
    /// GB
    public var size: Int? { integer("size") }
    /// `active` while attached, `off` while free, `work`, `deleting`, `error`.
    public var status: String? { text("status") }
    public var zone: Zone? { part("zone") }
    /// The server it is attached to.
    public var server: String? { text("instance_id") }
}

/// The acknowledgement of a change of a volume; nothing in it is sure.
public struct VolumeReply: CloudRow {
    public static let key: String? = "block_storage_id"
    public let row: JSONValue
    public init(row: JSONValue) { self.row = row }

    public var id: String? { text("block_storage_id") }
    public var server: String? { text("instance_id") }
    public var status: String? { text("status") }
}
