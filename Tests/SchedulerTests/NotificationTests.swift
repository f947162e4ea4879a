import Clocks
import IwinvCatalog
import Testing

@testable import RunStore
@testable import Scheduler

@Suite struct NotificationTests {
    private let now = Instant(seconds: 1_800_000_000)

    private func schedule(failures: Int = 0) -> ScheduleRecord {
        ScheduleRecord(
            id: 7,
            definition: ScheduleDefinition(
                name: "nightly", recurrence: "cron 0 4 * * *", zone: "Asia/Seoul", script: "/srv/x.lua", text: "f00",
                approval: "a1"), added: now, state: .active, changed: now, cursor: now, failures: failures)
    }

    private func key(_ seconds: Int = 0) -> OccurrenceKey {
        OccurrenceKey(schedule: 7, instant: now + .seconds(seconds))
    }

    private func notices(_ changes: OccurrenceChange..., failures: Int = 0) -> [(draft: NoticeDraft, notice: Notice?)] {
        var finder = NoticeFinder([7: schedule(failures: failures)], at: now)
        return finder.drafts(of: changes).map { ($0, Notice(json: $0.body)) }
    }

    // MARK: - What is told

    @Test func `a failure and the pause after it are one message`() throws {
        let found = notices(
            .ended(key(), word: "failed", verdict: .failure), .paused(schedule: 7, reason: "3 failures in a row"),
            failures: 2)
        let one = try #require(found.first)
        #expect(found.count == 1 && one.draft.key == "7-1800000000000000000-failure" && one.draft.occurrence == key())
        #expect(one.notice?.failures == 3 && one.notice?.paused == "3 failures in a row")
        // What the ledger has kept is read back whole.
        #expect(one.notice?.instant == now && one.notice?.schedule == "nightly" && one.notice?.zone == "Asia/Seoul")
    }

    @Test func `a lost approval is a failure that says why the schedule is paused`() {
        let found = notices(
            .skipped(key(), .approval, through: now, count: 1), .paused(schedule: 7, reason: "x.lua was changed"))
        #expect(found.map(\.notice?.kind) == [.failure])
        #expect(found.first?.notice?.word == "approval" && found.first?.notice?.paused == "x.lua was changed")
    }

    @Test func `what is unknown is told as that, and so is a run that cannot go on`() {
        #expect(notices(.ended(key(), word: "unknown", verdict: .failure)).map(\.notice?.kind) == [.unknown])
        #expect(notices(.ended(key(), word: "cut", verdict: .failure)).map(\.notice?.kind) == [.unknown])
    }

    @Test func `only the first success after failures is a recovery`() {
        let found = notices(
            .ended(key(), word: "done", verdict: .success), .ended(key(60), word: "done", verdict: .success),
            failures: 2)
        #expect(found.map(\.notice?.kind) == [.recovery] && found.first?.notice?.failures == 2)
        #expect(notices(.ended(key(), word: "done", verdict: .success)).isEmpty)
    }

    @Test(arguments: SkipReason.allCases)
    func `of what was skipped the missed is told, once for all its instants`(_ reason: SkipReason) {
        let found = notices(.skipped(key(), reason, through: now + .seconds(600), count: 11))
        switch reason {
        case .missed, .daemonDown:
            #expect(found.map(\.notice?.kind) == [.missed] && found.first?.notice?.count == 11)
        case .approval: #expect(found.map(\.notice?.kind) == [.failure])
        default: #expect(found.isEmpty)
        }
    }

    @Test func `a night without a daemon is one message, and what came late after it another`() {
        let rows = (0..<5).map { index in
            OccurrenceChange.skipped(key(index * 60), .daemonDown, through: key(index * 60).instant, count: 1)
        }
        let late = OccurrenceChange.skipped(key(300), .missed, through: key(300).instant, count: 1)
        var finder = NoticeFinder([7: schedule()], at: now)
        let found = finder.drafts(of: rows + [late]).compactMap { Notice(json: $0.body) }
        #expect(found.map(\.count) == [5, 1] && found.map(\.word) == ["daemon down", "missed"])
        #expect(found[0].instant == now && found[0].through == key(240).instant)
    }

    @Test func `steps on the way, stops and schedules that were taken away are not told`() {
        #expect(
            notices(
                .claimed(key(), due: now, isCaughtUp: false), .begun(key(), run: "r1"),
                .retried(key(), due: now, isTimeout: false), .ended(key(), word: "interrupted", verdict: .stopped)
            ).isEmpty)
        var finder = NoticeFinder([:], at: now)
        #expect(finder.drafts(of: [.ended(key(), word: "failed", verdict: .failure)]).isEmpty)
    }

    @Test func `an idle schedule is told once a day`() {
        let first = NoticeDraft.idle(schedule(), "nothing became of it", at: now)
        #expect(NoticeDraft.idle(schedule(), "nothing became of it", at: now + .seconds(60)).key == first.key)
        #expect(NoticeDraft.idle(schedule(), "nothing became of it", at: now + .seconds(86_400)).key != first.key)
        #expect(first.occurrence == nil && Notice(json: first.body)?.reason == "nothing became of it")
    }

    // MARK: - How long it is tried

    @Test func `pauses double up to an hour, a receiver's wish is heard, and a day is the end`() {
        let patience = DeliveryPatience()
        func pause(_ tries: Int, after age: Duration = .zero, _ wish: Duration? = nil) -> Duration? {
            patience.next(after: tries, created: now, now: now + age, wish: wish).map { $0 - (now + age) }
        }
        let pauses = (1...11).map { pause($0)?.wholeNanoseconds ?? 0 }.map { $0 / 1_000_000_000 }
        #expect(pauses == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600])
        #expect(pause(1, .seconds(90)) == .seconds(90) && pause(3, .seconds(1)) == .seconds(40))
        #expect(pause(1, .seconds(1_000_000)) == .seconds(3600))
        #expect(pause(32) == nil && pause(31) != nil)
        #expect(pause(2, after: .seconds(86_400)) == nil && pause(2, after: .seconds(86_399)) != nil)
    }

    @Test func `a status says whether to try again, and when`() {
        #expect(DeliveryOutcome(status: 204, retryAfter: nil) == .sent)
        #expect(DeliveryOutcome(status: 429, retryAfter: "1.5") == .failed(reason: "HTTP 429", wish: .seconds(1.5)))
        #expect(DeliveryOutcome(status: 503, retryAfter: "soon") == .failed(reason: "HTTP 503", wish: nil))
        #expect(DeliveryOutcome(status: 429, retryAfter: "-1") == .failed(reason: "HTTP 429", wish: nil))
        #expect(DeliveryOutcome(status: 302, retryAfter: nil) == .failed(reason: "HTTP 302", wish: nil))
        #expect(DeliveryOutcome(status: 400, retryAfter: nil) == .refused(reason: "HTTP 400"))
    }

    // MARK: - What is said

    private func message(_ kind: Notice.Kind, error: String? = nil) -> NoticeMessage {
        NoticeMessage(
            Notice(
                kind, schedule: "nightly", zone: "Asia/Seoul", instant: now, through: now + .seconds(600), count: 3,
                at: now + .seconds(5), word: kind == .missed ? "daemon down" : "failed", failures: 2, reason: "it waits"
            ),
            key: "k-1", host: "ops1",
            digest: RunDigest(
                run: "r1", script: "x.lua", took: .milliseconds(12_345),
                outcomes: ["unknown": 1, "confirmed": 2, "from the future": 4], error: error))
    }

    @Test func `a failure says what, when, how far it came and where to look`() {
        #expect(
            message(.failure, error: "x.lua:3: no such server").text(.english) == """
                iwlua@ops1: nightly: run failed, 2 times in a row (2027-01-15T17:00:00+09:00)
                error: x.lua:3: no such server
                x.lua: changes: 2 confirmed, 1 unknown, 4 from the future; took 12s
                look: iwlua runs show r1
                """)
        #expect(message(.missed).text(.english).hasSuffix("look: iwlua schedule show nightly"))
    }

    @Test(arguments: Notice.Kind.allCases)
    func `each kind has a text of its own in both languages`(_ kind: Notice.Kind) {
        let korean = message(kind).text(.korean)
        #expect(korean.unicodeScalars.contains { (0xAC00...0xD7A3).contains($0.value) })
        #expect(message(kind).text(.english).unicodeScalars.allSatisfy { $0.isASCII })
        let others = Notice.Kind.allCases.filter { $0 != kind }.map { message($0).text(.korean) }
        #expect(!others.contains(korean))
    }

    @Test func `Slack is sent no mention and no link of the cloud's`() {
        let body = WebhookShape.slack.body(message(.failure, error: "<!channel> a & <https://x|y>\u{1B}[31m"), .english)
        let text = body["text"]?.stringValue ?? ""
        #expect(text.contains("&lt;!channel&gt; a &amp; &lt;https://x|y&gt;\\u{1b}[31m"))
        #expect(!text.contains("<") && body["mrkdwn"] == false)
    }

    @Test func `Discord is sent no mention, no marks and no more than it takes`() {
        let body = WebhookShape.discord.body(message(.failure, error: "@everyone **a** <@1> \\"), .english)
        #expect(body["content"]?.stringValue?.contains("\\@everyone \\*\\*a\\*\\* \\<\\@1\\> \\\\") == true)
        #expect(body["allowed_mentions"] == ["parse": []])
        for text in [String(repeating: "*", count: 5000), String(repeating: "🐙", count: 5000)] {
            let cut = WebhookShape.discord(text)
            #expect((1990...2000).contains(cut.utf16.count) && cut.hasSuffix("…"))
            // No mark has lost its backslash.
            #expect(!cut.contains("**"))
        }
        #expect(WebhookShape.discord("plain") == "plain")
    }

    @Test func `the document has all that a program needs`() {
        let document = WebhookShape.json.body(message(.failure, error: "no"), .english)
        #expect(document["key"] == "k-1" && document["event"] == "failure" && document["test"] == false)
        #expect(document["schedule"] == "nightly" && document["instant"] == "2027-01-15T08:00:00Z")
        #expect(document["run"] == "r1" && document["changes"] == ["unknown": 1, "confirmed": 2, "from the future": 4])
        #expect(document["text"]?.stringValue == message(.failure, error: "no").text(.english))
        #expect(WebhookShape.json.body(message(.test), .english)["test"] == true)
    }
}
