import Glibc

extension GoldenTable {
    static let scheduleCommands = [
        GoldenCommand(
            "schedule", display: false, codes: [0, 2],
            [
                GoldenCase("a list without a word", "", 0, .onlyOnce),
                GoldenCase("a command that does not exist", "lsit", 2),
            ]),
        GoldenCommand("schedule add", codes: [0, 2, 7], least: "nightly show.lua --at 2099-12-24T04:00", scheduleAdd),
        GoldenCommand(
            "schedule list", codes: [0, 2, 7],
            [
                GoldenCase("one", "", 0, .onlyOnce),
                GoldenCase("paused ones", "--paused", 0, .schedules),
                GoldenCase("none", "", 0),
                GoldenCase("a full disk", "", 7, .onlyOnce) { $0.writesToFullDisk = true },
                GoldenCase("schedules that cannot be read", "", 7, .noLedger),
            ]),
        GoldenCommand(
            "schedule show", codes: [0, 2, 7], least: "nightly",
            [
                GoldenCase("active", "once", 0, .schedules),
                GoldenCase("paused", "nightly", 0, .schedules),
                GoldenCase("without the last ones", "once --last 0", 0, .schedules).inText,
                GoldenCase("a full disk", "once", 7, .schedules) { $0.writesToFullDisk = true },
                .slip("no name", ""),
                GoldenCase("one that is not there", "onec", 2, .schedules),
                .slip("a number that is none", "once --last '-1'", .schedules),
            ]),
        GoldenCommand(
            "schedule pause", codes: [0, 2], least: "nightly",
            [
                GoldenCase("with a reason", "nightly --reason holidays", 0, .scheduled) {
                    $0.then = [["schedule", "list"]]
                },
                GoldenCase("a paused one", "nightly", 0, .paused),
                .slip("no name", ""),
                GoldenCase("one that is not there", "nihgtly", 2, .scheduled),
            ]),
        GoldenCommand(
            "schedule resume", codes: [0, 2], least: "nightly",
            [
                GoldenCase("a paused one", "nightly", 0, .paused),
                GoldenCase("an active one", "nightly", 0, .scheduled),
                .slip("no name", ""),
                GoldenCase("one that is not there", "nihgtly", 2, .scheduled),
                .slip("one whose script was changed", "nightly", .pausedAndChanged),
            ]),
        GoldenCommand(
            "schedule run", codes: [0, 2], least: "nightly",
            [
                GoldenCase("without a daemon", "nightly", 0, .scheduled) {
                    $0.then = [["schedule", "show", "nightly"]]
                },
                GoldenCase("with a daemon", "nightly", 0, .scheduled) {
                    $0.companion = .init(words: ["daemon"], ready: "serving")
                },
                .slip("no name", ""),
                GoldenCase("one that is not there", "nihgtly", 2, .scheduled),
            ]),
        GoldenCommand(
            "schedule remove", codes: [0, 2], least: "nightly",
            [
                GoldenCase("one", "nightly", 0, .scheduled) { $0.then = [["schedule"], ["approvals"]] },
                .slip("no name", ""),
                GoldenCase("one that is not there", "nihgtly", 2, .scheduled),
            ]),
        GoldenCommand("schedule simulate", codes: [0, 2, 7], scheduleSimulate),
        GoldenCommand(
            "schedule test-notify", codes: [0, 1, 2],
            [
                GoldenCase("one", "mail", 0, .notified),
                GoldenCase("all", "", 1, .notified),
                .slip("nobody", ""),
                GoldenCase("one that is not there", "mial", 2, .notified),
            ]),
        GoldenCommand("daemon", codes: [0, 2, 7], daemon),
    ]

    private static let scheduleAdd = [
        GoldenCase(
            "once", "nightly rename.lua --at 2099-12-24T04:00 --allow instances:edit --param to=new-", 0, .cloud),
        GoldenCase(
            "each week, with all policies",
            "weekly rename.lua --every 7d --from 2090-01-01T04:00 --tz Europe/Berlin --allow instances:edit "
                + "--time 30m --jitter 10m --retries 2 --backoff 2m --pause-after 3 --overlap queue --catch-up latest "
                + "--max-changes 5", 0, .cloud),
        GoldenCase(
            "in place of another", "nightly rename.lua --at 2098-01-01T00:00 --allow instances:edit --replace", 0,
            .scheduled),
        GoldenCase("a full disk", "nightly rename.lua --at 2099-12-24T04:00 --allow instances:edit", 7, .cloud) {
            $0.writesToFullDisk = true
        },
        .slip("no times", "nightly rename.lua --allow instances:edit", .cloud),
        .slip("a name that is none", "'night ly' rename.lua --at 2099-12-24T04:00", .cloud),
        .slip("a name that is taken", "nightly rename.lua --at 2098-01-01T00:00 --allow instances:edit", .scheduled),
        .slip("less than it needs", "nightly rename.lua --at 2099-12-24T04:00", .cloud),
        .slip("what is over", "nightly list.lua --at 2020-01-01T00:00", .cloud),
        .slip("cron that is none", "nightly list.lua --cron '0 4 * * SUNDY'", .cloud),
        .slip("a zone that is none", "nightly list.lua --cron @daily --tz Asia/Soul", .cloud),
        .slip("an interval that is none", "nightly list.lua --every '6 hours'", .cloud),
        .slip("standard input", "nightly - --at 2099-12-24T04:00", .cloud),
        GoldenCase("no account", "nightly list.lua --at 2099-12-24T04:00", 2),
    ]

    private static let scheduleSimulate = [
        GoldenCase("a month", "--from 2027-03-01 --to 2027-04-01 --tz Europe/Berlin --take 45m", 0, .schedules) {
            $0.formats = .text
        },
        GoldenCase(
            "events", "often --from 2027-03-28T00:00 --to 2027-03-28T04:00 --tz Europe/Berlin --take 45m --events", 0,
            .schedules),
        GoldenCase("nothing", "once --from 2027-03-01 --to 2027-04-01", 0, .schedules),
        GoldenCase("a full disk", "often --from 2027-03-01 --to 2027-03-02", 7, .schedules) {
            $0.writesToFullDisk = true
        },
        GoldenCase("one that is not there", "otfen", 2, .schedules),
        .slip("backwards", "--from 2027-03-01 --to 2027-02-01", .schedules),
        .slip("a time that is none", "--from soon", .schedules),
        .slip("a zone that is none", "--tz Asia/Soul", .schedules),
    ]

    private static let daemon = [
        GoldenCase("SIGTERM", "", 0, .scheduled) {
            $0.signal = .init(number: SIGTERM, after: "serving", korean: "예약을 처리합니다", json: nil)
        },
        GoldenCase("a run", "", 0, .requested) {
            $0.signal = .init(number: SIGTERM, after: "done after", korean: "완료(", json: "\"event\":\"ended\"")
            $0.then = [["runs"], ["schedule", "show", "nightly"]]
        },
        GoldenCase("a unit", "--print-unit --listen 127.0.0.1:8480 --at-once 4", 0),
        GoldenCase("a unit for users", "--print-unit --for-users", 0).inText,
        GoldenCase("a container file", "--print-containerfile", 0).inText,
        GoldenCase("a full disk", "--print-unit", 7) { $0.writesToFullDisk = true },
        GoldenCase("two of them", "", 7, .scheduled) {
            $0.companion = .init(words: ["daemon"], ready: "serving")
        },
        .slip("an address that is none", "--listen nowhere"),
        .slip("an address that others reach", "--listen 0.0.0.0:8480"),
        GoldenCase("a token that is not there", "--web 127.0.0.1:0 --web-token-file nowhere", 7),
        .slip("a token that is too short", "--web 127.0.0.1:0") {
            $0.environment = ["IWLUA_WEB_TOKEN": "short"]
        },
        .slip("a number that is none", "--at-once 0"),
        GoldenCase("schedules that cannot be read", "", 7, .noLedger),
    ]
}
