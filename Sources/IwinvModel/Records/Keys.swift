import IwinvCatalog

extension Cloud {
    /// An SSH key of the account (CONTRACT 3.9). Names need not be unique.
    public struct SSHKey: Sendable, Hashable, Codable {
        /// `SSHKEY-…`
        public var id: String
        public var name: String
        /// `YYYY-MM-DD HH:MM:SS`
        public var startDate: String

        var row: JSONValue {
            ["ssh_key_id": .string(id), "name": .string(name), "start_date": .string(startDate)]
        }
    }

    /// A start-up script of the account (CONTRACT 3.6).
    public struct UserScript: Sendable, Hashable, Codable {
        public var id: String
        public var name: String
        /// `YYYY-MM-DD HH:MM:SS`
        public var startDate: String

        var row: JSONValue {
            ["user_script_id": .string(id), "name": .string(name), "start_date": .string(startDate)]
        }
    }
}
