import CLuaFence
import Foundation
import Glibc

/// Whole processes: `iwlua run` beside the system's `lua5.4`.
struct ProcessBenchmarks {
    let iwlua: URL
    let folder: URL

    init() throws {
        iwlua = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("iwlua")
        guard clf_bench_adopt_orphans() else { throw BenchProblem("prctl: \(errno)") }
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("iwlua-bench-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Two lines: the time on the wall, and the processor time of all processes, which other programs disturb less.
    func compareProcessors(
        _ name: String, _ source: String, rounds: Int, limit: Double?
    ) async throws -> [Comparison] {
        let (own, peer) = try await usage(source, rounds: rounds)
        return [
            Comparison(name: name, peer: "lua5.4", seconds: own.wall, peerSeconds: peer.wall, limit: limit),
            Comparison(
                name: name + ", processor time", peer: "lua5.4", seconds: own.processor, peerSeconds: peer.processor,
                limit: limit),
        ]
    }

    /// Wall time of both.
    func wallTimes(_ source: String, rounds: Int) async throws -> (own: Double, peer: Double) {
        let (own, peer) = try await usage(source, rounds: rounds)
        return (own.wall, peer.wall)
    }

    private struct Usage {
        var wall = Double.infinity
        var processor = Double.infinity

        mutating func keepLess(_ other: Usage) {
            wall = min(wall, other.wall)
            processor = min(processor, other.processor)
        }
    }

    /// The least of several, in turns.
    private func usage(_ source: String, rounds: Int) async throws -> (own: Usage, peer: Usage) {
        let script = folder.appendingPathComponent("script.lua")
        try Data(source.utf8).write(to: script)
        var least = (own: Usage(), peer: Usage())
        for _ in 0..<rounds {
            least.own.keepLess(try await run(iwlua, ["run", script.path, "--cpu", "60s", "--memory", "512M"]))
            least.peer.keepLess(try await run(URL(fileURLWithPath: "/usr/bin/env"), ["lua5.4", script.path]))
        }
        return least
    }

    private func run(_ program: URL, _ arguments: [String]) async throws -> Usage {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        // An account that is never used: these scripts make no calls.
        process.environment = [
            "PATH": "/usr/bin:/bin", "HOME": folder.path, "IWINV_ACCESS_KEY": "bench", "IWINV_SECRET_KEY": "bench",
        ]
        let before = Self.processorTimeOfChildren()
        let wall = try await seconds {
            try process.run()
            process.waitUntilExit()
        }
        guard process.terminationStatus == 0 else { throw BenchProblem("\(program.lastPathComponent) failed") }
        // A worker may end just after the program that has started it.
        clf_bench_collect_orphans()
        return Usage(wall: wall, processor: Self.processorTimeOfChildren() - before)
    }

    /// Of those that have ended and been waited for, with their own children.
    private static func processorTimeOfChildren() -> Double {
        var usage = rusage()
        getrusage(RUSAGE_CHILDREN.rawValue, &usage)
        return [usage.ru_utime, usage.ru_stime].map { Double($0.tv_sec) + Double($0.tv_usec) / 1e6 }.reduce(0, +)
    }
}

struct BenchProblem: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
