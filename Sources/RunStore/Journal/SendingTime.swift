public import Clocks
import IwinvCatalog

/// When a request left, and how long its process waits for the answer, told without the wall clock: that can be set.
public struct SendingTime: Sendable, Hashable {
    /// How long the process waits for the answer. What arrives at the cloud later than that was given up.
    public var timeout: Duration
    /// What ``elapsed`` counts from, and the time since; nil where that is the sending process's own affair.
    public var origin: String?
    public var elapsed: Duration?

    /// A request that leaves now.
    public init(timeout: Duration, on clock: any HostClock) {
        self.timeout = timeout
        origin = clock.origin
        elapsed = origin.map { _ in clock.elapsed }
    }

    /// Milliseconds, as the journal has them.
    var json: [String: JSONValue?] {
        [
            "timeout": .integer(timeout.wholeNanoseconds / 1_000_000), "origin": origin.map(JSONValue.string),
            "elapsed": elapsed.map { .integer($0.wholeNanoseconds / 1_000_000) },
        ]
    }

    init?(json: JSONValue) {
        guard let timeout = json["timeout"]?.integerValue.flatMap(Self.duration) else { return nil }
        self.timeout = timeout
        origin = json["origin"]?.stringValue
        elapsed = json["elapsed"]?.integerValue.flatMap(Self.duration)
    }

    private static func duration(_ milliseconds: Int64) -> Duration? {
        milliseconds >= 0 ? .milliseconds(milliseconds) : nil
    }
}

extension RecordedChange.Attempt {
    /// How long ago it left.
    ///
    /// By the time since the machine's start where that is known. By the wall clock else, and never less than nothing: a
    /// clock that was set back makes it young, so that it is waited for.
    public func age(on clock: any HostClock) -> Duration {
        let wall = at.map { max(.zero, clock.now - $0) } ?? .zero
        guard let origin = clock.origin, let then = time?.origin, let elapsed = time?.elapsed else { return wall }
        // It left before this machine was started, or on another one.
        guard origin == then else { return min(wall, clock.elapsed) }
        return max(.zero, clock.elapsed - elapsed)
    }

    /// How long it can still be on its way to the cloud, from nothing to the longer of the two time-outs.
    ///
    /// - Parameter timeout: this process's own; a shorter one does not make an earlier request faster.
    public func rest(timeout: Duration, on clock: any HostClock) -> Duration {
        max(.zero, self.timeout(atLeast: timeout) - age(on: clock))
    }

    /// How long it can be on its way in all.
    public func timeout(atLeast own: Duration) -> Duration { max(time?.timeout ?? .zero, own) }
}
