import Clocks
import IwinvCatalog
import IwinvModel
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

    @Test("bodies are kept as they were sent, up to a length, whoever sent them")
    func bodies() {
        let now = Instant(seconds: 1_700_000_000)
        var desk = FrontDesk(cloud: .demo(seed: 1, at: now), keys: .demo, quota: nil)
        var request = IncomingRequest(
            method: "PUT", target: "/v1/instances/none", body: Array(repeating: UInt8(ascii: "x"), count: 5000))
        request.contentType = "application/json"
        _ = desk.answer(request, at: now)
        #expect(desk.log.last?.body == Array(repeating: UInt8(ascii: "x"), count: 4096))
        #expect(desk.log.last?.contentType == "application/json" && desk.log.last?.status != 200)
        _ = desk.answer(IncomingRequest(method: "GET", target: "/v1/zones", body: nil), at: now)
        #expect(desk.log.last?.body.isEmpty == true && desk.log.last?.contentType == nil)
    }
}
