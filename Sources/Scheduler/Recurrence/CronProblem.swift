/// Why a text is no cron expression.
public struct CronProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public var text: String
    /// Where it is wrong, in characters from 1.
    public var column: Int
    public var reason: String

    public var description: String { "`\(text)`, column \(column): \(reason)" }
}
