import Foundation
import IwinvCatalog
import IwinvWire
import Testing

/// The shipped scripts, as a person runs them, against both profiles of the simulated cloud.
@Suite struct AutomationTests {
    private static let profiles = ["documented", "live"]

    private func run(
        _ script: String, _ profile: String, _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> Iwlua.Result {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        return try await iwlua.run(
            ["run", Iwlua.automation(script), "--simulate", "--simulate-as", profile] + arguments,
            environment: environment)
    }

    private func document(_ script: String, _ profile: String, _ arguments: String...) async throws -> JSONValue {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run(
            ["run", Iwlua.automation(script), "--simulate", "--simulate-as", profile, "--output", "json"] + arguments)
        #expect(result.status == 0, "\(result.errors)")
        return try result.json
    }

    @Test(arguments: profiles)
    func `cost-report adds up the bills and the month so far`(_ profile: String) async throws {
        let shown = try await run("cost-report.lua", profile)
        #expect(shown.status == 0, "\(shown.errors)")
        #expect(shown.output.contains("this month so far"))
        #expect(shown.output.contains("█"))
        #expect(shown.output.contains("░"))  // the refund
        let result = try #require(try await document("cost-report.lua", profile)["result"])
        let bills = try #require(result["bills"]?.arrayValue)
        #expect(bills.count == 5)
        #expect(result["net"]?.integerValue == bills.compactMap { $0["net"]?.integerValue }.reduce(0, +))
        #expect(result["total"]?.integerValue == bills.compactMap { $0["total"]?.integerValue }.reduce(0, +))
        #expect(result["live"]?["net"]?.integerValue ?? -1 > 0)
    }

    @Test(arguments: profiles)
    func `cost-report of an account without bills says so`(_ profile: String) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let fleet = try iwlua.file("empty.json", #"{"servers": []}"#)
        let result = try await iwlua.run(
            "run", Iwlua.automation("cost-report.lua"), "--simulate=\(fleet)", "--simulate-as", profile)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("no bills since"))
    }

    @Test(arguments: profiles, ["security-groups", "firewall"])
    func `firewall-audit finds what is open, equal and shadowed`(_ profile: String, _ family: String) async throws {
        let audit = try await run(
            "firewall-audit.lua", profile, "--param", "json=true", environment: ["IWLUA_FIREWALL_API": family])
        #expect(audit.status == 1)
        let found = try JSONCodec.decode(Array(audit.output.utf8))
        let findings = try #require(found["findings"]?.arrayValue)
        let kinds = Set(findings.compactMap { $0["kind"]?.stringValue })
        #expect(kinds == ["open", "equal", "shadowed"])
        #expect(findings.contains { $0["kind"] == "open" && $0["rule"]?.stringValue?.contains(" 22 ") == true })
        // Ports 80 and 443 of the web servers are public on purpose.
        #expect(!findings.contains { $0["firewall"] == "web-public" && $0["kind"] == "open" })
        #expect(audit.errors.contains("findings in"))
    }

    @Test func `firewall-audit is content with a tidy account`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let fleet = try iwlua.file("empty.json", #"{"servers": []}"#)
        let result = try await iwlua.run("run", Iwlua.automation("firewall-audit.lua"), "--simulate=\(fleet)")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("nothing found"))
    }

    @Test(arguments: profiles)
    func `orphan-volumes lists what said twice that it is free`(_ profile: String) async throws {
        let result = try #require(try await document("orphan-volumes.lua", profile)["result"])
        #expect(result["orphans"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["old-data"])
        #expect(result["gigabytes"] == 50)
    }

    @Test(arguments: profiles)
    func `resize-fleet resizes and says what it costs`(_ profile: String) async throws {
        let document = try await document(
            "resize-fleet.lua", profile, "--param", "prefix=batch-", "--param", "flavor=vgna_8_n", "--param", "limit=2",
            "--allow", "instances:create", "--yes")
        let result = try #require(document["result"])
        #expect(result["resized"] == result["planned"])
        #expect(result["resized"]?.integerValue ?? 0 >= 1)
        #expect(result["monthly_difference"]?.integerValue ?? 0 > 0)
        let changes = try #require(document["changes"]?.arrayValue)
        #expect(changes.allSatisfy { $0["after"] == ["flavor_id": "vgna_8_n"] })
        #expect(changes.allSatisfy { $0["before"]?["flavor_id"]?.stringValue?.isEmpty == false })
    }

    @Test func `resize-fleet touches nothing if one cannot be resized`() async throws {
        let result = try await run(
            "resize-fleet.lua", "documented", "--param", "prefix=db-", "--param", "flavor=vgna_2_n", "--allow",
            "instances:create", "--yes")
        #expect(result.status == 1)
        #expect(result.errors.contains("would have to shrink"))
        #expect(result.errors.contains("nothing was changed"))
    }

    @Test(arguments: profiles, ["security-groups", "firewall"])
    func `rotate-firewall-ip replaces an address everywhere`(_ profile: String, _ family: String) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua, "--profile", profile)
        let environment = simulator.environment.merging(["IWLUA_FIREWALL_API": family]) { $1 }
        let script = Iwlua.automation("rotate-firewall-ip.lua")
        let parameters = ["--param", "old=198.51.100.0/24", "--param", "new=203.0.113.7", "--allow", "firewall:edit"]
        let changed = try await iwlua.run(
            ["run", script, "--yes", "--output", "json"] + parameters, environment: environment)
        #expect(changed.status == 0, "\(changed.errors)")
        let document = try changed.json
        #expect(document["result"]?["changed"]?.integerValue ?? 0 >= 1)
        #expect(document["result"]?["changed"] == document["result"]?["planned"])
        let change = try #require(document["changes"]?.arrayValue?.first)
        #expect(change["before"]?["ip"] == "198.51.100.0/24")
        #expect(change["after"]?["ip"] == "203.0.113.7/32")
        let again = try await iwlua.run(["run", script, "--yes"] + parameters, environment: environment)
        #expect(again.output.contains("no rule has the range"))
        _ = try await simulator.stop()
    }
}
