import ArgumentParser
import Clocks
import Gate
import IwinvCatalog
import IwinvClient
import RunEngine
import RunStore
import Scheduler
import ScriptHost

/// Runs whose daemon is gone.
extension ScheduleRunner {
    /// How far it came, by its journal.
    func left(_ run: String) async -> ScheduleRuns.Left {
        do {
            let summary = try await journal.find(run)
            guard case .ended(let word) = summary.state else { return .cut }
            let history = RunHistory(try await journal.entries(of: run))
            guard let ended = RunReport.Ending(rawValue: word) else {
                return .ended(AttemptEnd(word: word, verdict: .final))
            }
            // The daemon's own stop; who stops a run by `iwlua stop` does not want it to go on.
            if ended == .interrupted, history.stops.last == "interrupted" { return .cut }
            return .ended(AttemptEnd(ended, isTimeout: history.ending?.report["limit"]?.stringValue == "time"))
        } catch {
            // What else is wrong with it the attempt to resume it will tell.
            return error.code == .unknownRun ? .neverBegan : .cut
        }
    }

    /// Goes on with it, as `iwlua resume` does.
    func resume(_ record: ScheduleRecord, _ run: String) async -> AttemptEnd {
        let schedule = record.definition.name
        do {
            _ = try await terms(of: record.definition)
        } catch let lost as ApprovalLost {
            problem(schedule, "run \(run) does not go on: \(lost.reason)")
            return AttemptEnd(word: "denied", verdict: .final)
        } catch {
            problem(schedule, "run \(run) does not go on: \(error)")
            return Self.leftInTheMiddle
        }
        do {
            guard let reopened = try await reopen(run, schedule) else {
                // Another process had it, and has ended it.
                if case .ended(let end) = await left(run) { return end }
                return Task.isCancelled ? AttemptEnd(word: "interrupted", verdict: .interrupted) : Self.leftInTheMiddle
            }
            let (engine, resumption) = try await takeUp(record, reopened)
            return await conduct(schedule, as: run, engine.session) { engine.start(resumption) }
        } catch let lost as ApprovalLost {
            problem(schedule, "run \(run) does not go on: \(lost.reason)")
            return AttemptEnd(word: "denied", verdict: .final)
        } catch {
            problem(schedule, "run \(run) cannot go on: \(error)")
            return Self.leftInTheMiddle
        }
    }

    /// To begin anew could do again what was done: a person must look.
    private static let leftInTheMiddle = AttemptEnd(word: "cut", verdict: .unknown)

    /// Waits for a living process that has it, such as `iwlua resume`, or a daemon that was stopped for so long that this
    /// one took over.
    ///
    /// - Returns: Nil if that has ended it for good; what it has only cut is taken up.
    private func reopen(_ run: String, _ schedule: String) async throws -> RunEngine.Reopened? {
        let clock = SystemClock()
        var isTold = false
        while true {
            do {
                // Who cannot be seen was a daemon in another container, whose lease is over: what it still writes is refused.
                return try await RunEngine.reopen(run, in: journal, clock: clock, takesOver: true)
            } catch let error as StoreError {
                guard error.code == .runHeld else { throw error }
                if !isTold { problem(schedule, "waits: \(error.detail)") }
                isTold = true
                do { try await clock.sleep(for: .milliseconds(500)) } catch { return nil }
                if case .ended = await left(run) { return nil }
            }
        }
    }

    private func takeUp(
        _ record: ScheduleRecord, _ reopened: RunEngine.Reopened
    ) async throws -> (RunEngine, RunEngine.Resumption) {
        let definition = record.definition
        let session: CloudSession
        var request = PolicyRequest(agreement: .none)
        let approval: StandingApproval?
        do {
            // To override the protection is not kept in a run: the schedule says it each time.
            if try Self.limits(of: definition).overridesProtection { request.limits.turnOn(.overrideProtection) }
            approval = try await StandingApproval.find(definition.approval, in: journal)
            session = try await self.session(
                reopened.recorded.header.profile, definition.options["endpoint"]?.stringValue)
        } catch {
            await reopened.letGo()
            throw error
        }
        let engine = RunEngine(session, journal: journal, tool: Iwlua.version)
        var settings = RunEngine.Settings()
        settings.priority = .schedule
        do {
            return (
                engine,
                try await engine.resume(
                    reopened, request, approval: approval, needsConsent: true, settings, delegate: Unattended())
            )
        } catch let refusal as RunRefusal where refusal.kind == .denied {
            session.close()
            throw ApprovalLost(reason: "\(refusal)")
        } catch {
            session.close()
            throw error
        }
    }
}
