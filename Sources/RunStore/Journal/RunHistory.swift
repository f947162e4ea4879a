public import Clocks
public import IwinvCatalog

/// What the journal of a run adds up to: what the script asked and got, and how far each change came.
///
/// A pure function of the entries, so any prefix of a journal has one: that is what a kill leaves.
public struct RunHistory: Sendable, Hashable {
    /// A call of the script, and the answer if the script had it.
    public struct Call: Sendable, Hashable {
        public var question: CallQuestion?
        public var delivery: CallDelivery?
        /// When it was made, and answered, among the calls and answers of the run.
        fileprivate var askedAt = 0
        fileprivate var deliveredAt = 0
    }

    /// What the script was given, in the order in which it saw it: the tape that a resumed run is fed.
    public enum Given: Sendable, Hashable {
        case answer(call: UInt64)
        case value(name: String, JSONValue)
    }

    public struct Ending: Sendable, Hashable {
        public var word: String
        public var report: JSONValue
    }

    public struct Resumption: Sendable, Hashable {
        public var script: String?
        public var options: JSONValue
    }

    public private(set) var header: RunHeader?
    public private(set) var number: Int64?
    /// By number.
    public private(set) var calls: [UInt64: Call] = [:]
    /// Numbers of the calls, in the order in which they were made.
    public private(set) var asked: [UInt64] = []
    public private(set) var given: [Given] = []
    /// How many calls and answers there were.
    private var moments = 0
    /// By call.
    public private(set) var changes: [UInt64: RecordedChange] = [:]
    /// Calls that change something, in the order of their intents.
    public private(set) var intended: [UInt64] = []
    public private(set) var granted: [String] = []
    /// Whose agreement covers what it changes from now on; nil in a journal of an earlier version.
    public private(set) var consent: RunConsent?
    /// What was last asked about; nil if nothing was.
    public private(set) var consentQuestion: ConsentQuestion?
    /// Somebody has looked at its first changes and let it go on.
    public private(set) var isCanaryConfirmed = false
    public private(set) var resumptions: [Resumption] = []
    /// Reasons for which it was told to stop.
    public private(set) var stops: [String] = []
    /// Nil if it has not ended, or was resumed since.
    public private(set) var ending: Ending?

    public init(_ entries: some Sequence<JournalEntry> = []) {
        for entry in entries { add(entry.event, at: entry.at) }
    }

    /// Takes the next entry in.
    public mutating func add(_ event: JournalEvent, at instant: Instant? = nil) {
        switch event {
        case .begun(let header, let number, _):
            (self.header, self.number, consent) = (header, number, header.consent)
        case .asked(let question):
            if calls[question.call]?.question == nil { asked.append(question.call) }
            moments += 1
            calls[question.call, default: Call()].question = question
            calls[question.call]?.askedAt = moments
        case .delivered(let call, let delivery):
            // A script sees the answer to a call once.
            guard calls[call]?.delivery == nil else { break }
            moments += 1
            calls[call, default: Call()].delivery = delivery
            calls[call]?.deliveredAt = moments
            given.append(.answer(call: call))
        case .drawn(let name, let value): given.append(.value(name: name, value))
        case .intended(let intent):
            if changes[intent.call]?.intent == nil { intended.append(intent.call) }
            changes[intent.call, default: RecordedChange()].intent = intent
        case .granted(_, let grant): granted.append(grant)
        case .consented(let consent, let question):
            (self.consent, consentQuestion) = (consent, question)
            if question == .canary { isCanaryConfirmed = consent.source != .nobody }
        case .resumed(let script, let options):
            resumptions.append(Resumption(script: script, options: options))
            forgetEnding()
        case .stopped(let reason): stops.append(reason)
        case .ended(let word, let report): ending = Ending(word: word, report: report)
        case .sending(let call, _, _), .withheld(let call, _), .concluded(let call, _, _), .decided(let call, _),
            .compared(let call, _, _):
            changes[call, default: RecordedChange()].add(event, at: instant)
        case .answered(let answer): changes[answer.call, default: RecordedChange()].add(event, at: instant)
        case .kept, .other: break
        }
    }

    /// Takes back how it ended, for a run that goes on: the errors that ended it are asked for again, and the new answers
    /// take their place.
    public mutating func forgetEnding() {
        defer { ending = nil }
        guard let ending, ending.word != "done" else { return }
        for call in endingErrors(ending) { calls[call]?.delivery = nil }
        given.removeAll { given in
            if case .answer(let call) = given { calls[call]?.delivery == nil } else { false }
        }
    }

    /// Calls whose errors ended the run: nothing that the script did later can have come of them.
    ///
    /// That is sure where no call followed at all. Where tasks beside it still ended what they had begun, it is an error
    /// after which its own task did nothing more, nor did whoever waited for that task; what the script caught looks the
    /// same, so that it must be the error that the run ended with, or have come after that one.
    private func endingErrors(_ ending: Ending) -> [UInt64] {
        let failed = given.compactMap { given -> (call: UInt64, at: Int, task: Int64, message: String)? in
            guard case .answer(let number) = given, let call = calls[number], case .failure(let error)? = call.delivery
            else { return nil }
            let task = call.question?.task ?? Self.scriptTask
            return (number, call.deliveredAt, task, error["message"]?.stringValue ?? "")
        }
        guard !failed.isEmpty else { return [] }
        var lastAsked: [Int64: Int] = [:]
        var firstAsked: [Int64: Int] = [:]
        for number in asked {
            guard let call = calls[number], let task = call.question?.task else { continue }
            lastAsked[task] = max(lastAsked[task] ?? 0, call.askedAt)
            firstAsked[task] = min(firstAsked[task] ?? .max, call.askedAt)
        }
        let last = lastAsked.values.max() ?? 0
        let open = failed.filter { error in
            let known = firstAsked.filter { $0.value < error.at }.keys.max() ?? Self.scriptTask
            // The script's own task waits for all others; a task that is new was begun by somebody who went on.
            return lastAsked.allSatisfy { task, at in
                at < error.at || task != error.task && task != Self.scriptTask && task <= known
            }
        }
        let message = ending.report["error"]?["message"]?.stringValue ?? ""
        let reason = open.first { error in
            !error.message.isEmpty && (message.contains(error.message) || error.message.contains(message))
        }
        let since = reason?.at ?? (message.isEmpty ? last : 0)
        return open.filter { $0.at > last || $0.at >= since && ending.word != "interrupted" }.map(\.call)
    }

    /// The script's own task.
    private static let scriptTask: Int64 = 1

    /// Values that were drawn, in order.
    public var drawn: [(name: String, value: JSONValue)] {
        given.compactMap { if case .value(let name, let value) = $0 { (name, value) } else { nil } }
    }

    /// Calls of which a request left and nothing more is known: what was cut between sending and answer.
    public var inFlight: [UInt64] {
        changes.keys.filter { changes[$0]?.stage == .inFlight }.sorted()
    }
}
