import IwinvCatalog

extension Ending {
    /// Commands that only say something: the program is over before much of it has begun.
    static let answers = [
        Ending("--version", output: .lines(1, from: "iwlua ")),
        Ending("--help", output: helpOfAll),
        Ending("", output: helpOfAll),
        Ending("help run", output: .lines(from: "OVERVIEW: Run a Lua script.", to: "Show help information.\n")),
        Ending("schedule add --help", output: .lines(from: "OVERVIEW: ", to: "Show help information.\n")),
        // A head of two lines, and one for each operation.
        Ending("api", output: .lines(Catalog.iwinv.operations.count + 2, from: "operation ")),
        Ending("api instances.edit", output: .lines(from: "instances.edit\n", to: "{ name = \"web-01\" })")),
        Ending("doc 0x13", output: .lines(3, from: "0x13  (DELETED_OR_WORKING_INSTANCE")),
        Ending("doc", output: .lines(from: "Scripts\n", to: "Lua's own functions by name.")),
        Ending("types -o types", output: .lines(4, from: ".iwlua/types/iwinv.lua  written")),
        Ending("check hello.lua", output: .exactly("1 script: nothing found\n")),
        Ending("test hello_test.lua", output: .lines(from: "hello_test.lua\n", to: " s)")) {
            $0.isAlwaysTheSame = false
        },
        Ending("--generate-completion-script bash", output: .lines(from: "#!/bin/bash\n", to: "-F _iwlua iwlua")),
        Ending("--generate-completion-script zsh", output: .lines(from: "#compdef iwlua\n", to: "\nfi")),
        Ending("profile list", errors: .lines(1, from: "no profiles yet")),
        Ending("profile list", "of two profiles", output: .lines(4, to: "https://api-kr.iwinv.kr")) {
            $0.preparation = { try $0.file("config/iwlua/config.yaml", twoProfiles) }
        },
        Ending("schedule list", errors: .exactly("no schedules\n")),
        Ending("schedule list --output json", output: .exactly("[]\n")),
        Ending("daemon --print-unit", output: .lines(from: "# /etc/systemd/system/iwlua.service\n")),
        Ending("doctor", "without an account", ends: .exit(2), output: .lines(from: "fail  keys ")),
        Ending("doctor", "with an account", output: .parts("ok    keys ", "ok    signature ", "ok    budget ")) {
            $0.hasCloud = true
            $0.isAlwaysTheSame = false
        },
    ]

    private static let helpOfAll = Said.lines(
        from: "OVERVIEW: Run Lua scripts", to: "See 'iwlua help <subcommand>' for detailed help.")

    private static let twoProfiles = """
        current: one
        profiles:
          one: { access_key: first, secret: { env: NOWHERE } }
          two: { access_key: second, secret: { env: NOWHERE } }

        """
}
