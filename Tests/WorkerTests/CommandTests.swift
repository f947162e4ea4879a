import CSpawn
import Foundation
import Testing

/// Programs that are told something and waited for.
@Suite struct CommandTests {
    private func start(_ script: String, input: String = "") throws -> pid_t {
        let texts: [String] = ["sh", "-c", script]
        let words: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let bytes = Array(input.utf8)
        try #require(spawn_command("/bin/sh", words + [nil], [nil], bytes, bytes.count, -1, &pid) == 0)
        return pid
    }

    @Test func `a command reads its input, and its end is told`() throws {
        #expect(spawn_wait_at_most(try start("read line; test \"$line\" = hello", input: "hello\n"), 60_000) == 0)
        // More than a pipe holds, of which nothing is read.
        #expect(spawn_wait_at_most(try start("exit 3", input: String(repeating: "x", count: 1 << 20)), 60_000) == 3)
        #expect(spawn_wait_at_most(try start("kill -9 $$"), 60_000) == -9)
    }

    @Test func `a command has no descriptors, no environment and a place that nobody misses`() throws {
        // What lists the folder has one for that.
        let script = "test \"$(cd /proc/self/fd; echo *)\" = '0 1 2 3' -a \"$(pwd)\" = / -a -z \"$HOME\""
        #expect(spawn_wait_at_most(try start(script), 60_000) == 0)
    }

    @Test func `out of time a command is killed with what it has started`() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("iwlua-command-\(UUID()).pid")
        defer { try? FileManager.default.removeItem(at: file) }
        let pid = try start("sleep 1000 & echo $! > '\(file.path)'; wait")
        // It has written that before its time is up, on the slowest machine.
        #expect(spawn_wait_at_most(pid, 3000) == Int32(SPAWN_OUT_OF_TIME))
        let text = try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .newlines)
        let child = try #require(pid_t(text))
        #expect(!Self.isAlive(pid))
        // Its end is the kernel's to bring about, and takes a moment.
        while Self.isAlive(child) { sched_yield() }
    }

    /// Dead and not yet collected is dead.
    private static func isAlive(_ pid: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
        return !status.contains(") Z ") && !status.contains(") X ")
    }
}
