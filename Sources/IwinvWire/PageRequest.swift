public import IwinvCatalog

/// Which part of a list is asked for (CONTRACT 1.11).
public struct PageRequest: Sendable, Hashable {
    /// From 1.
    public var number: Int
    /// Rows a page.
    public var size: Int

    /// The largest page that the cloud is assumed to send (CONTRACT U40).
    public static let maximumSize = 100

    public init(number: Int, size: Int) {
        self.number = number
        self.size = size
    }

    /// What a server understands: bad values give the defaults, a size above 100 gives 100 (CONTRACT U40).
    public init(number: String?, size: String?, paging: Paging) {
        func positive(_ text: String?) -> Int? { text.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } }
        self.number = positive(number) ?? 1
        self.size = min(positive(size) ?? paging.defaultSize, Self.maximumSize)
    }
}
