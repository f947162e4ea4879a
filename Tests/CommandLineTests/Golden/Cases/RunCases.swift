import Glibc

extension GoldenTable {
    static let runCommands = [
        GoldenCommand(
            "run", codes: [0, 1, 2, 3, 4, 5, 6, 7, 130], least: "show.lua",
            runDone + runMistakes + runRefused + runKilled)
    ]

    private static let rename = "rename.lua --allow instances:edit --yes"

    private static let runDone = [
        GoldenCase("prints and logs", "show.lua --simulate", 0),
        GoldenCase("logs at a level", "show.lua --simulate --log-level warn", 0).inText,
        GoldenCase("changes", "\(rename) --simulate", 0),
        GoldenCase("a text", "-e 'print(1 + 1) return { sum = 2 }' --simulate", 0),
        GoldenCase("standard input", "- --simulate", 0) { $0.input = "print(\"from a pipe\")\n" }.inText,
        GoldenCase("parameters", "typed.lua --simulate --param text=한글 --param count=7", 0).inText,
        GoldenCase(
            "another seed, instant and profile", "show.lua --simulate=7 --now 2030-12-24T20:00:00Z --simulate-as live",
            0
        ).inText,
        GoldenCase("is written down", rename, 0, .cloud) { $0.then = [["runs", "show", "last", "--by", "resource"]] },
        GoldenCase("a plan that is approved", "rename.lua --simulate --allow instances:edit", 0) {
            $0.typing = .init(text: "y\n")
        }.inText,
        GoldenCase("an approval", "rename.lua", 0, .approved),
    ]

    private static let runMistakes = [
        .slip("no script", "--simulate"),
        GoldenCase("a script that is not there", "nowhere.lua --simulate", 2),
        GoldenCase("syntax", "syntax.lua --simulate", 2),
        GoldenCase("header", "header.lua --simulate", 2),
        .slip("parameters that do not fit", "typed.lua --simulate --param count=three --param cuont=3"),
        .slip("a parameter without a value", "typed.lua --simulate --param text"),
        .slip("a parameter's file that is not there", "typed.lua --simulate --param text=@nowhere.txt"),
        .slip("two clouds", "show.lua --simulate --profile prod"),
        GoldenCase("no account", "show.lua", 2),
        .slip("a profile that does not exist", "show.lua --profile prdo", .profiles),
        .slip("half a key", "show.lua") { $0.environment = ["IWINV_ACCESS_KEY": "key"] },
        .slip("an endpoint that is not safe", "show.lua --endpoint http://192.0.2.1", .cloud),
        .slip("a grant that does not exist", "show.lua --simulate --allow instances:fly"),
        .slip("a time that is none", "show.lua --simulate --time soon"),
        .slip("a limit of processor time that is none", "show.lua --simulate --cpu x"),
        .slip("a limit of memory that is too low", "show.lua --simulate --memory 1K"),
        .slip("a number that is none", "show.lua --simulate --max-changes many"),
        .slip("a start that is none", "show.lua --simulate --now yesterday"),
        .slip("a fault that is none", "show.lua --simulate --fault 'instances.edit: sometimes lost'"),
        .slip("a seed that is none", "show.lua --simulate=nowhere.json"),
        .slip("no terminal for secrets", "show.lua --simulate --show-secrets"),
        GoldenCase("a configuration that is broken", "show.lua", 7, .brokenConfiguration),
        GoldenCase("a state folder that cannot be made", "show.lua", 7, .cloud) {
            $0.environment = ["IWLUA_STATE": "/dev/null/state"]
        },
        .slip("a variable that is wrong", "show.lua --simulate") { $0.environment = ["IWLUA_COLOR": "pink"] },
    ]

    private static let runRefused = [
        GoldenCase("an error of the script", "broken.lua --simulate", 1),
        GoldenCase("a verdict of the script", "verdict.lua --simulate", 1),
        GoldenCase("an error half-way", "half.lua --simulate --allow instances:edit --yes", 1),
        GoldenCase("a full disk", "show.lua --simulate", 7) { $0.writesToFullDisk = true },
        GoldenCase("not granted", "rename.lua --simulate --yes", 3),
        GoldenCase("without consent", "rename.lua --simulate --allow instances:edit", 3),
        GoldenCase("a plan that is declined", "rename.lua --simulate --allow instances:edit", 3) {
            $0.typing = .init(text: "n\n")
        }.inText,
        GoldenCase("too many changes", "\(rename) --simulate --max-changes 1", 3),
        GoldenCase("too many changes for the grant", "rename.lua --yes --simulate --allow 'instances:edit max=1'", 3)
            .inText,
        GoldenCase("too many changes, written down", "\(rename) --max-changes 1", 3, .cloud) {
            $0.then = [["runs", "show", "last"]]
        },
        GoldenCase(
            "what the profile protects", "delete.lua --profile prod --allow instances:destroy --yes", 3, .profiles),
        GoldenCase(
            "a canary of which one failed",
            "tolerant.lua --simulate --allow instances:edit --yes --canary 1 --fault 'instances.edit: refuse(LIMIT_EXCEEDED)'",
            3),
        GoldenCase("refused by the cloud", "\(rename) --simulate --fault 'instances.edit: refuse(LIMIT_EXCEEDED)'", 4),
        GoldenCase(
            "refused after a change", "\(rename) --simulate --fault 'instances.edit: after 1 refuse(LIMIT_EXCEEDED)'", 4
        ),
        GoldenCase("an address that is not allowed", "list.lua --simulate --fault '*: check-ip'", 4),
        GoldenCase("a clock that is wrong", "list.lua --simulate --fault '*: clock-skew(-400s)'", 4).inText,
        GoldenCase("a page of a proxy", "list.lua --simulate --fault 'reads: html-502'", 4).inText,
        GoldenCase("a reply that is cut off", "list.lua --simulate --fault 'reads: truncated'", 4).inText,
        GoldenCase("a wrong secret key", "list.lua", 4, .cloud) { $0.environment = ["IWINV_SECRET_KEY": "wrong"] },
        GoldenCase("nobody there", "list.lua --endpoint http://127.0.0.1:1", 4, .cloud).inText,
        GoldenCase(
            "a lost reply that a read explains", "\(rename) --simulate --fault 'instances.edit: once lost-reply'", 0),
        GoldenCase(
            "a lost reply that nothing explains",
            "reboot.lua --simulate --allow instances:power --yes --fault 'instances.reboot: reset'", 5),
    ]

    private static let runKilled = [
        GoldenCase("processor time", "busy.lua --simulate --cpu 200ms", 6),
        GoldenCase("memory", "greedy.lua --simulate", 6),
        GoldenCase("time", "slow.lua --simulate --time 1h", 6),
        GoldenCase("time, after a change", "two.lua --simulate --allow instances:edit --yes --time 30m", 6),
        GoldenCase("Ctrl-C", "waiting.lua --simulate --clock real", 130) {
            $0.signal = .init(number: SIGINT, after: "waiting\n")
        },
        GoldenCase("SIGTERM after a change", "waiting-half.lua --allow instances:edit --yes", 130, .cloud) {
            $0.signal = .init(number: SIGTERM, after: "waiting\n")
            $0.then = [["runs", "show", "last"]]
        },
        GoldenCase("SIGKILL between changes", rename, .signal(SIGKILL), .cloud) {
            $0.environment = ["IWLUA_FAIL_AT": "after-concluded#1"]
            $0.then = [["runs"], ["runs", "show", "last"]]
        },
        GoldenCase("SIGKILL with a change on its way", rename, .signal(SIGKILL), .cloud) {
            $0.environment = ["IWLUA_FAIL_AT": "after-sending#2"]
            $0.then = [["runs"], ["runs", "show", "last"], ["runs", "show", "last", "--output", "json"]]
        },
    ]
}
