import IwinvCatalog

/// The HTTP status of a yes. The one place where it is decided.
enum SuccessStatus {
    /// The documented column of CONTRACT 3.0.
    static func documented(_ operation: CloudOperation) -> Int {
        accepted.contains(operation.contractID) ? 202 : 200
    }

    /// Accepted, not finished.
    private static let accepted: Set<String> = [
        "create_instance", "delete_instance", "start_instance", "shutdown_instance", "reboot_instance",
        "rebuild_instance", "resize_instance",
    ]
}
