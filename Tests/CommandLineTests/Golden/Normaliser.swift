import Foundation
import IwinvClient

/// Replaces what is another at each run of the tests. The rules, in their order:
///
/// | what | becomes |
/// | --- | --- |
/// | the folder of the case; the repository | `DIR`; `REPOSITORY` |
/// | the port of an address on 127.0.0.1 | `PORT` |
/// | ids of runs: those in the journal, and in `"run"` of a document | `RUN-1`, `RUN-2` by their first place |
/// | a seed of random numbers | `SEED` |
/// | instants of these minutes, as text, seconds or nanoseconds | `TIME` |
/// | 12 and more hexadecimal digits: digests, approvals, fingerprints | `HEX-1`, `HEX-2` by their first place |
/// | durations: in milliseconds or with tenths of seconds, how long a run took, `"seconds"`, `time="…"` | `TOOK` |
/// | a clock that is wrong by 400 s, measured by another second | 400 |
/// | numbers of processes; the system's own lock-up of workers | `PID`; `SYSTEM` |
/// | where lengths vary (`DIR`, `TOOK`): two and more blanks inside a line, and the rules below headings | two of them |
///
/// Nothing else is touched, and nothing at all where the setup ``GoldenSetup/isExact``.
struct Normaliser {
    private let places: [(String, String)]
    private let runs: Set<String>
    private let began = Date.now.addingTimeInterval(-600)

    init(folder: URL, runs: [String]) {
        places = [(folder.path, "DIR"), (Iwlua.repository.path, "REPOSITORY")] + Self.authorities
        self.runs = Set(runs)
    }

    func lines(_ lines: [String]) -> [String] {
        var text = lines.joined(separator: "\n")
        for (place, word) in places { text = text.replacing(place, with: word) }
        // A cell of a table may end within it.
        let folder = places[0].0
        for end in stride(from: folder.count, to: 4, by: -1) where text.contains("…") {
            text = text.replacing(folder.prefix(end) + "…", with: "DIR…")
        }
        text = Self.replace(text, Self.port) { _ in "127.0.0.1:PORT" }
        var runs = self.runs
        _ = Self.replace(text, Self.documentRun) { match in
            runs.insert(match.split(separator: "\"").last.map(String.init) ?? "")
            return match
        }
        var names: [String: String] = [:]
        if !runs.isEmpty {
            text = Self.replace(text, Self.run) { match in
                guard runs.contains(match) else { return match }
                return Self.number(match, "RUN", &names)
            }
        }
        text = Self.replace(text, Self.seed) { _ in "SEED" }
        text = Self.replace(text, Self.instant) { isNow(Self.instant($0)) ? "TIME" : $0 }
        text = Self.replace(text, Self.count) { match in
            let nanoseconds = match.count > 12 ? Double(match).map { $0 / 1e9 } : Double(match)
            return isNow(nanoseconds.map { [Date(timeIntervalSince1970: $0)] } ?? []) ? "TIME" : match
        }
        var digests: [String: String] = [:]
        text = Self.replace(text, Self.digest) { Self.number($0, "HEX", &digests) }
        text = Self.replace(text, Self.took) { _ in "TOOK" }
        text = Self.replace(text, Self.length) { _ in "TOOK" }
        text = Self.replace(text, Self.skew) { _ in "400" }
        text = Self.replace(text, Self.process) { _ in "process PID" }
        text = Self.replace(text, Self.system) { _ in "(Landlock SYSTEM)" }
        if text.contains("TOOK") || text.contains("DIR") {
            text = Self.replace(text, Self.blanks) { _ in "  " }
            text = Self.replace(text, Self.rules) { _ in "──" }
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Each distribution has another place for them.
    private static let authorities = TrustRoots.systemPath.map { [($0, "AUTHORITIES")] } ?? []

    // MARK: - Rules

    private static let port = word(#"127\.0\.0\.1:[0-9]{4,5}"#)
    private static let documentRun = pattern(#""run": ?"r[2-9a-z]{9}""#)
    private static let run = word(#"r[2-9a-z]{9}"#)
    private static let seed = pattern(#"(?<=(seed|시드) {1,9}|"seed": ")[0-9]+"#)
    private static let digest = word(#"[0-9a-f]{12,64}"#)
    private static let instant = pattern(
        #"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"#)
    private static let count = word(#"[12][0-9]{9}([0-9]{9})?"#)
    private static let took = word(#"[0-9]+( ?ms|\.[0-9] ?s)"#)
    private static let length = pattern(
        #"(?<=(took|소요) {1,9}|"(seconds|milliseconds)": ?|time=")[0-9][0-9.]*[a-z0-9]*"#)
    private static let skew = pattern(#"(?<![0-9])(399|401)(?= s |초)"#)
    private static let process = pattern(#"\bprocess [0-9]+\b"#)
    private static let system = pattern(#"\(Landlock [0-9]+\)"#)
    private static let blanks = pattern(#"(?<=[^\s|]) {2,}(?=\S)"#)
    private static let rules = pattern(#"─{2,}"#)

    private static func pattern(_ text: String) -> NSRegularExpression {
        do { return try NSRegularExpression(pattern: text) } catch { preconditionFailure("\(text): \(error)") }
    }

    /// A pattern that is no part of a longer word; Korean particles follow without a blank.
    private static func word(_ text: String) -> NSRegularExpression {
        pattern("(?<![A-Za-z0-9_])(\(text))(?![A-Za-z0-9_])")
    }

    private static func replace(
        _ text: String, _ pattern: NSRegularExpression, _ change: (String) -> String
    ) -> String {
        let source = text as NSString
        let matches = pattern.matches(in: text, range: NSRange(location: 0, length: source.length))
        guard !matches.isEmpty else { return text }
        var (result, end) = ("", 0)
        for match in matches {
            result += source.substring(with: NSRange(location: end, length: match.range.location - end))
            result += change(source.substring(with: match.range))
            end = match.range.location + match.range.length
        }
        return result + source.substring(from: end)
    }

    private static func number(_ match: String, _ kind: String, _ names: inout [String: String]) -> String {
        let name = names[match] ?? "\(kind)-\(names.count + 1)"
        names[match] = name
        return name
    }

    /// An instant as text; without a zone it is one of UTC or of Seoul, where tests and cloud are.
    private static func instant(_ text: String) -> [Date] {
        let stamp = text.prefix(19).replacing(" ", with: "T")
        let zone = text.dropFirst(19).drop { $0 == "." || $0.isNumber }
        let zones = zone.isEmpty ? ["Z", "+09:00"] : [String(zone)]
        return zones.compactMap { try? Date(stamp + $0, strategy: .iso8601) }
    }

    private func isNow(_ dates: [Date]) -> Bool {
        dates.contains { $0 >= began && $0 <= Date.now.addingTimeInterval(60) }
    }
}
