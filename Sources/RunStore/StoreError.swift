/// A file of the tool's own that cannot be read or written.
public struct StoreError: Error, Sendable, Hashable {
    public enum Code: Sendable, Hashable {
        /// The folder or the file cannot be made or written.
        case unwritable
        case diskFull
        /// The file is not a database, or a broken one.
        case corrupt
        /// Another process kept the file locked for too long.
        case busy
        /// The file was written by a newer version of the tool.
        case newer
        /// The file is of an earlier version, of which a process is at work.
        case older
        /// Rows were changed by something else than the tool: the chain of their hashes does not fit.
        case altered
        /// There is no such run.
        case unknownRun
        /// Several runs have ids that begin so.
        case ambiguousRun
        /// There is a run with this id already.
        case runExists
        /// A living process has the run.
        case runHeld
        /// Nothing more can be written of this run: it was ended or let go of.
        case runOver
        /// Another run does, or has done, what must not be done twice.
        case claimed(ClaimConflict)
        /// Somebody asked the run to stop.
        case stopRequested
        /// There is no schedule of this name.
        case unknownSchedule
        /// There is one of this name already.
        case scheduleExists
        /// The schedule is paused.
        case schedulePaused
        /// Another daemon serves the schedules.
        case leaseHeld
        /// Another daemon has taken over.
        case leaseLost
        /// The file is no more where it was opened: it was moved, deleted or replaced.
        case moved
        case other
    }

    public var code: Code
    /// The folder or file.
    public var path: String
    /// What the system or SQLite said; holds no values.
    public var detail: String

    public init(_ code: Code, path: String, detail: String) {
        self.code = code
        self.path = path
        self.detail = detail
    }
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        let elsewhere = "set IWLUA_STATE to a folder that you can write to"
        return switch code {
        case .unwritable: "cannot write \(path) (\(detail)): \(elsewhere)"
        case .diskFull: "no space left for \(path): free some, or \(elsewhere)"
        case .corrupt:
            "\(path) is damaged (\(detail)): when no iwlua runs, delete it with its -wal and -shm files and wait a minute; or \(elsewhere)"
        case .busy: "\(path) was locked by another process for too long: look for a stopped iwlua"
        case .newer: "\(path) was written by a newer iwlua: use that one, or \(elsewhere)"
        case .older:
            "\(path) is in use by an earlier version of iwlua (\(detail)): wait for its end, or stop it; nothing was changed"
        case .altered: "\(path) was changed by hand (\(detail)): `iwlua runs verify` shows where"
        case .unknownRun: "no run \(detail): `iwlua runs` lists them"
        case .ambiguousRun: "several runs begin with that: \(detail)"
        case .runExists: "there is a run \(detail) already"
        case .runHeld: "run \(detail): stop it first, or wait for its end"
        case .runOver: "run \(detail) is over"
        case .claimed(let conflict): "run \(conflict.run) has that already"
        case .stopRequested: "run \(detail) was asked to stop"
        case .unknownSchedule: "no schedule \(detail): `iwlua schedule list` lists them"
        case .scheduleExists: "there is a schedule \(detail) already; --replace puts another one in its place"
        case .schedulePaused: "schedule \(detail) is paused: `iwlua schedule resume \(detail)` lets it go on"
        case .leaseHeld: "another daemon serves the schedules (\(detail))"
        case .leaseLost: "another daemon has taken over the schedules (\(detail))"
        case .moved:
            "\(path) was moved, deleted or replaced while it was in use: nothing more was started; put it back or start again"
        case .other: "cannot use \(path) (\(detail)): \(elsewhere)"
        }
    }
}
