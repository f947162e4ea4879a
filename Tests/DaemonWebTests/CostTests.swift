import Clocks
import IwinvCatalog
@testable import RunStore
import Testing

@testable import DaemonWeb

@Suite struct CostTests {
    private func answer(_ run: String, _ account: String, _ operation: String, _ rows: [JSONValue])
        -> Journal.RecordedAnswer
    {
        Journal.RecordedAnswer(
            run: run, account: account, profile: account.uppercased(), at: Instant(seconds: 1), operation: operation,
            values: [.array(rows)])
    }

    private func bill(_ id: String, _ day: String, _ price: Int64) -> JSONValue {
        [
            "bill_id": .string(id), "usage_start": .string(day), "price": .integer(price), "currency": "KRW",
            "name": "정기",
        ]
    }

    @Test func `the newest reading of each bill counts, by account, in the order of months`() {
        let live: JSONValue = ["bill_id": "BILL-live", "start_date": "2026-11-01", "price": 70, "currency": "KRW"]
        let older: JSONValue = ["bill_id": "BILL-live", "start_date": "2026-11-01", "price": 50, "currency": "KRW"]
        let boards = BillBoard.boards([
            answer("r3", "a", "bill.live", [live]),
            answer("r2", "a", "bill.list", [bill("B2", "2026-10-01", 200), bill("B1", "2026-09-01", -30)]),
            answer("r2", "b", "bill.list", [bill("B1", "2026-08-01", 5)]), answer("r1", "a", "bill.live", [older]),
            // Not a bill, whatever it is.
            answer("r1", "a", "bill.list", [["bill_id": "B9"], 7]),
        ])
        #expect(boards.keys.sorted() == ["a", "b"])
        #expect(boards["a"]?.bills.map(\.month) == ["2026-09", "2026-10", "2026-11"])
        #expect(boards["a"]?.bills.map(\.price) == [-30, 200, 70])
        #expect(boards["a"]?.bills.map(\.isLive) == [false, false, true])
        #expect(boards["a"]?.run == "r3" && boards["a"]?.profile == "A")
    }

    @Test func `bars have their amounts beside them, and no bill is no bar`() {
        let renderer = PageRenderer(PageView(now: Instant(seconds: 0)))
        let board = BillBoard(
            profile: "prod",
            bills: [
                .init(month: "2026-09", name: "x", price: -35_000, currency: "KRW"),
                .init(month: "2026-10", name: "x", price: 1_007_999, currency: "KRW"),
            ], at: Instant(seconds: 0), run: "r1")
        let page = renderer.costs([board]).source
        #expect(page.contains(">−35,000 KRW<") && page.contains(">1,007,999 KRW<"))
        #expect(page.contains("value=\"0\"") && page.contains("max=\"1007999\""))
        #expect(page.contains("href=\"/runs/r1\""))
        #expect(!renderer.costs([]).source.contains("<meter"))
    }

    @Test func `what runs say is bounded in lines, in their length and in runs`() throws {
        let live = LiveRuns()
        for number in 0..<700 { live.say("line \(number)", in: "r0") }
        live.say(String(repeating: "x", count: 10_000), in: "r0")
        let run = try #require(live.run("r0"))
        #expect(run.lines.count == 500 && run.dropped == 201 && run.lines.last?.count == 2001)
        live.call("instances.edit A", in: "r0")
        live.call("instances.edit B", in: "r0")
        live.answer("instances.edit A", in: "r0")
        #expect(live.run("r0")?.calling == ["instances.edit B"] && live.run("r0")?.answered == 1)
        for number in 1...60 {
            live.say("x", in: "r\(number)")
            live.end("r\(number)")
        }
        // Those that are over make room first.
        #expect(live.run("r0") != nil && live.run("r1") == nil && live.run("r60")?.isOver == true)
    }
}
