public import Gate
import IwinvCatalog

/// What became of an evaluation.
public struct ReplOutcome: Sendable {
    public enum Ending: String, Sendable {
        case done
        /// An error of the text, of the cloud, or of this host.
        case failed
        /// By a person, or by a limit of the evaluation; the variables live.
        case interrupted
        /// The state had to go: the variables are gone, and the next evaluation begins afresh.
        case lost
    }

    public var ending: Ending
    /// What the text gave.
    public var values: [ReplValue] = []
    /// How many values it gave; more than 20 are not shown.
    public var count = 0
    /// How the text would stand in a script.
    public var form = ReplTranscript.Form.statements
    /// Why it has failed, was interrupted, or the state is lost.
    public var failure: RunFailure?
    /// What this evaluation has changed.
    public var changes: [Change] = []
    /// The exit code of a process that ends with this evaluation (DESIGN 6).
    public var exitCode: Int32 = 0
}

/// A name that the text of a session can use.
public struct ReplName: Sendable, Hashable {
    public var name: String
    /// Lua's type, the type of a row (`Instance`), or `list of Instance`.
    public var kind: String
    /// The names of what is in it, if it is a table with names.
    public var fields: [String]
    /// What it holds, if that was asked for.
    public var value: ReplValue?

    public init(name: String, kind: String, fields: [String] = [], value: ReplValue? = nil) {
        (self.name, self.kind, self.fields, self.value) = (name, kind, fields, value)
    }
}

/// What happens in a session while it happens.
public enum ReplEvent: Sendable {
    /// As in a run.
    case run(RunEvent)
    /// The text has asked for help about a name; empty for help about everything.
    case help(String)
}
