import Foundation
import IwinvCatalog
import IwinvWire
import Testing

/// `iwlua api` and `iwlua doc`.
@Suite struct ReferenceTests {
    @Test func `api lists every operation with effect, cost, undo and evidence`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let table = try await iwlua.run("api")
        #expect(table.status == 0)
        for operation in Catalog.iwinv.operations {
            #expect(table.output.contains("\(operation.method.rawValue) \(operation.path)"), "\(operation.name)")
        }
        let rows = try #require(try await iwlua.run("api", "--output", "json").json.arrayValue)
        #expect(rows.count == 47)
        for row in rows {
            for key in ["name", "effect", "costs_money", "undo", "evidence"] { #expect(row[key] != nil) }
        }
    }

    @Test func `api explains an operation in both languages, and names the nearest`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let english = try await iwlua.run("api", "firewall.rules.add")
        #expect(english.output.contains("An IPv4 range such as 203.0.113.0/24"))
        #expect(english.output.contains("iwinv.firewall.rules.add(\"FIREWALL-a1b2c3\""))
        let korean = try await iwlua.run("api", "firewall.rules.add", "--lang", "ko")
        #expect(korean.output.contains("규칙을 추가합니다"))
        let wrong = try await iwlua.run("api", "firewall.rule.add")
        #expect(wrong.status == 2)
        #expect(wrong.errors.contains("did you mean `firewall.rules.add`?"))
    }

    @Test func `doc has a sentence in both languages for every error code, by number and by name`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        for entry in ErrorEntry.all {
            let byNumber = try await iwlua.run("doc", entry.wireCode)
            #expect(byNumber.status == 0)
            #expect(byNumber.output.contains(entry.meaning.english), "\(entry.name)")
            #expect(byNumber.output.contains(entry.meaning.korean), "\(entry.name)")
            let byName = try await iwlua.run("doc", entry.name.lowercased())
            #expect(byName.output == byNumber.output)
        }
        #expect(try await iwlua.run("doc", "errors", "--output", "json").json.arrayValue?.count == 25)
        let unknown = try await iwlua.run("doc", "0x99")
        #expect(unknown.status == 2)
    }

    @Test func `doc lists what there is and explains operations, rows, functions and topics in both languages`()
        async throws
    {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let index = try await iwlua.run("doc")
        #expect(index.status == 0)
        for name in ["instances.edit", "firewall.rules.add", "Instance", "text.sub", "exit-codes", "sandbox"] {
            #expect(index.output.contains(name), "\(name)")
            let english = try await iwlua.run("doc", name)
            let korean = try await iwlua.run("doc", name, "--lang", "ko")
            #expect(english.status == 0 && korean.status == 0, "\(name)")
            #expect(english.output != korean.output, "\(name)")
        }
        #expect(try await iwlua.run("doc", "exit", "codes").output.contains("130   interrupted"))
        #expect(try await iwlua.run("doc", "os").output.contains("Scripts do not have it: no processes"))
        let row = try await iwlua.run("doc", "instance")
        #expect(row.output.contains("zone.zone_id") && row.output.contains("vm:reboot()"))
        let wrong = try await iwlua.run("doc", "text.subb")
        #expect(wrong.status == 2 && wrong.errors.contains("did you mean `text.sub`?"))
        let listed = try #require(try await iwlua.run("doc", "--output", "json").json.arrayValue)
        #expect(listed.count > 150)
        #expect(try await iwlua.run("doc", "header", "--output", "json").json["kind"] == "topic")
    }

    @Test func `doc writes the whole reference as Markdown, in both languages`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let written = try await iwlua.run("doc", "--format", "markdown", "-o", "reference")
        #expect(written.status == 0, "\(written.errors)")
        #expect(try iwlua.text(of: "reference/instances.md").contains("## instances.edit\n"))
        #expect(try iwlua.text(of: "reference/instances.ko.md").contains("서버의 이름이나 설명을 바꿉니다."))
        let page = try await iwlua.run("doc", "--format", "markdown", "text.sub")
        #expect(page.output.hasPrefix("# text.sub\n"))
        #expect(try await iwlua.run("doc", "-o", "reference").status == 2)
    }
}
