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
    /// How many of them it had when it made its last call.
    public private(set) var givenAtLastQuestion = 0
    /// By call.
    public private(set) var changes: [UInt64: RecordedChange] = [:]
    /// Calls that change something, in the order of their intents.
    public private(set) var intended: [UInt64] = []
    public private(set) var granted: [String] = []
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
        case .begun(let header, let number, _): (self.header, self.number) = (header, number)
        case .asked(let question):
            if calls[question.call]?.question == nil { asked.append(question.call) }
            givenAtLastQuestion = given.count
            calls[question.call, default: Call()].question = question
        case .delivered(let call, let delivery):
            // A script sees the answer to a call once.
            guard calls[call]?.delivery == nil else { break }
            calls[call, default: Call()].delivery = delivery
            given.append(.answer(call: call))
        case .drawn(let name, let value): given.append(.value(name: name, value))
        case .intended(let intent):
            if changes[intent.call]?.intent == nil { intended.append(intent.call) }
            changes[intent.call, default: RecordedChange()].intent = intent
        case .granted(_, let grant): granted.append(grant)
        case .resumed(let script, let options):
            resumptions.append(Resumption(script: script, options: options))
            forgetEnding()
        case .stopped(let reason): stops.append(reason)
        case .ended(let word, let report): ending = Ending(word: word, report: report)
        case .sending(let call, _), .withheld(let call, _), .concluded(let call, _, _), .decided(let call, _),
            .compared(let call, _, _):
            changes[call, default: RecordedChange()].add(event, at: instant)
        case .answered(let answer): changes[answer.call, default: RecordedChange()].add(event, at: instant)
        case .kept, .other: break
        }
    }

    /// Takes back how it ended, for a run that goes on: an error after which it made no further call is what ended it, and
    /// that call is made again. Its new answer takes the place of the error.
    public mutating func forgetEnding() {
        defer { ending = nil }
        guard let ending, ending.word != "done" else { return }
        let last = given[min(givenAtLastQuestion, given.count)...]
        given.removeLast(last.count)
        for given in last {
            if case .answer(let call) = given, case .failure? = calls[call]?.delivery {
                calls[call]?.delivery = nil
            } else {
                self.given.append(given)
            }
        }
    }

    /// Values that were drawn, in order.
    public var drawn: [(name: String, value: JSONValue)] {
        given.compactMap { if case .value(let name, let value) = $0 { (name, value) } else { nil } }
    }

    /// Calls of which a request left and nothing more is known: what was cut between sending and answer.
    public var inFlight: [UInt64] {
        changes.keys.filter { changes[$0]?.stage == .inFlight }.sorted()
    }
}
