/// A server's status as answers show it (CONTRACT 3.6).
public enum ServerStatus: String, Sendable, Hashable, Codable, CaseIterable {
    case building, pending, active, error, work, off, deleting

    /// Whether it ends by itself.
    var isTransition: Bool {
        switch self {
        case .building, .pending, .work, .deleting: true
        case .active, .off, .error: false
        }
    }
}

/// A volume's status as answers show it (CONTRACT 3.7, all [assumed]).
public enum VolumeStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// Attached.
    case active
    /// Free.
    case off
    case work, deleting, error
}
