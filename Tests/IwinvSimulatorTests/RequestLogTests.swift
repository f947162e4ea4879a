import Clocks
import IwinvCatalog
import Testing

@testable import IwinvSimulator

@Suite("The memory of a simulator")
struct RequestLogTests {
    private func request(_ number: Int) -> RecordedRequest {
        RecordedRequest(
            method: "GET", target: "/\(number)", status: 200, errorCode: .success, at: Instant(seconds: Int64(number)),
            hadEffect: false)
    }

    @Test("it keeps the last ten thousand, oldest first")
    func bounded() {
        var log = RequestLog()
        #expect(log.last == nil && log.all.isEmpty)
        for number in 1...3 { log.append(request(number)) }
        #expect(log.all.map(\.target) == ["/1", "/2", "/3"] && log.last == request(3))
        for number in 4...25_003 { log.append(request(number)) }
        #expect(log.all.count == 10_000 && log.all.first == request(15_004) && log.all.last == request(25_003))
        #expect(log.last == request(25_003))
    }

    @Test("long targets are cut at a character")
    func targets() {
        #expect(RequestLog.shortened("/v1/zones?a=b") == "/v1/zones?a=b")
        #expect(RequestLog.shortened(String(repeating: "웹", count: 3000)).count == 2000)
    }
}
