extension Cloud {
    /// A block storage volume (CONTRACT 3.7). State only: its operations are not in the catalog yet.
    public struct Volume: Sendable, Hashable, Codable {
        /// `BLOCK-…` (CONTRACT U24)
        public var id: String
        public var name: String
        public var description: String?
        /// `ssd` or `sata`
        public var type: String
        /// GB
        public var size: Int64
        public var zoneID: String
        /// The server it is attached to.
        public var instanceID: String?
        /// `YYYY-MM-DD HH:MM:SS`
        public var startDate: String
        /// `YYYY-MM-DD HH:MM:SS`
        public var stopDate: String?

        /// `active` while attached, else `off` (CONTRACT 3.7).
        public var status: String { instanceID == nil ? "off" : "active" }
    }
}
