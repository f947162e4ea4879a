/// What iwlua costs beside its peers, measured in one run: `scripts/bench` builds and runs this.
@main
struct IwluaBench {
    static func main() async throws {
        if CommandLine.arguments.dropFirst().first == "--soak" { return try Soak.run() }
        let calls = try await LuaCallBenchmarks().comparisons()
        let processes = try await ProcessBenchmarks().comparisons()
        let client = try await ClientBenchmarks.comparisons()
        print(Comparison.heading)
        for comparison in calls + processes + client { print(comparison.row) }
    }
}
