import Clocks

/// Rings when the time of a run is up: on its clock, or in the world. A virtual clock stands still while a script computes,
/// and one that computes for ever would have all the time there is.
struct Alarm: Sendable {
    private let tasks: [Task<Void, Never>]

    init(after time: Duration, on clock: any HostClock, ring: @escaping @Sendable () -> Void) {
        clock.beginActivity()
        tasks = [
            Task {
                defer { clock.endActivity() }
                guard (try? await clock.sleep(for: time)) != nil else { return }
                ring()
            },
            Task {
                guard (try? await Task.sleep(for: time)) != nil else { return }
                ring()
            },
        ]
    }

    /// It does not ring any more when this returns.
    func cancel() async {
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }
}
