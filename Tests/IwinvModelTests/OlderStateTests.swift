import Clocks
import Foundation
import IwinvCatalog
import Testing

@testable import IwinvModel

@Suite("States of older versions")
struct OlderStateTests {
    /// What the version before volumes, bills and firewalls could be called wrote, with a smaller offer.
    private static let older = """
        {
          "addressesUsed": 1,
          "bills": [],
          "firewalls": [
            {
              "allowsICMP": true,
              "content": "firewall",
              "id": "FIREWALL-1aZ2sX3dC4fV5gB6hN7jMk",
              "instanceIDs": ["INSTANCE-xIUx4boI7B1uOCQ4JJzMfF"],
              "rules": [
                {
                  "bound": "IN",
                  "id": 1050,
                  "ip": "192.168.1.10/24",
                  "port": "80",
                  "protocolName": "TCP",
                  "title": "Allow HTTP"
                }
              ],
              "title": "Firewall01"
            }
          ],
          "flavors": [
            {
              "disk": 200,
              "gpuCount": 0,
              "id": "soi_2.8_s",
              "memory": 8192,
              "monthlyPrice": 60000,
              "network": 10,
              "provide": "dedicated",
              "status": "available",
              "supportingImages": ["os_linux"],
              "type": "STORAGE",
              "vcpu": 2,
              "zones": ["kr1_z09", "kr2-z01"]
            }
          ],
          "generator": {"state": 17904098877923710531},
          "images": [
            {
              "family": "rocky",
              "id": "PIMAGE-1Pos3S8VaJXq3wgC8c4BMi",
              "imageType": "os_linux",
              "os": {
                "content": ["[NEW]*EOL 2032 05.31", "Kernel : 5.14.0-362.18.1.el9_3.x86_64", "[ 주의 사항 ] 패키지 삭제 금지"],
                "name": "Rocky Linux release 9.0 (Blue Onyx)",
                "oid": "0e46f055-b19b-4ae2-bcdb-ca34f79058f4",
                "osType": "ROCKYLINUX",
                "status": "available",
                "version": "9.X"
              },
              "visibility": "public",
              "zones": ["kr1_z09", "kr2-z01"]
            }
          ],
          "seed": 7,
          "servers": [
            {
              "flavorID": "soi_2.8_s",
              "id": "INSTANCE-xIUx4boI7B1uOCQ4JJzMfF",
              "imageID": "PIMAGE-1Pos3S8VaJXq3wgC8c4BMi",
              "name": "box-01",
              "password": "/5PQj6FpZAc=",
              "privateAddress": "10.100.0.10",
              "privateNetwork": "10.100.0.0",
              "publicAddress": "203.0.113.1",
              "sshKeyIDs": [],
              "startDate": "2024-03-10 01:00:00",
              "timeline": {"phases": [], "settled": "off"},
              "zoneID": "kr1_z09"
            }
          ],
          "sshKeys": [],
          "switches": {"missingUserScriptsAreNotFound": true, "restrictedZones": []},
          "timing": {
            "building": 5,
            "consoleToken": 600,
            "deleting": 10,
            "pending": 25,
            "reboot": 20,
            "rebuild": 60,
            "resize": 30,
            "shutdown": 5,
            "start": 10
          },
          "userScripts": [],
          "volumes": [
            {
              "id": "BLOCK-I0JZGxt7b36mIKBUAEIqWS",
              "instanceID": "INSTANCE-xIUx4boI7B1uOCQ4JJzMfF",
              "name": "data01",
              "size": 100,
              "startDate": "2024-03-10 01:00:00",
              "type": "ssd",
              "zoneID": "kr1_z09"
            },
            {
              "id": "BLOCK-t1SF0qMS6Ajzhtd2Olgfgx",
              "name": "data02",
              "size": 500,
              "startDate": "2024-03-10 01:00:00",
              "type": "sata",
              "zoneID": "kr1_z09"
            }
          ],
          "zones": [{"content": [], "id": "kr1_z09", "name": "KR1-Z09", "status": "available"}]
        }
        """

    private func cloud(_ text: String = older) throws -> Cloud {
        try JSONDecoder().decode(Cloud.self, from: Data(text.utf8))
    }

    @Test("one that knew of no work on volumes is read")
    func volumes() throws {
        var cloud = try cloud()
        #expect(cloud.volumes.map { $0.status(at: start) } == [.active, .off])
        #expect(cloud.timing == Timing() && cloud.switches == Switches())
        #expect(try cloud.rows("storage.types").map { $0["type"] } == ["ssd", "sata"])
        #expect(try cloud.rows("storage.types").last?["zones"] == ["kr1_z09"])
        let second = try #require(cloud.volumes.last)
        try cloud.row(
            "storage.attach",
            ["block_storage_id": .string(second.id), "instance_id": .string(try cloud.id("box-01"))])
    }

    @Test("new rules get numbers that no rule had")
    func rules() throws {
        var cloud = try cloud()
        let id = try #require(cloud.firewalls.first?.id)
        let rule = try cloud.row(
            "firewall.rules.add",
            [
                "firewall_id": .string(id), "bound": "IN", "protocol": "TCP", "port": "443", "ip": "0.0.0.0/0",
                "title": "HTTPS",
            ])
        #expect(rule["rule_id"] == 1051)
    }

    @Test("what it means now is written and read again as it is")
    func roundTrip() throws {
        let cloud = try cloud()
        #expect(try JSONDecoder().decode(Cloud.self, from: JSONEncoder().encode(cloud)) == cloud)
    }

    @Test("switches and times that are not there are those of a new cloud")
    func defaults() throws {
        let switches = try JSONDecoder().decode(Switches.self, from: Data(#"{"billDetailIsRefused": true}"#.utf8))
        var expected = Switches()
        expected.billDetailIsRefused = true
        #expect(switches == expected)
        let timing = try JSONDecoder().decode(Timing.self, from: Data(#"{"reboot": 3}"#.utf8))
        #expect(timing.reboot == 3 && timing.volumeCreation == Timing().volumeCreation)
    }

    @Test("the future of volumes and every number survive JSON")
    func future() throws {
        var cloud = Cloud.demo(seed: 5, at: start)
        let old = try #require(cloud.volumes.last)
        try cloud.row(
            "storage.attach",
            ["block_storage_id": .string(old.id), "instance_id": .string(try cloud.id("web-01"))])
        cloud.switches.statuses = .live
        let copy = try JSONDecoder().decode(Cloud.self, from: JSONEncoder().encode(cloud))
        #expect(copy == cloud)
        #expect(copy.volumes.last?.status(at: start) == .work && copy.lastRuleID == 1064)
    }
}
