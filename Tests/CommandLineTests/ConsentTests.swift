import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvSimulator
import RunStore
import TestSupport
import Testing

/// A run that is resumed has the consent that it had, and no more: whatever ended for want of consent is refused again, and
/// nothing is sent; `--yes` lets it go on.
@Suite(.serialized) struct ConsentTests {
    /// A way in which a run ends without consent, or loses the one that it had.
    enum Refusal: CaseIterable {
        /// Nobody to ask.
        case unattended
        /// The first question is answered no.
        case declined
        /// The change is not in the plan that was approved, and is answered no.
        case notPlanned
        /// After the first changes the question whether to go on is answered no.
        case canaryDeclined
        /// The program is killed while that question is open.
        case canaryOpen
        /// One of the first changes failed, and there is nobody to ask.
        case canaryFailed
        /// The run lacked the grant.
        case ungranted
        /// The limit of changes is reached, and a higher one is asked for.
        case limited
        /// The approval under which it ran was revoked.
        case revoked
        /// The script is another one than the one that was agreed to.
        case changedScript
        /// What the profile protects is asked for.
        case protection

        /// How many changes were made before.
        var made: Int {
            switch self {
            case .unattended, .declined, .ungranted, .protection: 0
            case .canaryFailed, .revoked: 0
            case .notPlanned: 0
            case .limited, .changedScript: 1
            case .canaryDeclined, .canaryOpen: 2
            }
        }
    }

    enum Change: CaseIterable {
        case deletion, powerOff, rename

        var operation: OperationName {
            switch self {
            case .deletion: "instances.delete"
            case .powerOff: "instances.shutdown"
            case .rename: "instances.edit"
            }
        }

        var grant: String {
            switch self {
            case .deletion: "instances:destroy"
            case .powerOff: "instances:power"
            case .rename: "instances:edit"
            }
        }

        var line: String {
            switch self {
            case .deletion: "vm:delete()"
            case .powerOff: "vm:shutdown()"
            case .rename: #"vm:edit { name = "new-" .. vm.name:sub(-3) }"#
            }
        }
    }

    private struct Scene {
        let world: KillWorld
        let change: Change
        let script: String
        let more: [String: String]

        init(_ change: Change, isGranted: Bool, isProtected: Bool = false) async throws {
            self.change = change
            world = try await KillWorld(servers: 4)
            let needs = isGranted ? "instances:read \(change.grant)" : "instances:read"
            script = try world.iwlua.file("script.lua", Self.text(change, needs: needs))
            // The account of the environment, as a profile that protects something.
            let secret = try world.iwlua.file("secret", "simulated-secret-key", mode: 0o600)
            _ = try world.iwlua.file(
                "config/iwlua/config.yaml",
                """
                profiles:
                  test:
                    access_key: simulated-access-key
                    secret: {file: \(secret)}
                    endpoint: \(world.environment["IWLUA_ENDPOINT"] ?? "")
                    protect: ["\(isProtected || change != .rename ? "web-004" : "db-*")"]
                """, mode: 0o600)
            more = [
                "IWINV_ACCESS_KEY": "", "IWINV_SECRET_KEY": "", "IWLUA_PROFILE": "test", "IWLUA_TIMEOUT": "60s",
                "XDG_CONFIG_HOME": world.iwlua.folder.appendingPathComponent("config").path,
            ]
        }

        static func text(_ change: Change, needs: String, before: String = "") -> String {
            """
            -- ==Script==
            -- @needs \(needs)
            -- ==/Script==
            for _, vm in ipairs(require("iwinv").instances.list { name = "web-" }) do
                \(before)
                \(change.line)
            end
            """
        }

        var allow: [String] { ["--allow", change.grant] }

        func run(_ words: [String]) async throws -> Iwlua.Result { try await world.run(words, with: more) }

        func terminal(_ words: [String]) throws -> TypedTerminal {
            try TypedTerminal(world.iwlua, words, environment: world.environment.merging(more) { $1 })
        }

        var sent: Int {
            world.simulator.requests.count { $0.operation.flatMap { Catalog.iwinv[$0]?.effect.isChange } ?? false }
        }

        /// Resumes twice without a terminal: refused, and nothing is sent.
        func isRefused(_ words: [String], _ comment: Comment) async throws {
            let before = sent
            for _ in 1...2 {
                let result = try await run(["resume", "last"] + words)
                #expect(result.status == 3, "\(comment): \(result.status) \(result.errors)")
                #expect(sent == before, comment)
            }
        }
    }

    @Test(.debugProgram, arguments: Change.allCases, Refusal.allCases)
    func `what ended without consent is refused when it is resumed, until somebody agrees`(
        _ change: Change, _ refusal: Refusal
    ) async throws {
        let scene = try await Scene(
            change, isGranted: refusal != .ungranted, isProtected: refusal == .protection)
        let comment: Comment = "\(change) \(refusal)"
        let run = ["run", scene.script] + (refusal == .ungranted ? [] : scene.allow)
        var resume: [String] = []
        switch refusal {
        case .unattended:
            #expect(try await scene.run(run).status == 3, comment)
        case .declined:
            // The plan ends early, and so the first change is asked about.
            _ = try scene.world.iwlua.file(
                "script.lua", Scene.text(change, needs: "instances:read \(change.grant)", before: "time.sleep(0)"))
            let terminal = try scene.terminal(run + ["--max-changes", "0"])
            await terminal.see("[y/N]")
            terminal.enter("y")
            #expect(await terminal.status() == 3, comment)
            resume = ["--max-changes", "9"]
        case .notPlanned:
            let terminal = try scene.terminal(run)
            await terminal.see("[y/N]")
            // Somebody renames the last server meanwhile: what the script makes of that is not in the plan.
            let other = try await scene.world.run(
                [
                    "run", try scene.world.iwlua.file("other.lua", Self.otherName), "--allow", "instances:edit",
                    "--yes",
                    // He has the same key, and with it the same protection.
                    "--override-protection",
                ],
                with: ["IWLUA_STATE": scene.world.iwlua.folder.appendingPathComponent("other").path])
            #expect(other.status == 0, "\(comment): \(other.errors)")
            terminal.enter("y")
            await terminal.see("[N] no:")
            terminal.enter("n")
            #expect(await terminal.status() == 3, comment)
        case .canaryDeclined, .canaryOpen:
            let terminal = try scene.terminal(run + ["--yes", "--canary", "2"])
            await terminal.see("[y/N]")
            if refusal == .canaryDeclined { terminal.enter("n") } else { terminal.kill() }
            #expect(await terminal.status() == (refusal == .canaryDeclined ? 3 : SIGKILL), comment)
        case .canaryFailed:
            try scene.world.setFaults(["\(change.operation): every 1st refuse(LIMIT_EXCEEDED)"])
            _ = try scene.world.iwlua.file(
                "script.lua",
                Scene.text(change, needs: "instances:read \(change.grant)")
                    .replacing(
                        change.line,
                        with:
                            "local ok, e = pcall(function() \(change.line) end) if not ok and e.kind == 'denied' then error(e) end"
                    ))
            #expect(try await scene.run(run + ["--yes", "--canary", "1"]).status == 3, comment)
            try scene.world.setFaults([])
        case .ungranted:
            #expect(try await scene.run(run + ["--yes"]).status == 3, comment)
            resume = scene.allow
        case .limited:
            #expect(try await scene.run(run + ["--yes", "--max-changes", "1"]).status == 3, comment)
            resume = ["--max-changes", "9"]
        case .revoked:
            #expect(try await scene.run(["approve", scene.script] + scene.allow).status == 0, comment)
            let killed = try await scene.world.run(
                ["run", scene.script], with: scene.more.merging(["IWLUA_FAIL_AT": "before-sending#1"]) { $1 })
            #expect(killed.status == SIGKILL, "\(comment): \(killed.errors)")
            let approvals = try await scene.run(["approvals", "--output", "json"])
            let id = try #require(try approvals.json.arrayValue?.first?["id"]?.stringValue)
            #expect(try await scene.run(["approvals", "remove", id]).status == 0, comment)
        case .changedScript:
            let killed = try await scene.world.run(
                run + ["--yes"], with: scene.more.merging(["IWLUA_FAIL_AT": "before-sending#2"]) { $1 })
            #expect(killed.status == SIGKILL, comment)
            let other = try scene.world.iwlua.file(
                "other.lua", Scene.text(change, needs: "instances:read \(change.grant)", before: "local other = 1"))
            resume = ["--changed-script", other]
        case .protection:
            #expect(try await scene.run(run).status == 3, comment)
            resume = ["--override-protection"]
        }
        let others = refusal == .notPlanned && change == .rename ? 1 : 0
        let made = refusal == .notPlanned ? (change == .rename ? 3 : 0) : refusal.made
        #expect(scene.world.effects(change.operation).count == made + others, comment)
        try await scene.isRefused(resume, comment)
        // Also without what was asked for once.
        if refusal == .changedScript { try await scene.isRefused([], comment) }
        if refusal != .protection { resume.append("--override-protection") }
        let agreed = try await scene.run(["resume", "last", "--yes"] + resume)
        #expect(agreed.status == 0, "\(comment): \(agreed.errors)")
        let names = scene.world.names
        switch change {
        case .rename: #expect(names.count { $0.hasPrefix("web-") } == (refusal == .canaryFailed ? 1 : 0), comment)
        case .deletion, .powerOff:
            // What the canary failed at stays as it is: the script has caught that.
            #expect(scene.world.effects(change.operation).count >= (refusal == .canaryFailed ? 3 : 4), comment)
        }
        #expect(scene.world.effects(change.operation).values.count { $0 != 1 } == others, comment)
        try await scene.world.end()
    }

    private static let otherName = """
        -- ==Script==
        -- @needs instances:read instances:edit
        -- ==/Script==
        require("iwinv").instances.list { name = "web-004" }[1]:edit { name = "web-014" }
        """

    @Test(.debugProgram, arguments: Change.allCases)
    func `a run that somebody agreed to goes on without a question`(_ change: Change) async throws {
        for consent in ["flag", "approval", "plan"] {
            let scene = try await Scene(change, isGranted: true)
            let (run, open) = (["run", scene.script] + scene.allow, ["--override-protection"])
            switch consent {
            case "flag":
                let killed = try await scene.world.run(
                    run + ["--yes"] + open, with: scene.more.merging(["IWLUA_FAIL_AT": "before-sending#2"]) { $1 })
                #expect(killed.status == SIGKILL, "\(killed.errors)")
            case "approval":
                #expect(try await scene.run(["approve", scene.script] + scene.allow).status == 0)
                let killed = try await scene.world.run(
                    ["run", scene.script], with: scene.more.merging(["IWLUA_FAIL_AT": "before-sending#2"]) { $1 })
                #expect(killed.status == SIGKILL, "\(killed.errors)")
            default:
                let terminal = try TypedTerminal(
                    scene.world.iwlua, run + open,
                    environment: scene.world.environment.merging(scene.more) { $1 }.merging(
                        ["IWLUA_FAIL_AT": "before-sending#2"]) { $1 })
                await terminal.see("[y/N]")
                terminal.enter("y")
                #expect(await terminal.status() == SIGKILL)
            }
            let resumed = try await scene.run(["resume", "last"])
            // What the profile protects is refused in the end, as it would have been.
            let isProtected = change != .rename
            #expect(resumed.status == (isProtected ? 3 : 0), "\(consent): \(resumed.errors)")
            #expect(scene.world.effects(change.operation).count == (isProtected ? 3 : 4), "\(consent)")
            try await scene.world.end()
        }
    }

    @Test func `after Ctrl-C in an approved run what was not sent is still approved, and no more than that`()
        async throws
    {
        let world = try await KillWorld(servers: 12)
        // Four requests a second or so: the changes wait for the budget.
        let budget = ["IWLUA_BUDGET": "6/4", "IWLUA_TIMEOUT": "60s"]
        let run = [
            "run", Iwlua.automation("bulk-rename.lua"), "--param", "from=web-", "--param", "to=www-", "--allow",
            "instances:edit",
        ]
        let terminal = try TypedTerminal(world.iwlua, run, environment: world.environment.merging(budget) { $1 })
        await terminal.see("[y/N]")
        terminal.enter("y")
        for _ in 0..<2000 where world.effects("instances.edit").isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        terminal.type(TypedTerminal.interrupt)
        #expect(await terminal.status() == 130, "\(terminal.text)")
        let made = world.effects("instances.edit").count
        #expect((1..<12).contains(made))
        let resumed = try await world.run(["resume", "last", "--output", "json"], with: ["IWLUA_TIMEOUT": "60s"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("\(12 - made) of 12 approved changes are left"), "\(resumed.errors)")
        let outcomes = try resumed.json["changes"]?.arrayValue?.compactMap { $0["outcome"]?.stringValue } ?? []
        #expect(outcomes == Array(repeating: "confirmed", count: 12))
        #expect(world.effects("instances.edit").count == 12)
        #expect(world.effects("instances.edit").values.allSatisfy { $0 == 1 })
        try await world.end()
    }

    /// A daemon's run that was killed before its first change, and loses its approval.
    @Test(.timeLimit(.minutes(2))) func `a daemon does not go on with a run whose approval was revoked`() async throws {
        let world = try await DaemonWorld(schedules: 1, rate: 60)
        try await world.add("once", server: world.servers[0], "--every", "30d")
        try world.world.setFaults(["reads: delay(1s)"])
        _ = try await world.world.run(["schedule", "run", "once"])
        let first = try world.daemon()
        try await world.until { !world.world.simulator.requests.isEmpty }
        first.signal(SIGKILL)
        _ = try await first.end()
        try world.world.setFaults([])
        let approvals = try await world.world.run(["approvals", "--output", "json"])
        let id = try #require(try approvals.json.arrayValue?.first?["id"]?.stringValue)
        #expect(try await world.world.run(["approvals", "remove", id]).status == 0)
        let next = try world.daemon()
        try await world.until { try await world.ledger.openOccurrences().isEmpty }
        next.signal(SIGTERM)
        let log = try await next.end()
        #expect(log.errors.contains("does not go on"), "\(log.errors)")
        #expect(try await world.ledger.schedule("once").last?.word == "denied")
        let resumed = try await world.world.run(["resume", "last"])
        #expect(resumed.status == 3, "\(resumed.errors)")
        #expect(world.world.effects("instances.edit").isEmpty)
        try await world.world.end()
    }

    /// What a canary stopped stays stopped, by hand and by the next daemon.
    @Test(.timeLimit(.minutes(2))) func `a scheduled run that its canary stopped is not resumed by anybody`()
        async throws
    {
        let world = try await DaemonWorld(schedules: 2, rate: 60)
        let script = try world.world.iwlua.file(
            "both.lua",
            """
            -- ==Script==
            -- @needs instances:edit
            -- ==/Script==
            for _, vm in ipairs(require("iwinv").instances.list {}) do
                local ok, e = pcall(function() vm:edit { description = "seen" } end)
                if not ok and e.kind == "denied" then error(e) end
            end
            """)
        let added = try await world.world.run(
            ["schedule", "add", "both", script, "--allow", "instances:edit", "--canary", "1", "--every", "30d"])
        #expect(added.status == 0, "\(added.errors)")
        try world.world.setFaults(["instances.edit: every 1st refuse(LIMIT_EXCEEDED)"])
        _ = try await world.world.run(["schedule", "run", "both"])
        for _ in 1...2 {
            let daemon = try world.daemon()
            try await world.until { try await world.ledger.schedule("both").last != nil }
            try await world.until { try await world.ledger.openOccurrences().isEmpty }
            daemon.signal(SIGTERM)
            _ = try await daemon.end()
            try world.world.setFaults([])
            #expect(try await world.ledger.schedule("both").last?.word == "denied")
            #expect(try await world.world.run(["resume", "last"]).status == 3)
        }
        #expect(world.world.effects("instances.edit").isEmpty)
        try await world.world.end()
    }
}
