import Foundation
import LuaMachine
import Testing

/// Random functions of nested scopes, loops, `break`, `goto`, errors and closing values (Programs/loops.lua) do what the manual
/// says. `IWLUA_LOOPS=1000000` compiles so many, `IWLUA_FUZZ_SEED` begins elsewhere; a failure shows the text.
@Suite struct LoopTests {
    static let count = ProcessInfo.processInfo.environment["IWLUA_LOOPS"].flatMap { Int64($0) } ?? 10_000

    @Test func scopesAreClosedAsTheManualSays() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Programs/loops.lua")
        let source = try String(contentsOf: file, encoding: .utf8)
        let batch: Int64 = 10_000
        var right: Int64 = 0
        var doubtful: Int64 = 0
        for first in stride(from: 0, to: Self.count, by: Int(batch)) {
            let seed = Int64(FuzzTests.first) + first
            let rounds = min(batch, Self.count - first)
            let machine = try LuaMachine(LuaEnvironment(), seed: 1)
            try machine.start(source: source, chunk: "loops.lua", arguments: [.integer(seed), .integer(rounds)])
            let step = machine.advance()
            guard case .finished(let results) = step.state, case .integer(let some) = results.first,
                case .integer(let exits) = results.last
            else {
                Issue.record("seed \(seed): \(step.state)")
                return
            }
            right += some
            doubtful += exits
        }
        #expect(right == Self.count)
        // Most have a break or a goto, or nothing is tried.
        #expect(doubtful > Self.count / 3)
        print("loops: \(right) from seed \(FuzzTests.first), \(doubtful) of them with break or goto")
    }
}
