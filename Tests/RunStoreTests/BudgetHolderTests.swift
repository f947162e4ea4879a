import Foundation
@testable import RunStore
import Testing

@Suite struct BudgetHolderTests {
    @Test func `a name with spaces and brackets does not shift the fields`() throws {
        let fields = (4...52).map { $0 == 20 ? "1" : "\($0 * 10)" }.joined(separator: " ")
        let text = "4711 (a ) Z (b) S \(fields)"
        let status = try #require(ProcessStatus(Array(text.utf8)))
        #expect(!status.isGone && status.started == 220)
        let zombie = try #require(ProcessStatus(Array(text.replacing("(b) S", with: "(b) Z").utf8)))
        #expect(zombie.isGone)
        #expect(ProcessStatus(Array("4711 (x".utf8)) == nil)
    }

    @Test func `this process lives, one of another start with its number does not`() {
        let me = BudgetHolder.make()
        #expect(me.started > 0 && me.namespace > 0 && me.fate(of: .make()) == .alive)
        #expect(BudgetHolder(me.description) == me)
        var other = me
        other.started += 1
        #expect(me.fate(of: other) == .dead)
        other.namespace += 1
        #expect(me.fate(of: other) == .outOfSight)
    }

    @Test func `a process that was killed is dead before its parent has noticed`() throws {
        var pid = pid_t()
        var words: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("100"), nil]
        defer { for word in words { free(word) } }
        try #require(posix_spawnp(&pid, "sleep", nil, nil, &words, nil) == 0)
        let me = BudgetHolder.make()
        let child = BudgetHolder(
            namespace: me.namespace, pid: pid, started: try #require(ProcessStatus.read(pid)).started, instance: 1)
        #expect(me.fate(of: child) == .alive)
        kill(pid, SIGKILL)
        var info = siginfo_t()
        waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT)  // It has ended, and stays to be collected.
        #expect(me.fate(of: child) == .dead)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        #expect(me.fate(of: child) == .dead)
    }
}
