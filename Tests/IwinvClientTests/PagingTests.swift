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
        _ bench: Bench, _ name: OperationName = "instances.list", pageSize: Int? = 100,
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

    @Test(arguments: [(9, 1), (100, 2), (101, 2), (0, 1)])
    func `a total that is reached does not end a list: it may be that of the page`(_ count: Int, _ pages: Int)
        async throws
    {
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

    @Test(arguments: [10, 25, 50], [100, 130])
    func `a page's own total is not taken for that of the list`(_ cap: Int, _ count: Int) async throws {
        let bench = try Bench { sent, _ in
            let number = sent.request.query.first { $0.name == "page_no" }.flatMap { Int($0.value) } ?? 1
            let start = min((number - 1) * cap, count)
            let rows = (start..<min(start + cap, count)).map { JSONValue.object(["instance_id": .string("ID-\($0)")]) }
            return .rows(rows, page: PageRequest(number: number, size: 100), total: rows.count)
        }
        let error = try await #require(throws: CloudError.self) { try await all(bench) }
        #expect(error.message.contains("and sent \(count)"), "\(error)")
    }

    /// Rows of a list that no document pages.
    @Test(arguments: [
        (10, 10, 35, 4), (10, 10, 30, 4), (10, nil, 35, 1), (53, 100, 53, 2), (53, 10, 53, 1), (5, 5, 8, 2),
    ])
    func `pages are followed where a reply shows them`(
        _ onPage: Int, _ said: Int?, _ count: Int, _ requests: Int
    ) async throws {
        let bench = try Bench { sent, _ in
            let number = sent.request.query.first { $0.name == "page_no" }.flatMap { Int($0.value) } ?? 1
            let start = min((number - 1) * onPage, count)
            let rows = (start..<min(start + onPage, count)).map { JSONValue.object(["zone_id": .string("z\($0)")]) }
            return .rows(rows, page: said.map { PageRequest(number: number, size: $0) })
        }
        #expect(try await all(bench, "zones.list").count == (said == nil ? onPage : count))
        #expect(bench.transport.sent.count == requests)
        #expect(bench.transport.sent[0].request.target == "/v1/zones")
        if requests > 1 {
            #expect(bench.transport.sent[1].request.target == "/v1/zones?page_no=2&page_size=\(said ?? 0)")
        }
    }

    /// A cloud that refuses other sizes than these.
    private static func refusing(_ sizes: Set<Int>, rows: Int)
        -> @Sendable (FakeTransport.Sent, Int) async -> FakeTransport.Answer
    {
        let cloud = cloud(rows: rows)
        return { sent, number in
            let size = sent.request.query.first { $0.name == "page_size" }.flatMap { Int($0.value) } ?? 10
            return sizes.contains(size) ? await cloud(sent, number) : .success(.failure(400, .checkParameter))
        }
    }

    @Test func `a list that refuses the client's page size is asked for the documented one, from then on`() async throws
    {
        let bench = try Bench(Self.refusing([10], rows: 25))
        for requests in [4, 7] {
            #expect(try await all(bench, pageSize: nil).count == 25)
            #expect(bench.transport.sent.count == requests)
        }
        var streamed = 0
        for try await page in try bench.client.instances.stream() { streamed += page.count }
        #expect(streamed == 25 && bench.transport.sent.count == 10)
    }

    @Test func `a refusal for other reasons is the list's, and nothing is remembered`() async throws {
        let bench = try Bench(Self.refusing([], rows: 25))
        for requests in [2, 4] {
            let error = try await #require(throws: CloudError.self) { try await all(bench, pageSize: nil) }
            #expect(error.errorCode == .checkParameter && bench.transport.sent.count == requests)
        }
        // Who names a size gets that, or the refusal.
        await #expect(throws: CloudError.self) { try await all(bench, pageSize: 50) }
        #expect(bench.transport.sent.count == 5)
    }

    @Test func `the configuration says how many rows a page has`() async throws {
        let bench = try Bench(configure: { $0.pageSize = 30 }, Self.cloud(rows: 65))
        #expect(try await all(bench, pageSize: nil).count == 65 && bench.transport.sent.count == 3)
        #expect(bench.transport.sent[0].request.target.contains("page_size=30"))
    }

    @Test(arguments: [
        (#"[{"instance_id":"a"},null]"#, "null among the rows"),
        (#"[{"instance_id":"a"},7]"#, "an integer among the rows"),
        (#"[{}]"#, "without its `instance_id`"), (#"[{"name":"web"}]"#, "without its `instance_id`"),
        (#"[{"instance_id":"a","start_date":9223372036854775808}]"#, "an integer of more than 64 bits"),
        (#"[{"instance_id":"a","flavor":{"price":{"x":-92233720368547758080}}}]"#, "an integer of more than 64 bits"),
        (#""success""#, "without rows"),
    ])
    func `rows that nothing can be done with are an error`(_ rows: String, _ words: String) async throws {
        let bench = try Bench(retry: .never) { _, _ in
            .success(.text(200, #"{"code":"0x00","error_code":"SUCCESS","result":\#(rows)}"#))
        }
        let error = try await #require(throws: CloudError.self) { try await all(bench) }
        #expect(error.kind == .network && error.message.contains(words), "\(error)")
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
        #expect(steps.value.map(\.rows) == [100, 150, 150])
        #expect(steps.value.map(\.total) == [150, 150, 150])
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
