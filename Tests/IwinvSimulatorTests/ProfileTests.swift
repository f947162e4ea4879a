import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvTesting
import IwinvWire
import Testing

@Suite("Documented and live (CONTRACT 3.0, 3.9, 5.1)")
struct ProfileTests {
    /// The columns of CONTRACT 3.0 and 3.9 that this project's catalog has or will have: documented, live (with the
    /// documented status where none was seen).
    private static let table: [String: (Int, Int)] = [
        "list_zones": (200, 200), "list_flavors": (200, 200), "get_flavor": (200, 200), "list_images": (200, 200),
        "get_image": (200, 200), "list_instances": (200, 200), "get_instance": (200, 200),
        "create_instance": (202, 202), "edit_instance": (200, 200), "delete_instance": (202, 202),
        "start_instance": (202, 202), "shutdown_instance": (202, 202), "reboot_instance": (202, 202),
        "rebuild_instance": (202, 202), "resize_instance": (202, 202), "get_remote_console": (200, 200),
        "list_user_scripts": (200, 200), "list_block_storage_types": (202, 200), "list_block_storages": (202, 200),
        "get_block_storage": (202, 200), "create_block_storage": (202, 202), "delete_block_storage": (202, 202),
        "attach_block_storage": (202, 202), "detach_block_storage": (202, 202), "get_live_bill": (200, 200),
        "list_bills": (200, 200), "get_bill": (200, 200), "list_ssh_keys": (200, 200), "list_firewalls": (200, 200),
        "get_firewall": (200, 200), "create_firewall": (202, 202), "edit_firewall": (200, 200),
        "delete_firewall": (200, 200), "attach_firewall": (202, 202), "detach_firewall": (202, 202),
        "list_security_groups": (200, 200), "get_security_group": (202, 200), "create_security_group": (202, 200),
        "edit_security_group": (200, 200), "delete_security_group": (200, 200),
        "list_security_group_rules": (200, 200), "create_security_group_rule": (202, 200),
        "edit_security_group_rule": (202, 200), "delete_security_group_rule": (200, 200),
        "list_security_group_instances": (200, 200), "attach_security_group": (202, 202),
        "detach_security_group": (202, 202),
    ]

    @Test("the status of a yes, for every operation of the contract", arguments: table.keys.sorted())
    func statuses(contractID: String) throws {
        var operation = try #require(Catalog.iwinv["zones.list"])
        operation.contractID = contractID
        let expected = try #require(Self.table[contractID])
        #expect(SuccessStatus.of(operation, in: .documented) == expected.0)
        #expect(SuccessStatus.of(operation, in: .live) == expected.1)
    }

    @Test("every operation of the catalog is in that table")
    func whole() {
        for operation in Catalog.iwinv.operations { #expect(Self.table[operation.contractID] != nil) }
    }

    @Test("the switches of the two columns")
    func switches() {
        let (documented, live) = (CloudProfile.documented.switches, CloudProfile.live.switches)
        #expect(documented.statuses == .documented && live.statuses == .live)
        #expect(!documented.pagingAsText && live.pagingAsText)
        #expect(!documented.billDetailIsRefused && live.billDetailIsRefused)
        #expect(documented.emptyBillsAreRefused && live.emptyBillsAreRefused)
        #expect(!documented.missingUserScriptsAreNotFound && live.missingUserScriptsAreNotFound)
        #expect(documented.restrictedZones.isEmpty && live.restrictedZones == ["kr1_z09"])
        #expect(!documented.groupNeedsContent && live.groupNeedsContent)
        #expect(!documented.flavorTotal && live.flavorTotal)
    }

    @Test("over the wire", arguments: CloudProfile.allCases)
    func wire(profile: CloudProfile) async throws {
        let isLive = profile == .live
        let fleet = FleetDescription(servers: [.init("web-01")])
        try await withCloud(fleet: fleet, configure: { $0.profile = profile }) { cloud in
            #expect(try await cloud.call("flavors.list").envelope.total == (isLive ? 33 : nil))
            let scripts = try await cloud.call("instances.user_scripts")
            #expect(scripts.status == (isLive ? 404 : 200))
            #expect(try scripts.envelope.errorCode == (isLive ? .notFound : .success))
            let creation = try await cloud.call(
                "instances.create",
                ["zone_id": "kr1_z09", "image_id": "PIMAGE-1Pos3S8VaJXq3wgC8c4BMi", "flavor_id": "vgna_2_n"])
            #expect(creation.status == (isLive ? 500 : 202))
            #expect(try creation.envelope.errorCode == (isLive ? .backendRefused : .success))
            let other = try await cloud.call(
                "instances.create",
                ["zone_id": "kr2-z01", "image_id": "PIMAGE-1Pos3S8VaJXq3wgC8c4BMi", "flavor_id": "soi_2.8_s"])
            #expect(other.status == 202)
        }
    }

    @Test("a profile is put on a cloud from a state file too; none leaves its switches alone")
    func stateFile() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "iwlua-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "state.json").path()
        for (profile, expected) in [
            (.live, CloudProfile.live.switches), (nil, CloudProfile.live.switches),
            (.documented, CloudProfile.documented.switches),
        ] as [(CloudProfile?, Switches)] {
            try await withCloud(configure: {
                $0.stateFile = file
                $0.profile = profile
            }) { cloud in #expect(cloud.simulator.cloud.switches == expected) }
        }
    }

    @Test("switches that an older version wrote are read")
    func olderSwitches() throws {
        let text = #"{"restrictedZones": ["kr2-z01"], "missingUserScriptsAreNotFound": false}"#
        let switches = try JSONDecoder().decode(Switches.self, from: Data(text.utf8))
        var expected = Switches()
        expected.restrictedZones = ["kr2-z01"]
        expected.missingUserScriptsAreNotFound = false
        #expect(switches == expected)
        #expect(try JSONDecoder().decode(Switches.self, from: JSONEncoder().encode(switches)) == switches)
    }
}
