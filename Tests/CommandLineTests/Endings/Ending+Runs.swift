import IwinvCatalog

extension Ending {
    /// Runs that come to their end.
    static let runs = [
        Ending("run hello.lua --simulate", output: .exactly("hello\n")),
        Ending("run hello.lua --simulate --in-process", output: .exactly("hello\n")),
        Ending("run lines.lua --simulate", output: .exactly((1...5000).map { "\($0)\n" }.joined())),
        Ending(
            "run hello.lua --simulate --output json", output: .document { $0["ended"] == "done" },
            errors: .exactly("hello\n")
        ) {
            $0.isAlwaysTheSame = false
        },
        Ending(
            "run fail.lua --simulate", ends: .exit(1), output: .exactly("so far\n"),
            errors: .lines(2, from: "error: fail.lua: no servers today\n")),
        Ending(
            "run loop.lua --simulate --cpu 200ms", ends: .exit(6),
            // Where it was is not always known.
            errors: .parts(
                "killed: the script used up its processor time\n", "done by then: nothing was changed\nnext: ")
        ) {
            $0.isAlwaysTheSame = false
        },
        Ending(
            "run rename.lua --simulate", "not granted", ends: .exit(3),
            errors: .lines(3, from: "error: rename.lua needs ")),
        Ending(
            "run rename.lua --simulate --allow instances:edit --yes", output: .exactly("renamed\n"), errors: renamed),
        Ending("repl --simulate", "fed by a pipe", output: .exactly("1\n2\n3\n")) {
            $0.input = .text("print(1)\n1+1\nfor i = 3, 3 do print(i) end\n")
        },
        Ending(
            "repl --simulate", "with a mistake at last", ends: .exit(1), output: .exactly("1\n"),
            errors: .lines(2, from: "error: repl[2]:1: ")
        ) {
            $0.input = .text("print(1)\nnosuch()\n")
        },
    ]

    /// What is done with plans and runs that are over.
    static let histories = [
        history(
            "plan rename.lua -o rename.plan", [], output: .lines(from: "step "), errors: .exactly("planned │ renamed\n")
        ),
        history(
            "apply rename.plan --yes", ["plan rename.lua -o rename.plan"],
            errors: .lines(4, from: "change ", to: " takes it back")),
        history(
            "undo last --yes", [run],
            errors: .parts("new-web-001 → web-001", "confirmed\n", " takes it back\n")),
        history(
            "resume last", [run], "ended well", ends: .exit(2),
            errors: .lines(1, to: "has ended well: there is nothing to go on with")),
        history("replay last", [run], output: .exactly("renamed\n"), errors: renamed),
        history("runs", [run], output: .lines(3, from: "run ", to: "done")),
        history("runs show last --output json", [run], output: .document { $0["changes"] != nil }),
        history("runs verify", [run], output: .lines(2, from: "looked at 1 runs, ")),
        Ending("runs", "of none", errors: .lines(1, from: "no runs ")),
        Ending("runs --output json", output: .exactly("[]\n")),
        history(
            "schedule list", [add], "of one", output: .lines(3, from: "schedule ", to: "active"),
            errors: .lines(1, from: "no daemon is running")),
        Ending(
            "resume last --changed-script rename.lua --yes", "after SIGTERM", output: .exactly("renamed\n"),
            errors: .parts("answers are given again", "new-web-001  confirmed\n")
        ) {
            $0.hasCloud = true
            $0.isAlwaysTheSame = false
            $0.preparation = {
                try await $0.prepare(
                    "run rename-and-wait.lua --allow instances:edit --yes",
                    steps: [.signal(15, after: "renamed\n")], ends: .exit(130))
            }
        },
    ]

    private static let run = "run rename.lua --allow instances:edit --yes"
    private static let add = "schedule add nightly rename.lua --every 24h --allow instances:edit"
    private static let renamed = Said.lines(3, from: "change ", to: "confirmed")

    private static func history(
        _ line: String, _ before: [String], _ note: String? = nil, ends ending: EndedProgram.Ending = .exit(0),
        output: Said = .nothing, errors: Said = .nothing
    ) -> Ending {
        Ending(line, note, ends: ending, output: output, errors: errors) {
            $0.hasCloud = true
            $0.isAlwaysTheSame = false
            $0.preparation = { scene in for line in before { try await scene.prepare(line) } }
        }
    }
}
