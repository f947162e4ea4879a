public import Clocks
public import IwinvCatalog

/// Something that somebody is to be told of, as it goes into the ledger beside what it is about.
public struct NoticeDraft: Sendable, Hashable {
    /// Unique in the ledger: what is noticed twice is kept once.
    public var key: String
    public var schedule: Int64
    /// If another daemon has seen to this one, there is nothing to be told.
    public var occurrence: OccurrenceKey?
    /// The scheduler's.
    public var body: JSONValue

    public init(key: String, schedule: Int64, occurrence: OccurrenceKey?, body: JSONValue) {
        self.key = key
        self.schedule = schedule
        self.occurrence = occurrence
        self.body = body
    }
}

/// A notice that nobody has been chosen for yet.
public struct NewNotice: Sendable, Hashable {
    public var number: Int64
    public var body: JSONValue
}

/// A message on its way to one receiver.
public struct NoticeDelivery: Sendable, Hashable {
    /// The notice.
    public var number: Int64
    /// The receiver's name.
    public var target: String
    public var schedule: Int64
    /// The same for every try and every receiver, and for no other notice of any ledger.
    public var key: String
    public var body: JSONValue
    public var created: Instant
    /// How often it was tried.
    public var tries: Int
    /// When it may be tried.
    public var due: Instant
    /// What it is about, if that is an occurrence.
    public var instant: Instant?
}
