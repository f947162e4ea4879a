/// What iwlua costs beside its peers, measured in one run: `scripts/bench` builds and runs this.
@main
struct IwluaBench {
    static func main() async throws {
        if CommandLine.arguments.dropFirst().first == "--soak" { return try Soak.run() }
        let calls = try await LuaCallBenchmarks().comparisons()
        if CommandLine.arguments.dropFirst().first == "--calls" {
            for comparison in calls { print(comparison.row) }
            return
        }
        let processes = try await ProcessBenchmarks().comparisons()
        let client = try await ClientBenchmarks.comparisons() + [BudgetBenchmark.comparison()]
        print(Comparison.heading)
        for comparison in calls + processes + client { print(comparison.row) }
    }
}
