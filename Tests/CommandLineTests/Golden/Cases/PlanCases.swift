import Glibc

extension GoldenTable {
    static let planCommands = [
        GoldenCommand("plan", codes: [0, 1, 2, 3, 4, 6, 7, 130], least: "show.lua", plan),
        GoldenCommand("apply", codes: [0, 2, 3, 4, 5, 6, 7, 130], ofOneFormat: [7], least: "rename.plan", apply),
        GoldenCommand("undo", codes: [0, 2, 3, 4, 5, 6, 7, 130], ofOneFormat: [7], least: "last", undo),
        GoldenCommand("resume", codes: [0, 1, 2, 3, 4, 5, 6, 130], least: "last", resume),
        GoldenCommand("replay", codes: [0, 1, 2, 3, 4, 5, 6, 7, 130], ofOneFormat: [7], least: "last", replay),
        GoldenCommand("repl", codes: [0, 1, 2, 3, 4, 5, 6, 130], ofOneFormat: [0, 1, 3, 4, 5, 6, 130], repl),
    ]

    private static let plan = [
        GoldenCase("changes", "rename.lua --simulate", 0),
        GoldenCase("nothing", "list.lua --simulate", 0),
        GoldenCase("a creation", "create.lua --simulate", 0),
        GoldenCase("a deletion", "delete.lua --simulate", 0),
        GoldenCase("waits", "two.lua --simulate", 0),
        GoldenCase("is saved", "rename.lua --simulate -o rename.plan", 0) { $0.files = ["rename.plan"] },
        GoldenCase("an error half-way", "half.lua --simulate -o half.plan", 1) { $0.files = ["half.plan"] },
        GoldenCase("a full disk", "rename.lua --simulate", 7) { $0.writesToFullDisk = true },
        GoldenCase("syntax", "syntax.lua --simulate", 2),
        GoldenCase("no account", "rename.lua", 2),
        .slip("a file that cannot be written", "rename.lua --simulate -o nowhere/rename.plan"),
        GoldenCase("too many changes", "rename.lua --simulate --max-changes 1", 3),
        GoldenCase("what the profile protects", "delete.lua --profile prod", 3, .profiles),
        GoldenCase("refused by the cloud", "rename.lua --simulate --fault 'reads: refuse(LIMIT_EXCEEDED)'", 4),
        GoldenCase("processor time", "busy.lua --simulate --cpu 200ms", 6),
        GoldenCase("Ctrl-C", "asking.lua", 130, .cloud) {
            $0.faults = ["instances.list: delay(1s)"]
            $0.environment = ["IWLUA_TIMEOUT": "1m"]
            $0.signal = .init(number: SIGINT)
        },
    ]

    private static let apply = [
        GoldenCase("all", "rename.plan --simulate --yes", 0, .plans),
        GoldenCase("a question that is answered yes", "rename.plan --simulate", 0, .plans) {
            $0.typing = .init(text: "y\n")
        }.inText,
        GoldenCase("waits", "two.plan --simulate --yes", 0, .plans),
        GoldenCase("nothing", "list.plan --simulate --yes", 0, .plans),
        GoldenCase("a full disk", "rename.plan --simulate --yes --output json", 7, .plans) {
            ($0.writesToFullDisk, $0.formats) = (true, .asTyped)
        },
        .slip("no file", ""),
        GoldenCase("a file that is not there", "nowhere.plan --simulate", 2),
        .slip("a file that is no plan", "rename.lua --simulate"),
        GoldenCase("a plan that was edited", "edited.plan --simulate --yes", 2, .editedPlan),
        .slip("another account", "rename.plan --yes", .foreignPlan),
        .slip("an age that is none", "rename.plan --simulate --max-age soon", .plans),
        GoldenCase("without consent", "rename.plan --simulate", 3, .plans),
        GoldenCase("a question that is answered no", "rename.plan --simulate", 3, .plans) {
            $0.typing = .init(text: "n\n")
        }.inText,
        GoldenCase("too old", "rename.plan --simulate --yes --now 2026-03-01T06:00:00+09:00", 3, .plans),
        GoldenCase("not as planned", "rename.plan --yes", 3, .driftedPlan),
        GoldenCase("not as planned, and skipped", "rename.plan --yes --on-drift skip", 3, .driftedPlan),
        GoldenCase("has created already", "create.plan --yes", 3, .created),
        GoldenCase("too many changes", "two.plan --simulate --yes --max-changes 1", 3, .plans),
        GoldenCase(
            "refused by the cloud", "two.plan --simulate --yes --fault 'instances.edit: refuse(LIMIT_EXCEEDED)'", 4,
            .plans),
        GoldenCase(
            "a lost reply that nothing explains", "reboot.plan --simulate --yes --fault 'instances.reboot: reset'", 5,
            .plans),
        GoldenCase("time", "two.plan --simulate --yes --time 30m", 6, .plans),
        GoldenCase(
            "Ctrl-C", "two.plan --simulate --yes --clock real --max-age 999999h --log-level trace", 130, .plans
        ) { $0.signal = .init(number: SIGINT, after: "trace instances.edit") },
    ]

    private static let undo = [
        GoldenCase("all", "last --yes", 0, .done),
        GoldenCase("nothing to do", "last --yes", 0, .undone),
        GoldenCase("is saved", "last -o undo.plan", 0, .done) { $0.files = ["undo.plan"] },
        GoldenCase("a full disk", "last --yes --output json", 7, .done) {
            ($0.writesToFullDisk, $0.formats) = (true, .asTyped)
        },
        .slip("no run", ""),
        GoldenCase("a run that nobody knows", "rnone --yes", 2, .done),
        .slip("a simulated cloud", "last --simulate --yes", .done),
        GoldenCase("without consent", "last", 3, .done),
        GoldenCase("too many changes", "last --yes --max-changes 0", 3, .done),
        GoldenCase("refused while it plans", "last --yes", 4, .done) { $0.faults = ["reads: refuse(LIMIT_EXCEEDED)"] },
        GoldenCase("refused while it changes", "last --yes --batch 1", 4, .done) {
            $0.faults = ["instances.edit: refuse(LIMIT_EXCEEDED)"]
        },
        GoldenCase("a lost reply that nothing explains", "last --yes", 5, .switchedOff) {
            $0.faults = ["instances.start: reset", "instances.get: refuse(LIMIT_EXCEEDED)"]
        },
        GoldenCase("time", "last --yes --time 1s", 6, .done) {
            $0.faults = ["instances.list: delay(1500ms)"]
            $0.environment = ["IWLUA_TIMEOUT": "1m"]
        },
        GoldenCase("Ctrl-C", "last --yes", 130, .done) {
            $0.faults = ["reads: delay(1s)"]
            $0.environment = ["IWLUA_TIMEOUT": "1m"]
            $0.signal = .init(number: SIGINT)
        },
    ]

    private static let resume = [
        GoldenCase("goes on", "last", 0, .killed),
        GoldenCase("skips what nobody knows", "last --unknown skip", 0, .killedOnItsWay).inText,
        GoldenCase("repeats what nobody knows", "last --unknown repeat", 0, .killedOnItsWay),
        GoldenCase("a higher limit and a yes", "last --max-changes 5 --yes", 0, .limited),
        GoldenCase("fails again", "last", 1, .failed),
        GoldenCase("another script that does something else", "last --changed-script reboot.lua --yes", 1, .failed),
        .slip("no run", ""),
        GoldenCase("a run that nobody knows", "rnone", 2, .killed),
        GoldenCase("a run that has ended well", "last", 2, .done),
        GoldenCase("a script that is not there", "last --changed-script nowhere.lua", 2, .killed),
        .slip("another account", "last", .killed) { $0.environment = ["IWINV_ACCESS_KEY": "another"] },
        .slip("a word that does not exist", "last --unknown maybe", .killed),
        GoldenCase("without consent", "last", 3, .unattended),
        GoldenCase("a higher limit without consent", "last --max-changes 5", 3, .limited).inText,
        GoldenCase("the same limit", "last", 3, .limited).inText,
        GoldenCase("refused by the cloud", "last", 4, .killed) {
            $0.faults = ["instances.edit: refuse(LIMIT_EXCEEDED)"]
        },
        GoldenCase("what nobody knows", "last", 5, .killedOnItsWay) { $0.then = [["runs", "show", "last"]] },
        GoldenCase("processor time", "last", 6, .busy),
        GoldenCase("Ctrl-C", "last", 130, .waiting) { $0.signal = .init(number: SIGINT, after: "waiting\n") },
    ]

    private static let replay = [
        GoldenCase("as it was", "last", 0, .done),
        GoldenCase("another script", "last list.lua", 1, .done),
        GoldenCase("as a test", "last rename.lua --as-test incident_test.lua", 0, .done) {
            $0.files = ["incident_test.lua"]
            $0.then = [["test", "incident_test.lua"]]
        },
        GoldenCase("failed", "last", 1, .failed),
        GoldenCase("a full disk", "last --output json", 7, .done) {
            ($0.writesToFullDisk, $0.formats) = (true, .asTyped)
        },
        .slip("no run", ""),
        GoldenCase("a run that nobody knows", "rnone", 2, .done),
        .slip("a test that is there already", "last rename.lua --as-test sums_test.lua", .done),
        .slip("a test that is no Lua file", "last --as-test incident.txt", .done),
        GoldenCase("denied", "last", 3, .limited),
        GoldenCase("refused", "last", 4, .refused),
        GoldenCase("unknown", "last", 5, .unknown),
        GoldenCase("processor time", "last --cpu 200ms", 6, .busy),
        GoldenCase("Ctrl-C", "last loop.lua --cpu 60s", 130, .done) {
            $0.signal = .init(number: SIGINT, after: "loop\n")
        },
    ]

    private static let repl = [
        GoldenCase("values", "--simulate", 0) {
            ($0.input, $0.formats) = ("n = 20\nn + 1, 'x'\n{ a = 1, b = { 2 } }\niwinv.zones.list()\n", .asTyped)
        },
        GoldenCase("commands", "--simulate", 0) { ($0.input, $0.formats) = (":help\n?zones.list\n", .asTyped) },
        GoldenCase("changes", "--simulate --allow instances:edit --yes", 0) {
            $0.input = """
                vm = iwinv.instances.list { name = "web-01" }[1]
                :plan vm:edit { name = "plan-01" }
                vm:edit { name = "www-01" } print("edited")
                :undo
                :save saved.lua

                """
            ($0.formats, $0.files) = (.asTyped, ["saved.lua"])
        },
        GoldenCase("an error", "--simulate", 1) { ($0.input, $0.formats) = ("print(1)\nnil + 1\n", .asTyped) },
        .slip("JSON", "--simulate --output json") { $0.formats = .asTyped },
        GoldenCase("syntax", "--simulate", 2) { ($0.input, $0.formats) = ("x = = 2\n", .asTyped) },
        GoldenCase("no account", "", 2) { $0.formats = .asTyped },
        GoldenCase("not granted", "--simulate", 3) {
            ($0.input, $0.formats) = (
                "iwinv.instances.list { name = 'web-01' }[1]:edit { name = 'www-01' }\n", .asTyped
            )
        },
        GoldenCase("without consent", "--simulate --allow instances:edit", 3) {
            ($0.input, $0.formats) = (
                "iwinv.instances.list { name = 'web-01' }[1]:edit { name = 'www-01' }\n", .asTyped
            )
        },
        GoldenCase("refused by the cloud", "--simulate --fault 'reads: refuse(LIMIT_EXCEEDED)'", 4) {
            ($0.input, $0.formats) = ("iwinv.zones.list()\n", .asTyped)
        },
        GoldenCase(
            "a lost reply that nothing explains",
            "--simulate --allow instances:power --yes --fault 'instances.reboot: reset'", 5
        ) { ($0.input, $0.formats) = ("iwinv.instances.list { name = 'web-01' }[1]:reboot()\n", .asTyped) },
        GoldenCase("processor time", "--simulate --cpu 200ms", 6) {
            ($0.input, $0.formats) = ("while true do end\n", .asTyped)
        },
        GoldenCase("Ctrl-C", "--simulate --clock real", 130) {
            $0.input = "task.spawn(function() time.sleep('50ms') print('waiting') end) time.sleep('1h')\n"
            ($0.formats, $0.signal) = (.asTyped, .init(number: SIGINT, after: "waiting\n"))
        },
    ]
}
