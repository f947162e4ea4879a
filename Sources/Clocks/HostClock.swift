/// Time as the parts of a run see it: reading it, and waiting for it.
///
/// Whoever needs the time takes a `HostClock`; nobody reads the system's clock on the side. That is what lets a script,
/// its request budget and its simulated cloud share one ``VirtualClock``.
///
/// **Activity.** A virtual clock may jump ahead only while nobody works. So work that can lead to a sleep is bracketed by
/// ``beginActivity()`` and ``endActivity()``; ``sleep(for:)`` suspends the caller's activity for as long as it sleeps.
/// An implementer's test: with two activities of which one sleeps, time stands still until the other sleeps or ends.
public protocol HostClock: Sendable {
    /// Wall time.
    var now: Instant { get }

    /// Time since some fixed origin; never set back, and it goes on while the machine sleeps.
    var elapsed: Duration { get }

    /// Names the origin of ``elapsed``, where other processes count from it too: the machine's start. Nil where it is this
    /// process's own.
    var origin: String? { get }

    /// Waits. The caller holds one activity, which is given up while it waits and held again when this returns.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(for duration: Duration) async throws

    /// Says that work starts which the clock must wait for.
    func beginActivity()

    /// Says that work started with ``beginActivity()`` has ended.
    func endActivity()

    /// Keeps somebody waiting who holds an activity and waits for the caller's answer, as a slow server does.
    ///
    /// The caller holds no activity: for as long as this lasts the one that waits gives up its own. Where nobody holds
    /// any, the caller counts as the one who waits. A clock to which activities mean nothing just sleeps.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func keepWaiting(for duration: Duration) async throws
}

extension HostClock {
    /// A clock of this process alone.
    public var origin: String? { nil }

    /// Sleeps.
    public func keepWaiting(for duration: Duration) async throws {
        try await sleep(for: duration)
    }
}
