/// What a worker is locked up by.
public struct JailReport: Sendable, Hashable, CustomStringConvertible {
    /// A measure of the jail.
    public enum Measure: UInt32, Sendable, Hashable, CaseIterable, CustomStringConvertible {
        /// No program that it starts could gain rights.
        case noNewPrivileges = 1
        /// It dies with the process that started it.
        case deathSignal = 2
        /// Memory, processor time, files, processes: resource limits.
        case limits = 4
        /// It holds no descriptor but its socket.
        case descriptors = 8
        /// No file can be opened (Landlock).
        case landlock = 16
        /// No system call outside of a short list (seccomp).
        case seccomp = 32
        /// A session of its own: no terminal.
        case session = 64

        public var description: String {
            switch self {
            case .noNewPrivileges: "no new privileges"
            case .deathSignal: "parent-death signal"
            case .limits: "resource limits"
            case .descriptors: "closed descriptors"
            case .landlock: "Landlock"
            case .seccomp: "seccomp"
            case .session: "its own session"
            }
        }
    }

    /// The measures in force.
    public var applied: Set<Measure>
    /// The version of Landlock that the kernel has; 0: none.
    public var landlockABI: Int

    public init(applied: Set<Measure>, landlockABI: Int) {
        self.applied = applied
        self.landlockABI = landlockABI
    }

    package init(bits: UInt32, landlockABI: Int32) {
        self.init(
            applied: Set(Measure.allCases.filter { bits & $0.rawValue != 0 }), landlockABI: Int(landlockABI))
    }

    package var bits: UInt32 { applied.reduce(0) { $0 | $1.rawValue } }

    /// The measures that this system does not offer, in a fixed order.
    public var missing: [Measure] { Measure.allCases.filter { !applied.contains($0) } }

    /// Whether nothing but the worker's own socket can be reached from inside: seccomp and all the others but Landlock,
    /// whose rules seccomp covers.
    public var isTight: Bool { missing.allSatisfy { $0 == .landlock } }

    /// One line for a person: "complete (Landlock 7)" or "without seccomp, Landlock".
    public var description: String {
        missing.isEmpty
            ? "complete (Landlock \(landlockABI))" : "without " + missing.map(\.description).joined(separator: ", ")
    }
}
