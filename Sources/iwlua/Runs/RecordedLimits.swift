import ArgumentParser
import Gate
import IwinvCatalog
import ScriptHost

/// The limits of a run that goes on: those it had, but for what is said anew.
struct RecordedLimits {
    private(set) var flags: LimitOptions

    init(_ flags: LimitOptions, over recorded: JSONValue) {
        self.flags = flags
        self.flags.maxChanges = flags.maxChanges ?? recorded["max_changes"]?.integerValue.map { Int(clamping: $0) }
        self.flags.canary = flags.canary ?? recorded["canary"]?.integerValue.map { Int(clamping: $0) }
        self.flags.batch = flags.batch ?? recorded["batch"]?.integerValue.map { Int(clamping: $0) }
        self.flags.pause = flags.pause ?? recorded["pause"]?.stringValue
        self.flags.stopAfterFailures = flags.stopAfterFailures ?? recorded["stop_after_failures"]?.stringValue
        self.flags.time = flags.time ?? recorded["time"]?.stringValue
        self.flags.sandbox.cpu = flags.sandbox.cpu ?? recorded["cpu"]?.stringValue
        self.flags.sandbox.memory = flags.sandbox.memory ?? recorded["memory"]?.stringValue
        self.flags.sandbox.inProcess = flags.sandbox.inProcess || recorded["in_process"]?.booleanValue ?? false
    }

    func runOptions() throws -> RunOptions { try flags.runOptions() }
}

extension LimitOptions {
    /// For the journal: what ``RecordedLimits`` reads.
    var record: JSONValue {
        var members: [String: JSONValue] = [:]
        members["max_changes"] = maxChanges.map { .integer(Int64($0)) }
        members["canary"] = canary.map { .integer(Int64($0)) }
        members["batch"] = batch.map { .integer(Int64($0)) }
        members["pause"] = pause.map(JSONValue.string)
        members["stop_after_failures"] = stopAfterFailures.map(JSONValue.string)
        members["time"] = time.map(JSONValue.string)
        members["cpu"] = sandbox.cpu.map(JSONValue.string)
        members["memory"] = sandbox.memory.map(JSONValue.string)
        if sandbox.inProcess { members["in_process"] = true }
        return .object(members)
    }
}
