public import Clocks
import GRDB
public import IwinvCatalog
import IwinvWire

extension Journal {
    /// An answer that some run was given.
    public struct RecordedAnswer: Sendable {
        public var run: String
        /// Which cloud and whose, without the key.
        public var account: String
        /// Under which name it was asked.
        public var profile: String
        public var at: Instant
        /// The operation: `bill.list`.
        public var operation: String
        /// What the script saw, as the journal writes values.
        public var values: [JSONValue]
    }

    /// What the newest runs were answered to reads of a resource, the newest first.
    ///
    /// - Parameters:
    ///   - runs: so many runs are looked through.
    ///   - limit: at most so many answers.
    public func answers(
        of resource: String, inNewest runs: Int = 200, limit: Int = 50
    ) async throws(StoreError) -> [RecordedAnswer] {
        try await store.read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT newest.id, newest.account, answer.at, question.body, answer.body, begun.body
                    FROM (SELECT id, account, number FROM run ORDER BY number DESC LIMIT ?) AS newest
                    JOIN entry AS question ON question.run = newest.id AND question.kind = 'asked'
                        AND instr(question.body, ?) > 0
                    JOIN entry AS answer ON answer.run = newest.id AND answer.kind = 'delivered'
                        AND answer.call = question.call
                    JOIN entry AS begun ON begun.run = newest.id AND begun.seq = 0
                    ORDER BY newest.number DESC, answer.seq DESC LIMIT ?
                    """, arguments: [runs, "\"\(resource).", limit])
            var answers: [RecordedAnswer] = []
            while let row = try rows.next() {
                // Its own words decide, not where they stand in the text.
                guard let question = try? JSONCodec.decode(Array((row[3] as String).utf8)),
                    let operation = question["arguments"]?.arrayValue?.first?.stringValue,
                    operation.hasPrefix(resource + "."),
                    let values = try? JSONCodec.decode(Array((row[4] as String).utf8))["values"]?.arrayValue
                else { continue }
                let header = try? JSONCodec.decode(Array((row[5] as String).utf8))["header"]
                answers.append(
                    RecordedAnswer(
                        run: row[0], account: row[1], profile: header?["profile"]?.stringValue ?? row[1],
                        at: Instant(nanoseconds: row[2]), operation: operation,
                        values: values))
            }
            return answers
        }
    }
}
