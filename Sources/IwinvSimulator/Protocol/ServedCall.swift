import Clocks
import IwinvCatalog
import IwinvModel
import IwinvWire

/// A call that passed all checks.
struct ServedCall: Sendable {
    var operation: CloudOperation
    var arguments: Arguments
    /// Which page of a list that the documents page; nil elsewhere.
    var page: PageRequest?
    var wish: Wish
    var instant: Instant
    /// Whether its texts came percent-encoded, in a multipart form (CONTRACT 1.7).
    var isMultipart = false
}

/// What a call came to: the cloud's answer, the page that it says it is, and whether it changed something, now or later.
struct Served: Sendable {
    var answer: Answer
    var page: PageRequest?
    var hadEffect = false
    /// Rows in all, where a fault says how many.
    var total: Int?
}

/// The page that a request asks for, also of a list without documented pages.
struct Wish: Sendable {
    var number: Int
    /// Nil if it names none.
    var size: Int?

    init(_ request: IncomingRequest, _ operation: CloudOperation) {
        (number, size) = (1, nil)
        guard operation.isList, let query = request.query else { return }
        let pairs = PercentCoding.pairs(query)
        func positive(_ name: String) -> Int? {
            pairs.last { $0.name == name }.flatMap { Int($0.value) }.flatMap { $0 > 0 ? $0 : nil }
        }
        number = positive("page_no") ?? 1
        size = positive("page_size")
    }
}

/// A change that was answered, and is made later.
struct LateChange: Sendable {
    var call: ServedCall
    /// What its identifiers are drawn from: those that its answer named.
    var draws: Cloud.Draws
}
