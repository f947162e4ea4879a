import TestSupport
import IwinvCatalog
import IwinvClient
import IwinvWire
import Testing

/// The typed face over the contract's examples.
@Suite struct TypedTests {
    private func bench(_ file: String, _ status: Int = 200) throws -> Bench {
        let body = try Fixtures.bytes("examples/\(file)")
        return try Bench { _, _ in .success(TransportReply(status: status, body: body)) }
    }

    @Test func `zones, images, keys and scripts`() async throws {
        let zone = try #require(try await bench("list_zones.json").client.zones.list().first)
        #expect(zone.id == "kr1_z09" && zone.name == "KR1-Z09" && zone.status == "available")
        let image = try await bench("get_image.json").client.images.get("PIMAGE-1Pos3S8VaJXq3wgC8c4BMi")
        #expect(image.name == "Rocky Linux release 9.0 (Blue Onyx)" && image.system == "ROCKYLINUX")
        let key = try #require(try await bench("list_ssh_keys.json").client.sshKeys.list(name: "dep").first)
        #expect(key.name == "deploy" && key.created == "2024-11-18 17:09:35")
        let scripts = try await bench("assumed/list_user_scripts.json").client.instances.userScripts()
        #expect(scripts.allSatisfy { !$0.id.isEmpty })
    }

    @Test func `flavors have size and price`() async throws {
        let bench = try bench("list_flavors.json")
        var size = SizeFilter()
        size.minimumMemory = 2048
        let flavors = try await bench.client.flavors.list(zones: ["kr1_z09"], family: "GENERAL", size: size)
        #expect(flavors.map(\.id) == ["soi_2.8_s", "vgna_2_n"])
        #expect(flavors[0].memory == 8192 && flavors[0].monthlyPrice == 60000 && flavors[0].dailyPrice == 2000)
        #expect(
            bench.transport.sent[0].request.target.hasPrefix(
                "/v1/flavors?zone_id=kr1_z09&type=GENERAL&min_memory=2048&"))
    }

    @Test(arguments: ["60000", "\"60000\"", #"{"price":60000,"vat":6000,"total":66000}"#])
    func `a price may be written in three ways`(_ text: String) throws {
        let row = try JSONCodec.decode(#"{"flavor_id":"f","price":{"full":{"type":"month","KRW":\#(text)}}}"#.utf8)
        #expect(Flavor(row: row).monthlyPrice == 60000 && Flavor(row: row).dailyPrice == nil)
    }

    @Test func `an instance has its seventeen keys`() async throws {
        let bench = try bench("edit_instance.json")
        let instance = try await bench.client.instances.edit("INSTANCE-z3oB3PugYnKmmyxKyGzr9", name: "iwinv API test")
        #expect(instance.id == "INSTANCE-z3oB3PugYnKmmyxKyGzr9" && instance.status == .active)
        #expect(instance.details == "API example instance" && instance.deleted == nil)
        #expect(instance.publicAddresses == ["203.0.113.34"] && instance.privateAddresses == ["10.100.1.115"])
        #expect(instance.zone?.name == "KR2-Z01 API Beta" && instance.flavor?.memory == 8192)
        #expect(instance.image?.systemVersion == "9.X" && instance.blockStorages.isEmpty)
    }

    @Test func `a projection leaves nil, not lies`() async throws {
        let instance = try #require(try await bench("list_instances.json").client.instances.list(status: .active).first)
        #expect(instance.details == nil && instance.account == nil && instance.created == nil)
        #expect(instance.publicAddresses.isEmpty)
    }

    @Test func `creating, deleting, power and console`() async throws {
        let create = try bench("assumed/create_instance.json", 202)
        var wish = NewInstance(zone: "kr1_z09", image: "PIMAGE-1", flavor: "soi_2.8_s", name: "web-0001")
        wish.volumes = [NewVolume(size: 20)]
        let made = try await create.client.instances.create(wish)
        #expect(made.first?.status == .building && made.first?.id.isEmpty == false)
        #expect(create.transport.sent[0].request.method == .post)
        let deleted = try await bench("delete_instance.json", 202).client.instances.delete("INSTANCE-a")
        #expect(deleted.status == .deleting)
        let power = try bench("assumed/reboot_instance.json", 202).client.instances
        let id = "INSTANCE-z3oB3PugYnKmmyxKyGzr9"
        for reply in [
            try await power.start(id), try await power.shutdown(id), try await power.reboot(id),
            try await power.rebuild(id), try await power.resize(id, flavor: "f"),
        ] { #expect(reply.status == .work) }
        let console = try await bench("assumed/get_remote_console.json").client.instances.console("INSTANCE-a")
        #expect(console.type == "novnc" && console.link != nil)
    }

    @Test func `bad arguments are found before anything is sent`() async throws {
        let bench = try Bench { _, _ in .rows([]) }
        let error = try await #require(throws: CloudError.self) {
            try await bench.client.instances.edit("I", name: "web")
        }
        #expect(error.kind == .invalid && error.outcome == .notSent && error.operation == "instances.edit")
        #expect("\(error)" == "instances.edit: `name` must have 4–32 characters, it has 3")
        var wish = NewInstance(zone: "z", image: "i", flavor: "f")
        wish.volumes = [NewVolume(size: 1)]
        let nested = try await #require(throws: CloudError.self) { try await bench.client.instances.create(wish) }
        #expect("\(nested)".hasPrefix("instances.create: block_storage[1]: `size` must be 10–20000"))
        await #expect(throws: CloudError.self) { try await bench.client.instances.get("../zones") }
        await #expect(throws: CloudError.self) { try await bench.client.instances.list(fields: ["nmae"]) }
        #expect(bench.transport.sent.isEmpty)
    }
}
