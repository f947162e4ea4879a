import Foundation

/// What iwlua costs beside its peers, measured in one run: `scripts/bench` builds and runs this.
///
/// ```
/// scripts/bench                       the whole table
/// scripts/bench --calls               one part: --calls, --sandbox [NAME…], --history, --schedules
/// scripts/bench --ratios FILE         also writes the ratios to a file
/// scripts/bench --against FILE        also compares with such a file; exit 1 if a ratio is more than 5 % worse
/// scripts/bench --soak                looks for leaks
/// ```
@main
struct IwluaBench {
    static func main() async throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let (output, baseline) = (take("--ratios", of: &arguments), take("--against", of: &arguments))
        let part = arguments.first
        if part == "--soak" { return try Soak.run() }
        let earlier = try baseline.map(RatioFile.init(contentsOf:))
        let comparisons = try await comparisons(part, Array(arguments.dropFirst()))
        print(Comparison.heading)
        for comparison in comparisons { print(comparison.row) }
        let ratios = RatioFile(comparisons)
        if let output { try ratios.write(to: output) }
        guard let earlier else { return }
        let worse = ratios.worse(than: earlier)
        for line in worse { print("worse: \(line)") }
        if !worse.isEmpty { exit(1) }
    }

    private static func comparisons(_ part: String?, _ names: [String]) async throws -> [Comparison] {
        switch part {
        case "--history": return try await HistoryBenchmarks.comparisons()
        case "--schedules": return try await ScheduleBenchmarks.comparisons()
        case "--calls": return try await LuaCallBenchmarks().comparisons()
        case "--sandbox":
            let sandbox = try SandboxBenchmarks()
            try await sandbox.figures()
            return try await sandbox.comparisons(names)
        case nil:
            let calls = try await LuaCallBenchmarks().comparisons()
            let sandbox = try SandboxBenchmarks()
            try await sandbox.figures()
            let processes = try await sandbox.comparisons([])
            let client = try await ClientBenchmarks.comparisons() + [BudgetBenchmark.comparison()]
            return try await calls + processes + client + HistoryBenchmarks.comparisons()
                + ScheduleBenchmarks.comparisons()
        case let part?: throw BenchProblem("there is no part \(part)")
        }
    }

    /// An option's value, which goes from the arguments with it.
    private static func take(_ name: String, of arguments: inout [String]) -> String? {
        guard let place = arguments.firstIndex(of: name), arguments.indices.contains(place + 1) else { return nil }
        defer { arguments.removeSubrange(place...place + 1) }
        return arguments[place + 1]
    }
}

/// The ratios of one run of all comparisons: they hold on other machines, times do not.
struct RatioFile: Codable {
    struct Ratio: Codable {
        var ratio: Double
        var peer: String
        /// Times on the machine that measured it, for people.
        var seconds: Double
        var peerSeconds: Double
    }

    var ratios: [String: Ratio]

    init(_ comparisons: [Comparison]) {
        ratios = Dictionary(
            comparisons.map {
                ($0.name, Ratio(ratio: $0.ratio, peer: $0.peer, seconds: $0.seconds, peerSeconds: $0.peerSeconds))
            }, uniquingKeysWith: { first, _ in first })
    }

    init(contentsOf path: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
    }

    /// Ratios that are more than 5 % above those of an earlier run. What the earlier run did not measure is not among them.
    func worse(than earlier: RatioFile) -> [String] {
        ratios.keys.sorted().compactMap { name in
            guard let now = ratios[name]?.ratio, let then = earlier.ratios[name]?.ratio, now > then * 1.05 else {
                return nil
            }
            return "\(name): \(String(format: "%.3f", now)), it was \(String(format: "%.3f", then))"
        }
    }
}
