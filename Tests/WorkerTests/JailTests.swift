import CSpawn
import Glibc
import Testing

/// What the jail holds back, tried by a program that is in it (`WorkerProbe`), not read off its configuration.
@Suite struct JailTests {
    /// Runs the probe and returns how its attempts ended: errno, or 0 for success.
    private func probe(_ command: Character) async throws -> [String: Int32] {
        try await withUnsafeThrowingContinuation { continuation in
            // A thread that stays until the probe has ended: the probe dies with it.
            let thread = Thread { continuation.resume(with: Result { try Self.runProbe(command) }) }
            thread.start()
        }
    }

    private static func runProbe(_ command: Character) throws -> [String: Int32] {
        // What a careless parent leaves open for its children.
        var leaky: [Int32] = [0, 0]
        try #require(pipe(&leaky) == 0)
        defer { for end in leaky { close(end) } }
        var socket: Int32 = -1
        var pid: pid_t = 0
        try #require(spawn_worker(beside("WorkerProbe"), &socket, &pid) == 0)
        defer { close(socket) }
        var byte = command.asciiValue ?? 0
        send(socket, &byte, 1, Int32(MSG_NOSIGNAL))
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(socket, &chunk, chunk.count, 0)
            if count <= 0 { break }
            text += chunk.prefix(count)
        }
        #expect(spawn_wait(pid) == 0)
        var results: [String: Int32] = [:]
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ")
            if parts.count == 2 { results[String(parts[0])] = Int32(parts[1]) }
        }
        #expect(results["end"] == 0, "the probe did not come to its end")
        return results
    }

    @Test func nothingInheritedReachesTheWorker() async throws {
        let results = try await probe("J")
        // The socket that the probe itself makes, as a leak would.
        #expect(results["open_descriptors"] == 1)
        #expect(results["environment"] == 0)
        #expect(results["own_session"] == 1)
        #expect(results["terminal"] == 0)
    }

    @Test func everyAttemptFromInsideFails() async throws {
        var results = try await probe("J")
        let applied = results.removeValue(forKey: "applied") ?? 0
        #expect(applied & 0b110_1111 == 0b110_1111, "not all of the jail is in force: \(applied)")
        for name in ["open_descriptors", "environment", "own_session", "terminal", "end"] { results[name] = nil }
        #expect(results.removeValue(forKey: "mmap_plain") == 0)
        #expect(results.removeValue(forKey: "memory_beyond_limit") == ENOMEM)
        #expect(results.count > 105)
        for (name, errno) in results { #expect(errno == EPERM, "\(name) ended with \(errno)") }
    }

    @Test func landlockAloneHoldsFilesBack() async throws {
        let results = try await probe("L")
        let abi = results["abi"] ?? 0
        guard abi > 0 else { return }  // a kernel without it; the report says so
        #expect(results["landlock"] == 0)
        for name in ["open", "environ", "creat"] { #expect(results[name] == EACCES, "\(name)") }
        if abi >= 4 { #expect(results["connect"] == EACCES) }
        if abi >= 6 { #expect(results["kill_parent"] == EPERM) }
    }
}
