import Foundation
import LuaMachine
import Testing

/// Random programs whose metamethods grow the stack, make garbage, fail, yield and close (Programs/stress.lua). They find
/// something where liblua is built with a sanitizer: `scripts/test --sanitize`. `IWLUA_STRESS=1000000` runs so many,
/// `IWLUA_FUZZ_SEED` begins elsewhere.
@Suite struct StressTests {
    static let count = ProcessInfo.processInfo.environment["IWLUA_STRESS"].flatMap { Int64($0) } ?? 500

    @Test func programsLeaveTheStateWhole() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Programs/stress.lua")
        let source = try String(contentsOf: file, encoding: .utf8)
        let batch: Int64 = 500
        var ran: Int64 = 0
        for first in stride(from: 0, to: Self.count, by: Int(batch)) {
            let seed = Int64(FuzzTests.first) + first
            // The last line before a crash tells where it is.
            print("stress: \(min(batch, Self.count - first)) programs from seed \(seed)")
            let machine = try LuaMachine(LuaEnvironment(), seed: 1)
            try machine.start(
                source: source, chunk: "stress.lua",
                arguments: [.integer(seed), .integer(min(batch, Self.count - first))])
            let step = machine.advance()
            guard case .finished(let results) = step.state, case .integer(let some) = results.first else {
                Issue.record("seed \(seed): \(step.state)")
                return
            }
            ran += some
        }
        #expect(ran == Self.count)
    }
}
