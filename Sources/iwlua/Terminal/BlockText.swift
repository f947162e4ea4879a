import Clocks
import Foundation
import IwinvCatalog
import IwinvClient
import IwinvWire

/// What a person reads of a key that a 429 keeps from sending.
struct BlockText {
    /// How long it still lasts.
    let left: Duration
    private let end: Instant
    private let wish: Duration?

    /// Nil if nothing keeps the key from sending.
    init?(_ budget: any RequestBudget, _ clock: any HostClock) {
        guard let block = budget.block else { return nil }
        left = block.until - clock.elapsed
        guard left >= .seconds(1) else { return nil }
        end = clock.now + left
        wish = block.wish
    }

    /// Until when, and why.
    var sentence: LocalizedText {
        let time = Date(timeIntervalSince1970: Double(end.seconds)).formatted(Self.style)
        let rest = Duration.seconds(left.components.seconds).text
        let pause = wish.map { Duration.seconds($0.components.seconds).text }
        return LocalizedText(
            "the requests of this key wait until \(time) (\(rest)): the cloud answered 429"
                + (pause.map { " and asked for a pause of \($0)" } ?? ", too many requests"),
            "이 키의 요청은 \(time)까지(\(rest)) 기다립니다. 클라우드가 429로 응답했습니다"
                + (pause.map { "(\($0) 동안 중지 요청)" } ?? "(요청이 너무 많음)"))
    }

    static let advice = LocalizedText(
        "wait, or lift it with `iwlua doctor --lift` if the cloud answers others again",
        "기다리거나, 클라우드가 다시 응답한다면 `iwlua doctor --lift`로 해제하세요")

    /// A line for standard error.
    func line(_ terminal: Terminal) -> TerminalText {
        "\(sentence(terminal.language)); \(Self.advice(terminal.language))\n"
    }

    private static let style = Date.VerbatimFormatStyle(
        format:
            "\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits)",
        locale: Locale(identifier: "en_US_POSIX"), timeZone: .current, calendar: Calendar(identifier: .gregorian))
}
