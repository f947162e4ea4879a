import IwinvCatalog
import IwinvWire
import Testing

/// The catalog's entry, or a failed test.
func operation(_ name: OperationName) throws -> CloudOperation {
    try #require(Catalog.iwinv[name])
}

/// Checks and encodes.
func encode(
    _ name: OperationName, _ raw: [String: JSONValue], page: PageRequest? = nil, boundary: String = "b0"
) throws -> WireRequest {
    let operation = try operation(name)
    return RequestCodec.encode(operation, try Arguments(raw, for: operation), page: page, boundary: boundary)
}

@Suite struct RequestEncodingTests {
    @Test func `a path takes identifiers with dots`() throws {
        let request = try encode("flavors.get", ["flavor_id": "soi_2.8_s"])
        #expect(request == WireRequest(method: .get, path: "/v1/flavors/soi_2.8_s"))
        #expect(request.target == "/v1/flavors/soi_2.8_s")
    }

    @Test(arguments: ["", ".", "..", "a/b", "a b", "a%2Fb", "한", "a?b", "a#b", "a\n", "a+b"])
    func `nothing else gets into a path`(_ id: String) throws {
        #expect(throws: ArgumentProblem.self) { try encode("instances.get", ["instance_id": .string(id)]) }
    }

    @Test func `a query is encoded once, with lists joined and the page last`() throws {
        let request = try encode(
            "instances.list", ["name": "웹 서버+1&2", "zone_id": ["kr1_z09", "kr2-z01"], "min_vcpu": 2, "status": "off"],
            page: PageRequest(number: 2, size: 100))
        #expect(
            request.target
                == "/v1/instances?status=off&name=%EC%9B%B9%20%EC%84%9C%EB%B2%84%2B1%262&zone_id=kr1_z09%2Ckr2-z01"
                + "&min_vcpu=2&fields=3599&page_no=2&page_size=100")
        #expect(request.contentType == nil && request.body.isEmpty)
    }

    @Test func `the default projection leaves out secrets, and names become a mask`() throws {
        #expect(try encode("instances.get", ["instance_id": "I"]).target == "/v1/instances/I?fields=3599")
        let request = try encode("instances.get", ["instance_id": "I", "fields": ["ip", "status"]])
        #expect(request.target == "/v1/instances/I?fields=265")
    }

    @Test func `page parameters are sent where a page is asked for`() throws {
        #expect(try encode("zones.list", [:]).target == "/v1/zones")
    }

    @Test func `multipart text is percent-encoded exactly once`() throws {
        let request = try encode(
            "instances.edit", ["instance_id": "INSTANCE-a", "name": "웹 100% +1", "description": "a&b=c"])
        #expect(request.method == .put)
        #expect(request.contentType == "multipart/form-data; boundary=b0")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "--b0\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n%EC%9B%B9%20100%25%20%2B1\r\n"
                + "--b0\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\na%26b%3Dc\r\n--b0--\r\n")
    }

    @Test func `an empty description is a field, a missing one is none`() throws {
        let request = try encode("instances.edit", ["instance_id": "I", "description": ""])
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "--b0\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\n\r\n--b0--\r\n")
        let empty = try encode("instances.rebuild", ["instance_id": "I"])
        #expect(empty.contentType == nil && empty.body.isEmpty)
    }

    @Test func `the boundary is never inside a value`() throws {
        let request = try encode("instances.edit", ["instance_id": "I", "name": "b0b0x--b0xx"])
        #expect(request.contentType == "multipart/form-data; boundary=b0xxx")
        let (raw, _) = try RequestCodec.decode(
            try operation("instances.edit"), path: [:], query: nil, contentType: request.contentType, body: request.body
        )
        #expect(raw["name"] == "b0b0x--b0xx")
    }

    @Test func `the records of a creation are numbered from one`() throws {
        let request = try encode(
            "instances.create",
            [
                "zone_id": "z", "image_id": "i", "flavor_id": "f", "count": 2, "ssh_key_id": ["k1", "k2"],
                "block_storage": [["size": 10], ["size": 20, "name": "데이터-1"]],
            ])
        let fields = try #require(MultipartForm.decode(request.body, boundary: "b0"))
        #expect(
            fields.map { "\($0.name)=\(String(decoding: $0.value, as: UTF8.self))" } == [
                "zone_id=z", "image_id=i", "flavor_id=f", "count=2", "ssh_key_id=k1,k2", "block_storage.1.size=10",
                "block_storage.2.size=20", "block_storage.2.name=%EB%8D%B0%EC%9D%B4%ED%84%B0-1",
            ])
    }

    @Test func `power operations have no body`() throws {
        #expect(
            try encode("instances.reboot", ["instance_id": "I"])
                == WireRequest(method: .post, path: "/v1/instances/I/reboot"))
    }
}
