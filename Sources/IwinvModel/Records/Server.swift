public import Clocks
import IwinvCatalog

extension Cloud {
    /// A server (CONTRACT 3.4).
    public struct Server: Sendable, Hashable, Codable {
        /// `INSTANCE-…`
        public var id: String
        public var name: String
        public var description: String?
        /// Its status, now and later.
        public var timeline: StatusTimeline<ServerStatus>
        /// Creation and deletion, `YYYY-MM-DD HH:MM:SS`.
        public var startDate: String
        public var stopDate: String?
        public var zoneID: String
        public var flavorID: String
        public var imageID: String
        /// Synthetic, and a secret all the same: it must not show up where secrets must not.
        package var password: String
        public var publicAddress: String
        public var privateAddress: String
        /// The base of the private network, a /16.
        var privateNetwork: String
        /// What it was made with; the cloud never tells afterwards (CONTRACT 3.4).
        public var sshKeyIDs: [String] = []
        public var userScriptID: String?
        /// How many volumes it can have; nil for as many as most servers.
        var volumeLimit: Int?

        /// Its status at an instant; nil when it is gone.
        public func status(at instant: Instant) -> ServerStatus? { timeline.status(at: instant) }
    }
}

extension Cloud.Server: CustomReflectable {
    /// Everything but the password.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "id": id, "name": name, "description": description as Any, "timeline": timeline, "zoneID": zoneID,
                "flavorID": flavorID, "imageID": imageID, "publicAddress": publicAddress,
                "privateAddress": privateAddress,
            ], displayStyle: .struct)
    }
}
