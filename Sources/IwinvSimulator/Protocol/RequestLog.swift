/// The requests that were answered last: a ring, so that a long life costs no memory and no copying.
struct RequestLog: Sendable {
    /// How many are kept.
    static let capacity = 10_000
    /// How many bytes of a body are kept.
    static let bodyLimit = 4096

    private var slots: [RecordedRequest] = []
    /// Where the oldest stands, once all slots are taken.
    private var oldest = 0

    mutating func append(_ request: RecordedRequest) {
        guard slots.count == Self.capacity else { return slots.append(request) }
        slots[oldest] = request
        oldest = (oldest + 1) % Self.capacity
    }

    /// The one that was answered last.
    var last: RecordedRequest? { slots.isEmpty ? nil : slots[(oldest + slots.count - 1) % slots.count] }

    /// Oldest first.
    var all: [RecordedRequest] { Array(slots[oldest...] + slots[..<oldest]) }

    /// A target cut to 2,000 characters; nearly all are shorter, and their characters need no counting.
    static func shortened(_ target: String) -> String {
        target.utf8.count <= 2000 ? target : String(target.prefix(2000))
    }
}
