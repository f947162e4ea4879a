import IwinvCatalog

extension Cloud {
    /// What a server can be made from (CONTRACT 3.3).
    public struct Image: Sendable, Hashable, Codable {
        /// The operating system of an image.
        public struct OperatingSystem: Sendable, Hashable, Codable {
            public var name: String
            /// `ROCKYLINUX`
            public var osType: String
            /// `9.X`
            public var version: String
            /// A UUID.
            public var oid: String
            /// Notes, one a line.
            public var content: [String] = []
            public var status = "available"

            var json: JSONValue {
                [
                    "type": "OS", "name": .string(name), "status": .string(status),
                    "content": .array(content.map(JSONValue.string)), "os_type": .string(osType),
                    "version": .string(version), "oid": .string(oid),
                ]
            }
        }

        /// `PIMAGE-…`
        public var id: String
        /// A private image's name; public images have none (CONTRACT 3.3, U12).
        public var name: String?
        /// `public` or `private`
        public var visibility: String
        /// The word of the list's `os` filter: `rocky`.
        public var family: String
        /// Null for some private images (CONTRACT U12).
        public var os: OperatingSystem?
        /// `os_linux` or `os_windows`
        public var imageType: String
        /// Zone codes.
        public var zones: [String]

        /// The name that a person sees.
        public var displayName: String { name ?? os?.name ?? id }

        var row: JSONValue {
            var row: [String: JSONValue] = [
                "image_id": .string(id), "visibility": .string(visibility), "os": os?.json ?? .null,
                "image_type": .string(imageType), "zone": .array(zones.map(JSONValue.string)),
            ]
            if let name { row["name"] = .string(name) }
            return .object(row)
        }
    }
}
