import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import Testing

/// Work that changes the cloud and may be cut at any instant, and what shall have come of it in the end.
struct KillWork: Sendable, CustomTestStringConvertible {
    /// By what the work is done.
    enum Shape: Sendable {
        /// `run`, and `resume` goes on.
        case run
        /// `resume` of a run that died at a random step.
        case resume
        /// `apply` of the script's plan.
        case apply
        /// `undo` of the script's run.
        case undo
        /// `repl` with the script as its input; another prompt goes on with what is left to do.
        case prompt
        /// An occurrence of a schedule; another daemon goes on.
        case daemon
    }

    var testDescription: String
    var shape = Shape.run
    var script: String
    var grants: String
    var servers = 8
    /// What the cloud has besides servers.
    var more: [String: JSONValue] = [:]
    var environment: [String: String] = [:]
    /// How often each operation takes effect.
    var effects: [OperationName: Int]
    /// The operation that the cloud counts, where the script's is another one.
    var counted: [OperationName: OperationName] = [:]
    /// What is looked at in the cloud in the end.
    var seen: @Sendable (Cloud) -> [String] = { _ in [] }
    /// What is seen there if everything was done.
    var wanted: [String] = []

    /// Whether the cloud counts the effects of an operation for each resource by itself.
    static func countsEach(_ operation: OperationName) -> Bool {
        !operation.description.hasSuffix(".create") && !operation.description.hasPrefix("firewall.")
    }

    /// Waits that scripts do not wait for are short, so that what a read shows is settled early.
    var timing: Timing {
        var timing = Timing()
        (timing.volumeAttachment, timing.volumeDetachment) = (1, 1)
        return timing
    }

    /// Whether a program ends by this signal as a run does by Ctrl-C, or at once as by SIGKILL.
    func endsInOrder(by signal: KillSignal) -> Bool {
        switch signal {
        case .kill: false
        case .terminate, .interrupt: true
        case .hangUp: shape != .daemon
        }
    }

    // MARK: - The table

    /// Those that wait for long come first.
    static let all = [
        olderFirewall, attachment, firewall, creation, reboot, renaming("daemon", .daemon),
        renaming("rename", .run), renaming("apply", .apply), renaming("undo", .undo), renaming("resume", .resume),
        renaming("prompt", .prompt),
    ]

    private static func renaming(_ name: String, _ shape: Shape) -> KillWork {
        KillWork(
            testDescription: name, shape: shape, script: shape == .prompt ? typedRename : renameScript,
            grants: "instances:edit", effects: ["instances.edit": 8], seen: names,
            wanted: (1...8).map { String(format: shape == .undo ? "web-%03d" : "new-%03d", $0) })
    }

    private static let reboot = KillWork(
        testDescription: "reboot", script: rebootScript, grants: "instances:power", effects: ["instances.reboot": 8])

    private static let creation = KillWork(
        testDescription: "creation", script: creationScript,
        grants: "instances:create,storage:create,firewall:create", servers: 1,
        effects: ["instances.create": 2, "storage.create": 1, "firewall.create": 1],
        seen: { cloud in
            names(cloud) + cloud.volumes(at: SystemClock().now).map(\.name) + cloud.firewalls.map(\.title)
        }, wanted: ["made-01", "made-02", "web-001", "made-data", "made-fence"])

    private static let attachment = KillWork(
        testDescription: "attachment", script: attachmentScript, grants: "storage:edit", servers: 5,
        more: [
            "volumes": .array(
                (1...5).map { number in
                    var volume: [String: JSONValue] = [
                        "name": .string("data-0\(number)"), "type": "ssd", "size": 100,
                    ]
                    if number > 3 { volume["server"] = .string("web-00\(number)") }
                    return .object(volume)
                })
        ], effects: ["storage.attach": 3, "storage.detach": 2],
        seen: { cloud in
            cloud.volumes(at: SystemClock().now).map { volume in
                "\(volume.name) \(volume.instanceID.flatMap(cloud.server)?.name ?? "free")"
            }.sorted()
        },
        wanted: ["data-01 web-001", "data-02 web-002", "data-03 web-003", "data-04 free", "data-05 free"])

    private static let firewall = fence(
        "firewall (security-groups)", "security-groups",
        effects: [
            "firewall.rules.add": 4, "firewall.rules.edit": 2, "firewall.rules.remove": 1, "firewall.attach": 2,
        ])

    /// There each change of a rule is an edit of the whole firewall.
    private static let olderFirewall: KillWork = {
        var work = fence("firewall (firewall)", "firewall", effects: ["firewall.edit": 7, "firewall.attach": 2])
        for verb in ["add", "edit", "remove"] {
            work.counted[OperationName(resource: "firewall.rules", verb: verb)] = "firewall.edit"
        }
        return work
    }()

    private static func fence(_ name: String, _ family: String, effects: [OperationName: Int]) -> KillWork {
        KillWork(
            testDescription: name, script: firewallScript, grants: "firewall:edit", servers: 2,
            more: ["firewalls": [["title": "front"]]], environment: ["IWLUA_FIREWALL_API": family], effects: effects,
            seen: { cloud in
                let rules = cloud.firewalls.flatMap(\.rules).map { "\($0.title) \($0.port)" }.sorted()
                return rules + ["\(cloud.firewalls.flatMap(\.instanceIDs).count) servers"]
            },
            wanted: ["r1 2001", "r2 2002", "r3 1003", "2 servers"])
    }

    private static let names: @Sendable (Cloud) -> [String] = { cloud in
        cloud.servers(at: SystemClock().now).map(\.name).sorted()
    }
}
