import Clocks
import IwinvCatalog
import IwinvModel
import Testing

@Suite("Bills (CONTRACT 3.8)")
struct BillTests {
    private func december() throws -> Cloud {
        try Cloud(
            FleetDescription(servers: [.init("web-main")], bills: .months([.init("2023-12", price: 59_100)])),
            seed: 1, at: start)
    }

    @Test("a row has the 15 keys of the example")
    func row() throws {
        var cloud = try december()
        let row = try cloud.row("bill.list")
        let id = try #require(cloud.bills.first?.id)
        #expect(
            row == [
                "bill_id": .string(id), "usage_start": "2023-12-01",
                "usage_end": "2023-12-31", "bill_date": "2023-12-31", "type": "regular", "payment_status": "paid",
                "name": "2023년 12월 정기 청구", "price": 59100, "vat": 5910, "payment_price": 65010, "currency": "KRW",
                "date_paid": "2024-01-01", "payment_info": "카드 0000", "invoice": [],
                "tax": ["https://example.invalid/finance/tax?no=0000"],
            ])
    }

    @Test("a detail has 14 keys: two less, and the items")
    func detail() throws {
        var cloud = try december()
        let listed = try #require(try cloud.row("bill.list").objectValue)
        let id = try #require(listed["bill_id"])
        let detail = try #require(try cloud.row("bill.get", ["bill_id": id]).objectValue)
        #expect(detail.count == 14)
        #expect(detail.filter { $0.key != "group" } == listed.filter { !["type", "payment_info"].contains($0.key) })
        let server = try #require(cloud.servers.first)
        #expect(
            detail["group"] == [
                [
                    "type": "서버", "count": 1, "sub_total": 59100,
                    "item": [["service_id": .string(server.id), "name": "web-main(203.0.113.1)"]],
                ]
            ])
    }

    @Test("an unknown bill is ID_INVALID", arguments: ["BILL-live", "BILL-2maQCjuLeNFdjdtIybEMqf"])
    func unknown(id: String) throws {
        var cloud = try december()
        try cloud.expectRefusal(.invalidIdentifier, "bill.get", ["bill_id": .string(id)])
    }

    @Test("by a switch every detail is CHECK_IP with number 9 inside (CONTRACT 2.2)")
    func refused() throws {
        var cloud = try december()
        cloud.switches.billDetailIsRefused = true
        let known = try #require(cloud.bills.first?.id)
        for id in [known, "BILL-live"] {
            let refusal = try #require(try cloud.call("bill.get", ["bill_id": .string(id)]).refusal)
            #expect(refusal.code == .checkIP && refusal.status == 403 && refusal.message.isEmpty)
            #expect(refusal.result == ["code": 9, "message": ""])
        }
        #expect(try cloud.rows("bill.list").count == 1)
    }

    @Test(
        "filters are inclusive and look at the day of the bill and the price without VAT",
        arguments: [
            (["start_date": "2023-12-31"], 3), (["start_date": "2024-01-01"], 2), (["end_date": "2023-11-30"], 2),
            (["start_date": "2023-11-30", "end_date": "2023-12-31"], 2), (["min_price": 798_000], 2),
            (["max_price": -35_000], 1), (["min_price": -35_000, "max_price": 640_200], 2),
        ] as [([String: JSONValue], Int)])
    func filters(filter: [String: JSONValue], count: Int) throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        #expect(try cloud.rows("bill.list", filter).count == count)
    }

    @Test("no match is EMPTY_SET, a page past the end is empty")
    func empty() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        let nothing: [String: JSONValue] = ["min_price": 1_000_000]
        try cloud.expectRefusal(.emptySet, "bill.list", nothing)
        #expect(try cloud.call("bill.list", nothing).refusal?.status == 400)
        #expect(
            try cloud.call("bill.list", page: Page(number: 7, size: 10)) == .rows([], total: nil, status: 200))
        #expect(try cloud.rows("bill.list", page: Page(number: 2, size: 3)).count == 2)
        var fresh = Cloud(seed: 1, at: start)
        try fresh.expectRefusal(.emptySet, "bill.list")
        cloud.switches.emptyBillsAreRefused = false
        #expect(try cloud.rows("bill.list", nothing).isEmpty)
    }

    @Test("the live bill goes from the first of the month until now in Seoul and grows")
    func live() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        let row = try cloud.row("bill.live")
        let price = try #require(row["price"]?.integerValue)
        #expect(
            row == [
                "bill_id": "BILL-live", "start_date": "2024-03-01", "end_date": "2024-03-10",
                "price": .integer(price), "currency": "KRW",
            ])
        let later = try cloud.row("bill.live", at: start + .seconds(3600))["price"]?.integerValue ?? 0
        #expect(price > 0 && later > price)
    }

    @Test("a day of a server costs its flavor's day, a month of a volume its gigabytes")
    func amounts() throws {
        // 2024-03-01 00:00:00 in Seoul.
        let first = Instant(seconds: 1_709_218_800)
        var cloud = try Cloud(
            FleetDescription(
                servers: [.init("box-01", flavor: "soi_2.8_s")], volumes: [.init("data01", size: 100)]),
            seed: 1, at: first)
        // 60000 a month are 2000 a day; 100 GB at 120 a month are 400 a day.
        #expect(try cloud.row("bill.live", at: first)["price"] == 0)
        #expect(try cloud.row("bill.live", at: first + .seconds(86_400))["price"] == 2400)
        #expect(try cloud.row("bill.live", at: first + .seconds(30 * 86_400))["price"] == 72_000)
        // The next month begins anew, with what exists.
        #expect(try cloud.row("bill.live", at: first + .seconds(32 * 86_400))["price"] == 2400)

        let id = JSONValue.string(try cloud.id("box-01"))
        try cloud.rows("instances.delete", ["instance_id": id], at: first + .seconds(86_400))
        #expect(try cloud.row("bill.live", at: first + .seconds(2 * 86_400))["price"] == 2800)
    }
}
