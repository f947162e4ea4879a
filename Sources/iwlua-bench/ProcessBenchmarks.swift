import Foundation

/// Whole processes: start-up, and plain Lua in the sandbox beside the system's `lua5.4`.
struct ProcessBenchmarks {
    let iwlua: URL
    let folder: URL

    init() throws {
        iwlua = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("iwlua")
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("iwlua-bench-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func comparisons() async throws -> [Comparison] {
        defer { try? FileManager.default.removeItem(at: folder) }
        return [
            try await compare("start-up, one-line script", "return 1", rounds: 15),
            try await compare("`fib(32)`", Self.fib, rounds: 5),
            try await compare("tables: sieve of 2,000,000", Self.tables, rounds: 5),
        ]
    }

    private func compare(_ name: String, _ source: String, rounds: Int) async throws -> Comparison {
        let script = folder.appendingPathComponent("script.lua")
        try Data(source.utf8).write(to: script)
        let (own, peer) = try await alternating(rounds: rounds) {
            try await seconds { try run(iwlua, ["run", script.path, "--cpu", "60s", "--memory", "512M"]) }
        } _: {
            try await seconds { try run(URL(fileURLWithPath: "/usr/bin/env"), ["lua5.4", script.path]) }
        }
        return Comparison(name: name, peer: "lua5.4", seconds: own, peerSeconds: peer)
    }

    private func run(_ program: URL, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        // An account that is never used: these scripts make no calls.
        process.environment = [
            "PATH": "/usr/bin:/bin", "HOME": folder.path, "IWINV_ACCESS_KEY": "bench", "IWINV_SECRET_KEY": "bench",
        ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchProblem("\(program.lastPathComponent) failed") }
    }

    private static let fib = """
        local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
        return fib(32)
        """

    private static let tables = """
        local n, sieve, count = 2000000, {}, 0
        for i = 2, n do sieve[i] = true end
        for i = 2, n do
            if sieve[i] then
                count = count + 1
                for j = i * i, n, i do sieve[j] = false end
            end
        end
        return count
        """
}

struct BenchProblem: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
