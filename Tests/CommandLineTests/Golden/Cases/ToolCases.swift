import Glibc

extension GoldenTable {
    static let profileCommands = [
        GoldenCommand(
            "profile", display: false, codes: [0, 2],
            [
                GoldenCase("without a word", "", 0),
                GoldenCase("a command that does not exist", "lsit", 2),
            ]),
        GoldenCommand(
            "profile add", display: false, codes: [0, 2, 7], least: "prod --access-key k",
            [
                GoldenCase("a key from standard input", "prod --access-key an-access-key", 0) {
                    $0.input = "a-secret-key\n"
                    $0.files = ["config/iwlua/config.yaml"]
                    $0.then = [["profile", "list"]]
                },
                GoldenCase("changed", "prod --access-key another-key --secret-env TEST_SECRET", 0, .profiles) {
                    $0.environment = ["TEST_SECRET": "a-secret-key"]
                },
                GoldenCase("a question", "prod --access-key an-access-key", 0) {
                    $0.typing = .init(text: "a-secret-key\n", after: "Secret key of prod: ")
                },
                .slip("no access key", "prod"),
                .slip("no secret key", "prod --access-key an-access-key"),
                .slip("a name that is none", "'a b' --access-key an-access-key"),
                .slip("two places", "prod --access-key k --secret-env A --secret-command b"),
                .slip("an endpoint that is not safe", "prod --access-key k --endpoint http://192.0.2.1"),
                GoldenCase("a file that others may read", "prod --access-key k --secret-file show.lua", 7),
            ]),
        GoldenCommand(
            "profile list", codes: [0, 2, 7],
            [
                GoldenCase("two", "", 0, .profiles),
                GoldenCase("none", "", 0),
                GoldenCase("a configuration that is broken", "", 7, .brokenConfiguration),
            ]),
        GoldenCommand(
            "profile show", codes: [0, 2, 7], least: "prod",
            [
                GoldenCase("one", "prod", 0, .profiles),
                GoldenCase("under an environment", "test", 0, .profiles) {
                    $0.environment = ["IWLUA_ENDPOINT": "http://127.0.0.1:9", "IWINV_ACCESS_KEY": "k"]
                },
                .slip("no name", ""),
                GoldenCase("one that is not there", "prdo", 2, .profiles),
                GoldenCase("a configuration that is broken", "prod", 7, .brokenConfiguration),
            ]),
        GoldenCommand(
            "profile rename", codes: [0, 2], least: "prod live",
            [
                GoldenCase("one", "test second", 0, .profiles) { $0.then = [["profile", "list"]] },
                .slip("no new name", "prod"),
                .slip("a name that is none", "prod 'a b'"),
                GoldenCase("one that is not there", "prdo live", 2, .profiles),
                GoldenCase("a name that is taken", "prod test", 2, .profiles),
            ]),
        GoldenCommand(
            "profile remove", codes: [0, 2, 3], least: "prod",
            [
                GoldenCase("one", "prod --yes", 0, .profiles) { $0.then = [["profile", "list"]] },
                GoldenCase("a question that is answered yes", "test", 0, .profiles) {
                    $0.typing = .init(text: "y\n")
                }.inText,
                GoldenCase("a question that is answered no", "test", 3, .profiles) {
                    $0.typing = .init(text: "n\n")
                }.inText,
                GoldenCase("nobody to ask", "prod", 3, .profiles),
                GoldenCase("one that is not there", "prdo", 2, .profiles),
            ]),
        GoldenCommand(
            "profile use", display: false, codes: [0, 2], least: "prod",
            [
                GoldenCase("one", "test", 0, .profiles),
                .slip("no name", ""),
                GoldenCase("one that is not there", "tset", 2, .profiles),
            ]),
        GoldenCommand(
            "profile test", codes: [0, 2, 4, 7],
            [
                GoldenCase("one", "prod", 0, .profiles),
                GoldenCase("the account of the environment", "", 0, .cloud),
                GoldenCase("a full disk", "prod", 0, .profiles) { $0.writesToFullDisk = true },
                GoldenCase("one that is not there", "prdo", 2, .profiles),
                GoldenCase("a secret key that is not there", "test", 7, .profiles),
                GoldenCase("an address that is not allowed", "prod", 4, .profiles) { $0.faults = ["*: check-ip"] },
                GoldenCase("a wrong key", "", 4, .cloud) { $0.environment = ["IWINV_SECRET_KEY": "wrong"] },
            ]),
    ]

    static let toolCommands = [
        GoldenCommand(
            "check", codes: [0, 2, 7], least: "show.lua",
            [
                GoldenCase("nothing found", "rename.lua show.lua", 0),
                GoldenCase("standard input", "-", 0) { $0.input = "print('fine')\n" }.inText,
                GoldenCase("a full disk", "rename.lua", 7) { $0.writesToFullDisk = true },
                GoldenCase("mistakes", "slips.lua", 2),
                GoldenCase("without warnings", "slips.lua --errors-only", 2),
                GoldenCase("syntax and header", "syntax.lua header.lua", 2),
                .slip("no script", ""),
                GoldenCase("a script that is not there", "nowhere.lua", 2),
            ]),
        GoldenCommand(
            "test", codes: [0, 1, 2, 7],
            [
                GoldenCase("all pass", "sums_test.lua --jobs 1", 0),
                GoldenCase("for a build server", "sums_test.lua --junit junit.xml", 0) { $0.files = ["junit.xml"] }
                    .inText,
                GoldenCase("some fail", "failing --jobs 1", 1),
                GoldenCase("a full disk", "sums_test.lua", 7) { $0.writesToFullDisk = true },
                GoldenCase("no test", "config", 2),
                .slip("no test of this name", "sums_test.lua --filter subtracts"),
                .slip("a time that is none", "sums_test.lua --timeout soon"),
                .slip("a number that is none", "sums_test.lua --jobs 0"),
            ]),
        GoldenCommand(
            "new", codes: [0, 2, 7], least: "tidy",
            [
                GoldenCase("a script", "tidy --dir made", 0) {
                    ($0.files, $0.folders) = (["made/tidy.lua", "made/tidy_test.lua"], ["made"])
                    $0.then = [["test", "made"]]
                },
                GoldenCase("a full disk", "tidy --dir made", 7) { $0.writesToFullDisk = true },
                .slip("no name", ""),
                .slip("a name that is none", "2tidy"),
                .slip("a script that is there already", "sums"),
                .slip("a folder that cannot be made", "tidy --dir /dev/null/made"),
            ]),
        GoldenCommand(
            "simulate", display: false, codes: [0, 2],
            [
                GoldenCase("SIGTERM", "", 0) { $0.signal = .init(number: SIGTERM, after: "Ctrl-C ends it.") },
                .slip("a port that is none", "--port 70000"),
                .slip("a seed that is none", "--seed nowhere.json"),
                .slip("a fault that is none", "--fault 'instances.edit: sometimes lost'"),
                .slip("a quota that is none", "--quota many"),
                .slip("a range that is none", "--allow-from 1.2.3"),
                .slip("a state that is none", "--state show.lua"),
            ]),
        GoldenCommand(
            "doctor", codes: [0, 2, 4, 7],
            [
                GoldenCase("healthy", "", 0, .cloud),
                GoldenCase("a simulated cloud", "--simulate", 0),
                GoldenCase("a full disk", "--simulate", 7) { $0.writesToFullDisk = true },
                GoldenCase("no account", "", 2),
                GoldenCase("a locale without Korean", "", 2) { $0.environment = ["LANG": "C"] }.inText,
                GoldenCase("a state folder that cannot be made", "", 7, .cloud) {
                    $0.environment = ["IWLUA_STATE": "/dev/null/state"]
                },
                GoldenCase("a clock that is wrong", "", 4, .cloud) { $0.faults = ["*: clock-skew(-400s)"] }.inText,
                GoldenCase("a wrong secret key", "", 4, .cloud) { $0.environment = ["IWINV_SECRET_KEY": "wrong"] },
                GoldenCase("an address that is not allowed", "", 4, .cloud) { $0.faults = ["zones.list: check-ip"] },
            ]),
        GoldenCommand(
            "api", codes: [0, 2, 7],
            [
                GoldenCase("all", "", 0) { $0.formats = .text },
                GoldenCase("an operation", "instances.edit", 0),
                GoldenCase("a full disk", "", 7) { $0.writesToFullDisk = true },
                .slip("one that does not exist", "instances.eidt"),
            ]),
        GoldenCommand(
            "doc", codes: [0, 2, 7],
            [
                GoldenCase("what there is", "", 0) { $0.formats = .text },
                GoldenCase("an operation", "instances.edit", 0),
                GoldenCase("a row", "Instance", 0),
                GoldenCase("an error code", "CHECK_IP", 0),
                GoldenCase("exit codes", "exit codes", 0).inText,
                GoldenCase("as Markdown", "header --format markdown", 0).inText,
                GoldenCase("as files", "--format markdown -o pages", 0) { $0.folders = ["pages"] }.inText,
                GoldenCase("a full disk", "", 7) { $0.writesToFullDisk = true },
                .slip("what does not exist", "instances.eidt"),
                .slip("files of text", "-o pages"),
            ]),
        GoldenCommand(
            "types", codes: [0, 2, 7],
            [
                GoldenCase("written", "-o made", 0) { $0.folders = ["made"] },
                GoldenCase("settings that say something else", "-o made", 0, .ownSettings),
                GoldenCase("a full disk", "-o made", 7) { $0.writesToFullDisk = true },
                .slip("a folder that cannot be made", "-o /dev/null/made"),
            ]),
    ]
}
