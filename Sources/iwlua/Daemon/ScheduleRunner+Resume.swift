import ArgumentParser
import Clocks
import Gate
import IwinvCatalog
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
            guard let (log, entries) = try await reopen(run, schedule) else {
                // Another process had it, and has ended it.
                if case .ended(let end) = await left(run) { return end }
                return Task.isCancelled ? AttemptEnd(word: "interrupted", verdict: .interrupted) : Self.leftInTheMiddle
            }
            do {
                let (work, options) = try await takeUp(record, entries, log)
                return await conduct(work, options, as: run)
            } catch {
                await log.letGo()
                throw error
            }
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
    private func reopen(_ run: String, _ schedule: String) async throws -> (RunLog, [JournalEntry])? {
        let clock = SystemClock()
        var isTold = false
        while true {
            switch await taken(run, clock) {
            case .success(let taken): return taken
            case .failure(let error):
                guard error.code == .runHeld else { throw error }
                if !isTold { problem(schedule, "waits: \(error.detail)") }
                isTold = true
                do { try await clock.sleep(for: .milliseconds(500)) } catch { return nil }
                if case .ended = await left(run) { return nil }
            }
        }
    }

    private func taken(_ run: String, _ clock: SystemClock) async -> Result<(RunLog, [JournalEntry]), StoreError> {
        // Who cannot be seen was a daemon in another container, whose lease is over: what it still writes is refused.
        do throws(StoreError) { return .success(try await journal.reopen(run, clock: clock, takesOver: true)) } catch {
            return .failure(error)
        }
    }

    private func takeUp(
        _ record: ScheduleRecord, _ entries: [JournalEntry], _ log: RunLog
    ) async throws -> (Work, RunOptions) {
        let recorded = try await RecordedRun(entries, in: journal)
        // A journal of an earlier version has none: then what counts is the schedule's approval, which has been looked at.
        let consent = recorded.history.consent ?? RunConsent(.approval, approval: record.definition.approval)
        guard consent.source != .nobody else {
            throw ApprovalLost(reason: "it ended since nobody agreed to its changes; `iwlua resume \(log.id)` asks")
        }
        var limits = RecordedLimits(try LimitOptions.parse([]), over: recorded.header.options).flags
        limits.overrideProtection = record.definition.options["override_protection"]?.booleanValue ?? false
        let tape = try Tape(recorded.history)
        let session = try await session(
            recorded.header.profile, record.definition.options["endpoint"]?.stringValue)
        do {
            guard session.account == recorded.header.account else {
                throw UsageError("\(recorded.header.profile) is another account now")
            }
            var options = try options(limits, Grants(recorded.grants), session)
            options.seed = recorded.header.seed
            options.rules.consent = consent
            options.log = log
            options.tape = tape
            try await log.resume(with: nil)
            return (
                Work(
                    schedule: record.definition.name, script: recorded.script, parameters: recorded.parameters,
                    options: options, limits: limits, session: session), options
            )
        } catch {
            session.close()
            throw error
        }
    }
}
