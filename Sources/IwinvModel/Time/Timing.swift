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
    /// Whole seconds as `work` after a volume was made, attached or detached.
    public var volumeCreation: Int64 = 15
    public var volumeAttachment: Int64 = 5
    public var volumeDetachment: Int64 = 5
    /// Whole seconds as `deleting`, after which the volume is gone.
    public var volumeDeleting: Int64 = 10

    /// The times above.
    public init() {}

    /// Reads the times; those above where there are none.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        building = try values.value(.building, or: building)
        pending = try values.value(.pending, or: pending)
        start = try values.value(.start, or: start)
        shutdown = try values.value(.shutdown, or: shutdown)
        reboot = try values.value(.reboot, or: reboot)
        rebuild = try values.value(.rebuild, or: rebuild)
        resize = try values.value(.resize, or: resize)
        deleting = try values.value(.deleting, or: deleting)
        consoleToken = try values.value(.consoleToken, or: consoleToken)
        volumeCreation = try values.value(.volumeCreation, or: volumeCreation)
        volumeAttachment = try values.value(.volumeAttachment, or: volumeAttachment)
        volumeDetachment = try values.value(.volumeDetachment, or: volumeDetachment)
        volumeDeleting = try values.value(.volumeDeleting, or: volumeDeleting)
    }
}
