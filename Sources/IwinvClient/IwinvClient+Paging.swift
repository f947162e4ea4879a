public import IwinvCatalog
import IwinvWire

/// How far the reading of a list has come.
public struct PageProgress: Sendable, Hashable {
    /// Pages read.
    public var pages: Int
    /// Rows read.
    public var rows: Int
    /// Rows in all, where the cloud says so.
    public var total: Int?
}

extension IwinvClient {
    /// Reads every page of a list before it returns the first row; any page's failure is the whole list's.
    ///
    /// - Parameters:
    ///   - pageSize: Rows a page; the cloud is assumed to send at most 100 (CONTRACT U40).
    ///   - onPage: Called after each page.
    /// - Throws: `CloudError`; also if rows repeat, that is, moved between pages while they were read.
    public func all(
        _ operation: CloudOperation, _ arguments: Arguments, pageSize: Int = 100, hooks: CallHooks = .none,
        onPage: (@Sendable (PageProgress) -> Void)? = nil
    ) async throws(CloudError) -> [JSONValue] {
        var rows: [JSONValue] = []
        var pages = 0
        var loop = PageLoop(operation, size: pageSize)
        while !loop.isFinished {
            let reply = try await perform(operation, arguments, page: loop.next, hooks: hooks)
            rows += try loop.take(reply)
            pages += 1
            onPage?(PageProgress(pages: pages, rows: rows.count, total: reply.total))
        }
        return rows
    }

    /// Reads a list page by page as the pages are asked for.
    ///
    /// Rows that change in the loop may move between pages and then be skipped: for loops that change something, use
    /// ``all(_:_:pageSize:hooks:onPage:)``.
    public func stream(
        _ operation: CloudOperation, _ arguments: Arguments, pageSize: Int = 100, hooks: CallHooks = .none
    ) -> CloudPages {
        CloudPages(client: self, operation: operation, arguments: arguments, pageSize: pageSize, hooks: hooks)
    }
}

/// The pages of a list, read when they are asked for; fails with `CloudError`.
public struct CloudPages: AsyncSequence, Sendable {
    public typealias Element = [JSONValue]
    public typealias Failure = CloudError

    let client: IwinvClient
    let operation: CloudOperation
    let arguments: Arguments
    let pageSize: Int
    let hooks: CallHooks

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let pages: CloudPages
        private var loop: PageLoop

        init(_ pages: CloudPages) {
            self.pages = pages
            loop = PageLoop(pages.operation, size: pages.pageSize)
        }

        public mutating func next() async throws(CloudError) -> [JSONValue]? {
            try await next(isolation: nil)
        }

        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(CloudError) -> [JSONValue]? {
            guard !loop.isFinished else { return nil }
            let reply = try await pages.client.perform(
                pages.operation, pages.arguments, page: loop.next, hooks: pages.hooks)
            let rows = try loop.take(reply)
            return rows.isEmpty ? nil : rows
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(self)
    }
}
