import IwinvCatalog
import Testing

/// What a shipped script is traced with. The name of its file: `bulk-rename.table.documented.trace`.
struct TraceCase: Sendable, CustomTestStringConvertible {
    /// The script's file in `scripts/automation`, without its ending.
    var script: String
    /// Tells two cases of a script apart; empty for the first.
    var variant = ""
    var parameters: [String] = []
    var grant: String?
    /// What has no promised order, in a step: requests of these operations that follow each other are compared as a set. All
    /// others are compared in the order in which they came.
    ///
    /// These are the changes of a `task.map` with a limit above one, and in `undo` all that it reads, and changes of which no one
    /// rests on another; `apply` makes side by side what the script did.
    var sideBySide: [Step: Set<OperationName>] = [:]
    /// Runs against both of the cloud's families of firewall paths.
    var hasFirewalls = false
    /// What is done, one after the other, with the same cloud.
    var steps: [Step] = [.run]
    var fleet = Fleet.mixed
    var profile = Profile.documented
    var family: Family?

    enum Step: String, Sendable {
        case run, undo, plan, apply
    }

    enum Profile: String, Sendable, CaseIterable {
        case documented, live
    }

    enum Family: String, Sendable, CaseIterable {
        case securityGroups = "security-groups"
        case firewall
    }

    enum Fleet: Sendable {
        /// A few of everything.
        case mixed
        /// More servers than a page has.
        case many
    }

    /// Everything that a script which changes something is for.
    private static let allSteps: [Step] = [.run, .undo, .plan, .apply]
    private static let renames: Set<OperationName> = ["instances.edit", "instances.list"]
    private static let rules: Set<OperationName> = [
        "firewall.list", "firewall.get", "firewall.rules.list", "firewall.rules.edit",
    ]

    static let table: [TraceCase] = [
        // Four servers at a time.
        TraceCase(
            script: "bulk-rename", parameters: ["from=web-", "to=www-"], grant: "instances:edit",
            sideBySide: [.run: ["instances.edit"], .undo: renames, .apply: renames], steps: allSteps),
        TraceCase(
            script: "bulk-rename", variant: "table",
            parameters: [#"renames=[{"from":"web-1","to":"first-1"},{"from":"결제-1","to":"pay & 웹"}]"#],
            grant: "instances:edit", sideBySide: [.run: ["instances.edit"]]),
        TraceCase(script: "bulk-rename", variant: "dry", parameters: ["from=web-", "to=www-", "dry=true"]),
        TraceCase(script: "cost-report"),
        TraceCase(script: "firewall-audit", hasFirewalls: true),
        TraceCase(script: "inventory"),
        TraceCase(script: "inventory", variant: "pages", parameters: ["status=active"], fleet: .many),
        TraceCase(script: "orphan-volumes", parameters: ["gap=1ms"]),
        // One server at a time. The smaller size has not the disk, so that nothing brings it back.
        TraceCase(
            script: "resize-fleet", parameters: ["prefix=db-", "flavor=vgna_4_n"], grant: "instances:create",
            sideBySide: [.undo: ["instances.list", "flavors.get"]], steps: [.run, .undo]),
        TraceCase(
            script: "resize-fleet", variant: "planned", parameters: ["prefix=db-", "flavor=vgna_4_n"],
            steps: [.plan, .apply]),
        TraceCase(script: "resize-fleet", variant: "dry", parameters: ["prefix=db-", "flavor=vgna_4_n", "dry=true"]),
        // One server at a time.
        TraceCase(
            script: "rolling-reboot", parameters: ["prefix=db-", "pause=1ms"], grant: "instances:power",
            steps: allSteps),
        // One rule at a time.
        TraceCase(
            script: "rotate-firewall-ip", parameters: ["old=198.51.100.7", "new=203.0.113.0/28"],
            grant: "firewall:edit",
            sideBySide: [.undo: rules], hasFirewalls: true, steps: allSteps),
        TraceCase(
            script: "rotate-firewall-ip", variant: "dry",
            parameters: ["old=198.51.100.7", "new=203.0.113.0/28", "dry=true"], hasFirewalls: true),
    ]

    /// The table, on both profiles, and where firewalls are touched with both families.
    static let all: [TraceCase] = table.flatMap { row in
        Profile.allCases.flatMap { profile -> [TraceCase] in
            let families: [Family?] = row.hasFirewalls ? Family.allCases : [nil]
            return families.map { family in
                var traced = row
                (traced.profile, traced.family) = (profile, family)
                return traced
            }
        }
    }

    /// `rotate-firewall-ip.dry.live.firewall.trace`
    var file: String {
        ([script, variant, profile.rawValue, family?.rawValue ?? ""].filter { !$0.isEmpty } + ["trace"])
            .joined(separator: ".")
    }

    var testDescription: String { file }
}
