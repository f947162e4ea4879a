import IwinvCatalog
import IwinvWire

/// Which page comes next, and whether the pages read so far can be true (CONTRACT 1.11).
struct PageLoop {
    /// How many pages a list may have.
    static let maximumPages = 1000
    /// The smallest page that a cloud is known to send (CONTRACT 1.11). A page of as many rows may be a full one, whatever
    /// size was asked for, and whatever size the reply repeats.
    static let smallestPage = 10

    private let operation: CloudOperation
    private let size: Int
    private var seen: Set<String> = []
    private var gathered = 0
    private var firstPage: [JSONValue] = []
    /// Rows in all, as a page has said.
    private var total: Int?
    /// The page to ask for; nil after the last, and for lists that have no pages while ``isFinished`` is false.
    private(set) var next: PageRequest?
    private(set) var isFinished = false

    init(_ operation: CloudOperation, size: Int) {
        self.operation = operation
        self.size = size
        next = operation.paging == nil ? nil : PageRequest(number: 1, size: size)
    }

    /// Takes the page that ``next`` asked for.
    ///
    /// A list is whole or an error: what cannot be all of it is not taken for all.
    ///
    /// - Returns: The rows that it adds.
    /// - Throws: `CloudError` if it repeats a row, if a number in it contradicts its rows, or if there is no end to the pages.
    mutating func take(_ reply: CloudReply) throws(CloudError) -> [JSONValue] {
        let number = next?.number ?? 1
        if let count = reply.count, count != reply.rows.count {
            throw problem("page \(number) says that it has \(count) rows, and has \(reply.rows.count)")
        }
        // A server that knows no pages answers each with everything.
        if number == 2, !reply.rows.isEmpty, reply.rows == firstPage, gathered != size {
            try finish()
            return []
        }
        if number == 1 { firstPage = reply.rows }
        if let key = operation.row?.key {
            for row in reply.rows {
                guard let id = row[key]?.stringValue else { continue }
                if !seen.insert(id).inserted {
                    throw problem(
                        "page \(number) repeats \(CloudText.cleaned(id, limit: 60)): the list moved while it was read")
                }
            }
        }
        gathered += reply.rows.count
        total = reply.total ?? total
        guard next != nil, !reply.isLastPage(of: size, gathered: gathered) else {
            try finish()
            return reply.rows
        }
        guard number < Self.maximumPages else { throw problem("the list has more than \(Self.maximumPages) pages") }
        next = PageRequest(number: number + 1, size: size)
        return reply.rows
    }

    private mutating func finish() throws(CloudError) {
        if let total, gathered < total {
            throw problem("the cloud says that the list has \(total) rows, and sent \(gathered)")
        }
        next = nil
        isFinished = true
    }

    private func problem(_ text: String) -> CloudError {
        CloudError(.network, text, operation: operation.name, isRetryable: true)
    }
}

extension CloudReply {
    /// Whether no page follows one for which so many rows were asked.
    ///
    /// - Parameter gathered: Rows read so far, with these.
    package func isLastPage(of size: Int, gathered: Int) -> Bool {
        if rows.isEmpty { return true }
        if let total { return gathered >= total }
        // One that has more than was asked for knows no pages.
        if rows.count > size { return true }
        // Smaller pages than were asked for are believed if the reply says so; a page that is full by its own measure is not
        // the last.
        if let own = pageSize, own > 0, own < size { return rows.count < own }
        return rows.count < min(size, PageLoop.smallestPage)
    }
}
