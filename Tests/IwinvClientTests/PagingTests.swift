import Clocks
import IwinvCatalog
import IwinvClient
import IwinvWire
import Testing

@Suite struct PagingTests {
    /// A cloud of so many rows that serves pages as CONTRACT 1.11 says.
    private static func cloud(
        rows count: Int, key: String = "instance_id", hasTotal: Bool = false, largestPage: Int = 100
    ) -> @Sendable (FakeTransport.Sent, Int) async -> FakeTransport.Answer {
        { sent, _ in
            func number(_ name: String) -> Int {
                sent.request.query.first { $0.name == name }.flatMap { Int($0.value) } ?? 1
            }
            let page = PageRequest(number: number("page_no"), size: min(number("page_size"), largestPage))
            let start = min((page.number - 1) * page.size, count)
            let rows = (start..<min(start + page.size, count)).map { JSONValue.object([key: .string("ID-\($0)")]) }
            return .rows(rows, page: page, total: hasTotal ? count : nil)
        }
    }

    private func all(
        _ bench: Bench, _ name: OperationName = "instances.list", pageSize: Int = 100,
        onPage: (@Sendable (PageProgress) -> Void)? = nil
    ) async throws -> [JSONValue] {
        let operation = try operation(name)
        return try await bench.client.all(
            operation, try Arguments([:], for: operation), pageSize: pageSize, onPage: onPage)
    }

    @Test(arguments: [(0, 1), (1, 1), (9, 1), (10, 2), (99, 2), (100, 2), (101, 2), (200, 3), (250, 4)])
    func `reading ends with a page that cannot be a full one`(_ count: Int, _ pages: Int) async throws {
        let bench = try Bench(Self.cloud(rows: count))
        let rows = try await all(bench)
        #expect(rows.map { $0["instance_id"]?.stringValue } == (0..<count).map { "ID-\($0)" })
        #expect(bench.transport.sent.count == pages)
    }

    @Test(arguments: [(100, 1), (101, 2), (0, 1)])
    func `a total spares the request for an empty last page`(_ count: Int, _ pages: Int) async throws {
        let bench = try Bench(Self.cloud(rows: count, key: "flavor_id", hasTotal: true))
        #expect(try await all(bench, "flavors.list").count == count)
        #expect(bench.transport.sent.count == pages)
    }

    @Test func `a server with smaller pages is read to the end`() async throws {
        let bench = try Bench(Self.cloud(rows: 120, largestPage: 50))
        #expect(try await all(bench).count == 120)
        #expect(bench.transport.sent.count == 3)
    }

    @Test func `a server that ignores paging is read once`() async throws {
        let bench = try Bench { _, _ in .rows((0..<150).map { ["instance_id": .string("ID-\($0)")] }) }
        #expect(try await all(bench).count == 150)
        #expect(bench.transport.sent.count == 1)
    }

    @Test func `a list without pages is read once, even if it has as many rows as a page`() async throws {
        let bench = try Bench { _, _ in .rows((0..<100).map { ["zone_id": .string("z\($0)")] }) }
        #expect(try await all(bench, "zones.list").count == 100)
        #expect(bench.transport.sent.map(\.request.target) == ["/v1/zones"])
    }

    @Test func `rows that come twice are an error`() async throws {
        let bench = try Bench { _, _ in .rows((0..<100).map { ["instance_id": .string("ID-\($0)")] }) }
        let error = try await #require(throws: CloudError.self) { try await all(bench) }
        #expect(error.message.contains("page 2 repeats ID-0") && bench.transport.sent.count == 2)
    }

    @Test func `a late failure is the whole list's`() async throws {
        let cloud = Self.cloud(rows: 250)
        let bench = try Bench(retry: .never) { sent, number in
            number == 3 ? .success(.failure(400, .checkParameter)) : await cloud(sent, number)
        }
        let error = try await #require(throws: CloudError.self) { try await all(bench) }
        #expect(error.errorCode == .checkParameter && bench.transport.sent.count == 3)
    }

    @Test func `a late hiccup is repeated alone`() async throws {
        let cloud = Self.cloud(rows: 250)
        let bench = try Bench { sent, number in
            number == 3 ? .success(.text(502, "")) : await cloud(sent, number)
        }
        #expect(try await all(bench).count == 250)
        #expect(bench.transport.sent.count == 5)
    }

    /// What a reply says of the size of its pages.
    enum Word: CaseIterable { case nothing, asked, own }

    /// A cloud that sends smaller pages than it is asked for, and may not say so.
    @Test(arguments: [10, 15, 25, 37, 50, 99, 100], Word.allCases)
    func `a list is whole, whatever size the pages have`(_ cap: Int, _ word: Word) async throws {
        for count in [0, 9, 10, cap, cap + 1, 130] {
            let bench = try Bench { sent, _ in
                func number(_ name: String) -> Int {
                    sent.request.query.first { $0.name == name }.flatMap { Int($0.value) } ?? 1
                }
                let start = min((number("page_no") - 1) * cap, count)
                let rows = (start..<min(start + cap, count)).map {
                    JSONValue.object(["instance_id": .string("ID-\($0)")])
                }
                let page: PageRequest? =
                    switch word {
                    case .nothing: nil
                    case .asked: PageRequest(number: number("page_no"), size: number("page_size"))
                    case .own: PageRequest(number: number("page_no"), size: cap)
                    }
                return .rows(rows, page: page)
            }
            #expect(try await all(bench).count == count, "\(count) rows")
            var streamed = 0
            for try await page in try bench.client.instances.stream() { streamed += page.count }
            #expect(streamed == count, "\(count) rows, streamed")
        }
    }

    @Test(arguments: [
        (
            #"{"code":"0x00","error_code":"SUCCESS","count":100,"result":[{"flavor_id":"a"}]}"#,
            "says that it has 100 rows"
        ),
        (#"{"code":"0x00","error_code":"SUCCESS","count":1,"total":130,"result":[{"flavor_id":"a"}]}"#, "sent 1"),
        (#"{"code":"0x00","error_code":"SUCCESS","count":0,"result":null}"#, "without rows"),
        (#"{"code":"0x00","error_code":"SUCCESS"}"#, "without rows"),
    ])
    func `numbers that contradict the rows are an error`(_ body: String, _ words: String) async throws {
        let bench = try Bench(retry: .never) { _, number in
            .success(
                number == 1
                    ? .text(200, body) : .text(200, #"{"code":"0x00","error_code":"SUCCESS","count":0,"result":[]}"#))
        }
        let error = try await #require(throws: CloudError.self) { try await all(bench, "flavors.list") }
        #expect(error.message.contains(words), "\(error)")
    }

    @Test(arguments: [
        #"[{"instance_id":"INSTANCE-b","name":"www-01"}]"#,
        #"[{"instance_id":"INSTANCE-a","name":"www-01"},{"instance_id":"INSTANCE-b","name":"web-02"}]"#,
    ])
    func `an answer about another server is none`(_ rows: String) async throws {
        let bench = try Bench(retry: .never) { _, _ in
            .success(.text(200, #"{"code":"0x00","error_code":"SUCCESS","result":\#(rows)}"#))
        }
        let cases: [(OperationName, [String: JSONValue], Outcome)] = [
            ("instances.get", [:], .notSent), ("instances.edit", ["name": "www-01"], .unknown),
        ]
        for (name, arguments, outcome) in cases {
            let operation = try operation(name)
            let given = arguments.merging(["instance_id": "INSTANCE-a"]) { $1 }
            let error = try await #require(throws: CloudError.self) {
                try await bench.client.perform(operation, try Arguments(given, for: operation))
            }
            #expect(error.message.contains("was asked about INSTANCE-a and answered about INSTANCE"), "\(error)")
            #expect(error.outcome == outcome)
        }
    }

    @Test func `pages without end are cut off`() async throws {
        let bench = try Bench(limit: 1_000) { _, number in .rows([["instance_id": .string("ID-\(number)")]]) }
        let error = try await #require(throws: CloudError.self) { try await all(bench, pageSize: 1) }
        #expect(error.message.contains("more than 1000 pages") && bench.transport.sent.count == 1000)
    }

    @Test func `progress counts pages and rows`() async throws {
        let bench = try Bench(Self.cloud(rows: 150, key: "flavor_id", hasTotal: true))
        let steps = Box<[PageProgress]>([])
        _ = try await all(bench, "flavors.list") { step in steps.change { $0.append(step) } }
        #expect(steps.value.map(\.rows) == [100, 150])
        #expect(steps.value.map(\.total) == [150, 150])
    }

    @Test func `a stream reads a page when it is asked for, and no further`() async throws {
        let bench = try Bench(Self.cloud(rows: 250))
        var sizes: [Int] = []
        for try await page in try bench.client.instances.stream() {
            sizes.append(page.count)
            #expect(bench.transport.sent.count == sizes.count)
            if sizes.count == 2 { break }
        }
        #expect(sizes == [100, 100])
        var count = 0
        for try await page in try bench.client.instances.stream(pageSize: 50) { count += page.count }
        #expect(count == 250)
    }

    @Test func `sixty pages fit a minute, the rest waits`() async throws {
        let bench = try Bench(Self.cloud(rows: 125))
        #expect(try await all(bench, pageSize: 2).count == 125)
        #expect(bench.transport.sent.count == 63)
        #expect(bench.clock.elapsed == .seconds(60))
    }
}
