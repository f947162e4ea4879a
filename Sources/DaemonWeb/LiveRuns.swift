import Synchronization

/// What runs say and do while they run. In memory only: some of the newest runs, some of the newest lines of each.
public final class LiveRuns: Sendable {
    /// One of them.
    public struct Run: Sendable, Hashable {
        /// The newest last.
        public var lines: [String] = []
        /// Older lines that were let go.
        public var dropped = 0
        /// Calls that are under way: `instances.edit INSTANCE-a`.
        public var calling: [String] = []
        public var answered = 0
        /// What the script says of how far it is.
        public var progress: Progress?
        public var isOver = false

        public init() {}
    }

    /// How far a script says it is.
    public struct Progress: Sendable, Hashable {
        public var done: Int
        public var total: Int
        public var text: String?

        public init(done: Int, total: Int, text: String? = nil) {
            (self.done, self.total, self.text) = (done, total, text)
        }
    }

    private struct State {
        var runs: [String: Run] = [:]
        /// In the order of their coming.
        var order: [String] = []
    }

    private static let kept = 50
    private static let lines = 500
    private static let characters = 2000
    private let state = Mutex(State())

    public init() {}

    /// The run says something.
    public func say(_ line: String, in run: String) {
        change(run) { run in
            run.lines.append(line.count > Self.characters ? line.prefix(Self.characters) + "…" : line)
            if run.lines.count > Self.lines {
                run.lines.removeFirst()
                run.dropped += 1
            }
        }
    }

    /// A call begins.
    public func call(_ what: String, in run: String) { change(run) { $0.calling.append(what) } }

    /// It has ended.
    public func answer(_ what: String, in run: String) {
        change(run) { run in
            if let index = run.calling.firstIndex(of: what) { run.calling.remove(at: index) }
            run.answered += 1
        }
    }

    public func note(_ progress: Progress, in run: String) { change(run) { $0.progress = progress } }

    public func end(_ run: String) {
        change(run) { run in
            run.isOver = true
            run.calling = []
        }
    }

    /// Nil if it was not run by this daemon, or long ago.
    public func run(_ id: String) -> Run? { state.withLock { $0.runs[id] } }

    private func change(_ id: String, _ change: (inout Run) -> Void) {
        state.withLock { state in
            if state.runs[id] == nil {
                state.runs[id] = Run()
                state.order.append(id)
                if state.order.count > Self.kept {
                    // One that is over, if there is any.
                    let oldest = state.order.firstIndex { state.runs[$0]?.isOver ?? true } ?? 0
                    state.runs[state.order.remove(at: oldest)] = nil
                }
            }
            if var run = state.runs[id] {
                change(&run)
                state.runs[id] = run
            }
        }
    }
}
