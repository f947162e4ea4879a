/// Which slice of a list is wanted (CONTRACT 1.11).
///
/// The model takes what it is given; that the cloud clamps a size to 100 is the wire's business.
public struct Page: Sendable, Hashable {
    /// From 1.
    public var number: Int
    /// Rows on a page.
    public var size: Int

    /// A page of `size` rows, counted from 1.
    public init(number: Int, size: Int) {
        self.number = number
        self.size = size
    }

    /// Every row of a list on one page; what a plan's overlay asks for.
    public static let everything = Page(number: 1, size: .max)

    /// The rows of this page: none past the end (CONTRACT 1.11: 200, an empty array).
    func slice<Element>(_ rows: [Element]) -> ArraySlice<Element> {
        guard number >= 1, size >= 1 else { return [] }
        let (start, overflow) = (number - 1).multipliedReportingOverflow(by: size)
        guard !overflow, start < rows.count else { return [] }
        return rows[start...].prefix(size)
    }
}
