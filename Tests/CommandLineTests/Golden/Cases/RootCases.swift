extension GoldenTable {
    static let rootCommands = [
        GoldenCommand(
            "", display: false, codes: [0, 2],
            [
                GoldenCase("nothing", "", 0),
                GoldenCase("version", "--version", 0),
                GoldenCase("a command that does not exist", "rnu script.lua", 2),
            ]),
        GoldenCommand(
            "help", display: false, codes: [0, 2],
            [
                GoldenCase("of a command", "runs show", 0),
                GoldenCase("of nothing", "", 0),
                GoldenCase("of a command that does not exist", "runs shwo", 0),
            ]),
    ]
}
