import IwinvWire
@testable import ScriptHost
import Testing

@Suite struct PlanScriptTests {
    /// Runs that carry plans out are resumed with the text that they began with, also by a later version.
    @Test func `a text that runs have begun with is known for ever`() {
        // Who changes the text adds the hash that stands here to `earlier`, and puts the new one here.
        #expect(SHA256.hex(PlanScript.source) == "83e50a41645de29e7f443d319851d5630aee9df50b59d526aaaa28ecfc51f4fd")
        #expect(PlanScript.earlier.contains("7d958daf71215314f8ff8e8b9b47a6851970ab3676c7e5eee765618aa448dd0a"))
    }
}
