import Foundation
@preconcurrency import Glibc
import IwinvSimulator

extension GoldenSetup {
    private static let rename = "run rename.lua --allow instances:edit --yes"

    // MARK: - Runs that were

    static let done = cloud("a run that renamed two servers", after: [.init(rename)])
    static let undone = cloud("a run that was taken back", after: [.init(rename), .init("undo last --yes")])
    static let killed = cloud(
        "a run that was killed after its first change",
        after: [.init(rename, .signal(SIGKILL), with: ["IWLUA_FAIL_AT": "after-concluded#1"])])
    static let killedOnItsWay = cloud(
        "a run that was killed with a reboot on its way",
        after: [
            .init(
                "run reboot.lua --allow instances:power --yes", .signal(SIGKILL),
                with: ["IWLUA_FAIL_AT": "after-sending#1"])
        ])
    static let failed = cloud(
        "a run that failed after its first change", after: [.init("run half.lua --allow instances:edit --yes", 1)])
    static let unattended = cloud(
        "a run that nobody agreed to", after: [.init("run rename.lua --allow instances:edit", 3)])
    static let limited = cloud(
        "a run that was over its limit of changes", after: [.init("\(rename) --max-changes 1", 3)])
    static let refused = cloud(
        "a run that the cloud refused", after: [.init(rename, 4, faults: ["instances.edit: refuse(LIMIT_EXCEEDED)"])])
    static let unknown = cloud(
        "a run with a change of which nobody knows",
        after: [.init("run reboot.lua --allow instances:power --yes", 5, faults: ["instances.reboot: reset"])])
    static let busy = cloud(
        "a run that was killed by its processor time", after: [.init("run busy.lua --cpu 200ms", 6)])
    static let switchedOff = cloud(
        "a run that switched a server off", after: [.init("run shutdown.lua --allow instances:power --yes")])
    static let waiting = cloud(
        "a run that was killed as it began",
        after: [
            .init("run waiting.lua", .signal(SIGKILL), with: ["IWLUA_FAIL_AT": "after-begin#1"])
        ])
    static let created = cloud(
        "a plan that creates a server, and was applied",
        after: [.init("plan create.lua -o create.plan"), .init("apply create.plan --yes")])

    /// Of the simulated cloud, which is the same whenever it begins.
    static let plans = folder(
        "plans of rename.lua, two.lua, reboot.lua and of nothing",
        after: ["rename", "two", "reboot", "list"].map { .init("plan \($0).lua --simulate -o \($0).plan") })

    static let editedPlan = GoldenSetup(name: "a plan of rename.lua that was edited") { world in
        try await world.perform(.init("plan rename.lua --simulate -o rename.plan"))
        let plan = try String(contentsOf: world.folder.appendingPathComponent("rename.plan"), encoding: .utf8)
        try world.file("edited.plan", plan.replacing("www-02", with: "own-02"))
    }
    static let foreignPlan = cloud(
        "a cloud, and a plan for the simulated one", after: [.init("plan rename.lua --simulate -o rename.plan")])
    static let driftedPlan = cloud(
        "a plan of rename.lua, and a server that was renamed since",
        after: [.init("plan rename.lua -o rename.plan"), .init("run half.lua --allow instances:edit --yes", 1)])

    static let approved = cloud(
        "an approval of rename.lua", after: [.init("approve rename.lua --allow instances:edit")])

    // MARK: - Accounts

    static let profiles = GoldenSetup(
        name: "profiles prod and test", hasCloud: true,
        environment: ["IWLUA_ENDPOINT": "", "IWINV_ACCESS_KEY": "", "IWINV_SECRET_KEY": ""]
    ) { world in
        try world.file("secret", "simulated-secret-key", mode: 0o600)
        try world.file(
            "config/iwlua/config.yaml",
            """
            current: prod
            profiles:
              prod:
                access_key: simulated-access-key
                secret: {file: \(world.folder.path)/secret}
                endpoint: \(world.simulator?.endpoint ?? "")
                protect: ["web-01"]
              test:
                access_key: test-access-key
                secret: {env: TEST_SECRET}
            """, mode: 0o600)
    }
    static let brokenConfiguration = GoldenSetup(name: "a configuration with a slip") { world in
        try world.file("config/iwlua/config.yaml", "profile: prod\n", mode: 0o600)
    }
    static let noJournal = GoldenSetup(name: "a journal that is no database") { world in
        try world.file("state/journal.sqlite", "This is a text, and long enough to be looked at.\n", mode: 0o600)
    }

    static let ownSettings = GoldenSetup(name: "settings of an editor") { world in
        try world.file("made/.luarc.json", "{}\n")
    }
}
