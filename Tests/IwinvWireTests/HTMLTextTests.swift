import IwinvCatalog
import IwinvWire
import TestSupport
import Testing

@Suite struct HTMLTextTests {
    @Test func `decodes the five entities of the contract exactly once`() {
        #expect(HTMLText.unescape("&amp; &lt; &gt; &quot; &#039;") == "& < > \" '")
        #expect(HTMLText.unescape("&amp;lt; &amp;amp;") == "&lt; &amp;")
        #expect(HTMLText.unescape("a & b &nbsp; &") == "a & b &nbsp; &")
    }

    @Test(arguments: ["web & api", "<script>", "it's \"so\"", "&amp;", "한글 <태그>", ""])
    func `escaping and decoding is the text again`(_ text: String) {
        #expect(HTMLText.unescape(HTMLText.escape(text)) == text)
    }

    @Test func `only the texts that the cloud escapes are decoded`() throws {
        let group = try Envelope(status: 200, body: Fixtures.bytes("examples/get_security_group.json"))
        let type = Catalog.iwinv["firewall.get"]?.row
        #expect(HTMLText.unescaping(group.rows, of: type).first?["content"] == "web & api")
        // Titles and texts of rules come as they are (CONTRACT 3.9).
        let rules = try Envelope(status: 200, body: Fixtures.bytes("examples/list_security_group_rules.json"))
        let ruleType = Catalog.iwinv["firewall.rules.list"]?.row
        #expect(HTMLText.unescaping(rules.rows, of: ruleType).last?["content"] == "literal &amp; <x>")
    }
}
