import IwinvCatalog

/// What can be done to a server, and when (the transition table of CONTRACT 3.6; wrong states as CONTRACT U18).
enum ServerChange: String, CaseIterable {
    case edit, delete, start, shutdown, reboot, rebuild, resize

    /// Why the cloud refuses it in a status (nil: gone); nil if it does not.
    func refusal(in status: ServerStatus?) -> ErrorCode? {
        switch (self, status) {
        case (_, nil), (_, .building), (_, .work), (_, .deleting): .deletedOrWorkingInstance
        case (.edit, _), (.delete, _): nil
        case (.start, .off), (.shutdown, .active), (.reboot, .active): nil
        case (.rebuild, .active), (.rebuild, .off), (.resize, .active), (.resize, .off): nil
        case (.start, .active), (.shutdown, .off): .checkParameter
        default: .deletedOrWorkingInstance
        }
    }

    /// The status afterwards; nil if it is the one before.
    var result: ServerStatus? {
        switch self {
        case .start, .reboot, .rebuild: .active
        case .shutdown: .off
        case .edit, .delete, .resize: nil
        }
    }

    /// Whole seconds of work.
    func duration(_ timing: Timing) -> Int64 {
        switch self {
        case .edit: 0
        case .delete: timing.deleting
        case .start: timing.start
        case .shutdown: timing.shutdown
        case .reboot: timing.reboot
        case .rebuild: timing.rebuild
        case .resize: timing.resize
        }
    }
}
