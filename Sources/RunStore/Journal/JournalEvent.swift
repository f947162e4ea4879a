public import IwinvCatalog

/// Something that happened in a run, as its journal keeps it. History is only ever added to.
///
/// A change goes `intended`, then for each attempt `sending` and `answered`, then `concluded`. What a script asked and
/// got is `asked`, `drawn` and `delivered`; the order of these entries is the order in which the script saw them, and
/// feeding it the same again is how a run resumes.
///
/// Values of the caller's shape are `JSONValue`s; they nest at most 60 deep and hold no secret.
public enum JournalEvent: Sendable, Hashable {
    /// The first entry. Written by ``Journal/begin(_:id:texts:clock:)``, with the run's number and the SHA-256 of all texts
    /// that were put aside with it.
    case begun(RunHeader, number: Int64, texts: [String])
    /// Texts were put aside later, under these SHA-256. Written by ``RunLog/keep(_:)``.
    case kept(texts: [String])
    /// The script made a call. Written by the host before it passes the call on.
    case asked(CallQuestion)
    /// The host gave the script a value that could differ next time, such as the time.
    case drawn(name: String, value: JSONValue)
    /// The script was given the answer to a call. Written by the host just before it hands it over.
    case delivered(call: UInt64, CallDelivery)
    /// A change will be sent. Written by the gate once the row before it is known.
    case intended(ChangeIntent)
    /// What the change will be told by if its reply is lost: the row as it was last read, and the identifiers of rows that
    /// a creation could be mistaken for. Written by the gate.
    case compared(call: UInt64, row: JSONValue, known: [String])
    /// A request of a change leaves as soon as this is on disk. Committed by the client after the wait for the budget.
    case sending(call: UInt64, attempt: Int, time: SendingTime? = nil)
    /// Stands in place of a `sending`: somebody had asked the run to stop, so nothing left. Written by ``RunLog``.
    case withheld(call: UInt64, attempt: Int)
    /// What an attempt came to, a lost reply included. Written by the client.
    case answered(ChangeAnswer)
    /// What the call changed, as the run's record has it. Written by the gate, after it has read what a lost reply left open.
    ///
    /// With the rows of the reply, without their secrets, if there was one: a run that is cut before its script sees them
    /// is given them when it resumes. Once more, without rows, when a later read shows more of what became of it.
    case concluded(call: UInt64, changes: [JSONValue], rows: [JSONValue]? = nil)
    /// A person said what becomes of a change that no read can tell. Written by resume.
    case decided(call: UInt64, ResumeDecision)
    /// The run was given leave for more, by an answer at the prompt.
    case granted(call: UInt64?, grant: String)
    /// A person was asked, and from now on this is whose agreement covers the run's changes. Written by the gate: before a
    /// question about going on is put, and after each answer that lets the run go on.
    case consented(RunConsent, about: ConsentQuestion)
    /// The run goes on in another process, perhaps with a changed script. Written by resume.
    case resumed(script: String?, options: JSONValue)
    /// The run was told to stop: by whom or what.
    case stopped(reason: String)
    /// The last entry, unless the run is resumed. Written by ``RunLog/end(_:report:)``.
    case ended(ending: String, report: JSONValue)
    /// Written by a newer version, or malformed: kept as it is.
    case other(kind: String, call: UInt64?, body: JSONValue)
}

/// A call as the script made it.
public struct CallQuestion: Sendable, Hashable {
    /// Numbers the calls of a run.
    public var call: UInt64
    /// Which of the script's tasks.
    public var task: Int64
    /// The operation or function: `instances.edit`.
    public var name: String
    /// Where in the script: `rename.lua:12`.
    public var place: String?
    public var arguments: [JSONValue]

    public init(call: UInt64, task: Int64, name: String, place: String? = nil, arguments: [JSONValue]) {
        self.call = call
        self.task = task
        self.name = name
        self.place = place
        self.arguments = arguments
    }
}

/// The answer to a call, as the script saw it.
public enum CallDelivery: Sendable, Hashable {
    case success([JSONValue])
    case failure(JSONValue)
}

/// A change before its first request leaves.
public struct ChangeIntent: Sendable, Hashable {
    /// What is changed: the name of the row's key, and the identifier.
    public struct Target: Sendable, Hashable {
        public var key: String
        public var id: String

        public init(key: String, id: String) {
            self.key = key
            self.id = id
        }
    }

    public var call: UInt64
    /// `instances.edit`
    public var operation: String
    public var target: Target?
    /// How the run's record names what is changed.
    public var id: String?
    /// The resource's name when it was last read.
    public var name: String?
    /// The row, or the fields to be changed, as they were; null where that is not known.
    public var before: JSONValue
    /// The fields as they shall be.
    public var wanted: JSONValue
    /// The checked arguments of the call.
    public var arguments: JSONValue
    /// By which grant it is made: `instances:edit max=50`.
    public var grant: String?

    public init(
        call: UInt64, operation: String, target: Target? = nil, id: String? = nil, name: String? = nil,
        before: JSONValue = .null, wanted: JSONValue = .null, arguments: JSONValue = [:], grant: String? = nil
    ) {
        self.grant = grant
        self.call = call
        self.operation = operation
        self.target = target
        self.id = id
        self.name = name
        self.before = before
        self.wanted = wanted
        self.arguments = arguments
    }
}

/// What an attempt to change something came to.
public struct ChangeAnswer: Sendable, Hashable {
    public var call: UInt64
    public var attempt: Int
    /// Of HTTP; nil if no reply came.
    public var status: Int?
    /// The cloud's own code.
    public var code: String?
    /// DESIGN 1: `not-sent`, `refused`, `accepted`, …
    public var outcome: String
    /// From the sending to the reply, or to its being given up.
    public var milliseconds: Int64

    public init(
        call: UInt64, attempt: Int, status: Int? = nil, code: String? = nil, outcome: String, milliseconds: Int64
    ) {
        self.call = call
        self.attempt = attempt
        self.status = status
        self.code = code
        self.outcome = outcome
        self.milliseconds = milliseconds
    }
}

/// What a person agrees to, or does not.
public enum ConsentQuestion: String, Sendable, Hashable {
    /// The first change, and those that follow.
    case changes
    /// To go on after the first changes (``RunHistory/isCanaryConfirmed``).
    case canary
    /// To go on with a run that has ended or was interrupted.
    case resumption
}

/// What becomes of a change of which nobody knows whether it happened.
public enum ResumeDecision: String, Sendable, Hashable {
    /// It is sent once more.
    case `repeat`
    /// The run goes on as if it had been done.
    case skip
}
