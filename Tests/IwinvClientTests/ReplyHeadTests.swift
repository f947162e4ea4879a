import Testing

@testable import IwinvClient

@Suite struct ReplyHeadTests {
    private func head(_ lines: String...) -> ReplyHead {
        var head = ReplyHead()
        for line in lines { head.read("\(line)\r\n".utf8) }
        return head
    }

    @Test func `the headers that matter are read, whatever their case and blanks`() {
        let head = head(
            "HTTP/1.1 429 Slow", "RETRY-after:  17 \t", "date:Mon, 30 Nov 2026 21:00:00 GMT", "Location: /a:b", "X: y",
            "")
        #expect(head.retryAfter == "17")
        #expect(head.date == "Mon, 30 Nov 2026 21:00:00 GMT")
        #expect(head.location == "/a:b")
    }

    @Test func `of two the first counts`() {
        #expect(head("HTTP/1.1 200 OK", "Retry-After: 1", "Retry-After: 2", "").retryAfter == "1")
    }

    @Test func `a head in between is not the reply's`() {
        let head = head(
            "HTTP/1.1 103 Early Hints", "Retry-After: 1", "Location: /x", "", "HTTP/1.1 200 OK", "Date: d", "")
        #expect(head.retryAfter == nil && head.location == nil && head.date == "d")
    }

    @Test func `trailers are not the head's`() {
        #expect(head("HTTP/1.1 200 OK", "", "Retry-After: 9", "Location: /x", "").retryAfter == nil)
    }

    @Test(arguments: ["", ":", "no colon", "Retry-After", ": 5", "Retry-After:", "\u{0}\u{FFFD}"])
    func `odd lines are passed over`(_ line: String) {
        #expect((head("HTTP/1.1 200 OK", line).retryAfter ?? "").isEmpty)
    }
}
