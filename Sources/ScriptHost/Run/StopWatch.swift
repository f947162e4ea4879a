import RunStore

/// Looks whether somebody has asked a run to stop, from whatever process.
///
/// A request looks by itself before it leaves. What sleeps, waits or computes sends none, for hours perhaps.
struct StopWatch: Sendable {
    /// Whoever has asked sees the run end within a second.
    private static let interval: Duration = .milliseconds(400)

    private let task: Task<Void, Never>

    /// - Parameter ring: Called once, when somebody has asked. In the world's time: a person waits for it.
    init(_ log: RunLog, ring: @escaping @Sendable () -> Void) {
        task = Task {
            while (try? await Task.sleep(for: Self.interval)) != nil {
                // What cannot be read now can be later.
                guard (try? await log.lookForStop()) ?? false else { continue }
                return ring()
            }
        }
    }

    /// It does not ring any more when this returns.
    func cancel() async {
        task.cancel()
        await task.value
    }
}
