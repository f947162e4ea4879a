import Foundation

/// One line of the table: something of iwlua's beside its peer, measured in the same run.
struct Comparison {
    var name: String
    var peer: String
    /// Seconds for one unit of work.
    var seconds: Double
    var peerSeconds: Double
    /// The ratio that must not be passed, where one is promised.
    var limit: Double?

    var ratio: Double { seconds / peerSeconds }

    static let heading = """
        | what | iwlua | peer | ratio | at most |
        | --- | --- | --- | --- | --- |
        """

    var row: String {
        "| \(name) | \(Self.time(seconds)) | \(peer): \(Self.time(peerSeconds)) | \(String(format: "%.2f", ratio)) | "
            + (limit.map { String(format: "%g", $0) } ?? "–") + " |"
    }

    private static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<1e-6: String(format: "%.0f ns", seconds * 1e9)
        case ..<1e-3: String(format: "%.2f µs", seconds * 1e6)
        case ..<1: String(format: "%.2f ms", seconds * 1e3)
        default: String(format: "%.2f s", seconds)
        }
    }
}

/// The least of several readings, taken in turns so that a busy moment of the machine meets both. Whatever disturbs a
/// reading makes it longer, so the least is the one that was disturbed least.
func alternating(
    rounds: Int, _ first: () async throws -> Double, _ second: () async throws -> Double
) async throws -> (Double, Double) {
    var least = (Double.infinity, Double.infinity)
    for _ in 0..<rounds {
        least.0 = min(least.0, try await first())
        least.1 = min(least.1, try await second())
    }
    return least
}

/// Wall time of some work, in seconds.
func seconds(_ work: () async throws -> Void) async rethrows -> Double {
    let clock = ContinuousClock()
    let duration = try await clock.measure { try await work() }
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}
