import IwinvCatalog
import IwinvWire

/// Which page comes next, and whether the pages read so far can be true (CONTRACT 1.11).
struct PageLoop {
    /// How many pages a list may have.
    static let maximumPages = 1000

    private let operation: CloudOperation
    private let size: Int
    private var seen: Set<String> = []
    private var gathered = 0
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
    /// - Throws: `CloudError` if it repeats a row, or if there is no end to the pages.
    mutating func take(_ reply: CloudReply) throws(CloudError) {
        let number = next?.number ?? 1
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
        // A server may send smaller pages than asked for; a page that is full by its own measure is not the last.
        let full = min(size, reply.pageSize.flatMap { $0 > 0 ? $0 : nil } ?? size)
        let isLast =
            next == nil || reply.rows.count != full || reply.total.map { gathered >= $0 } ?? false
        guard !isLast else {
            next = nil
            isFinished = true
            return
        }
        guard number < Self.maximumPages else { throw problem("the list has more than \(Self.maximumPages) pages") }
        next = PageRequest(number: number + 1, size: size)
    }

    private func problem(_ text: String) -> CloudError {
        CloudError(.network, text, operation: operation.name, isRetryable: true)
    }
}
