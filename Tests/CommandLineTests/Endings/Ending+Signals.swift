import Glibc

extension Ending {
    /// Signals while something is under way.
    static let signals = [
        interrupted("run wait.lua --simulate --clock real", SIGINT, after: "waiting\n"),
        interrupted("run wait.lua --simulate --clock real", SIGTERM, after: "waiting\n"),
        interrupted("run rename-and-wait.lua --allow instances:edit --yes", SIGTERM, after: "renamed\n") {
            $0.hasCloud = true
        },
        Ending("run wait.lua --simulate --clock real", "SIGKILL", ends: .signal(SIGKILL), output: .exactly("waiting\n"))
        {
            $0.steps = [.signal(SIGKILL, after: "waiting\n")]
        },
        served("simulate", SIGTERM), served("simulate", SIGINT),
        daemon("daemon", SIGTERM, after: "serving the schedules\n"),
        daemon("daemon", SIGINT, after: "serving the schedules\n"),
        daemon("daemon --listen 127.0.0.1:0", SIGTERM, after: "listening on "),
        daemon("daemon --web 127.0.0.1:0", SIGTERM, after: "pages at "),
        Ending(
            "repl --simulate --clock real --allow instances:edit --yes", "SIGTERM after a change", ends: .exit(130),
            output: .exactly("waiting\n"), errors: .parts("web-01 → new-01  confirmed\n", "interrupted\n")
        ) {
            $0.isAlwaysTheSame = false
            $0.input = .text(
                "iwinv.instances.list{name = 'web-01'}[1]:edit{name = 'new-01'} print('waiting') time.sleep('1h')\n")
            $0.steps = [.signal(SIGTERM, after: "waiting\n")]
        },
        Ending(
            "run ask.lua --simulate --clock real", "SIGINT twice while a request is on its way", ends: .exit(130),
            output: .exactly("asking\n"), errors: .parts("\ninterrupted: waiting")
        ) {
            $0.arguments += ["--fault", "zones.list: delay(1h)"]
            $0.isAlwaysTheSame = false
            $0.steps = [.signal(SIGINT, after: "asking\n"), .signal(SIGINT, after: "interrupted: ", in: .errors)]
        },
        Ending("daemon", "SIGTERM while a run is under way", errors: .parts("serving the schedules\n", "waiting\n")) {
            $0.hasCloud = true
            $0.isAlwaysTheSame = false
            $0.preparation = { try await $0.prepare("schedule add waiting wait.lua --every 1s") }
            $0.steps = [.signal(SIGTERM, after: "waiting\n", in: .errors)]
        },
    ]

    /// A person at a terminal, which has to be in order afterwards.
    static let terminals = [
        typed(
            "repl --simulate", "Ctrl-D", [.type(TypedTerminal.end, after: "sim ro")], shows: .parts("sim ro", "\r\n")),
        typed(
            "repl --simulate", "an evaluation, and Ctrl-D",
            [.type("1+1\r", after: "sim ro"), .type(TypedTerminal.end, after: "sim ro")],
            shows: .parts("sim ro", "1+1", "2\r\n", "sim ro", "\r\n")),
        typed(
            "repl --simulate", "SIGTERM", ends: .exit(130), [.signal(SIGTERM, after: "sim ro")], shows: .parts("sim ro")
        ),
        typed(
            "run wait.lua --simulate --clock real", "Ctrl-C", ends: .exit(130),
            [.type(TypedTerminal.interrupt, after: "waiting")],
            shows: .parts("interrupted: waiting", "interrupted\r\n", "done by then: nothing was changed\r\n")),
        typed(
            "run rename.lua --simulate --allow instances:edit", "no", ends: .exit(3), [.type("n\r", after: "[y/N]")],
            shows: .parts("nothing was changed\r\n")),
        typed(
            "run rename.lua --simulate --allow instances:edit", "yes", [.type("y\r", after: "[y/N]")],
            shows: .parts("renamed\r\n", "new-web-01  confirmed\r\n")),
    ]

    private static func interrupted(
        _ line: String, _ number: Int32, after text: String, _ change: (inout Ending) -> Void = { _ in }
    ) -> Ending {
        Ending(
            line, "signal \(number)", ends: .exit(130), output: .exactly(text),
            errors: .parts("\ninterrupted: waiting", "interrupted\n", "done by then: ")
        ) {
            $0.isAlwaysTheSame = false
            $0.steps = [.signal(number, after: text)]
            change(&$0)
        }
    }

    private static func served(_ line: String, _ number: Int32) -> Ending {
        Ending(
            line, "signal \(number)", output: .lines(1, from: "http://127.0.0.1:"),
            errors: .lines(from: "simulated iwinv at ", to: "Ctrl-C ends it.")
        ) {
            $0.isAlwaysTheSame = false
            $0.steps = [.signal(number, after: "Ctrl-C ends it.\n", in: .errors)]
        }
    }

    private static func daemon(_ line: String, _ number: Int32, after text: String) -> Ending {
        Ending(line, "signal \(number)", errors: .parts(text)) {
            $0.isAlwaysTheSame = false
            $0.steps = [.signal(number, after: text, in: .errors)]
        }
    }

    private static func typed(
        _ line: String, _ note: String, ends ending: EndedProgram.Ending = .exit(0), _ steps: [ProgramStart.Step],
        shows said: Said
    ) -> Ending {
        Ending(line, "on a terminal, " + note, ends: ending, output: said) {
            $0.isOnTerminal = true
            $0.isAlwaysTheSame = false
            $0.steps = steps
        }
    }
}
