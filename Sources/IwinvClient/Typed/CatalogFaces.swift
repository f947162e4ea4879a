public import IwinvCatalog

/// `client.zones`
public struct Zones: Sendable {
    let client: IwinvClient

    /// All zones.
    public func list() async throws(CloudError) -> [Zone] {
        try await client.list("zones.list", [:])
    }
}

/// `client.flavors`
public struct Flavors: Sendable {
    let client: IwinvClient

    /// Sizes on offer, with prices.
    ///
    /// - Parameters:
    ///   - zones, images: Only what is offered there, or boots these.
    ///   - family: `STORAGE`, …
    ///   - size: Bounds.
    public func list(
        zones: [String] = [], images: [String] = [], family: String? = nil, size: SizeFilter = SizeFilter()
    ) async throws(CloudError) -> [Flavor] {
        var raw = size.arguments
        raw["zone_id"] = .list(zones)
        raw["image_id"] = .list(images)
        raw["type"] = family.map { .array([.string($0)]) }
        return try await client.list("flavors.list", raw)
    }

    /// One size; an unknown id is an error for which `isAbsence()` holds.
    public func get(_ id: String) async throws(CloudError) -> Flavor {
        try await client.call("flavors.get", ["flavor_id": .string(id)])
    }
}

/// `client.images`
public struct Images: Sendable {
    let client: IwinvClient

    /// Images that a server can be made from.
    ///
    /// - Parameters:
    ///   - name: Part of the name.
    ///   - systems: `ubuntu`, `rocky`, …
    ///   - type: `os_linux`, …
    ///   - visibility: `public` or `private`.
    public func list(
        zones: [String] = [], name: String? = nil, systems: [String] = [], type: String? = nil,
        visibility: String? = nil
    ) async throws(CloudError) -> [Image] {
        try await client.list(
            "images.list",
            [
                "zone_id": .list(zones), "name": .text(name), "os": .list(systems), "type": .text(type),
                "visibility": .text(visibility),
            ])
    }

    /// One image; an unknown id is an error for which `isAbsence()` holds.
    public func get(_ id: String) async throws(CloudError) -> Image {
        try await client.call("images.get", ["image_id": .string(id)])
    }
}

/// `client.sshKeys`
public struct SSHKeys: Sendable {
    let client: IwinvClient

    /// The account's keys.
    ///
    /// - Parameter name: Part of the name.
    public func list(name: String? = nil) async throws(CloudError) -> [SSHKey] {
        try await client.list("ssh_keys.list", ["name": .text(name)])
    }
}

/// Bounds of a server's size, both ends included; nil bounds nothing.
public struct SizeFilter: Sendable, Hashable {
    public var minimumVCPU: Int?
    public var maximumVCPU: Int?
    /// MB
    public var minimumMemory: Int?
    /// MB
    public var maximumMemory: Int?
    /// GB
    public var minimumDisk: Int?
    /// GB
    public var maximumDisk: Int?
    public var minimumGPU: Int?
    public var maximumGPU: Int?

    /// No bounds.
    public init() {}

    var arguments: [String: JSONValue?] {
        [
            "min_vcpu": .number(minimumVCPU), "max_vcpu": .number(maximumVCPU), "min_memory": .number(minimumMemory),
            "max_memory": .number(maximumMemory), "min_disk": .number(minimumDisk), "max_disk": .number(maximumDisk),
            "min_gpu": .number(minimumGPU), "max_gpu": .number(maximumGPU),
        ]
    }
}
