import Clocks
import Gate
import Glibc
import IwinvCatalog
import RunStore

/// Words of a journal for a person.
enum HistoryWords {
    /// How a run stands.
    static func state(_ state: RunSummary.State) -> LocalizedText { state.words }

    /// Whose agreement covers a run's changes.
    static func consent(_ consent: RunConsent) -> LocalizedText {
        switch consent.source {
        case .nobody: LocalizedText("no consent: the next change asks", "동의 없음: 다음 변경 전에 묻습니다")
        case .person: LocalizedText("consent: a person, at the terminal", "동의: 터미널에서 사용자가 승인")
        case .plan: LocalizedText("consent: the approved plan", "동의: 승인된 계획")
        case .flag: LocalizedText("consent: --yes", "동의: --yes")
        case .approval:
            LocalizedText(
                "consent: approval \(consent.approval ?? "?")", "동의: 사전 승인 \(consent.approval ?? "?")")
        case .program: LocalizedText("consent: the program that ran it", "동의: 실행한 프로그램")
        }
    }

    static func style(_ state: RunSummary.State) -> Terminal.Style? {
        switch state {
        case .running: .cyan
        case .cut: .yellow
        case .ended("done"): nil
        case .ended("unknown"), .ended("interrupted"): .yellow
        case .ended: .red
        }
    }

    /// A value as the journal has it.
    static func shown(_ value: JSONValue) -> String { ChangeDescription.shown(value) }
}

extension ChangeDescription {
    init(_ change: ResourceChange) {
        self.init(
            operation: OperationName(stringLiteral: change.operation), before: change.before, after: change.after,
            wanted: change.wanted, row: change.row)
    }
}

/// Instants as text, without Foundation's formatters: they cost more than the list itself.
enum TimeText {
    /// `2026-11-23 20:44:05`, in the time zone of the machine.
    static func local(_ instant: Instant) -> String {
        var parts = tm()
        var seconds = time_t(instant.seconds)
        localtime_r(&seconds, &parts)
        return "\(date(parts)) \(timeOfDay(parts))"
    }

    /// `2026-11-23T11:44:05.250Z`
    static func utc(_ instant: Instant) -> String {
        var parts = tm()
        var seconds = time_t(instant.seconds)
        gmtime_r(&seconds, &parts)
        let milliseconds = (instant.nanoseconds - instant.seconds * 1_000_000_000) / 1_000_000
        return "\(date(parts))T\(timeOfDay(parts)).\(digits(Int(milliseconds), 3))Z"
    }

    /// `1.2s`, `340ms`, `5m3s`: to the precision that an eye wants.
    static func length(_ duration: Duration) -> String {
        let milliseconds = duration.wholeNanoseconds / 1_000_000
        guard milliseconds >= 1000 else { return "\(milliseconds)ms" }
        guard milliseconds >= 10_000 else { return "\(milliseconds / 1000).\(milliseconds % 1000 / 100)s" }
        return Duration.seconds(milliseconds / 1000).text
    }

    private static func date(_ parts: tm) -> String {
        "\(digits(Int(parts.tm_year) + 1900, 4))-\(digits(Int(parts.tm_mon) + 1, 2))-\(digits(Int(parts.tm_mday), 2))"
    }

    private static func timeOfDay(_ parts: tm) -> String {
        [parts.tm_hour, parts.tm_min, parts.tm_sec].map { digits(Int($0), 2) }.joined(separator: ":")
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
