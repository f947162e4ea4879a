import Foundation
import LuaRuntime
import Testing

/// Every attack ends as its header says, in time, within its memory, and the process goes on.
///
/// Serialised: what is measured is the processor time and memory of one script at a time.
@Suite(.serialized) struct HostileTests {
    /// What a script may take beyond its limit of processor time, in milliseconds.
    static let late: Duration = .milliseconds(100 * slowness)
    /// Sanitizers make everything slower.
    static let slowness = ProcessInfo.processInfo.environment["IWLUA_SANITIZED"] == nil ? 1 : 4

    static func host(_ script: HostileScript) -> LuaHost {
        var host = LuaHost()
        host.limits.memory = script.memory << 20
        host.limits.cpu = .milliseconds(script.cpu * slowness)
        host.limits.calls = 1000
        host.onPrint = { _ in }
        host.addModule(.script(name: "loop", source: "while true do end"))
        host.addModule(.script(name: "self", source: "return require('self')"))
        host.register("answer", .sync { $0 })
        host.register("refuse", .sync { _ in throw LuaError("no", value: ["kind": "denied"]) })
        host.register("secret", .sync { _ in [.handle(LuaHandle(kind: "secret", id: 7))] })
        host.callHandler("wait") { $0.arguments }
        host.callHandler("hang") { _ in
            try await Task.sleep(for: .seconds(1000))
            return []
        }
        return host
    }

    /// With the inner wall alone, and with both.
    @Test(arguments: HostileScript.all.filter { !$0.isFault }, [LuaExecution.inProcess, .process()])
    func anAttackEndsAsItShould(_ script: HostileScript, _ execution: LuaExecution) async throws {
        var host = Self.host(script)
        host.execution = execution
        let expected = execution == .inProcess ? script.expected : script.jailed ?? script.expected
        let run = host.start(script.source, name: script.name + ".lua", seed: 1)
        let clock = ContinuousClock()
        let began = clock.now
        do {
            let values = try await run.value()
            #expect(expected == .ok, "it came to an end: \(values)")
        } catch let error as LuaError {
            guard case .error(let text) = expected else {
                Issue.record("an error: \(String("\(error)".prefix(300)))")
                return
            }
            #expect(text.isEmpty || error.description.contains(text), "\(String("\(error)".prefix(300)))")
        } catch let killed as LuaKilled {
            // Given more time, what takes memory as well may come to the end of that first.
            let isMemoryFirst = Self.slowness > 1 && expected == .killed(.cpu) && killed.reason == .memory
            #expect(expected == .killed(killed.reason) || isMemoryFirst, "\(killed)")
        }
        let spent = clock.now - began
        let usage = run.usage
        #expect(usage.cpu <= .milliseconds(script.cpu * Self.slowness) + Self.late, "processor time")
        // Wall time is that of a machine on which other tests run.
        #expect(spent <= .milliseconds(script.cpu * Self.slowness) + .seconds(120), "wall time")
        #expect(usage.memory <= script.memory << 20 + script.memory << 20 / 10, "memory")
        if ProcessInfo.processInfo.environment["IWLUA_SHOW"] != nil {
            print(
                "HOSTILE \(script.name) cpu \(usage.cpu) of \(script.cpu) ms, wall \(spent), memory \(usage.memory >> 10) of \(script.memory << 10) KiB"
            )
        }
    }

    /// Behind the outer wall a crash ends the worker only.
    @Test(arguments: HostileScript.all.filter { $0.isFault && !$0.isSession })
    func aFaultDoesNotEndTheWorker(_ script: HostileScript) async throws {
        try await anAttackEndsAsItShould(script, .process())
    }

    @Test func thereAreScriptsForEveryClass() {
        #expect(HostileScript.all.count >= 80)
        let files = try? FileManager.default.contentsOfDirectory(atPath: HostileScript.folder.path)
        #expect(files?.filter { $0.hasSuffix(".lua") }.count == HostileScript.all.count, "a header cannot be read")
    }

    /// What all of them together leave behind: nothing like the 16 MiB and more that each of them had. Other tests of this
    /// process run meanwhile, so with much room.
    @Test func theProcessDoesNotGrow() async throws {
        let scripts = HostileScript.all.filter {
            $0.name.hasPrefix("mem-") || $0.name.hasPrefix("host-") || $0.name.hasPrefix("stack-")
        }
        func runAll() async {
            for script in scripts { _ = try? await Self.host(script).run(script.source) }
        }
        await runAll()
        let before = residentMemory()
        await runAll()
        let grown = residentMemory() - before
        #expect(grown < 384 << 20, "\(grown >> 10) KiB")
        #expect(try await LuaHost().run("return 1") == [1])
    }
}

/// Bytes of this process that are in memory.
func residentMemory() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}
