/// What iwlua costs beside its peers, measured in one run: `scripts/bench` builds and runs this. `--calls`, `--sandbox`,
/// `--history` and `--schedules` measure a part, `--soak` looks for leaks.
@main
struct IwluaBench {
    static func main() async throws {
        if CommandLine.arguments.dropFirst().first == "--soak" { return try Soak.run() }
        if CommandLine.arguments.dropFirst().first == "--history" {
            for comparison in try await HistoryBenchmarks.comparisons() { print(comparison.row) }
            return
        }
        if CommandLine.arguments.dropFirst().first == "--schedules" {
            for comparison in try await ScheduleBenchmarks.comparisons() { print(comparison.row) }
            return
        }
        let calls = try await LuaCallBenchmarks().comparisons()
        if CommandLine.arguments.dropFirst().first == "--calls" {
            for comparison in calls { print(comparison.row) }
            return
        }
        let sandbox = try SandboxBenchmarks()
        let isSandboxOnly = CommandLine.arguments.dropFirst().first == "--sandbox"
        try await sandbox.figures()
        let processes = try await sandbox.comparisons(isSandboxOnly ? Array(CommandLine.arguments.dropFirst(2)) : [])
        if isSandboxOnly {
            for comparison in processes { print(comparison.row) }
            return
        }
        let client = try await ClientBenchmarks.comparisons() + [BudgetBenchmark.comparison()]
        let history = try await HistoryBenchmarks.comparisons() + ScheduleBenchmarks.comparisons()
        print(Comparison.heading)
        for comparison in calls + processes + client + history { print(comparison.row) }
    }
}
