import Foundation
import LuaMachine
import LuaRuntime
import Testing

/// Programs from a grammar. Seconds in the suite; `IWLUA_FUZZ_SECONDS=60` goes on for longer, `IWLUA_FUZZ_SEED` begins
/// elsewhere. A failure names the seed of the program.
@Suite(.serialized) struct FuzzTests {
    static let seconds = ProcessInfo.processInfo.environment["IWLUA_FUZZ_SECONDS"].flatMap { Double($0) } ?? 2
    static let first = ProcessInfo.processInfo.environment["IWLUA_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
    static let sanitized = ProcessInfo.processInfo.environment["IWLUA_SANITIZED"] != nil

    private func whileTimeLasts(_ body: (UInt64) async throws -> Void) async throws {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(Self.seconds)
        var seed = Self.first
        while clock.now < end {
            try await body(seed)
            seed += 1
        }
        print("fuzzed seeds \(Self.first)..<\(seed)")
    }

    static func wildHost() -> LuaHost {
        var host = LuaHost()
        host.execution = .inProcess
        host.limits.memory = 4 << 20
        host.limits.cpu = .milliseconds(sanitized ? 200 : 20)
        host.limits.calls = 50
        host.limits.output = 1 << 16
        host.limits.tasks = 50
        host.limits.coroutines = 200
        host.onPrint = { _ in }
        host.register("answer", .sync { $0 })
        host.register("refuse", .sync { _ in throw LuaError("no", value: ["kind": "denied"]) })
        host.callHandler("wait") { $0.arguments }
        return host
    }

    private func runWild(_ source: String, _ seed: UInt64) async {
        let run = Self.wildHost().start(source, name: "p", seed: seed)
        _ = try? await run.value()
        let usage = run.usage
        #expect(usage.cpu < .milliseconds(Self.sanitized ? 5000 : 120), "seed \(seed) was late: \(usage.cpu)")
        #expect(usage.memory <= 4 << 20, "seed \(seed)")
    }

    @Test func wildProgramsEndWithinTheirLimits() async throws {
        try await whileTimeLasts { seed in
            await runWild(ProgramGenerator.prelude + ProgramGenerator.program(seed: seed, wild: true), seed)
        }
    }

    /// The same with bytes changed, taken out and put in.
    @Test func brokenProgramsEndWithinTheirLimits() async throws {
        try await whileTimeLasts { seed in
            var random = SeededGenerator(seed: seed)
            var bytes = Array(ProgramGenerator.program(seed: seed, wild: true).utf8)
            for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...20, using: &random)))
                case 2: bytes.insert(contentsOf: bytes[..<min(at, 40)], at: at)
                default:
                    bytes.insert(
                        contentsOf: Array("[=[--]]\"'\\z{}().:<>".utf8).shuffled(using: &random).prefix(3), at: at)
                }
            }
            let quoted = bytes.map { "\\\($0 < 10 ? "00" : $0 < 100 ? "0" : "")\($0)" }.joined()
            await runWild(ProgramGenerator.prelude + "local f, e = load(\"\(quoted)\") if f then f() end", seed)
        }
    }

    /// Tame programs print what `lua5.4` prints.
    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: "/usr/bin/lua5.4") && LuaRelease.system == .inside,
            "there is no /usr/bin/lua5.4 of the release that is linked in, to compare with"))
    func tameProgramsPrintWhatLuaPrints() async throws {
        let batch: UInt64 = Self.sanitized ? 10 : 100
        try await whileTimeLasts { index in
            let seeds = (Self.first + (index - Self.first) * batch)..<(Self.first + (index - Self.first + 1) * batch)
            let programs = seeds.map {
                ProgramGenerator.prelude + "\n" + ProgramGenerator.program(seed: $0, wild: false)
            }
            let theirs = try stock(programs)
            for (offset, program) in programs.enumerated() {
                let mine = ours(program)
                await Task.yield()
                let seed = seeds.lowerBound + UInt64(offset)
                if mine != theirs[offset] {
                    let a = mine.split(separator: "\n", omittingEmptySubsequences: false)
                    let b = theirs[offset].split(separator: "\n", omittingEmptySubsequences: false)
                    let at = zip(a, b).prefix { $0 == $1 }.count
                    Issue.record(
                        "seed \(seed), line \(at): here \(a.dropFirst(at).first ?? "nothing"), lua5.4 \(b.dropFirst(at).first ?? "nothing")"
                    )
                    if ProcessInfo.processInfo.environment["IWLUA_SHOW"] != nil {
                        try? program.write(toFile: "/tmp/fuzz-\(seed).lua", atomically: true, encoding: .utf8)
                    }
                }
            }
        }
    }

    private final class Output: @unchecked Sendable {
        // Sendable: written on the thread that advances the machine, which is the one that reads it.
        var text = ""
    }

    private func ours(_ program: String) -> String {
        let output = Output()
        var environment = LuaEnvironment()
        environment.limits.output = 1 << 22
        environment.print = { output.text += $0 + "\n" }
        do {
            let machine = try LuaMachine(environment, seed: 1)
            try machine.start(source: program, chunk: "p")
            switch machine.advance().state {
            case .finished: break
            case .failed(let error): output.text += "failed \(error)\n"
            default: output.text += "ended otherwise\n"
            }
        } catch {
            output.text += "failed \(error)\n"
        }
        return output.text
    }

    /// What `lua5.4` prints for each: one process, one environment a program.
    private func stock(_ programs: [String]) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "iwlua-fuzz-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (index, program) in programs.enumerated() {
            try program.write(to: folder.appending(path: "\(index).lua"), atomically: true, encoding: .utf8)
        }
        let driver = """
            for i = 0, \(programs.count - 1) do
                local out = io.open("\(folder.path)/" .. i .. ".out", "w")
                local env = setmetatable({print = function(s) out:write(s, "\\n") end}, {__index = _G})
                local source = io.open("\(folder.path)/" .. i .. ".lua"):read("a")
                local f, e = load(source, "=p", "t", env)
                if f then
                    local ok, e = pcall(f)
                    if not ok then out:write("failed ", type(e) == "string" and e or "the error value is a " .. type(e), "\\n") end
                else out:write("failed ", e, "\\n") end
                out:close()
            end
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/lua5.4")
        process.arguments = ["-e", driver]
        try process.run()
        process.waitUntilExit()
        return try programs.indices.map { try String(contentsOf: folder.appending(path: "\($0).out"), encoding: .utf8) }
    }
}
