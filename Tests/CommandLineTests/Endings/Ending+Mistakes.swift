extension Ending {
    /// What somebody has mistyped: exit code 2, and a sentence.
    static let mistakes = [
        mistake("frobnicate", .lines(3, from: "Error: Unexpected argument 'frobnicate'\n")),
        mistake("run --frobnicate hello.lua", .lines(3, from: "Error: Unknown option '--frobnicate'\n")),
        mistake("run", .lines(3, from: "Error: Missing expected argument '<script>'\n")),
        mistake("run nosuch.lua", .lines(1, from: "iwlua: nosuch.lua: ")),
        mistake("run syntax.lua --simulate", .lines(4, from: "error: syntax.lua:2: ")),
        mistake("run hello.lua", .lines(from: "iwlua: no account"), "without an account"),
        mistake("apply nosuch.plan", .lines(1, from: "iwlua: nosuch.plan: ")),
        mistake("resume last", .lines(1, from: "iwlua: no run yet"), "of no run"),
        mistake("schedule add", .lines(4, from: "Error: Missing expected argument '<name>'\n")),
        mistake("schedule add nightly hello.lua --cron often", .lines(1, from: "iwlua: `often`, ")),
        mistake("simulate --port 99999", .lines(1, from: "iwlua: --port ")),
        mistake("daemon --listen 0.0.0.0:8480", .lines(1, from: "iwlua: --listen 0.0.0.0:8480: ")),
        Ending("check syntax.lua", ends: .exit(2), output: .lines(4, to: "1 script: 1 error, 0 warnings")),
    ]

    /// Files of the program that it cannot read: exit code 2, and a sentence with the file's name.
    static let damages = [
        damage("profile list", "config/iwlua/config.yaml"),
        damage("run hello.lua --simulate", "config/iwlua/config.yaml"),
        damage("daemon", "config/iwlua/config.yaml"), damage("runs", "state/journal.sqlite"),
        damage("resume last", "state/journal.sqlite"), damage("daemon", "state/journal.sqlite"),
    ]

    private static func mistake(_ line: String, _ said: Said, _ note: String? = nil) -> Ending {
        Ending(line, note, ends: .exit(2), errors: said)
    }

    private static func damage(_ line: String, _ file: String) -> Ending {
        Ending(line, "\(file) is damaged", ends: .exit(7), errors: .lines(1, from: "iwlua: FOLDER/\(file)")) {
            $0.preparation = { try $0.file(file, "profiles: [\n" + String(repeating: "damaged ", count: 1000)) }
        }
    }
}
