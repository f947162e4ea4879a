import IwinvCatalog

extension Cloud {
    /// A zone (CONTRACT 3.1).
    public struct Zone: Sendable, Hashable, Codable {
        /// The zone code: `kr1_z09`.
        public var id: String
        /// The display name: `zone_name` in the zone list, `name` inside a server.
        public var name: String
        public var status = "available"
        /// Description lines.
        public var content: [String] = []

        /// A zone that is available.
        public init(id: String, name: String) {
            self.id = id
            self.name = name
        }

        var row: JSONValue {
            [
                "zone_id": .string(id), "zone_name": .string(name), "status": .string(status),
                "content": .array(content.map(JSONValue.string)),
            ]
        }

        /// As a server shows it (CONTRACT, gotcha 7).
        var insideServer: JSONValue { ["zone_id": .string(id), "name": .string(name)] }
    }
}
