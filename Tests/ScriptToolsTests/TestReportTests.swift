import Foundation
import FoundationXML
import IwinvCatalog
import Testing

@testable import ScriptTools

@Suite struct TestReportTests {
    private static let report = TestReport(
        files: [
            TestFileReport(
                path: "a&b_test.lua", problem: nil,
                tests: [
                    TestCaseReport(
                        name: "결제 <\"quoted\"> & more", line: 3, outcome: .passed, failure: nil,
                        duration: .milliseconds(1234), output: ["a bell \u{7}, ]]> and 🙂"]),
                    TestCaseReport(
                        name: "fails", line: 9, outcome: .failed,
                        failure: TestFailure(message: "expected <1>\ngot 2", file: "a_test.lua", line: 10),
                        duration: .zero, output: []),
                    TestCaseReport(
                        name: "later", line: 12, outcome: .skipped, failure: nil, duration: .zero, output: []),
                ]),
            TestFileReport(path: "broken_test.lua", problem: TestFailure(message: "no & way"), tests: []),
        ], duration: .seconds(2))

    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [(name: String, attributes: [String: String])] = []
        var text = ""

        func parser(
            _: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) { elements.append((name, attributes)) }

        func parser(_: XMLParser, foundCharacters string: String) { text += string }
    }

    @Test func `the JUnit document is XML that says what was there`() throws {
        let reader = Reader()
        let parser = XMLParser(data: Data(Self.report.junit.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(parser.parserError?.localizedDescription ?? "")")
        let root = try #require(reader.elements.first)
        #expect(root.name == "testsuites")
        #expect(root.attributes["tests"] == "4")
        #expect(root.attributes["failures"] == "1")
        #expect(root.attributes["errors"] == "1")
        #expect(root.attributes["skipped"] == "1")
        let first = try #require(reader.elements.first { $0.name == "testcase" })
        #expect(first.attributes["name"] == "결제 <\"quoted\"> & more")
        #expect(first.attributes["classname"] == "a&b_test.lua")
        #expect(first.attributes["time"] == "1.234")
        #expect(reader.elements.first { $0.name == "failure" }?.attributes["message"] == "expected <1>")
        #expect(reader.text.contains("a bell \u{FFFD}, ]]> and 🙂"))
        #expect(reader.text.contains("at a_test.lua:10"))
    }

    @Test func `the JSON document counts broken files as failures`() {
        let json = Self.report.json
        #expect(json["passed"] == 1)
        #expect(json["failed"] == 2)
        #expect(json["skipped"] == 1)
        #expect(json["files"]?.arrayValue?.count == 2)
        #expect(json["files"]?.arrayValue?.first?["tests"]?.arrayValue?[1]["failure"]?["line"] == 10)
    }
}
