import IwinvCatalog
import Testing

@Suite struct ArgumentsTests {
    private func check(_ name: OperationName, _ raw: [String: JSONValue]) throws -> Arguments {
        try Arguments(raw, for: try #require(Catalog.iwinv[name]))
    }

    private func problem(_ name: OperationName, _ raw: [String: JSONValue]) throws -> String {
        do {
            _ = try check(name, raw)
            return "none"
        } catch let problem as ArgumentProblem {
            return problem.description
        }
    }

    private func edit(_ name: String) throws -> String {
        try problem("instances.edit", ["instance_id": "INSTANCE-a", "name": .string(name)])
    }

    @Test(arguments: [("abc", false), ("abcd", true), (String(repeating: "가", count: 32), true)])
    func `names have 4 to 32 code points`(name: String, isGood: Bool) throws {
        #expect(try (edit(name) == "none") == isGood)
        #expect(try edit(String(repeating: "가", count: 33)).hasSuffix("must have 4–32 characters, it has 33"))
    }

    @Test func `text becomes NFC before it is measured`() throws {
        let decomposed = String(repeating: "\u{1112}\u{1161}\u{11AB}", count: 32)
        let arguments = try check("instances.edit", ["instance_id": "I", "name": .string(decomposed)])
        #expect(arguments["name"]?.stringValue?.unicodeScalars.count == 32)
    }

    @Test(arguments: [
        ("web\n01", "a line break"), ("web\u{0}01", "U+0000"), ("web\u{202E}01", "U+202E"), ("웹서버🙂", "`🙂`"),
        ("web\u{115F}01", "U+115F"), ("web\u{1160}01", "U+1160"), ("web\u{3164}01", "U+3164"),
        ("web\u{FFA0}01", "U+FFA0"), ("web\u{200B}01", "U+200B"), ("\u{3164}\u{3164}\u{3164}\u{3164}", "U+3164"),
    ])
    func `names refuse characters that the cloud does not list`(name: String, words: String) throws {
        #expect(try edit(name).contains(words))
    }

    @Test(arguments: ["\u{115F}", "\u{1160}", "\u{3164}", "\u{FFA0}"])
    func `titles refuse letters that cannot be seen; a text may have them`(filler: String) throws {
        let rule: [String: JSONValue] = [
            "firewall_id": "F", "bound": "IN", "protocol": "TCP", "port": "80", "ip": "192.0.2.0/24",
            "title": .string("web\(filler)"),
        ]
        for (operation, arguments) in [
            ("firewall.create", ["title": .string("web-\(filler)"), "content": "test"]),
            ("firewall.edit", ["firewall_id": "F", "title": .string("web-\(filler)")]), ("firewall.rules.add", rule),
        ] as [(OperationName, [String: JSONValue])] {
            #expect(try problem(operation, arguments).contains("U+"), "\(operation)")
        }
        let text: [String: JSONValue] = ["instance_id": "I", "description": .string("빈\(filler)칸")]
        #expect(try check("instances.edit", text)["description"] != nil)
    }

    @Test func `names may have the punctuation of CONTRACT 3_5 and a space`() throws {
        #expect(try edit("!@#$%^&*-_=+()[]{};:'\",.<>/? 가") == "none")
    }

    @Test func `says what is missing, unknown, of the wrong type or out of range`() throws {
        #expect(
            try problem("instances.edit", ["name": "web-01"]) == "instances.edit: the argument `instance_id` is missing"
        )
        #expect(
            try problem("instances.edit", ["instance_id": "I", "nmae": "web-01"])
                == "instances.edit: there is no argument `nmae`; did you mean `name`?")
        #expect(try problem("instances.list", ["flavor": "x"]).contains("there are `status`"))
        #expect(try problem("instances.list", ["min_vcpu": "2"]).contains("must be an integer, not a string"))
        #expect(try problem("instances.create", base(["count": 11])).contains("must be 1–10, not 11"))
        #expect(try problem("instances.list", ["status": "activ"]).contains("did you mean `active`?"))
    }

    @Test(arguments: ["", ".", "..", "a/b", "a%2e", "a b", "가", "a?b", "a\n", "../zones"])
    func `a path parameter that could be signed differently is refused`(id: String) throws {
        #expect(try problem("instances.get", ["instance_id": .string(id)]).contains("is not an identifier"))
    }

    @Test func `fields become a mask that always has the key`() throws {
        let arguments = try check("instances.list", ["fields": ["name", "ip"]])
        #expect(arguments["fields"] == 259)
        #expect(try problem("instances.list", ["fields": ["nam"]]).contains("did you mean `name`?"))
        #expect(try problem("instances.list", ["fields": 0]).contains("must be 1–262143"))
    }

    @Test func `lists may be written as a list or with commas, and volumes are checked one by one`() throws {
        #expect(try check("flavors.list", ["zone_id": "kr1_z09,kr2-z01"])["zone_id"] == ["kr1_z09", "kr2-z01"])
        #expect(try check("images.list", ["os": ["rocky", "ubuntu"]])["os"] == ["rocky", "ubuntu"])
        let problem = try problem("instances.create", base(["block_storage": [["size": 5]]]))
        #expect(problem.contains("instances.create, block_storage[1]: `size` must be 10–20000"))
    }

    private func base(_ more: [String: JSONValue]) -> [String: JSONValue] {
        ["zone_id": "kr1_z09", "image_id": "PIMAGE-a", "flavor_id": "vgna_2_n"].merging(more) { $1 }
    }
}
