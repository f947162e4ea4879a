import IwinvCatalog
import IwinvWire
import Testing

@Suite struct RequestDecodingTests {
    private func decode(
        _ name: OperationName, path: [String: String] = [:], query: String? = nil, contentType: String? = nil,
        body: String = ""
    ) throws -> (raw: [String: JSONValue], page: PageRequest?) {
        try RequestCodec.decode(
            try operation(name), path: path, query: query, contentType: contentType, body: Array(body.utf8))
    }

    /// Samples that use every kind of parameter.
    static let calls: [(OperationName, [String: JSONValue])] = [
        ("zones.list", [:]),
        ("flavors.list", ["zone_id": ["a", "b"], "type": ["GPU"], "min_memory": 2048, "fields": 3]),
        ("images.list", ["name": "Rocky 9 +α%", "os": ["rocky", "ubuntu"], "visibility": "public"]),
        ("instances.list", ["ip": "10.0.0.0/8,192.0.2.1", "name": "웹", "status": "active"]),
        ("instances.edit", ["instance_id": "INSTANCE-a", "name": "웹 서버 100%25+", "description": ""]),
        (
            "instances.create",
            [
                "zone_id": "z", "image_id": "i", "flavor_id": "f", "name": "가나다라 <&>\"'", "count": 10,
                "ssh_key_id": ["k1", "k2"], "block_storage": [["size": 10, "name": "vol %41"], ["size": 20]],
            ]
        ), ("instances.delete", ["instance_id": "I"]),
        ("instances.resize", ["instance_id": "I", "flavor_id": "soi_2.8_s"]),
    ]

    @Test(arguments: calls) func `what the client encodes the server reads back`(
        _ name: OperationName, _ raw: [String: JSONValue]
    ) throws {
        let operation = try operation(name)
        let arguments = try Arguments(raw, for: operation)
        let request = RequestCodec.encode(operation, arguments, boundary: "b0")
        let (routed, path) = try #require(Catalog.iwinv.route(request.method, request.path))
        #expect(routed.name == name)
        let query = request.target.split(separator: "?", maxSplits: 1).dropFirst().first.map(String.init)
        var (read, _) = try RequestCodec.decode(
            operation, path: path, query: query, contentType: request.contentType, body: request.body)
        if raw["fields"] == nil { read["fields"] = nil }
        #expect(try Arguments(read, for: operation) == arguments)
    }

    @Test func `plus and %20 are both a space, and unknown or empty keys are dropped`() throws {
        let (raw, page) = try decode("images.list", query: "name=a+b%20c&nonsense=1&zone_id=&os=rocky,cent")
        #expect(raw == ["name": "a b c", "os": "rocky,cent"])
        #expect(page == PageRequest(number: 1, size: 10))
    }

    @Test(arguments: [
        ("page_no=3&page_size=50", 3, 50), ("page_no=0&page_size=-1", 1, 10), ("page_no=x&page_size=", 1, 10),
        ("page_size=1000", 1, 100),
    ])
    func `bad paging values give the defaults, large ones the maximum`(_ query: String, _ number: Int, _ size: Int)
        throws
    {
        #expect(try decode("instances.list", query: query).page == PageRequest(number: number, size: size))
        #expect(try decode("zones.list", query: query).page == nil)
    }

    @Test(arguments: [
        ("fields=3", 3), ("fields=0", nil), ("fields=", nil), ("fields=abc", nil), ("fields=262143", 262143),
    ])
    func `a mask that is no positive number counts as absent`(_ query: String, _ mask: Int64?) throws {
        #expect(try decode("instances.list", query: query).raw["fields"] == mask.map(JSONValue.integer))
    }

    @Test func `numbers that do not parse stay text, for the check to refuse`() throws {
        let (raw, _) = try decode("flavors.list", query: "min_vcpu=two")
        #expect(raw == ["min_vcpu": "two"])
        #expect(throws: ArgumentProblem.self) { try Arguments(raw, for: try operation("flavors.list")) }
    }

    @Test func `a plain form is decoded once by itself`() throws {
        let (raw, _) = try decode(
            "instances.edit", path: ["instance_id": "I"],
            contentType: "application/x-www-form-urlencoded; charset=UTF-8",
            body: "name=%EC%9B%B9+100%2525&extra=1")
        #expect(raw == ["instance_id": "I", "name": "웹 100%25"])
    }

    @Test func `JSON is no body for a form operation`() throws {
        #expect(throws: RequestProblem.missingBody) {
            try decode("instances.edit", contentType: "application/json", body: #"{"name":"web-0001"}"#)
        }
    }

    @Test(arguments: [
        "", "--b", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "no form at all", "--b\r\n",
    ])
    func `a broken form is refused`(_ body: String) throws {
        let read = { try decode("instances.edit", contentType: "multipart/form-data; boundary=b", body: body) }
        if body.isEmpty {
            #expect(try read().raw.isEmpty)
        } else {
            #expect(throws: RequestProblem.self) { try read() }
        }
    }

    @Test func `forms as other clients write them are read`() throws {
        let body =
            "preamble\r\n--x y\r\ncontent-disposition: form-data; filename=\"a\"; name=\"name\"\r\n"
            + "Content-Type: text/plain\r\n\r\nweb%2D1+2%\r\n--x y--\r\nepilogue"
        let (raw, _) = try decode(
            "instances.edit", contentType: "Multipart/Form-Data; charset=utf-8; BOUNDARY=\"x y\"", body: body)
        #expect(raw == ["name": "web-1 2%"])
    }

    @Test func `gaps in the numbers of records are closed up`() throws {
        let (raw, _) = try decode(
            "instances.create", contentType: "application/x-www-form-urlencoded",
            body: "block_storage.7.size=70&block_storage.2.size=20&block_storage.2.type=ssd&block_storage.x.size=1")
        #expect(raw == ["block_storage": [["size": 20], ["size": 70]]])
    }
}
