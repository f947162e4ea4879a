import Glibc

extension GoldenTable {
    static let historyCommands = [
        GoldenCommand(
            "runs", display: false, codes: [0, 2],
            [
                GoldenCase("a list without a word", "", 0, .history),
                GoldenCase("a list as JSON", "--output json --lang ko", 0, .history),
                GoldenCase("a command that does not exist", "shwo last", 2),
            ]),
        GoldenCommand(
            "runs list", codes: [0, 2, 7],
            [
                GoldenCase("all", "", 0, .history),
                GoldenCase("none", "", 0),
                GoldenCase("none of these", "--script other.lua", 0, .history).inText,
                GoldenCase("open ones", "--open --limit 1", 0, .history).inText,
                GoldenCase("colours", "--color always", 0, .history).inText,
                GoldenCase("a full disk", "", 7, .history) { $0.writesToFullDisk = true },
                .slip("a limit that is none", "--limit 0"),
                .slip("a format that does not exist", "--output xml") { $0.formats = .asTyped },
                GoldenCase("a journal that is none", "", 7, .noJournal),
            ]),
        GoldenCommand(
            "runs show", codes: [0, 2, 7], least: "last",
            [
                GoldenCase("done", "rdone", 0, .history),
                GoldenCase("done, in colours", "rdone --color always", 0, .history).inText,
                GoldenCase("unknown", "runknown", 0, .history),
                GoldenCase("denied", "rdenied", 0, .history),
                GoldenCase("cut", "rcut", 0, .history),
                GoldenCase("under way", "last", 0, .history).inText,
                GoldenCase("by call", "rdone --by call", 0, .history).inText,
                GoldenCase("killed with a reboot on its way", "last", 0, .killedOnItsWay),
                GoldenCase("taken back", "last", 0, .undone).inText,
                GoldenCase("a full disk", "rdone", 7, .history) { $0.writesToFullDisk = true },
                .slip("no run", ""),
                GoldenCase("a run that nobody knows", "rnone", 2, .history),
                .slip("several runs", "r", .history),
                .slip("a view that does not exist", "rdone --by time", .history),
            ]),
        GoldenCommand(
            "runs diff", codes: [0, 2, 7], least: "last last",
            [
                GoldenCase("different", "rdone rdenied", 0, .history),
                GoldenCase("the same", "rdone rdone", 0, .history),
                GoldenCase("a full disk", "rdone rdenied", 7, .history) { $0.writesToFullDisk = true },
                .slip("one run", "rdone", .history),
                GoldenCase("a run that nobody knows", "rdone rnone", 2, .history),
            ]),
        GoldenCommand(
            "runs export", display: false, codes: [0, 2, 7],
            [
                GoldenCase("one", "rdone", 0, .history),
                GoldenCase("to a file", "rcut rdenied -o runs.jsonl", 0, .history) { $0.files = ["runs.jsonl"] },
                GoldenCase("none", "", 0),
                GoldenCase("a full disk", "rdone", 7, .history) { $0.writesToFullDisk = true },
                GoldenCase("a run that nobody knows", "rnone", 2, .history),
                .slip("a file that cannot be written", "-o nowhere/runs.jsonl", .history),
            ]),
        GoldenCommand(
            "runs verify", codes: [0, 1, 2, 7],
            [
                GoldenCase("whole", "", 0, .history),
                GoldenCase("edited", "", 1, .edited),
                GoldenCase("a full disk", "", 7, .history) { $0.writesToFullDisk = true },
                GoldenCase("a journal that is none", "", 7, .noJournal),
            ]),
        GoldenCommand(
            "runs prune", codes: [0, 2, 7],
            [
                GoldenCase("all but two", "--keep-count 2", 0, .history) { $0.then = [["runs"]] },
                GoldenCase("none", "--keep-count 50", 0, .history),
                GoldenCase("only listed", "--keep 1d --dry-run", 0, .history),
                GoldenCase("a full disk", "--keep 1d --dry-run", 7, .history) { $0.writesToFullDisk = true },
                .slip("a time that is none", "--keep long", .history),
                .slip("a number that is none", "--keep-count '-1'", .history),
                .slip("a retention that is none", "", .history) {
                    $0.environment = ["IWLUA_RETENTION": "soon"]
                },
            ]),
        GoldenCommand(
            "stop", codes: [0, 1, 2], least: "last",
            [
                GoldenCase("under way", "rliving", 0, .history),
                GoldenCase("ended", "rdone", 1, .history),
                GoldenCase("cut", "rcut", 1, .history),
                .slip("no run", ""),
                GoldenCase("a run that nobody knows", "rnone", 2, .history),
            ]),
        GoldenCommand(
            "approve", codes: [0, 2, 7], least: "show.lua",
            [
                GoldenCase("a script", "rename.lua --allow instances:edit --max-changes 5 --param to=new-", 0, .cloud) {
                    $0.then = [["approvals"]]
                },
                GoldenCase("a full disk", "rename.lua --allow instances:edit", 7, .cloud) {
                    $0.writesToFullDisk = true
                },
                .slip("no script", ""),
                GoldenCase("a script that is not there", "nowhere.lua", 2, .cloud),
                .slip("less than it needs", "rename.lua", .cloud),
                GoldenCase("no account", "rename.lua --allow instances:edit", 2),
            ]),
        GoldenCommand(
            "approvals", display: false, codes: [0, 2],
            [
                GoldenCase("a list without a word", "", 0, .approval),
                GoldenCase("a command that does not exist", "revoke a1b2", 2, .approval),
            ]),
        GoldenCommand(
            "approvals list", codes: [0, 2, 7],
            [
                GoldenCase("one", "", 0, .approval),
                GoldenCase("none", "", 0),
                GoldenCase("a full disk", "", 7, .approval) { $0.writesToFullDisk = true },
                GoldenCase("a journal that is none", "", 7, .noJournal),
            ]),
        GoldenCommand(
            "approvals remove", codes: [0, 2], least: "a1b2",
            [
                GoldenCase("one", "a1b2", 0, .approval),
                .slip("no id", ""),
                GoldenCase("one that is not there", "ffff", 2, .approval),
            ]),
    ]
}
