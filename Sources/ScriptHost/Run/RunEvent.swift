public import Gate
public import IwinvCatalog
public import IwinvClient

/// What happens in a run while it happens.
///
/// Events wait for their reader, and a script can print a million empty lines: the large cases stand behind a reference, so
/// that the small ones are small.
public enum RunEvent: Sendable {
    /// The script printed a line.
    case printed(String)
    indirect case logged(LogLine)
    /// A call is on its way.
    case called(operation: OperationName, subject: String?)
    /// A call has ended.
    indirect case answered(operation: OperationName, subject: String?, error: CloudError?)
    /// A request was sent and answered, or failed. One call may be several.
    indirect case attempted(AttemptReport)
    /// Another run keeps a change of this one waiting, and has for a second.
    indirect case waiting(LockWait)
    /// The script says how far it is.
    case progress(done: Int, total: Int, text: String?)
    /// A secret that the script wants a person to see. It goes to a terminal and nowhere else.
    case secret(String)
    /// The run has ended; no event follows.
    indirect case ended(RunReport)
}

/// A line that a script wrote with `log`.
public struct LogLine: Sendable, Hashable {
    public enum Level: String, Sendable, CaseIterable {
        case debug, info, warn, error
    }

    public var level: Level
    public var message: String
    /// Named values, for machines.
    public var fields: [String: JSONValue]
    /// Script and line.
    public var place: String?
}
