import IwinvCatalog
import Testing

@Suite struct CatalogTests {
    let catalog = Catalog.iwinv

    @Test func `has all 35 endpoints of the navigation and the 12 of security groups`() {
        #expect(catalog.operations.filter { $0.family != .securityGroups }.count == 35)
        #expect(catalog.operations.filter { $0.family == .securityGroups }.count == 12)
        #expect(
            catalog.grantResources
                == ["zones", "flavors", "images", "ssh_keys", "instances", "storage", "bill", "firewall"])
        #expect(catalog.interface.count == 40)
        #expect(Set(catalog.interface.map(\.name)).count == 40)
    }

    @Test func `a name means the newer firewall family unless the older is asked for`() {
        #expect(catalog["firewall.edit"]?.contractID == "edit_security_group")
        #expect(catalog["firewall.edit", .firewall]?.contractID == "edit_firewall")
        #expect(catalog["firewall.rules.add", .firewall] == nil)
    }

    @Test func `every change has a witness, and what a witness reads exists`() throws {
        for operation in catalog.interface where operation.effect.isChange {
            let witness = try #require(operation.witness, "\(operation.name)")
            let read = try #require(catalog[witness.read], "\(operation.name)")
            #expect(!read.effect.isChange)
            for parameter in read.parameters where parameter.isRequired {
                #expect(operation.parameter(parameter.name) != nil, "\(operation.name) cannot ask \(read.name)")
            }
        }
    }

    @Test func `routes every operation to itself, and nothing else anywhere`() {
        for operation in catalog.operations {
            let path = operation.path.description.replacing(#/\{[a-z_]+\}/#, with: "ID-1")
            #expect(catalog.route(operation.method, path)?.operation.name == operation.name)
        }
        #expect(catalog.route(.get, "/v1/zones/") == nil)
        #expect(catalog.route(.post, "/v1/zones") == nil)
        #expect(catalog.hasPath("/v1/zones"))
    }

    @Test func `sends changes once and reads as often as needed`() {
        for operation in catalog.operations {
            #expect(operation.effect.isChange == (operation.retry == .once), "\(operation.name)")
            #expect(operation.effect.isChange == (operation.method != .get), "\(operation.name)")
        }
    }

    @Test func `has the bits of CONTRACT 1_12`() throws {
        let row = try #require(catalog["instances.list"]?.row)
        #expect(row.fields.compactMap(\.bit).reduce(0, |) == 131071)
        #expect(row.names(in: 3599) == ["instance_id", "name", "description", "status", "zone", "flavor", "image"])
        #expect(catalog["instances.list"]?.defaultFields == 3599)
        #expect(row.fields.filter(\.isSecret).map(\.name) == ["default_account", "vnc"])
        #expect(row.mask(of: ["name", "ip"]) == 258)
    }

    @Test func `every text stands in both languages`() {
        for operation in catalog.operations {
            for text in [operation.help] + operation.parameters.map(\.help) + (operation.row?.fields.map(\.help) ?? [])
            {
                #expect(!text.english.isEmpty && !text.korean.isEmpty)
            }
        }
    }

    @Test func `has the codes of CONTRACT 2_1 without a gap`() {
        #expect(ErrorEntry.all.map(\.number) == Array(0...24))
        #expect(ErrorCode.invalidIdentifier.entry?.wireCode == "0x16")
        #expect(ErrorCode.success.entry?.wireCode == "0x00")
    }
}
