import ArgumentParser
public import IwinvModel

/// A set of words that a flag or a setting takes. The parser asks for them at each start, and by itself it would find them by
/// reflection, which takes a tenth of its time.
protocol Choice: ExpressibleByArgument, CaseIterable, RawRepresentable<String> {}

extension Choice {
    public static var allValueStrings: [String] { allCases.map(\.rawValue) }
}

extension CloudProfile: Choice {}
