import Clocks
public import IwinvCatalog
public import RunStore

/// A notice with all that a receiver is told: as text, and as a document.
public struct NoticeMessage: Sendable {
    public var notice: Notice
    /// The same for every try and every receiver: who gets it twice can tell.
    public var key: String
    /// The machine that it comes from.
    public var host: String
    public var occurrence: OccurrenceRecord?
    public var digest: RunDigest?

    public init(
        _ notice: Notice, key: String, host: String, occurrence: OccurrenceRecord? = nil, digest: RunDigest? = nil
    ) {
        self.notice = notice
        self.key = key
        self.host = host
        self.occurrence = occurrence
        self.digest = digest
    }

    private var run: String? { digest?.run ?? occurrence?.run }

    // MARK: - Text

    /// A few lines without marks of any kind: what the cloud or a script wrote has its control characters shown.
    public func text(_ language: Language, zones: ZoneCatalog = ZoneCatalog()) -> String {
        func say(_ english: String, _ korean: String) -> String { LocalizedText(english, korean)(language) }
        let time = Times(zone: (try? zones.zone(notice.zone)) ?? .utc)
        let name = notice.schedule
        var lines = ["iwlua@\(host): " + headline(say, time)]
        if let reason = notice.paused {
            lines.append(
                say(
                    "paused: \(reason); iwlua schedule resume \(name) lets it go on",
                    "일시 중지됨: \(reason). iwlua schedule resume \(name) 명령으로 다시 시작합니다"))
        }
        if let digest {
            if let error = digest.error { lines.append(say("error: ", "오류: ") + error) }
            let took = digest.took.map { say("; took ", ", 소요 ") + Self.length($0) } ?? ""
            let changes =
                digest.outcomes.isEmpty
                ? say("nothing was changed", "변경된 것이 없습니다") : say("changes: ", "변경: ") + digest.counted
            lines.append("\(digest.script): \(changes)\(took)")
        }
        if let run, notice.kind != .missed {
            lines.append(say("look: ", "확인: ") + "iwlua runs show \(run)")
        } else if notice.kind != .test {
            lines.append(say("look: ", "확인: ") + "iwlua schedule show \(name)")
        }
        return lines.map { $0.escapedForTerminal() }.joined(separator: "\n")
    }

    private struct Times {
        var zone: Zone
        func callAsFunction(_ instant: Instant?) -> String { instant.map { " (\(zone.text($0)))" } ?? "" }
    }

    private func headline(_ say: (String, String) -> String, _ time: Times) -> String {
        let (name, when, failures) = (notice.schedule, time(notice.instant), notice.failures ?? 1)
        switch notice.kind {
        case .failure:
            guard let word = notice.word else { return say("\(name) has paused itself", "\(name) 예약이 일시 중지되었습니다") }
            if word == SkipReason.approval.rawValue {
                return say("\(name) was not run: no approval\(when)", "\(name): 승인이 없어 실행하지 않았습니다\(when)")
            }
            let row = failures > 1 ? say(", \(failures) times in a row", ", \(failures)회 연속") : ""
            return say("\(name): run \(word)\(row)\(when)", "\(name): 실행 실패(\(word)\(row))\(when)")
        case .recovery:
            return say(
                "\(name) is well again after \(failures == 1 ? "a failure" : "\(failures) failures")\(when)",
                "\(name): 실패 \(failures)회 뒤 정상으로 돌아왔습니다\(when)")
        case .missed:
            let down = notice.word == SkipReason.daemonDown.rawValue
            let why = down ? say("no daemon was there", "데몬이 실행 중이 아니었습니다") : say("the daemon was late", "데몬이 늦었습니다")
            let last = notice.count > 1 ? say(" to", " ~") + time(notice.through) : ""
            return say(
                "\(name) has missed \(notice.count == 1 ? "a run" : "\(notice.count) runs"): \(why)\(when)\(last)",
                "\(name): 실행 \(notice.count)회를 놓쳤습니다. \(why)\(when)\(last)")
        case .unknown:
            return say(
                "\(name): a change has an unknown outcome, somebody must look\(when)",
                "\(name): 결과를 알 수 없는 변경이 있습니다. 확인이 필요합니다\(when)")
        case .idle:
            let reason = notice.reason ?? ""
            return say("\(name) is armed but idle: \(reason)", "\(name): 활성 상태이지만 실행되지 않음: \(reason)")
        case .test:
            return say("this is a test message; nothing has happened", "시험 메시지입니다. 실제로 일어난 일은 없습니다")
        }
    }

    /// To the precision that an eye wants.
    private static func length(_ duration: Duration) -> String {
        let milliseconds = duration.wholeNanoseconds / 1_000_000
        return Duration.milliseconds(milliseconds < 10_000 ? milliseconds : milliseconds / 1000 * 1000).text
    }

    // MARK: - Document

    /// `2026-12-24T04:00:00Z`
    private static func utc(_ instant: Instant) -> String { Zone.utc.text(instant).dropLast("+00:00".count) + "Z" }

    /// Stable: members may be added.
    public func document(_ language: Language, zones: ZoneCatalog = ZoneCatalog()) -> JSONValue {
        func time(_ instant: Instant?) -> JSONValue { instant.map { .string(Self.utc($0)) } ?? .null }
        func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
        let took = digest?.took ?? occurrence.flatMap { row in row.begun.flatMap { row.ended?.advanced(from: $0) } }
        let isTest = notice.kind == .test
        return [
            "version": 1, "key": .string(key), "event": .string(notice.kind.rawValue), "test": .boolean(isTest),
            "host": .string(host), "at": time(notice.at), "schedule": isTest ? .null : .string(notice.schedule),
            "instant": time(notice.instant), "through": time(notice.through), "count": .integer(Int64(notice.count)),
            "word": text(notice.word), "reason": text(notice.reason), "paused": text(notice.paused),
            "failures": notice.failures.map { .integer(Int64($0)) } ?? .null,
            "attempts": occurrence.map { .integer(Int64($0.attempts)) } ?? .null, "run": text(run),
            "begun": time(occurrence?.begun), "ended": time(occurrence?.ended),
            "seconds": took.map { .number(Double($0.wholeNanoseconds) / 1e9) } ?? .null, "script": text(digest?.script),
            "changes": digest.map { .object($0.outcomes.mapValues { .integer(Int64($0)) }) } ?? .null,
            "error": text(digest?.error), "text": .string(self.text(language, zones: zones)),
        ]
    }
}

extension Instant {
    fileprivate func advanced(from earlier: Instant) -> Duration { self - earlier }
}
