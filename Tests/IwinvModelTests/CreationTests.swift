import IwinvCatalog
import IwinvModel
import Testing

@Suite("Creating and editing servers (CONTRACT 3.5)")
struct CreationTests {
    private func order(_ more: [String: JSONValue] = [:]) -> [String: JSONValue] {
        ["zone_id": .string(seoul), "image_id": .string(rocky), "flavor_id": "vgna_2_n"].merging(more) { $1 }
    }

    @Test("the answer is one flat row a server, with 202")
    func answer() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        let key = cloud.sshKeys[0].id
        let answer = try cloud.call(
            "instances.create",
            order(["name": "새-서버-01", "description": "시험", "ssh_key_id": .string(key)]))
        guard case .rows(let rows, nil, 202) = answer else {
            Issue.record("\(answer)")
            return
        }
        let row = try #require(rows.first)
        #expect(rows.count == 1)
        #expect(row["name"] == "새-서버-01" && row["description"] == "시험" && row["ssh_key"] == [.string(key)])
        #expect(row["user_script_id"] == .null)
        #expect(cloud.servers.count == 31)
        #expect(cloud.servers.last?.startDate == "2024-03-10 01:00:00")
    }

    @Test("several servers get suffixes; one without a name gets one (CONTRACT U14)")
    func names() throws {
        var cloud = Cloud(seed: 1, at: start)
        let rows = try cloud.rows("instances.create", order(["name": "worker", "count": 3]))
        #expect(rows.map { $0["name"] } == ["worker-1", "worker-2", "worker-3"])
        #expect(Set(rows.compactMap { $0["instance_id"]?.stringValue }).count == 3)
        let nameless = try cloud.rows("instances.create", order(["count": 3])).compactMap { $0["name"]?.stringValue }
        #expect(nameless.allSatisfy { $0.hasPrefix("iwinv-") })
        #expect(nameless.map { $0.suffix(2) } == ["-1", "-2", "-3"])
        let alone = try #require(try cloud.rows("instances.create", order()).first?["name"]?.stringValue)
        #expect(alone.hasPrefix("iwinv-") && alone.count == 14)
    }

    @Test("a suffix may not make a name too long")
    func longSuffix() throws {
        var cloud = Cloud(seed: 1, at: start)
        let name = JSONValue.string(String(repeating: "가", count: 31))
        #expect(
            try cloud.call("instances.create", order(["name": name, "count": 2]))
                == .refused(Refusal(.checkLength, status: 400)))
        #expect(try cloud.rows("instances.create", order(["name": name])).count == 1)
    }

    @Test("volumes come with it, of type ssd, in steps of ten (CONTRACT U15, U25)")
    func volumes() throws {
        var cloud = Cloud(seed: 1, at: start)
        let row = try #require(
            try cloud.rows(
                "instances.create",
                order(["name": "storage-box", "block_storage": [["size": 100, "name": "data-01"], ["size": 20]]])
            ).first)
        #expect(cloud.volumes.map(\.name) == ["data-01", "storage-box-2"])
        #expect(cloud.volumes.allSatisfy { $0.instanceID == row["instance_id"]?.stringValue && $0.type == "ssd" })
        try cloud.expectRefusal(.checkParameter, "instances.create", order(["block_storage": [["size": 2010]]]))
        #expect(throws: ArgumentProblem.self) {
            try cloud.call("instances.create", order(["block_storage": [["size": 15]]]))
        }
    }

    @Test(
        "what does not exist or does not go together is refused, and nothing is made",
        arguments: [
            (["zone_id": "nowhere"], ErrorCode.invalidIdentifier), (["image_id": "PIMAGE-0"], .invalidIdentifier),
            (["flavor_id": "none"], .unavailableFlavor), (["ssh_key_id": "SSHKEY-0"], .unavailableSSHKey),
            (["user_script_id": "SCRIPT-0"], .invalidIdentifier),
            (["zone_id": "kr2-z01", "flavor_id": "vgpu_4.1_g"], .unavailableCombination),
            (["image_id": "PIMAGE-3Rqu5UAXcLZs5yiEAe6DOk", "flavor_id": "soi_2.8_s"], .unavailableCombination),
            (["image_id": "PIMAGE-6Utx8XDafOcv8BlHDh9GRn"], .unavailableCombination),
        ] as [([String: JSONValue], ErrorCode)])
    func refusals(changed: [String: JSONValue], code: ErrorCode) throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        let before = cloud
        #expect(try cloud.call("instances.create", order(changed)) == .refused(Refusal(code, status: 400)))
        #expect(cloud == before)
    }

    @Test("a restricted zone answers 500 with number and text inside (CONTRACT 2.2)")
    func restricted() throws {
        var cloud = Cloud(seed: 1, at: start)
        cloud.switches.restrictedZones = [seoul]
        let refusal = try #require(try cloud.call("instances.create", order()).refusal)
        #expect(refusal.code == .backendRefused && refusal.status == 500 && refusal.message.isEmpty)
        #expect(refusal.result == ["code": 12, "message": "리소스 사용이 제한된 ZONE입니다."])
    }

    @Test("names have 4 to 32 code points", arguments: [(3, false), (4, true), (32, true), (33, false)])
    func bounds(length: Int, isValid: Bool) throws {
        var cloud = try oneServer()
        let id = JSONValue.string(try cloud.id("box-01"))
        for letter in ["가", "a"] {
            let name = JSONValue.string(String(repeating: letter, count: length))
            if isValid {
                let row = try #require(
                    try cloud.rows("instances.edit", ["instance_id": id, "name": name]).first)
                #expect(row["name"] == name)
            } else {
                #expect(throws: ArgumentProblem.self) {
                    try cloud.call("instances.edit", ["instance_id": id, "name": name])
                }
            }
        }
    }

    @Test("decomposed Hangul counts in its composed form")
    func composed() throws {
        var cloud = try oneServer()
        let id = JSONValue.string(try cloud.id("box-01"))
        let decomposed = String(repeating: "\u{1100}\u{1161}", count: 32)
        let row = try #require(
            try cloud.rows("instances.edit", ["instance_id": id, "name": .string(decomposed)]).first)
        #expect(row["name"]?.stringValue?.unicodeScalars.count == 32)
    }

    @Test("an empty description clears it (CONTRACT U38); what is not given stays")
    func description() throws {
        var cloud = try oneServer()
        let id = JSONValue.string(try cloud.id("box-01"))
        let set = try cloud.rows("instances.edit", ["instance_id": id, "description": "첫 번째"])
        #expect(set.first?["description"] == "첫 번째" && set.first?["name"] == "box-01")
        #expect(
            try cloud.rows("instances.edit", ["instance_id": id, "name": "box-02"]).first?["description"] == "첫 번째")
        #expect(
            try cloud.rows("instances.edit", ["instance_id": id, "description": ""]).first?["description"] == .null)
    }
}
