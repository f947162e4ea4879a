public import IwinvCatalog
import IwinvWire
import Synchronization

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
    ///   - pageSize: Rows a page; that of the configuration if not given.
    ///   - onPage: Called after each page.
    /// - Throws: `CloudError`; also if rows repeat, that is, moved between pages while they were read.
    public func all(
        _ operation: CloudOperation, _ arguments: Arguments, pageSize: Int? = nil, hooks: CallHooks = .none,
        onPage: (@Sendable (PageProgress) -> Void)? = nil
    ) async throws(CloudError) -> [JSONValue] {
        var rows: [JSONValue] = []
        var pages = 0
        var loop = PageLoop(operation)
        while !loop.isFinished {
            let (reply, size) = try await page(
                loop.number, of: operation, arguments, size: loop.size ?? pageSize, hooks: hooks)
            rows += try loop.take(reply, of: size)
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
        _ operation: CloudOperation, _ arguments: Arguments, pageSize: Int? = nil, hooks: CallHooks = .none
    ) -> CloudPages {
        CloudPages(client: self, operation: operation, arguments: arguments, pageSize: pageSize, hooks: hooks)
    }

    /// Reads one page, and says of which size it was to be.
    ///
    /// If a list refuses the first page in the client's own size, it is asked for the documented one, now and from then on.
    ///
    /// - Parameter size: Rows a page; if not given, what the configuration says, or the documented size of a list that
    ///   refused that.
    package func page(
        _ number: Int, of operation: CloudOperation, _ arguments: Arguments, size: Int? = nil,
        hooks: CallHooks = .none
    ) async throws(CloudError) -> (reply: CloudReply, size: Int) {
        func read(_ size: Int) async throws(CloudError) -> (reply: CloudReply, size: Int) {
            // The first page of a list without documented pages is the list.
            let page = operation.paging == nil && number == 1 ? nil : PageRequest(number: number, size: size)
            return (try await perform(operation, arguments, page: page, hooks: hooks), size)
        }
        let documented = operation.paging?.defaultSize ?? .max
        let isSmall = smallLists.withLock { $0.contains(operation.contractID) }
        let wanted = size ?? (isSmall ? min(documented, configuration.pageSize) : configuration.pageSize)
        do {
            return try await read(wanted)
        } catch {
            guard size == nil, number == 1, wanted > documented, error.errorCode == .checkParameter else { throw error }
            let first = try await read(documented)
            smallLists.withLock { _ = $0.insert(operation.contractID) }
            return first
        }
    }
}

/// The pages of a list, read when they are asked for; fails with `CloudError`.
public struct CloudPages: AsyncSequence, Sendable {
    public typealias Element = [JSONValue]
    public typealias Failure = CloudError

    let client: IwinvClient
    let operation: CloudOperation
    let arguments: Arguments
    let pageSize: Int?
    let hooks: CallHooks

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let pages: CloudPages
        private var loop: PageLoop

        init(_ pages: CloudPages) {
            self.pages = pages
            loop = PageLoop(pages.operation)
        }

        public mutating func next() async throws(CloudError) -> [JSONValue]? {
            try await next(isolation: nil)
        }

        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(CloudError) -> [JSONValue]? {
            guard !loop.isFinished else { return nil }
            let (reply, size) = try await pages.client.page(
                loop.number, of: pages.operation, pages.arguments, size: loop.size ?? pages.pageSize,
                hooks: pages.hooks)
            let rows = try loop.take(reply, of: size)
            return rows.isEmpty ? nil : rows
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(self)
    }
}
