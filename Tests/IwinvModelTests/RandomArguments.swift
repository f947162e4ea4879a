import IwinvCatalog

@testable import IwinvModel

/// Arguments for calls at random, that are sometimes right.
enum RandomArguments {
    static func of(
        _ operation: CloudOperation, in cloud: Cloud, _ random: inout Generator
    ) -> [String: JSONValue] {
        var raw: [String: JSONValue] = [:]
        for parameter in operation.parameters where parameter.isRequired || Int.random(in: 0..<3, using: &random) == 0 {
            raw[parameter.name] = value(parameter, cloud, &random)
        }
        return raw
    }

    /// A few of those that were there first or of the latest, and one that never was.
    private static func some(_ ids: [String], _ random: inout Generator) -> [String] {
        (Bool.random(using: &random) ? Array(ids.prefix(20)) : ids.suffix(6)) + ["NONE-0"]
    }

    private static func value(_ parameter: Parameter, _ cloud: Cloud, _ random: inout Generator) -> JSONValue? {
        func pick(_ words: [String], or none: String) -> JSONValue {
            .string(words.randomElement(using: &random) ?? none)
        }
        switch parameter.name {
        // A handful of servers and firewalls, so that calls meet each other.
        case "instance_id": return pick(some(cloud.servers.map(\.id), &random), or: "INSTANCE-0")
        case "zone_id": return pick(["kr1_z09", "kr2-z01"], or: "")
        case "image_id": return pick(cloud.images.map(\.id), or: "")
        case "flavor_id": return pick(cloud.flavors.map(\.id), or: "")
        case "block_storage_id": return pick(some(cloud.volumes.map(\.id), &random), or: "BLOCK-0")
        case "bill_id": return pick(cloud.bills.map(\.id) + ["BILL-live"], or: "BILL-0")
        case "firewall_id": return pick(some(cloud.firewalls.suffix(5).map(\.id), &random), or: "FIREWALL-0")
        case "rule_id":
            return .integer(cloud.firewalls.flatMap(\.rules).map(\.id).suffix(6).randomElement(using: &random) ?? 1)
        case "name" where parameter.place == .query: return pick(["web", "-0", "이름-", "이름-1", "data"], or: "")
        case "name": return .string("이름-\(Int.random(in: 10..<99, using: &random))")
        case "ssh_key_id": return pick(some(cloud.sshKeys.map(\.id), &random), or: "SSHKEY-0")
        case "user_script_id": return pick(some(cloud.userScripts.map(\.id), &random), or: "SCRIPT-0")
        case "min_vcpu", "max_vcpu": return .integer(Int64.random(in: 1...4, using: &random))
        case "min_disk", "max_disk": return .integer(Int64.random(in: 1...8, using: &random) * 25)
        case "description": return pick(["", "설명"], or: "")
        case "count": return .integer(Int64.random(in: 1...3, using: &random))
        case "size": return .integer(Int64.random(in: 1...250, using: &random) * 10)
        case "block_storage": return [["size": .integer(Int64.random(in: 1...5, using: &random) * 5 + 5)]]
        case "fields": return .integer(Int64.random(in: 1..<262_144, using: &random))
        case "status": return pick(["active", "off", "work"], or: "")
        case "type": return pick(["ssd", "sata", "nvme", "STORAGE"], or: "")
        case "start_date", "end_date": return pick(["2023-11-30", "2024-01-31", "2024-12-31"], or: "")
        case "min_price", "max_price": return .integer(Int64.random(in: -50_000...900_000, using: &random))
        case "title": return pick(["웹-방화벽", "rule", "HTTP"], or: "")
        case "content": return pick(["", "web & <api>", "설명"], or: "")
        case "icmp": return pick(["Y", "N"], or: "")
        case "bound": return pick(["IN", "OUT"], or: "")
        case "protocol": return pick(["TCP", "UDP"], or: "")
        case "port": return pick(["80", "8000-8010"], or: "")
        case "ip":
            return parameter.place == .query
                ? pick(["203.0.113.0/28", "10.0.0.0/8", "nonsense"], or: "")
                : pick(["0.0.0.0/0", "192.168.1.10/24"], or: "")
        case "rules":
            guard case .records(let members, _) = parameter.type else { return nil }
            let rules = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                var rule: [String: JSONValue] = [:]
                for member in members { rule[member.name] = value(member, cloud, &random) }
                return JSONValue.object(rule)
            }
            return .array(rules)
        default: return nil
        }
    }
}
