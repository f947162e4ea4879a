public import Clocks
import IwinvCatalog
import IwinvWire

/// An event with its place in a run.
public struct JournalEntry: Sendable, Hashable {
    /// From 0, without gaps.
    public var sequence: UInt64
    /// On the run's clock.
    public var at: Instant
    public var event: JournalEvent

    public init(sequence: UInt64, at: Instant, event: JournalEvent) {
        self.sequence = sequence
        self.at = at
        self.event = event
    }
}

/// An entry as its row has it, before the hash.
struct EntryRecord: Sendable {
    var sequence: Int64
    var at: Int64
    var kind: [UInt8]
    var call: Int64?
    var body: [UInt8]

    init(sequence: Int64, at: Int64, kind: [UInt8], call: Int64?, body: [UInt8]) {
        self.sequence = sequence
        self.at = at
        self.kind = kind
        self.call = call
        self.body = body
    }

    init(_ event: JournalEvent, sequence: Int64, at: Instant) {
        self.init(
            sequence: sequence, at: at.nanoseconds, kind: Array(event.kind.utf8),
            call: event.call.map(Int64.init(bitPattern:)), body: JSONCodec.encode(event.body))
    }

    func hash(after previous: [UInt8], run: String) -> [UInt8] {
        ChainHash.hash(
            after: previous,
            [
                .text(run), .integer(sequence), .integer(at), .text(kind), call.map { .integer($0) } ?? .null,
                .text(body),
            ])
    }

    /// Nil if the body is no JSON.
    var entry: JournalEntry? {
        guard let body = try? JSONCodec.decode(body) else { return nil }
        return JournalEntry(
            sequence: UInt64(bitPattern: sequence), at: Instant(nanoseconds: at),
            event: JournalEvent(
                kind: String(decoding: kind, as: UTF8.self), call: call.map(UInt64.init(bitPattern:)), body: body))
    }
}
