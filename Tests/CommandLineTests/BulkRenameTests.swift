import Foundation
import IwinvCatalog
import IwinvWire
import Testing

@Suite struct BulkRenameTests {
    let rename = Iwlua.automation("bulk-rename.lua")

    @Test func `renames the fleet and says of each server what was and what is`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run(
            "run", rename, "--simulate", "--param", "from=web-", "--param", "to=www-", "--allow", "instances:edit",
            "--yes", "--output", "json")
        #expect(result.status == 0, "\(result.errors)")
        let document = try result.json
        #expect(document["ended"] == "done")
        #expect(document["error"] == .null)
        #expect(document["result"] == ["renamed": 12, "planned": 12])
        let changes = try #require(document["changes"]?.arrayValue)
        #expect(changes.count == 12)
        for change in changes {
            #expect(change["operation"] == "instances.edit")
            #expect(change["outcome"] == "confirmed")
            #expect(change["id"]?.stringValue?.hasPrefix("INSTANCE-") == true)
            let before = try #require(change["before"]?["name"]?.stringValue)
            #expect(before.hasPrefix("web-"))
            #expect(change["after"] == ["name": .string("www-" + before.dropFirst(4))])
        }
        #expect(Set(changes.map { $0["id"] }).count == 12)
    }

    @Test func `renames in a cloud of its own process, which remembers`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let renamed = try await iwlua.run(
            "run", rename, "--param", "from=web-", "--param", "to=www-", "--allow", "instances:edit", "--yes",
            environment: simulator.environment)
        #expect(renamed.status == 0, "\(renamed.errors)")
        let listed = try await iwlua.run(
            "run", Iwlua.automation("inventory.lua"), environment: simulator.environment)
        #expect(listed.status == 0, "\(listed.errors)")
        #expect(listed.output.contains("www-01"))
        #expect(listed.output.contains("www-12"))
        #expect(!listed.output.contains("web-"))
        #expect(listed.output.contains("30 servers"))
        _ = try await simulator.stop()
    }

    @Test func `renames 250 servers out of the filter that found them`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let fleet = try iwlua.file("fleet.json", #"{"servers": [{"name": "web-%03d", "count": 250}]}"#)
        let result = try await iwlua.run(
            "run", rename, "--simulate=\(fleet)", "--param", "from=web-", "--param", "to=old-", "--allow",
            "instances:edit", "--yes", "--output", "json")
        #expect(result.status == 0, "\(result.errors)")
        let changes = try #require(try result.json["changes"]?.arrayValue)
        #expect(changes.count == 250)
        #expect(Set(changes.compactMap { $0["after"]?["name"]?.stringValue }).count == 250)
    }

    @Test func `takes the names from a spreadsheet`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        _ = try iwlua.file("names.csv", "from,to\r\nweb-01,\"웹 프런트, 하나\"\r\nweb-02,front-02\r\n")
        let result = try await iwlua.run(
            "run", rename, "--simulate", "--param", "renames=@names.csv", "--allow", "instances:edit", "--yes",
            "--output", "json")
        #expect(result.status == 0, "\(result.errors)")
        let names = try result.json["changes"]?.arrayValue?.compactMap { $0["after"]?["name"]?.stringValue }
        #expect(names == ["웹 프런트, 하나", "front-02"])
    }

    @Test func `a name that exists twice, or not at all, renames nothing`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        _ = try iwlua.file(
            "names.json", #"[{"from": "web-01", "to": "front-01"}, {"from": "web-99", "to": "front-99"}]"#)
        let result = try await iwlua.run(
            "run", rename, "--simulate", "--param", "renames=@names.json", "--allow", "instances:edit", "--yes",
            "--output", "json")
        #expect(result.status == 1)
        #expect(try result.json["changes"] == [])
        #expect(result.errors.contains("row 2: no server is called web-99"))
    }

    @Test func `finds every name that cannot be before it renames the first`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        for (rows, words) in [
            ("web-01,front-01\nweb-02,\"fr\nont\"", "must not contain a line break"),
            ("web-01,front-01\nweb-01,front-02", "rows 1 and 2 both rename web-01"),
            ("web-01,front-01\nweb-02,front-01", "web-01 and web-02 would both be front-01"),
            ("web-01,front-01\nweb-02,abc", "4–32 characters"),
            ("web-01,front-01\nweb-02,db-01", "db-01 and web-02 would both be db-01"),
        ] {
            _ = try iwlua.file("names.csv", "from,to\n\(rows)\n")
            let result = try await iwlua.run(
                "run", rename, "--simulate", "--param", "renames=@names.csv", "--allow", "instances:edit", "--yes",
                "--output", "json")
            #expect(result.status == 1, "\(rows): \(result.errors)")
            #expect(try result.json["changes"] == [])
            #expect(result.errors.contains(words), "\(result.errors)")
        }
    }

    @Test func `two servers may swap their names`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        _ = try iwlua.file("names.csv", "from,to\nweb-01,web-02\nweb-02,web-01\n")
        let result = try await iwlua.run(
            "run", rename, "--simulate", "--param", "renames=@names.csv", "--allow", "instances:edit", "--yes",
            "--output", "json")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.json["changes"]?.arrayValue?.count == 2)
    }

    @Test func `a dry run shows before and after and changes nothing`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let dry = try await iwlua.run(
            "run", rename, "--param", "from=web-", "--param", "to=www-", "--param", "dry=true", "--allow",
            "instances:edit", "--yes", environment: simulator.environment)
        #expect(dry.status == 0, "\(dry.errors)")
        #expect(dry.output.contains("web-01  www-01"))
        #expect(dry.output.contains("12 servers would be renamed"))
        let listed = try await iwlua.run(
            "run", Iwlua.automation("inventory.lua"), environment: simulator.environment)
        #expect(listed.output.contains("web-01"))
        _ = try await simulator.stop()
    }

    @Test func `two runs of one seed do the same`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let arguments = [
            "run", rename, "--simulate=7", "--param", "from=web-", "--param", "to=www-", "--allow", "instances:edit",
            "--yes", "--output", "json",
        ]
        let first = try await iwlua.run(arguments).json["changes"]
        let second = try await iwlua.run(arguments).json["changes"]
        #expect(first == second)
    }
}
