import Gate
import IwinvCatalog
import LuaRuntime

extension RunReport {
    /// The report of a run from how its Lua ended.
    ///
    /// Where several endings apply, the order is that of DESIGN 6: unknown, interrupted, killed, denied, refused, failed.
    init(id: String, outcome: Result<[LuaValue], any Error>, stop: StopReason.Reason?, changes: [Change]) {
        var ended = Ending.done
        var limit: Limit?
        var failure: RunFailure?
        var result = JSONValue.null
        switch outcome {
        case .success(let values):
            do { result = try (values.first ?? .nil).json(path: "result") } catch {
                failure = RunFailure(error)
                ended = .failed
            }
        case .failure(let error as LuaError):
            failure = RunFailure(error)
            ended = Self.ending(of: failure)
        case .failure(let error as LuaKilled):
            (ended, limit, failure) = Self.killed(error, stop: stop)
        case .failure(let error):
            // The shell's only other error is its task's cancellation.
            ended = stop == .time ? .killed : .interrupted
            limit = stop == .time ? .time : nil
            failure = RunFailure(
                kind: "cancelled", message: error is CancellationError ? "the run was stopped" : "\(error)")
        }
        if changes.contains(where: { $0.outcome == .unknown }) { ended = .unknown }
        self.init(
            id: id, ended: ended, limit: limit, failure: failure, result: result, changes: changes)
    }

    private static func ending(of failure: RunFailure?) -> Ending {
        switch failure?.kind {
        case "denied": .denied
        // A limit that stops a change is one of changes; a wait whose time is up is the script's own affair.
        case "limit" where failure?.operation.flatMap({ Catalog.iwinv[$0] })?.effect.isChange == true: .denied
        case "api", "network": .refused
        case "cancelled": .interrupted
        default: .failed
        }
    }

    private static func killed(_ error: LuaKilled, stop: StopReason.Reason?) -> (Ending, Limit?, RunFailure?) {
        var failure = RunFailure(kind: "limit", message: "")
        failure.chunk = error.position?.chunk
        failure.line = error.position?.line
        switch error.reason {
        case .cpu:
            failure.message = "killed: the script used up its processor time"
            failure.advice = LocalizedText("allow more with --cpu", "--cpu로 늘리세요")
            return (.killed, .cpu, failure)
        case .memory:
            failure.message = "killed: the script used up its memory"
            failure.advice = LocalizedText("allow more with --memory", "--memory로 늘리세요")
            return (.killed, .memory, failure)
        case .output:
            failure.message = "killed: the script printed too much"
            return (.killed, .output, failure)
        case .calls:
            failure.message = "killed: the script made too many calls"
            return (.killed, .calls, failure)
        default:
            guard stop == .time else {
                failure.kind = "cancelled"
                failure.message = "interrupted"
                return (.interrupted, nil, failure)
            }
            failure.message = "killed: the run's time is up"
            failure.advice = LocalizedText("allow more with --time", "--time으로 늘리세요")
            return (.killed, .time, failure)
        }
    }
}
