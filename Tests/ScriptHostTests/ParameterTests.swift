import IwinvCatalog
import ScriptHost
import Testing

@Suite struct ParameterTests {
    private func table(_ text: String) throws -> JSONValue {
        try ParameterValue.parse(text, as: .table)
    }

    @Test func `tables come from CSV as spreadsheets write it`() throws {
        let expected: JSONValue = [["from": "web-01", "to": "웹, 하나"], ["from": "web-02", "to": "say \"hi\"\nthere"]]
        #expect(try table("from,to\nweb-01,\"웹, 하나\"\nweb-02,\"say \"\"hi\"\"\nthere\"\n") == expected)
        #expect(try table("\u{FEFF}from,to\r\nweb-01,a\r\n\r\n") == [["from": "web-01", "to": "a"]])
        #expect(try table("from\tto\nweb-01\ta") == [["from": "web-01", "to": "a"]])
        #expect(try table("from;to\nweb-01;a") == [["from": "web-01", "to": "a"]])
        #expect(try table("") == [])
    }

    @Test func `text becomes NFC`() throws {
        let scalars = try table("from\n\u{110B}\u{1170}\u{11B8}").arrayValue?.first?["from"]?.stringValue?
            .unicodeScalars
        #expect(scalars.map(Array.init) == ["\u{C6F9}"])
    }

    @Test func `and from JSON`() throws {
        #expect(try table(#" [{"from": "a", "n": 9007199254740993}]"#) == [["from": "a", "n": 9_007_199_254_740_993]])
    }

    @Test func `says what is wrong with a table and in which line`() {
        func problem(_ text: String) -> String {
            do {
                _ = try table(text)
                return "none"
            } catch let problem as ParameterValue.Problem {
                return problem.reason
            } catch {
                return "other"
            }
        }
        #expect(problem("a,b\n1,2\n1\n").contains("1 fields in line 3"))
        #expect(problem("a,a\n1,2\n").contains("two columns named `a`"))
        #expect(problem("a,b\n1,\"2\n").contains("quote in line 2"))
        #expect(problem("[1,").contains("JSON"))
        #expect(problem("[1, null, 2]").contains("null as element 2"))
        #expect(problem("a,b\n1,\"2\"x\n").contains("after a closing quote in line 2"))
    }

    @Test func `a script's parameters are bound all at once, with every problem named`() throws {
        let script = try Script(
            source: """
                -- ==Script==
                -- @param prefix string
                -- @param count integer default 2
                -- ==/Script==
                """)
        #expect(try script.bind(["prefix": "web-"], read: { $0 }) == ["prefix": "web-", "count": 2])
        #expect(try script.bind(["prefix": "@file"], read: { "text of \($0)" })["prefix"] == "text of file")
        do {
            _ = try script.bind(["cuont": "1"], read: { $0 })
        } catch {
            #expect(error.description.contains("did you mean `count`?"))
            #expect(error.description.contains("needs --param prefix=…"))
        }
    }
}
