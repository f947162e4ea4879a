import Clocks
import IwinvCatalog

extension Overlay {
    /// A table of rows that reads bring.
    enum Kind: Hashable {
        case servers, volumes, firewalls
        case flavors, images, zones, sshKeys, userScripts, volumeTypes
        /// The rules of a firewall, and the servers behind it.
        case rules(of: String)
        case members(of: String)

        /// Where the rows of a read belong; nil for one that plans need not know (bills, console links).
        init?(_ operation: CloudOperation, _ arguments: [String: JSONValue]) {
            switch operation.name {
            case "instances.list", "instances.get": self = .servers
            case "storage.list", "storage.get": self = .volumes
            case "firewall.list", "firewall.get": self = .firewalls
            case "flavors.list", "flavors.get": self = .flavors
            case "images.list", "images.get": self = .images
            case "zones.list": self = .zones
            case "ssh_keys.list": self = .sshKeys
            case "instances.user_scripts": self = .userScripts
            case "storage.types": self = .volumeTypes
            case "firewall.rules.list": self = .rules(of: arguments["firewall_id"]?.stringValue ?? "")
            case "firewall.instances": self = .members(of: arguments["firewall_id"]?.stringValue ?? "")
            default: return nil
            }
        }
    }

    /// What live reads have told about one kind of thing.
    struct Table: Sendable {
        struct Row: Sendable {
            var values: [String: JSONValue]
            /// The fields that were asked for, whether or not they came.
            var asked: Set<String>
            /// When it was first seen in a status that ends by itself; nil while its status lasts.
            var busySince: Instant?
        }

        var rows: [String: Row] = [:]
        /// The identifiers, in the order of the lists that brought them.
        var order: [String] = []
        /// All rows have been read.
        var isWhole = false
        /// Of these the cloud said that they do not exist.
        var absent: Set<String> = []

        /// Puts identifiers that came in one list behind those that came before them in it.
        mutating func arrange(_ ids: [String]) {
            if order.isEmpty {
                order = ids
                return
            }
            var known = Set(order)
            var place = 0
            for id in ids {
                if known.contains(id) {
                    place = (order.firstIndex(of: id) ?? place - 1) + 1
                } else {
                    order.insert(id, at: min(place, order.count))
                    known.insert(id)
                    place += 1
                }
            }
        }
    }
}
