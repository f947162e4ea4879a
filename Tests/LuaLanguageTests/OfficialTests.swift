import Foundation
import LuaMachine
import Testing

/// The language's own test files (Tests/Official, see its README.md) in a machine.
@Suite struct OfficialTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Official")
    static let files: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".lua") }.sorted()
    }()

    /// Before each file, on its first line: the switches of the test suite for a portable, soft run, and stand-ins for
    /// calls that the files make for effect only.
    static let prelude = """
        do local real = collectgarbage function collectgarbage(what) \
        if what == "count" then return real "count" end return 0 end end \
        _soft, _port, _nomsg = true, true, true os = {clock = function() return 0 end} \
        CONCAT = pcall(setmetatable, {}, {__concat = print}) or nil
        """

    @Test(arguments: files) func theLanguagesOwnTestsPass(_ file: String) throws {
        let data = try Data(contentsOf: Self.folder.appending(path: file))
        var environment = LuaEnvironment()
        environment.limits.sourceBytes = 1 << 20
        environment.limits.memory = 256 << 20
        let machine = try LuaMachine(environment, seed: 1)
        try machine.start(source: Self.prelude + " " + String(decoding: data, as: UTF8.self), chunk: file)
        let step = machine.advance()
        guard case .finished = step.state else {
            Issue.record("\(step.state)")
            return
        }
    }

    @Test func thereAreTwentyFiles() { #expect(Self.files.count == 20) }
}
