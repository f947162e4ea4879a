import IwinvCatalog
import ScriptHost
import Testing

@Suite struct ReplCompletionTests {
    let completion = ReplCompletion(
        own: [
            ReplName(name: "vm", kind: "Instance"), ReplName(name: "vms", kind: "list of Instance"),
            ReplName(name: "config", kind: "table", fields: ["from", "to"]), ReplName(name: "rename", kind: "function"),
        ],
        libraries: [
            ReplName(name: "time", kind: "table", fields: ["now", "sleep", "window"]),
            ReplName(name: "print", kind: "function"),
        ],
        seen: [
            ("instance_id", "INSTANCE-1", "web-01"), ("instance_id", "INSTANCE-2", "웹-02"),
            ("block_storage_id", "BLOCK-1", "data01"),
        ], commands: [":undo", ":plan", ":doc"])

    private func texts(_ text: String) -> [String] { completion.complete(text).candidates.map(\.text) }

    @Test(arguments: [
        ("iwi", "iwinv", 3), ("iwinv.inst", "instances", 4), ("x = iwinv.instances.li", "list", 2),
        ("iwinv.firewall.rules.a", "add", 1), ("time.sl", "sleep", 2), ("config.f", "from", 1), ("ren", "rename", 3),
        ("for i = 1, 3 d", "do", 1), ("vm.sta", "status", 3), ("vm:reb", "reboot", 3), ("vms[1]:ed", "edit", 2),
        ("vms[#vms].na", "name", 2), (":un", ":undo", 3), ("?instances.e", "instances.edit", 11),
        (":doc firewall.r", "firewall.rules", 10), (":plan vm:ed", "edit", 2),
    ])
    func `names, fields and methods`(text: String, candidate: String, replaced: Int) {
        let result = completion.complete(text)
        #expect(result.candidates.map(\.text).contains(candidate), "\(result)")
        #expect(result.replaced == replaced)
    }

    @Test func `names of arguments, those that are needed first, and none twice`() {
        #expect(
            texts("iwinv.instances.create { ").first.map {
                ["zone_id = ", "image_id = ", "flavor_id = ", "name = "].contains($0)
            } == true)
        #expect(texts("iwinv.instances.list{na").contains("name = "))
        #expect(texts("vm:edit{na").first == "name = ")
        #expect(!texts("vm:edit{").contains("instance_id = "))
        #expect(!texts("vm:edit{ name = 'x', n").contains("name = "))
        #expect(texts("iwinv.instances.edit('INSTANCE-1', { de").contains("description = "))
    }

    @Test func `every operation of the catalog, its arguments and their values`() {
        for operation in Catalog.iwinv.operations {
            #expect(texts("iwinv.\(operation.name)".dropLast(1).description).contains(operation.name.verb))
        }
        // The older path family has the same names, and what it takes beside is not for scripts.
        for operation in Catalog.iwinv.interface {
            let call = "iwinv.\(operation.name) { "
            for parameter in operation.parameters where parameter.place != .path {
                #expect(texts(call + parameter.name).contains(parameter.name + " = "), "\(call)\(parameter.name)")
                guard case .choice(let values, _) = parameter.type else { continue }
                let offered = texts(call + parameter.name + " = \"")
                #expect(Set(values).isSubset(of: offered), "\(call)\(parameter.name)")
            }
        }
    }

    @Test func `values of enums, states and fields`() {
        #expect(texts("iwinv.firewall.rules.add('F', { bound = \"").contains("IN"))
        #expect(texts("vm:wait(\"ac") == ["active"])
        #expect(texts("iwinv.instances.wait('INSTANCE-1', 'ac") == ["active"])
        #expect(texts("iwinv.instances.list{ fields = { \"name\", \"sta").contains("status"))
    }

    @Test func `identifiers and names that the session has seen`() {
        #expect(texts("iwinv.instances.get(\"INST") == ["INSTANCE-1", "INSTANCE-2"])
        #expect(texts("iwinv.instances.get\"INST") == ["INSTANCE-1", "INSTANCE-2"])
        #expect(completion.complete("iwinv.storage.attach('BLOCK-1', '").candidates.first?.note == "web-01")
        #expect(texts("iwinv.storage.get('") == ["BLOCK-1"])
        #expect(texts("iwinv.instances.list{ name = \"웹") == ["웹-02"])
    }

    @Test func `nothing in comments and numbers`() {
        #expect(texts("-- iwi") == [])
        #expect(texts("x = 12") == [])
        #expect(texts("'iwi") == [])
    }

    @Test func `of a thousand names two hundred are offered, however long the text before`() {
        let names = (0..<1000).map { ReplName(name: "name\($0)", kind: "table") }
        let seen = (0..<1000).map { (key: "instance_id", id: "INSTANCE-\($0)", name: Optional("web-\($0)")) }
        let long = String(repeating: "local x = { 1, 2, 'three' } print(x) -- so\n", count: 1000)
        let completion = ReplCompletion(own: names, seen: seen)
        #expect(completion.complete(long + "iwinv.instances.get('INST").candidates.count == 200)
    }
}
