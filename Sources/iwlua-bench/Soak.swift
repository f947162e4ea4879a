import CLuaFence
import Foundation
import LuaRuntime

/// Millions of calls in one state, which must leave nothing behind: `iwlua-bench --soak`.
enum Soak {
    static func run() throws {
        var environment = LuaEnvironment()
        environment.limits.memory = 4 << 20
        environment.limits.calls = .max
        environment.register("good", .sync { $0 })
        environment.register("bad", .sync { _ in throw LuaError(.host, "no", value: ["kind": "denied"]) })
        environment.register("late", .call)
        for round in 1...2 {
            let machine = try LuaMachine(environment, seed: 1)
            try machine.start(
                source: """
                    for i = 1, 1000000 do
                        if good(i, "text") ~= i or pcall(bad, i) or late(i) ~= i or pcall(late, 'fail') then
                            error("wrong")
                        end
                    end
                    """, chunk: "soak")
            let before = residentMemory()
            let start = clf_monotonic()
            var step = machine.advance()
            while case .waiting = step.state {
                step = machine.advance(
                    step.calls.map { call in
                        call.arguments == ["fail"]
                            ? LuaReply(call, LuaError(.host, "no")) : LuaReply(call, call.arguments)
                    })
            }
            guard case .finished = step.state else { throw BenchProblem("the soak failed: \(step.state)") }
            let seconds = Double(clf_monotonic() - start) / 1e9
            let more = (residentMemory() - before) / 1024
            print("soak \(round): 4,000,000 calls, half of them raising, in \(Int(seconds)) s; \(more) KiB more memory")
        }
    }

    /// Bytes, from the second field of /proc/self/statm.
    private static func residentMemory() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }
}
