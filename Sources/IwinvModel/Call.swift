import Clocks
import IwinvCatalog

/// One call, as the parts of the model see it.
struct Call {
    var operation: CloudOperation
    var arguments: Arguments
    var page: Page?
    var instant: Instant
    /// The HTTP status of a yes.
    var success: Int

    /// The mask of an operation that has one.
    func mask(default mask: Int64) -> Int64 { arguments.integer("fields") ?? mask }

    func passes(name: String) -> Bool { arguments.lets(text: name, pass: "name") }

    /// A yes with all of these rows.
    func answer(_ rows: [JSONValue]) -> Answer { .rows(rows, total: nil, status: success) }

    /// A yes with a text in place of rows (CONTRACT U35).
    var done: Answer { .text("success", status: success) }

    /// A yes with one page of these records. Only the records on it become rows.
    func page<Record>(_ records: [Record], row: (Record) -> JSONValue) -> Answer {
        guard let paging = operation.paging else { return answer(records.map(row)) }
        let page = page ?? Page(number: 1, size: paging.defaultSize)
        return .rows(page.slice(records).map(row), total: paging.hasTotal ? records.count : nil, status: success)
    }
}
