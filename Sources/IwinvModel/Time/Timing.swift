/// How long the cloud takes for things. All [assumed] (CONTRACT U17): short enough to wait for on a real clock.
public struct Timing: Sendable, Hashable, Codable {
    /// Whole seconds as `building` after a creation.
    public var building: Int64 = 5
    /// Whole seconds as `pending` after that.
    public var pending: Int64 = 25
    /// Whole seconds as `work` after each kind of call.
    public var start: Int64 = 10
    public var shutdown: Int64 = 5
    public var reboot: Int64 = 20
    public var rebuild: Int64 = 60
    public var resize: Int64 = 30
    /// Whole seconds as `deleting`, after which the server is gone.
    public var deleting: Int64 = 10
    /// Whole seconds for which a console link holds the same token (CONTRACT U22).
    public var consoleToken: Int64 = 600

    /// The times above.
    public init() {}
}
