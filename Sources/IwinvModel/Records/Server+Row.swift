import Clocks
import IwinvCatalog

extension Cloud {
    /// The keys of a server's row when nobody names any: instance_id … stop_date and zone (CONTRACT 1.12, [assumed]).
    static let defaultServerFields: Int64 = 639

    /// All 17 keys: what the documented answer to an edit holds (CONTRACT 3.5).
    static let allServerFields: Int64 = 131_071

    /// The row of a server: the keys of the mask, no others.
    ///
    /// While it is being built it has no address, and neither account nor console link (CONTRACT 3.4).
    func row(_ server: Server, mask: Int64, of type: RowType, at instant: Instant) -> JSONValue {
        let status = server.status(at: instant)
        var row: [String: JSONValue] = [:]
        for key in type.names(in: mask) {
            row[key] = value(of: key, server, status: status, at: instant)
        }
        return .object(row)
    }

    private func value(of key: String, _ server: Server, status: ServerStatus?, at instant: Instant) -> JSONValue? {
        // `JSONValue` may be written as `nil` too, and then means a null of the document: an absent key is `absent`.
        let absent = JSONValue?.none
        let isBuilding = status == .building
        return switch key {
        case "instance_id": .string(server.id)
        case "name": .string(server.name)
        case "description": server.description.map(JSONValue.string) ?? .null
        case "status": .string((status ?? .deleting).rawValue)
        case "provide": .string(flavor(server.flavorID)?.provide ?? "dedicated")
        case "start_date": .string(server.startDate)
        case "stop_date": server.stopDate.map(JSONValue.string) ?? .null
        case "default_account": isBuilding ? absent : account(of: server)
        case "ip": isBuilding ? [] : [addresses(of: server)]
        case "zone": zone(server.zoneID)?.insideServer ?? ["zone_id": .string(server.zoneID)]
        case "flavor": flavor(server.flavorID)?.insideServer ?? ["flavor_id": .string(server.flavorID)]
        case "image": image(server.imageID)?.row ?? ["image_id": .string(server.imageID)]
        case "monitoring": ["port": "OFF", "resource": "OFF"]
        case "block_storage": .array(volumes(of: server).map { .string($0.id) })
        case "vnc": isBuilding ? absent : console(of: server, at: instant)
        case "connection_limit":
            ["block_storage": .integer(Int64(server.volumeLimit ?? Self.volumesPerServer)), "ip": 3]
        case "traffic": ["default": 1000, "period": "DAYMONTH", "limit": nil, "reset_allow_count": nil]
        default: absent
        }
    }

    /// `connection_limit.block_storage` of the documented example (CONTRACT 3.4).
    static let volumesPerServer = 3

    private func account(of server: Server) -> JSONValue {
        let user = image(server.imageID)?.imageType == "os_windows" ? "administrator" : "root"
        return ["username": .string(user), "password": .string(server.password)]
    }

    private func addresses(of server: Server) -> JSONValue {
        let network = IPv4(server.privateNetwork)?.bits ?? 0
        return [
            "public": ["address": .string(server.publicAddress), "attached": true],
            "private": [
                "address": .string(server.privateAddress), "netmask": "255.255.0.0",
                "network": .string(IPv4(bits: network).text), "broadcast": .string(IPv4(bits: network | 0xFFFF).text),
                "gateway": .string(IPv4(bits: network | 1).text),
            ],
            "type": "default",
        ]
    }

    /// A console link. Its token is good for ten minutes (CONTRACT U22), so it follows from server and time: looking at a
    /// server changes nothing in the cloud.
    func console(of server: Server, at instant: Instant) -> JSONValue {
        var tokens = Generator(seed: seed, text: server.id, number: instant.seconds / max(1, timing.consoleToken))
        let token = tokens.uuid()
        return [
            "link": .string("https://iwinv-api.iwinv.kr:6080/vnc_auto.html?path=%3Ftoken%3D" + token),
            "type": "novnc",
        ]
    }

    /// The row that acknowledges a creation (CONTRACT 3.5, U13): flat.
    func creationRow(_ server: Server) -> JSONValue {
        [
            "instance_id": .string(server.id), "name": .string(server.name),
            "description": server.description.map(JSONValue.string) ?? .null, "status": "building",
            "zone_id": .string(server.zoneID), "flavor_id": .string(server.flavorID),
            "image_id": .string(server.imageID), "ssh_key": .array(server.sshKeyIDs.map(JSONValue.string)),
            "user_script_id": server.userScriptID.map(JSONValue.string) ?? .null,
        ]
    }
}
