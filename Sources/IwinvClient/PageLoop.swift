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
    private var seen: Set<String> = []
    private var gathered = 0
    private var firstPage: [JSONValue] = []
    /// Rows in all, as a page has said.
    private var total: Int?
    /// The page to ask for.
    private(set) var number = 1
    /// The size of the pages, once there is one; before, whoever asks decides.
    private(set) var size: Int?
    private(set) var isFinished = false

    init(_ operation: CloudOperation) {
        self.operation = operation
    }

    /// Takes the page of ``number``.
    ///
    /// A list is whole or an error: what cannot be all of it is not taken for all.
    ///
    /// - Parameter asked: How many rows were asked for.
    /// - Returns: The rows that it adds.
    /// - Throws: `CloudError` if it repeats a row, if a number in it contradicts its rows, or if there is no end to the pages.
    mutating func take(_ reply: CloudReply, of asked: Int) throws(CloudError) -> [JSONValue] {
        let rows = reply.rows
        if let count = reply.count, count != rows.count {
            throw problem("page \(number) says that it has \(count) rows, and has \(rows.count)")
        }
        // A server that knows no pages answers each with everything.
        if number == 2, !rows.isEmpty, rows == firstPage, gathered != asked {
            try finish()
            return []
        }
        if number == 1 { firstPage = rows }
        if let key = operation.row?.key {
            for row in rows {
                guard let id = row[key]?.identifierText else { continue }
                if !seen.insert(id).inserted {
                    throw problem(
                        "page \(number) repeats \(CloudText.cleaned(id, limit: 60)): the list moved while it was read")
                }
            }
        }
        gathered += rows.count
        // A page past the end says nothing about the others.
        if number == 1 || !rows.isEmpty { total = reply.total ?? total }
        if number == 1 { size = operation.paging == nil ? reply.pageSize : asked }
        guard let size, !reply.isLastPage(of: size, gathered: gathered) else {
            try finish()
            return rows
        }
        guard number < Self.maximumPages else { throw problem("the list has more than \(Self.maximumPages) pages") }
        number += 1
        return rows
    }

    private mutating func finish() throws(CloudError) {
        if let total, gathered != total {
            throw problem("the cloud says that the list has \(total) rows, and sent \(gathered)")
        }
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
        // A total shows that rows are missing, and never that none are: it may be that of the page.
        if let total, gathered < total { return false }
        // One that has more than was asked for knows no pages.
        if rows.count > size { return true }
        // Smaller pages than were asked for are believed if the reply says so; a page that is full by its own measure is not
        // the last.
        if let own = pageSize, own > 0, own < size { return rows.count < own }
        return rows.count < min(size, PageLoop.smallestPage)
    }
}
