import IwinvClient
import Testing

@Suite struct EndpointTests {
    @Test(arguments: [
        ("https://api-kr.iwinv.kr", "https://api-kr.iwinv.kr"), ("HTTPS://API-KR.iwinv.kr/", "https://api-kr.iwinv.kr"),
        ("https://gateway.example:8443", "https://gateway.example:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:1", "http://localhost:1"), ("http://[::1]:80", "http://[::1]:80"),
        ("https://[::1]", "https://[::1]"),
    ])
    func `origins are read`(_ text: String, _ expected: String) throws {
        #expect(try Endpoint(validating: text).description == expected)
    }

    @Test(arguments: [
        ("", EndpointProblem.malformed), ("api-kr.iwinv.kr", .malformed), ("ftp://a", .scheme),
        ("https://", .malformed),
        ("https://u:p@a", .userInfo), ("https://a/v1", .path), ("https://a?x", .path), ("https://a#x", .path),
        ("https://a:0", .port), ("https://a:x", .port), ("https://a b", .malformed), ("https://a\nb", .malformed),
        ("http://api-kr.iwinv.kr", .plainText), ("http://127.0.0.1.example", .plainText),
        ("http://127.example.1.1", .plainText), ("http://[::2]", .plainText), ("https://한국", .malformed),
    ])
    func `everything else is refused`(_ text: String, _ problem: EndpointProblem) {
        #expect(throws: problem) { try Endpoint(validating: text) }
    }

    @Test func `the default is the cloud's own`() {
        #expect("\(Endpoint.iwinv)" == "https://api-kr.iwinv.kr")
    }
}
