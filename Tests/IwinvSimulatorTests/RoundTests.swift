import IwinvCatalog
import IwinvTesting
import Testing

/// The typed client makes, changes and removes one of everything, in both profiles and over both firewall families.
@Suite struct RoundTests {
    private func inCloud(
        _ profile: CloudProfile, _ family: FirewallFamily = .securityGroups,
        _ body: (IwinvClient, SimulatedCloud) async throws -> Void
    ) async throws {
        let cloud = try await SimulatedCloud.start { $0.profile = profile }
        let client = try cloud.client { $0.firewallAPI = family }
        cloud.clock.beginActivity()
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(client, cloud)) } catch { outcome = .failure(error) }
        cloud.clock.endActivity()
        try await client.shutdown()
        try await cloud.stop()
        try outcome.get()
    }

    @Test(arguments: CloudProfile.allCases)
    func `block storage`(_ profile: CloudProfile) async throws {
        try await inCloud(profile) { client, cloud in
            let types = try await client.storage.types()
            #expect(types.map(\.name) == ["ssd", "sata"])
            #expect(types.first?.maximum == 2000)
            #expect(types.first?.zones == nil)
            let server = try #require(try await client.instances.list(name: "web-01").first).id
            try await client.storage.create(for: server, size: 100, name: "round-data", description: "실험")
            let made = try #require(try await client.storage.list(name: "round-data").first)
            #expect(made.server == server)
            #expect(made.size == 100)
            #expect(made.note == "실험")
            try await cloud.clock.sleep(for: .seconds(60))
            await #expect(throws: CloudError.self) { try await client.storage.delete(made.id) }
            try await client.storage.detach(made.id)
            try await cloud.clock.sleep(for: .seconds(60))
            #expect(try await client.storage.get(made.id).server == nil)
            #expect(try await client.storage.get(made.id).status == "off")
            try await client.storage.attach(made.id, to: server)
            try await cloud.clock.sleep(for: .seconds(60))
            #expect(try await client.storage.get(made.id).server == server)
            try await client.storage.detach(made.id)
            try await cloud.clock.sleep(for: .seconds(60))
            try await client.storage.delete(made.id)
            try await cloud.clock.sleep(for: .seconds(60))
            do throws(CloudError) {
                _ = try await client.storage.get(made.id)
                Issue.record("a deleted volume answers")
            } catch {
                #expect(error.isAbsence())
            }
        }
    }

    @Test(arguments: CloudProfile.allCases, FirewallFamily.allCases)
    func `firewalls and their rules`(_ profile: CloudProfile, _ family: FirewallFamily) async throws {
        try await inCloud(profile, family) { client, cloud in
            let made = try await client.firewall.create(title: "round-web", content: "a & <b> \"c\"", icmp: true)
            // Escaped on the wire, decoded exactly once.
            #expect(made.content == "a & <b> \"c\"")
            #expect(try await client.firewall.get(made.id).content == "a & <b> \"c\"")
            #expect(try await client.firewall.list().contains { $0.id == made.id })
            let web = try await client.firewall.rules.add(
                NewFirewallRule(port: "443", ip: "0.0.0.0/0", title: "HTTPS"), to: made.id)
            _ = try await client.firewall.rules.add(
                NewFirewallRule(.out, .udp, port: "8000-8010", ip: "192.0.2.1/24", title: "out", content: "x & y"),
                to: made.id)
            #expect(web.content == nil)
            var rules = try await client.firewall.rules.list(made.id)
            #expect(rules.map(\.port) == ["443", "8000-8010"])
            #expect(rules.last?.content == "x & y")
            #expect(rules.last?.ip == "192.0.2.1/24")
            await #expect(throws: CloudError.self) {
                try await client.firewall.rules.add(
                    NewFirewallRule(port: "443", ip: "0.0.0.0/0", title: "HTTPS"), to: made.id)
            }
            let edited = try await client.firewall.rules.edit(
                try #require(rules.first).id, of: made.id, ip: "203.0.113.0/24")
            #expect(edited.ip == "203.0.113.0/24")
            #expect(edited.title == "HTTPS")
            rules = try await client.firewall.rules.list(made.id)
            #expect(rules.count == 2)
            // In the older family this replaces everything; the rules stay all the same.
            let renamed = try await client.firewall.edit(made.id, title: "round-api", icmp: false)
            #expect(renamed.title == "round-api")
            #expect(renamed.allowsICMP == false)
            #expect(renamed.content == "a & <b> \"c\"")
            #expect(try await client.firewall.rules.list(made.id).count == 2)
            try await client.firewall.rules.remove(try #require(rules.first).id, of: made.id)
            #expect(try await client.firewall.rules.list(made.id).map(\.port) == ["8000-8010"])

            let server = try #require(try await client.instances.list(name: "batch-01").first).id
            try await client.firewall.attach(made.id, to: server)
            if family == .securityGroups {
                #expect(try await client.firewall.instances(made.id).map(\.id) == [server])
            } else {
                await #expect(throws: CloudError.self) { try await client.firewall.instances(made.id) }
            }
            #expect(cloud.simulator.cloud.firewalls.last?.instanceIDs == [server])
            await #expect(throws: CloudError.self) { try await client.firewall.delete(made.id) }
            try await client.firewall.detach(made.id, from: server)
            try await client.firewall.delete(made.id)
            do throws(CloudError) {
                _ = try await client.firewall.get(made.id)
                Issue.record("a deleted firewall answers")
            } catch {
                #expect(error.isAbsence())
            }
            let prefix = family == .securityGroups ? "/v1/security-groups" : "/v1/firewall"
            let others = cloud.simulator.requests.filter { $0.operation?.root == "firewall" }
            #expect(others.allSatisfy { $0.target.hasPrefix(prefix) })
        }
    }

    @Test func `a rule set that somebody else changed is not overwritten`() async throws {
        try await inCloud(.documented, .firewall) { client, cloud in
            let firewall = try #require(try await client.firewall.list().first).id
            let rules = try await client.firewall.rules.list(firewall)
            let other = try cloud.client()
            _ = try await other.firewall.rules.add(
                NewFirewallRule(port: "9999", ip: "192.0.2.0/24", title: "other"), to: firewall)
            try await other.shutdown()
            do throws(CloudError) {
                try await client.firewall.rules.remove(rules[0].id, of: firewall)
                Issue.record("the other's rule was overwritten")
            } catch {
                #expect(error.message.contains("somebody else changed the rules"))
                #expect(error.outcome == .notSent)
            }
            #expect(cloud.simulator.cloud.firewalls.first?.rules.count == rules.count + 1)
            // Told once: whoever goes on then does so knowingly.
            try await client.firewall.rules.remove(try #require(rules.first).id, of: firewall)
            #expect(cloud.simulator.cloud.firewalls.first?.rules.count == rules.count)
        }
    }

    @Test func `rules added at the same time are all kept in the older family`() async throws {
        try await inCloud(.documented, .firewall) { client, cloud in
            let firewall = try #require(try await client.firewall.list().first).id
            let before = try await client.firewall.rules.list(firewall).count
            try await withThrowingTaskGroup(of: Void.self) { group in
                for port in 9000..<9008 {
                    cloud.clock.beginActivity()
                    group.addTask {
                        defer { cloud.clock.endActivity() }
                        _ = try await client.firewall.rules.add(
                            NewFirewallRule(port: "\(port)", ip: "192.0.2.0/24", title: "p\(port)"), to: firewall)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await client.firewall.rules.list(firewall).count == before + 8)
        }
    }

    @Test(arguments: CloudProfile.allCases)
    func `bills`(_ profile: CloudProfile) async throws {
        try await inCloud(profile) { client, _ in
            let live = try await client.bill.live()
            #expect(live.currency == "KRW")
            #expect(live.price ?? -1 >= 0)
            let bills = try await client.bill.list()
            #expect(bills.count == 5)
            #expect(bills.allSatisfy { ($0.price ?? 0) + ($0.vat ?? 0) == $0.total })
            // No bill at all is HTTP 400 EMPTY_SET on the wire, and an empty list here.
            #expect(try await client.bill.list(from: "1999-01-01", to: "1999-12-31").isEmpty)
            let first = try #require(bills.first)
            do throws(CloudError) {
                let detail = try await client.bill.get(first.id)
                #expect(profile == .documented)
                #expect(detail.groups.first?.type == "서버")
            } catch {
                #expect(profile == .live)
                #expect(error.errorCode == .checkIP)
                #expect(!error.isAbsence())
            }
        }
    }

    @Test(arguments: CloudProfile.allCases)
    func `user scripts of an account that has none`(_ profile: CloudProfile) async throws {
        let cloud = try await SimulatedCloud.start(fleet: FleetDescription(servers: [])) { $0.profile = profile }
        let client = try cloud.client()
        if profile == .live {
            await #expect(throws: CloudError.self) { try await client.instances.userScripts() }
        } else {
            #expect(try await client.instances.userScripts().isEmpty)
        }
        #expect(try await client.instances.userScripts(missingIsEmpty: true).isEmpty)
        try await client.shutdown()
        try await cloud.stop()
    }
}
