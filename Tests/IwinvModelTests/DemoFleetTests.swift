import Clocks
import IwinvCatalog
import IwinvModel
import Testing

@Suite("The demo fleet")
struct DemoFleetTests {
    private let cloud = Cloud.demo(seed: 1, at: start)

    @Test("30 servers in two zones, of which 4 are off and 1 is in error")
    func numbers() {
        #expect(cloud.servers.count == 30)
        #expect(Set(cloud.servers.map(\.zoneID)) == ["kr1_z09", "kr2-z01"])
        #expect(cloud.zones.map(\.name) == ["KR1-Z09", "KR2-Z01 API Beta"])
        #expect(cloud.servers.filter { $0.status(at: start) == .off }.count == 4)
        #expect(cloud.servers.filter { $0.status(at: start) == .error }.count == 1)
    }

    @Test("web-01 to web-12 are there and on")
    func web() {
        let web = cloud.servers.filter { $0.name.hasPrefix("web-") }
        #expect(web.map(\.name) == (1...12).map { $0 < 10 ? "web-0\($0)" : "web-\($0)" })
        #expect(web.allSatisfy { $0.status(at: start) == .active })
    }

    @Test("at least eight names are Korean; descriptions are null, Korean or not")
    func korean() {
        func isKorean(_ text: String) -> Bool { text.unicodeScalars.contains { (0xAC00...0xD7A3).contains($0.value) } }
        let names = cloud.servers.map(\.name)
        #expect(names.filter(isKorean).count >= 8)
        #expect(Set(["웹-서버-01", "결제-01", "데이터베이스-01"]).isSubset(of: names))
        #expect(cloud.servers.contains { $0.description == nil })
        #expect(cloud.servers.contains { $0.description.map(isKorean) ?? false })
    }

    @Test("every server keeps the cloud's own rules")
    func rules() throws {
        let edit = try #require(Catalog.iwinv["instances.edit"])
        for server in cloud.servers {
            var raw: [String: JSONValue] = ["instance_id": .string(server.id), "name": .string(server.name)]
            raw["description"] = server.description.map(JSONValue.string)
            let arguments = try Arguments(raw, for: edit)
            #expect(arguments["name"]?.stringValue?.unicodeScalars.elementsEqual(server.name.unicodeScalars) == true)
            #expect(server.id.hasPrefix("INSTANCE-") && server.id.count == "INSTANCE-".count + 22)
            let flavor = try #require(cloud.flavors.first { $0.id == server.flavorID })
            let image = try #require(cloud.images.first { $0.id == server.imageID })
            #expect(flavor.zones.contains(server.zoneID) && image.zones.contains(server.zoneID))
            #expect(flavor.supportingImages.contains(image.imageType))
        }
        #expect(Set(cloud.servers.map(\.publicAddress)).count == 30)
        #expect(Set(cloud.servers.map(\.privateAddress)).count == 30)
        #expect(cloud.servers.map(\.startDate) == cloud.servers.map(\.startDate).sorted())
    }

    @Test("volumes, firewalls, bills, keys, scripts, flavors and images are there")
    func extras() {
        #expect(cloud.volumes.count == 6 && cloud.volumes.filter { $0.instanceID == nil }.count == 1)
        #expect(cloud.volumes.allSatisfy { $0.id.hasPrefix("BLOCK-") && $0.size % 10 == 0 })
        #expect(cloud.firewalls.map(\.title) == ["web-public", "db-internal", "legacy"])
        #expect(cloud.firewalls.allSatisfy { !$0.rules.isEmpty && !$0.instanceIDs.isEmpty })
        let rules = cloud.firewalls.flatMap(\.rules)
        #expect(Set(rules.map(\.id)).count == rules.count)
        #expect(rules.contains { $0.port == "22" && $0.ip == "0.0.0.0/0" }, "an audit finds something")
        #expect(cloud.firewalls.flatMap(\.rules).allSatisfy { $0.title.count <= 25 })
        #expect(cloud.bills.count == 5)
        #expect(cloud.bills.map(\.billDate) == ["2023-10-31", "2023-11-30", "2023-12-31", "2024-01-31", "2024-02-29"])
        #expect(cloud.bills.first?.name == "2023년 10월 정기 청구")
        #expect(cloud.sshKeys.count == 3 && cloud.userScripts.count == 2)
        #expect(cloud.flavors.count == 33 && cloud.images.count == 8)
        #expect(Set(cloud.flavors.map(\.id)).count == 33 && Set(cloud.images.map(\.id)).count == 8)
    }

    @Test("no password shows up in a dump or a description")
    func passwords() throws {
        var text = ""
        dump(cloud, to: &text)
        text += "\(cloud)" + String(reflecting: cloud.servers)
        var copy = cloud
        for row in try copy.rows("instances.list", ["fields": 128], page: .everything) {
            let password = try #require(row["default_account"]?["password"]?.stringValue)
            #expect(password.count == 12 && !text.contains(password))
        }
    }
}
