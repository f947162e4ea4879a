import IwinvCatalog
import IwinvWire
import Testing

@Suite struct EnvelopeTests {
    private func envelope(_ text: String, status: Int = 200) throws -> Envelope {
        try Envelope(status: status, body: Array(text.utf8))
    }

    @Test(arguments: [
        (200, "0x00", "SUCCESS", true), (202, "0x00", "SUCCESS", true), (500, "0x00", "SUCCESS", false),
        (200, "0x1", "SUCCESS", false), (200, "0x00", "NOT_FOUND", false), (304, "0x00", "SUCCESS", false),
    ])
    func `success needs the status and both codes`(_ status: Int, _ code: String, _ name: String, _ isSuccess: Bool)
        throws
    {
        let text = #"{"code":"\#(code)","error_code":"\#(name)","message":"","result":[]}"#
        #expect(try envelope(text, status: status).isSuccess == isSuccess)
    }

    @Test func `paging numbers may be strings, and what is missing is nil`() throws {
        let bills = try envelope(
            #"{"code":"0x00","error_code":"SUCCESS","result":[],"count":1,"page_no":"2","page_size":"10","x":{"y":1}}"#)
        #expect(bills.pageNumber == 2 && bills.pageSize == 10 && bills.count == 1 && bills.total == nil)
        #expect(bills.message.isEmpty && bills.isSuccess)
        let bare = try envelope(#"{"error_code":"SUCCESS"}"#)
        #expect(bare.result == .null && bare.rows.isEmpty && !bare.isSuccess)
    }

    @Test func `a result may be rows, one object, a word or null`() throws {
        func rows(_ result: String) throws -> [JSONValue] {
            try envelope(#"{"code":"0x00","error_code":"SUCCESS","result":\#(result)}"#).rows
        }
        #expect(try rows(#"[{"a":1}]"#) == [["a": 1]])
        #expect(try rows(#"{"a":1}"#) == [["a": 1]])
        #expect(try rows(#""success""#).isEmpty)
        #expect(try rows("null").isEmpty)
    }

    @Test func `the words of an error are found wherever they are`() throws {
        #expect(
            try envelope(#"{"code":"0x1","error_code":"NOT_FOUND","message":"Check request.","result":"error"}"#).text
                == "Check request.")
        #expect(
            try envelope(#"{"code":"0xc","error_code":"X","message":"","result":{"code":12,"message":"제한"}}"#).text
                == "제한")
        #expect(try envelope(#"{"code":"0x1","error_code":"X","message":"","result":"바쁨"}"#).text == "바쁨")
        #expect(try envelope(#"{"code":"0x1","error_code":"X","result":"error"}"#).text.isEmpty)
    }

    @Test func `busy is recognised in message and result`() throws {
        let busy = Envelope.busy
        #expect(try Envelope(status: 404, body: JSONCodec.encode(busy)).isBusy)
        #expect(try envelope(#"{"code":"0x1","error_code":"NOT_FOUND","result":"서비스가 다른 작업을 진행중입니다."}"#).isBusy)
        #expect(try !envelope(#"{"code":"0x1","error_code":"NOT_FOUND","message":"Check request."}"#).isBusy)
    }

    @Test(arguments: [
        ("", EnvelopeProblem.Kind.empty, ""), (" \r\n", .empty, ""),
        ("<html><head><title>502 Bad\u{1B}[31m Gateway</title>", .html, "502 Bad [31m Gateway"),
        ("\n <!DOCTYPE html>", .html, ""),
        (#"{"code":"0x00","error_code":"SUCCESS","result":[{"password":"hunter2"#, .truncatedJSON, ""),
        (#"{"password": hunter2}"#, .other, ""), ("plain\u{0}\u{202E}text", .other, "plain text"), ("[]", .other, ""),
        (#"{"message":"nope"}"#, .other, "nope"), ("\"password\"", .other, ""),
    ])
    func `what is no envelope is sniffed, and secrets of broken rows are not kept`(
        _ body: String, _ kind: EnvelopeProblem.Kind, _ excerpt: String
    ) throws {
        let problem = try #require(throws: EnvelopeProblem.self) { try envelope(body, status: 502) }
        #expect(problem.kind == kind && problem.excerpt == excerpt && problem.status == 502)
        #expect(!"\(problem)".contains("hunter2"))
    }

    @Test func `an excerpt has at most 200 characters`() throws {
        let problem = try #require(throws: EnvelopeProblem.self) { try envelope(String(repeating: "가", count: 5000)) }
        #expect(problem.excerpt.unicodeScalars.count == EnvelopeProblem.excerptLimit)
    }

    @Test func `what the server side writes the client side reads`() throws {
        let page = PageRequest(number: 3, size: 10)
        let body = JSONCodec.encode(
            Envelope.success(rows: [["zone_id": "z"]], page: page, total: 33, pagingAsText: true))
        let envelope = try Envelope(status: 200, body: body)
        #expect(envelope.isSuccess && envelope.rows == [["zone_id": "z"]] && envelope.count == 1)
        #expect(envelope.pageNumber == 3 && envelope.pageSize == 10 && envelope.total == 33)
        let failure = try Envelope(status: 400, body: JSONCodec.encode(Envelope.failure(.invalidIdentifier)))
        #expect(failure.code == "0x16" && failure.errorCode == .invalidIdentifier && failure.text == "ID_INVALID")
        let word = try Envelope(status: 200, body: JSONCodec.encode(Envelope.success(text: "success")))
        #expect(word.isSuccess && word.result == "success" && word.count == nil)
    }
}
