import Gate
import IwinvTesting
import ScriptHost
import Testing

/// Plans, and runs that carry them out, against a simulated cloud on loopback.
@Suite struct PlanningTests {
    private struct World {
        let cloud: SimulatedCloud
        let client: IwinvClient

        init() async throws {
            cloud = try await SimulatedCloud.start()
            client = try cloud.client()
        }

        func plan(_ source: String, _ rules: GateRules = .readOnly) async throws -> (plan: Plan, report: RunReport) {
            let planner = Planner(at: cloud.clock.now)
            var options = RunOptions(rules: rules)
            options.planner = planner
            let host = ScriptHost(client: client, clock: cloud.clock)
            let report = await host.run(try Script(source: source), options: options)
            return (planner.plan(Plan.Origin(script: "script.lua", madeAt: SimulatedCloud.start)), report)
        }

        func apply(_ plan: Plan, onDrift: PlanScript.DriftRule = .stop) async throws -> RunReport {
            // As it comes back from a file.
            let plan = try Plan(json: plan.json)
            let host = ScriptHost(client: client, clock: cloud.clock)
            return await host.run(
                try PlanScript.script(for: plan), parameters: PlanScript.parameters(for: plan, onDrift: onDrift),
                options: RunOptions(rules: .program(grants: try plan.grants.map { try Grant($0) }, protected: [])))
        }

        func run(_ source: String, grants: String...) async throws -> RunReport {
            await ScriptHost(client: client, clock: cloud.clock).run(
                try Script(source: source),
                options: RunOptions(rules: .program(grants: try grants.map { try Grant($0) }, protected: [])))
        }

        /// What is not a read.
        var changesSent: Int { cloud.simulator.requests.count { $0.method != "GET" } }

        func end() async throws {
            try await client.shutdown()
            try await cloud.stop()
        }
    }

    /// Creates a server, attaches a volume to it, renames it and lists.
    private static let four = """
        local iwinv = require "iwinv"
        local like = iwinv.instances.list { name = "web-01" }[1]
        local vm = iwinv.instances.create {
            zone_id = like.zone.zone_id, image_id = like.image.image_id, flavor_id = like.flavor.flavor_id,
            name = "fresh-01" }
        iwinv.instances.wait(vm.instance_id, "active", "10m")
        local free
        for volume in iwinv.storage.each() do
            if not volume.instance_id and volume.zone.zone_id == like.zone.zone_id then free = volume end
        end
        iwinv.storage.attach(free, vm.instance_id)
        iwinv.instances.edit(vm.instance_id, { name = "fresh-02" })
        local listed = iwinv.instances.list { name = "fresh" }
        return { #listed, listed[1].name, listed[1].status, iwinv.storage.get(free).instance_id == vm.instance_id }
        """

    @Test func `a script sees the world that it plans, and nothing of it is sent`() async throws {
        let world = try await World()
        let (plan, report) = try await world.plan(Self.four)
        #expect(report.failure == nil)
        #expect(report.result == [1, "fresh-02", "active", true])
        #expect(world.changesSent == 0)
        #expect(plan.entries.map(\.operation) == ["instances.create", "storage.attach", "instances.edit"])
        #expect(plan.entries.first?.costsMoney == true)
        #expect(plan.grants == ["instances:create", "instances:edit", "storage:edit"])
        #expect(plan.steps.count == 4)
        let created = try #require(plan.entries.first?.creates.first)
        #expect(plan.entries.last?.arguments["instance_id"] == .string(created))
        guard case .wait(let wait) = plan.steps[1] else {
            Issue.record("no wait between creation and attachment: \(plan.steps)")
            return
        }
        #expect(wait.ids == [created])
        #expect(wait.state == "active")
        #expect(plan.notes.contains { $0.text.contains("in stock") })
        try await world.end()
    }

    @Test func `carrying it out yields the planned world`() async throws {
        let world = try await World()
        let (plan, _) = try await world.plan(Self.four)
        let report = try await world.apply(plan)
        #expect(report.failure == nil)
        #expect(report.ended == .done)
        #expect(report.result == ["made": 3, "planned": 3])
        #expect(report.changes.count == 3)
        #expect(world.changesSent == 3)
        let look = try await world.run(
            """
            local iwinv = require "iwinv"
            local vm = iwinv.instances.list { name = "fresh" }[1]
            local count = 0
            for volume in iwinv.storage.each() do if volume.instance_id == vm.instance_id then count = count + 1 end end
            return { vm.name, vm.status, count }
            """)
        #expect(look.result == ["fresh-02", "active", 1])
        try await world.end()
    }

    private static let renames = """
        local iwinv = require "iwinv"
        for _, name in ipairs { "web-01", "web-02", "web-03" } do
            iwinv.instances.list { name = name }[1]:edit { name = "www-" .. name:sub(5) }
        end
        """

    @Test func `what somebody else has renamed meanwhile is left alone`() async throws {
        for (rule, made) in [(PlanScript.DriftRule.stop, 1), (.skip, 2)] {
            let world = try await World()
            let (plan, _) = try await world.plan(Self.renames)
            _ = try await world.run(
                "require('iwinv').instances.list { name = 'web-02' }[1]:edit { name = 'theirs' }",
                grants: "instances:edit")
            let report = try await world.apply(plan, onDrift: rule)
            #expect(report.ended == .denied)
            #expect(report.failure?.message.contains("`name` is “theirs”, and was “web-02”") == true)
            #expect(report.failure?.line == nil)
            #expect(report.changes.count == made)
            let names = try await world.run(
                "local t = {} for vm in require('iwinv').instances.each() do t[vm.name] = true end return "
                    + "{ t['theirs'], t['www-01'], t['web-03'] == nil }")
            #expect(names.result == [true, true, .boolean(rule == .skip)])
            try await world.end()
        }
    }

    @Test func `what is done to a firewall is carried out, and guarded by who is behind it`() async throws {
        let source = """
            local iwinv = require "iwinv"
            local all = iwinv.firewall.list()
            local from, to, member
            for i, f in ipairs(all) do
                local behind = iwinv.firewall.instances(f.firewall_id)
                if behind[1] and not from then from, member = f, behind[1].instance_id else to = to or f end
            end
            iwinv.firewall.rules.add(to.firewall_id, {
                bound = "IN", protocol = "TCP", port = "2222", ip = "192.0.2.0/24", title = "planned" })
            iwinv.firewall.detach(from.firewall_id, member)
            iwinv.firewall.attach(to.firewall_id, member)
            return { from.firewall_id, to.firewall_id, member }
            """
        for isMoved in [false, true] {
            let world = try await World()
            let (plan, planned) = try await world.plan(source)
            let names = planned.result.arrayValue?.compactMap { $0.stringValue } ?? []
            try #require(names.count == 3)
            #expect(plan.entries.count == 3, "\(plan.notes)")
            if isMoved {
                _ = try await world.run(
                    "require('iwinv').firewall.detach('\(names[0])', '\(names[2])')", grants: "firewall:edit")
            }
            let report = try await world.apply(plan)
            #expect(report.ended == (isMoved ? .denied : .done), "\(report.failure?.message ?? "")")
            #expect(report.changes.count == (isMoved ? 1 : 3))
            if isMoved { #expect(report.failure?.message.contains("is not attached any longer") == true) }
            try await world.end()
        }
    }

    @Test func `a drift among changes side by side tells how many were made`() async throws {
        let world = try await World()
        let (plan, _) = try await world.plan(
            """
            local iwinv = require "iwinv"
            task.map(iwinv.instances.list { name = "web-" }, function(vm)
                vm:edit { name = "www-" .. vm.name:sub(5) }
            end, { limit = 12 })
            """)
        _ = try await world.run(
            "require('iwinv').instances.list { name = 'web-02' }[1]:edit { name = 'theirs' }", grants: "instances:edit")
        let report = try await world.apply(plan)
        #expect(report.ended == .denied)
        let made = report.changes.count
        #expect(report.failure?.message.contains("\n\(made) of 12 changes were made") == true, "\(report)")
        try await world.end()
    }

    /// Deletes the second server, which has a volume, and a new firewall; the script's own changes come first.
    private static func deletions(first: String) -> String {
        """
        local iwinv = require "iwinv"
        local vm, volume
        for each in iwinv.storage.each() do
            if each.instance_id and not vm then vm, volume = iwinv.instances.get(each.instance_id), each end
        end
        \(first)
        vm:delete()
        """
    }

    @Test func `what hangs on a thing that is to be deleted is looked at too`() async throws {
        let world = try await World()
        let (plan, planned) = try await world.plan(Self.deletions(first: ""))
        #expect(planned.failure == nil)
        let (own, _) = try await world.plan(Self.deletions(first: "volume:detach() volume:wait('off', '5m')"))
        _ = try await world.run(
            Self.deletions(first: "volume:detach() volume:wait('off', '5m') if true then return end"),
            grants: "storage:edit")
        let report = try await world.apply(plan)
        #expect(report.ended == .denied && report.changes.isEmpty)
        #expect(report.failure?.message.contains("`block_storage` is [") == true, "\(report.failure?.message ?? "")")
        try await world.end()
        // What the plan itself takes off before is no difference.
        let other = try await World()
        let done = try await other.apply(own)
        #expect(done.ended == .done && done.changes.count == 2, "\(done.failure?.message ?? "")")
        try await other.end()
    }

    @Test func `a firewall that has got another rule is not deleted`() async throws {
        let world = try await World()
        let rule = "{ bound = 'IN', protocol = 'TCP', port = '%', ip = '192.0.2.0/24', title = 'rule' }"
        let made = try await world.run(
            "local fw = require('iwinv').firewall local f = fw.create { title = 'spare', content = 'test' } "
                + "fw.rules.add(f.firewall_id, " + rule.replacing("%", with: "80") + ") return f.firewall_id",
            grants: "firewall:create", "firewall:edit")
        let id = try #require(made.result.stringValue, "\(made.failure?.message ?? "")")
        let (plan, _) = try await world.plan("require('iwinv').firewall.delete('\(id)')")
        #expect(plan.entries.first?.expected["rules"]?.arrayValue?.count == 1)
        _ = try await world.run(
            "require('iwinv').firewall.rules.add('\(id)', " + rule.replacing("%", with: "81") + ")",
            grants: "firewall:edit")
        let refused = try await world.apply(plan)
        #expect(refused.ended == .denied && refused.changes.isEmpty)
        #expect(refused.failure?.message.contains("`rules` is [{") == true, "\(refused.failure?.message ?? "")")
        let (fresh, _) = try await world.plan("require('iwinv').firewall.delete('\(id)')")
        #expect(try await world.apply(fresh).ended == .done)
        try await world.end()
    }

    @Test func `one list is enough for many changes`() async throws {
        let world = try await World()
        let (plan, _) = try await world.plan(Self.renames)
        let before = world.cloud.simulator.requests.count
        #expect(try await world.apply(plan).ended == .done)
        // A list of ten or more ends with a page that is empty.
        #expect(world.cloud.simulator.requests.count - before == 5)
        try await world.end()
    }

    @Test func `changes that the script makes side by side are one step`() async throws {
        let source = """
            local iwinv = require "iwinv"
            local list = {}
            for vm in iwinv.instances.each { name = "web-" } do if vm.status == "active" then list[#list + 1] = vm end end
            task.map({ list[1], list[2], list[3], list[4] }, function(vm)
                vm:reboot()
                vm:wait("active", "10m")
                time.sleep("10s")
            end, { limit = 2 })
            """
        var plans: [Plan] = []
        for _ in 0..<3 {
            let world = try await World()
            let (plan, report) = try await world.plan(source)
            #expect(report.failure == nil)
            #expect(world.changesSent == 0)
            plans.append(plan)
            try await world.end()
        }
        let kinds = plans[0].steps.map { step in
            switch step {
            case .changes(let entries): "\(entries.count) changes"
            case .wait(let wait): "wait for \(wait.ids.count)"
            case .sleep(let duration): "sleep \(duration.text)"
            }
        }
        #expect(
            kinds == ["2 changes", "wait for 2", "sleep 10s", "2 changes", "wait for 2", "sleep 10s"])
        #expect(plans.allSatisfy { $0.steps == plans[0].steps })
    }

    @Test func `the cloud is asked each question once`() async throws {
        let world = try await World()
        let (_, report) = try await world.plan(
            """
            local iwinv = require "iwinv"
            local vm = iwinv.instances.list { name = "web-01" }[1]
            vm:reboot()
            vm:wait("active", "10m")
            for _ = 1, 20 do iwinv.instances.list() end
            """)
        #expect(report.failure == nil)
        #expect(world.cloud.simulator.requests.count <= 4)
        try await world.end()
    }

    @Test func `what a run would refuse is refused in its plan`() async throws {
        let world = try await World()
        var rules = GateRules.program(grants: [], protected: [], maximumChanges: 1)
        let (limited, limit) = try await world.plan(Self.renames, rules)
        #expect(limit.ended == .denied)
        #expect(limited.entries.count == 1)
        rules = .readOnly
        rules.protected = [NamePattern("web-*")]
        let off = "require('iwinv').instances.list { name = 'web-01' }[1]:shutdown()"
        let (kept, protection) = try await world.plan(off, rules)
        #expect(protection.ended == .denied)
        #expect(kept.isEmpty)
        let secret = "return require('iwinv').instances.list { fields = { 'default_account' } }"
        #expect(try await world.plan(secret).report.ended == .denied)
        let busy = "local vm = require('iwinv').instances.list { name = 'web-01' }[1] vm:shutdown() vm:start()"
        let (half, refusal) = try await world.plan(busy)
        #expect(refusal.ended == .refused)
        #expect(half.entries.map(\.operation) == ["instances.shutdown"])
        #expect(world.changesSent == 0)
        try await world.end()
    }

    @Test func `the limits of grants hold in a plan as they do in a run`() async throws {
        let onlyTwo = ["instances:edit max=2", "instances:edit name=db-*"]
        for grants in onlyTwo.map({ [$0] }) + [onlyTwo] {
            let world = try await World()
            let rules = GateRules.program(grants: try grants.map { try Grant($0) }, protected: [])
            let (plan, planned) = try await world.plan(Self.renames, rules)
            #expect(world.changesSent == 0)
            let run = await ScriptHost(client: world.client, clock: world.cloud.clock).run(
                try Script(source: Self.renames),
                options: RunOptions(rules: .program(grants: try grants.map { try Grant($0) }, protected: [])))
            #expect(planned.ended == .denied && run.ended == .denied)
            #expect(planned.failure?.message == run.failure?.message)
            #expect(plan.entries.count == run.changes.count)
            try await world.end()
        }
        // What nobody has granted is noted, and not refused.
        let world = try await World()
        let (plan, report) = try await world.plan(
            Self.renames, .program(grants: [try Grant("storage:edit max=0")], protected: []))
        #expect(report.ended == .done && plan.entries.count == 3 && plan.grants == ["instances:edit"])
        try await world.end()
    }

    @Test func `a plan that was edited, or is of another version, is refused`() async throws {
        let world = try await World()
        let (plan, _) = try await world.plan(Self.renames)
        #expect(try Plan(json: plan.json) == plan)
        guard case .object(var members) = plan.json else { return }
        members["grants"] = ["instances:destroy"]
        #expect(throws: PlanProblem.self) { try Plan(json: .object(members)) }
        members["format"] = 2
        #expect(throws: PlanProblem("it is a plan of format 2, and this version of iwlua knows format 1 only")) {
            try Plan(json: .object(members))
        }
        #expect(throws: PlanProblem("it is not a plan of iwlua")) { try Plan(json: []) }
        try await world.end()
    }
}
