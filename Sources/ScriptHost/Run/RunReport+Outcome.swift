import Gate
import IwinvCatalog
import LuaRuntime

extension RunReport {
    /// The report of a run from how its Lua ended.
    ///
    /// Where several endings apply, the order is that of DESIGN 6: unknown, interrupted, killed, denied, refused, unavailable, failed.
    init(id: String, outcome: Result<[LuaValue], any Error>, stop: StopReason.Reason?, changes: [Change]) {
        var ended = Ending.done
        var limit: Limit?
        var failure: RunFailure?
        var result = JSONValue.null
        switch outcome {
        // However it ended: what it was stopped for is what there is to say.
        case _ where stop?.isDecisive ?? false:
            (ended, limit, failure) = Self.stopped(
                stop, .interrupted)
        case .success(let values):
            do { result = try (values.first ?? .nil).json(path: "result") } catch {
                failure = RunFailure(error)
                ended = .failed
            }
        case .failure(let error as LuaError):
            failure = RunFailure(error)
            ended = Self.ending(of: failure, isHostError: error.code == .host)
            if failure?.kind == "failed", let found = error.value?["result"] {
                // What cannot stand in a document is left out: the failure itself is what counts.
                result = (try? found.json(path: "result")) ?? .null
            }
        case .failure(let error as LuaKilled):
            (ended, limit, failure) = Self.killed(error, stop: stop)
        case .failure(let error):
            // The shell's only other error is its task's cancellation.
            (ended, limit, failure) = Self.stopped(
                stop, RunFailure(kind: "cancelled", message: error is CancellationError ? "interrupted" : "\(error)"))
        }
        let left = changes.filter { $0.outcome == .notSent && $0.decision == .skip }
        if ended == .done, !left.isEmpty {
            (ended, failure) = (.denied, Self.leftAlone(left))
        }
        if changes.contains(where: { $0.outcome == .unknown && $0.decision == nil }) { ended = .unknown }
        self.init(
            id: id, ended: ended, limit: limit, failure: failure, result: result, changes: changes)
    }

    /// Some changes were not made, since somebody else had changed things meanwhile.
    private static func leftAlone(_ changes: [Change]) -> RunFailure {
        let names = changes.map { $0.name ?? $0.id ?? "?" }.joined(separator: ", ")
        return RunFailure(
            kind: "denied", message: "changed since the run read them, and left alone: \(names)",
            korean: "조회한 뒤 바뀌어 그대로 둔 대상: \(names)",
            advice: LocalizedText(
                "a new run of the script begins with what is there now", "스크립트를 새로 실행하면 현재 상태에서 시작합니다"))
    }

    private static func ending(of failure: RunFailure?, isHostError: Bool) -> Ending {
        // Only the host's own errors end a run as denied or refused: a script may throw tables of any kind.
        guard isHostError else { return .failed }
        return switch failure?.kind {
        case "denied": .denied
        // A limit that stops a change is one of changes; a wait whose time is up is the script's own affair.
        case "limit" where failure?.operation.flatMap({ Catalog.iwinv[$0] })?.effect.isChange == true: .denied
        case "api", "network": .refused
        case "machine": .unavailable
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
            failure.say("killed: the script used up its processor time", "강제 종료: 스크립트가 프로세서 시간을 다 썼습니다")
            failure.advice = LocalizedText("allow more with --cpu", "--cpu로 늘리세요")
            return (.killed, .cpu, failure)
        case .memory:
            failure.say("killed: the script used up its memory", "강제 종료: 스크립트가 메모리를 다 썼습니다")
            failure.advice = LocalizedText("allow more with --memory", "--memory로 늘리세요")
            return (.killed, .memory, failure)
        case .output:
            failure.say("killed: the script printed too much", "강제 종료: 스크립트가 너무 많이 출력했습니다")
            return (.killed, .output, failure)
        case .calls:
            failure.say("killed: the script made too many calls", "강제 종료: 스크립트가 호출을 너무 많이 했습니다")
            return (.killed, .calls, failure)
        case .worker:
            failure.kind = "worker"
            failure.message = error.detail ?? "the Lua worker died"
            failure.advice = LocalizedText(
                "see `iwlua doctor`; --in-process runs the script without the outer wall",
                "`iwlua doctor`를 확인하세요. --in-process는 외부 격리 없이 실행합니다")
            return (.failed, nil, failure)
        default:
            failure.kind = "cancelled"
            failure.say("interrupted", "중단되었습니다")
            return stopped(stop, failure)
        }
    }

    /// The ending of a run that was stopped from outside: by a person, or by a limit that Lua knows nothing of.
    private static func stopped(
        _ reason: StopReason.Reason?, _ interrupted: RunFailure
    ) -> (Ending, Limit?, RunFailure?) {
        var failure = interrupted
        failure.kind = "limit"
        switch reason {
        case .interrupted, nil:
            // Where the script stood is chance.
            (failure.kind, failure.chunk, failure.line) = (interrupted.kind, nil, nil)
            return (.interrupted, nil, failure)
        case .time:
            failure.say("killed: the run's time is up", "강제 종료: 실행 시간이 다 되었습니다")
            failure.advice = LocalizedText("allow more with --time", "--time으로 늘리세요")
            return (.killed, .time, failure)
        case .output:
            failure.say("killed: the script logged too much", "강제 종료: 스크립트가 로그를 너무 많이 남겼습니다")
            return (.killed, .output, failure)
        case .asked:
            failure.kind = "cancelled"
            failure.say("stopped by `iwlua stop`", "`iwlua stop`으로 멈추었습니다")
            return (.interrupted, nil, failure)
        case .undecided(let error): return (.unknown, nil, RunFailure(LuaError(cloud: error)))
        case .drifted(let error): return (.denied, nil, RunFailure(LuaError(cloud: error)))
        case .diverged(let divergence):
            failure.kind = "diverged"
            failure.message = divergence.description
            failure.advice = LocalizedText(
                "the script must do what it did up to where it was cut: see `iwlua runs show`",
                "중단된 지점까지는 스크립트가 이전과 똑같이 동작해야 합니다. `iwlua runs show`를 확인하세요")
            if let place = divergence.place?.split(separator: ":"), place.count == 2 {
                (failure.chunk, failure.line) = (String(place[0]), Int(place[1]))
            }
            return (.failed, nil, failure)
        }
    }
}
