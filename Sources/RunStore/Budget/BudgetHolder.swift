import Foundation
import Synchronization

/// Who holds a slot or waits for one: one budget object of one process, told apart from all others of this boot.
public struct BudgetHolder: Sendable, Hashable {
    /// Whether a holder still lives.
    public enum Fate: Sendable, Hashable {
        case alive, dead
        /// It belongs to another pid namespace: its number says nothing here.
        case outOfSight
    }

    /// The inode of the pid namespace.
    public var namespace: UInt64
    public var pid: Int32
    /// When the process started, in clock ticks since boot: a pid is used again, this pair is not.
    public var started: UInt64
    /// Which of the budgets of the process.
    public var instance: UInt64

    static let nobody = BudgetHolder(namespace: 0, pid: 0, started: 0, instance: 0)
    private static let instances = Atomic<UInt64>(0)

    /// A new holder of this process.
    public static func make() -> BudgetHolder {
        let pid = getpid()
        return BudgetHolder(
            namespace: inode("/proc/self/ns/pid"), pid: pid, started: ProcessStatus.read(pid)?.started ?? 0,
            instance: instances.add(1, ordering: .relaxed).newValue)
    }

    /// The identity of the machine's current start; times of another one mean nothing.
    public static var currentBoot: String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
    }

    /// Whether `other` lives, as this holder's process sees it.
    public func fate(of other: BudgetHolder) -> Fate {
        if (other.namespace, other.pid, other.started) == (namespace, pid, started) { return .alive }
        guard other.namespace == namespace else { return .outOfSight }
        if kill(other.pid, 0) != 0, errno == ESRCH { return .dead }
        // Its folder may be hidden from other users; then its number has to do.
        guard let status = ProcessStatus.read(other.pid) else { return .alive }
        return status.isGone || status.started != other.started ? .dead : .alive
    }

    private static func inode(_ path: String) -> UInt64 {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
    }
}

extension BudgetHolder: LosslessStringConvertible {
    public var description: String { "\(namespace):\(pid):\(started):\(instance)" }

    public init?(_ description: String) {
        let parts = description.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4, let namespace = UInt64(parts[0]), let pid = Int32(parts[1]),
            let started = UInt64(parts[2]), let instance = UInt64(parts[3])
        else { return nil }
        self.init(namespace: namespace, pid: pid, started: started, instance: instance)
    }
}

/// What `/proc/PID/stat` says (proc(5)).
struct ProcessStatus {
    /// Killed, though its parent may not have noticed; it sends nothing any more.
    var isGone: Bool
    /// Field 22.
    var started: UInt64

    static func read(_ pid: Int32) -> ProcessStatus? {
        let file = open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = Foundation.read(file, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return ProcessStatus(bytes.prefix(count))
    }

    /// The name may hold spaces and brackets: the fields are counted from the last bracket, where field 3 follows.
    init?(_ text: some BidirectionalCollection<UInt8>) {
        guard let bracket = text.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = text[bracket...].dropFirst().split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let started = UInt64(String(decoding: fields[19], as: UTF8.self)) else { return nil }
        let state = fields[0].first
        // A process whose first thread has ended shows Z as long as others run (field 20 counts them).
        let threads = Int(String(decoding: fields[17], as: UTF8.self)) ?? 1
        isGone = state == UInt8(ascii: "X") || state == UInt8(ascii: "Z") && threads <= 1
        self.started = started
    }
}
