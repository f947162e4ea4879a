internal import Glibc
internal import Synchronization

/// The thread that listens to one worker. It trusts nothing: what no worker says ends the run, or the session.
struct WorkerReader: Sendable {
    let run: WorkerRun
    let link: WorkerLink
    let functions: [LuaHostFunction]
    let names: [String]

    private typealias Outcome = Result<[LuaValue], any Error>

    /// What has been said so far, to judge what is said next.
    private struct Talk {
        var lastCall: UInt64 = 0
        var calls = 0
        var printed = 0
        var begun = false
        /// The last frame was a call that has been answered.
        var answered = false
        var writer = WireWriter()
    }

    /// A message that is well formed and still cannot be true.
    private struct Lie: Error, CustomStringConvertible { let description: String }

    func readToTheEnd() {
        let outcome = listen()
        if let outcome {
            run.tell(.end(outcome))
            link.terminate()
            _ = link.collect()
        } else {
            // One that has closed its side and stays is waited for by nobody; how it has ended by itself it has said by now.
            link.terminate()
            let status = link.collect()
            run.tell(.end(.failure(death(status))))
        }
    }

    /// Returns how the worker says that it ended; `nil`: it said nothing.
    private func listen() -> Outcome? {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { chunk.deallocate() }
        var frames = FrameBuffer(limit: Wire.frameFromWorker)
        var talk = Talk()
        var clock = CLOCK_THREAD_CPUTIME_ID
        // The same clock by a name that the watch can read it by.
        if pthread_getcpuclockid(pthread_self(), &clock) != 0 { clock = CLOCK_THREAD_CPUTIME_ID }
        do {
            while true {
                let count = link.receive(chunk, soon: talk.answered)
                talk.answered = false
                if count == 0 { return nil }
                frames.append(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
                while let outcome = try frames.next({ kind, payload in
                    try run.serving(on: clock) { try hear(kind, payload, &talk) }
                }) {
                    if let outcome { return outcome }
                }
            }
        } catch {
            return .failure(
                WorkerFailure("the Lua worker was ended, for it sent what is no message: \(error)").killed)
        }
    }

    private func hear(_ kind: UInt8, _ payload: UnsafeRawBufferPointer, _ talk: inout Talk) throws -> Outcome? {
        let message: MessageFromWorker
        do {
            message = try MessageFromWorker(kind: kind, payload)
        } catch WireError.tooManyValues where MessageFromWorker.isAsk(kind) {
            // A script can ask for that honestly.
            return answer(.failure(LuaError(.conversion, "the arguments cannot be passed: too many values")), &talk)
        }
        if case .jail(let report) = message {
            if talk.begun { throw Lie(description: "a second report of its jail") }
            talk.begun = true
            return begin(report)
        }
        if !talk.begun { throw Lie(description: "something before the report of its jail") }
        if !run.isEvaluating { throw Lie(description: "something between two evaluations") }
        switch message {
        case .jail: return nil
        case .print(let line): return try print(line, &talk)
        case .ask(let function, let arguments, let position):
            guard functions.indices.contains(Int(function)) else { throw Lie(description: "an unknown function") }
            run.noteService(at: position)
            return answer(functions[Int(function)].serve(arguments, at: position), &talk)
        case .call(let function, let id, let task, let arguments, let position):
            guard functions.indices.contains(Int(function)), case .call = functions[Int(function)] else {
                throw Lie(description: "a call of an unknown function")
            }
            let call = LuaCall(
                id: id, task: task, name: names[Int(function)], arguments: arguments, position: position)
            return try start(call, bytes: payload.count, &talk)
        case .idle(let replies, let usage):
            note(usage)
            run.chargeIdle()
            rest(replies)
            return nil
        case .finished(let values, let usage):
            note(usage)
            return end(.success(values), &talk)
        case .failed(let error, let usage):
            note(usage)
            return end(.failure(error), &talk)
        case .interrupted(let reason, let position, let usage):
            note(usage)
            return try interrupted(LuaInterrupted(reason: reason, position: position), &talk)
        case .killed(let reason, let position, let usage):
            note(usage)
            return .failure(LuaKilled(reason: reason, position: position))
        }
    }

    /// An evaluation has ended by itself. In a session the worker lives.
    private func end(_ outcome: Outcome, _ talk: inout Talk) -> Outcome? {
        guard run.shell.session else { return outcome }
        talk.calls = 0
        talk.printed = 0
        run.state.withLock { $0.evaluating = false }
        run.tell(.end(outcome))
        return nil
    }

    private func interrupted(_ how: LuaInterrupted, _ talk: inout Talk) throws -> Outcome? {
        guard run.shell.session else { throw Lie(description: "an interrupt of what cannot be interrupted") }
        return end(.failure(how), &talk)
    }

    private func begin(_ report: JailReport) -> Outcome? {
        let time = link.processorTime() ?? 0
        run.state.withLock { state in
            state.jail = report
            state.begunAt = readClock(CLOCK_MONOTONIC)
            state.cpuBefore = time
        }
        run.host.onJail?(report)
        if run.onlyReports { return .success([]) }
        guard run.requiresJail, !report.isTight else { return nil }
        return .failure(WorkerFailure("this system cannot lock the Lua worker up: \(report)").killed)
    }

    private func print(_ line: String, _ talk: inout Talk) throws -> Outcome? {
        talk.printed += line.utf8.count + 1
        // Repaired text is longer than what the script printed: three bytes for one.
        if talk.printed > 3 * max(0, run.host.limits.output) { return .failure(LuaKilled(reason: .output)) }
        run.host.onPrint?(line)
        run.shell.events?.yield(.print(line))
        return nil
    }

    private func start(_ call: LuaCall, bytes: Int, _ talk: inout Talk) throws -> Outcome? {
        guard call.id > talk.lastCall else { throw Lie(description: "a call twice") }
        talk.lastCall = call.id
        talk.calls += 1
        if talk.calls > max(0, run.host.limits.calls) { return .failure(LuaKilled(reason: .calls)) }
        let (calls, held) = run.state.withLock { state in
            state.calls += 1
            state.callBytes += bytes
            return (state.calls, state.callBytes)
        }
        if calls > max(0, run.host.limits.tasks) + 1 { throw Lie(description: "more calls at once than tasks") }
        run.charge(callOf: bytes)
        // A machine in this process would hold them on its own account.
        if held > Wire.callsInFlight { return .failure(LuaKilled(reason: .memory, position: call.position)) }
        run.host.activity?.begin()
        run.shell.events?.yield(.callStarted(call))
        run.tell(.call(call, bytes: bytes))
        return nil
    }

    private func answer(_ result: Result<[LuaValue], LuaError>, _ talk: inout Talk) -> Outcome? {
        do {
            try MessageToWorker.answer(result).write(to: &talk.writer)
        } catch {
            let failure = LuaError(.conversion, "the result cannot be passed: \(error)")
            try? MessageToWorker.answer(.failure(failure)).write(to: &talk.writer)
        }
        link.send(talk.writer.bytes)
        talk.writer.reset()
        talk.answered = true
        return nil
    }

    /// The worker waits, if it has seen all replies.
    private func rest(_ replies: UInt64) {
        let ends = run.state.withLock { state in
            guard state.busy, state.killed == nil, replies == state.replies else { return false }
            state.busy = false
            return true
        }
        if ends { run.host.activity?.end() }
    }

    private func note(_ usage: WorkerUsage) {
        run.state.withLock {
            $0.usage = LuaUsage(
                cpu: .nanoseconds(Int64(clamping: usage.cpu)), memory: Int(clamping: usage.memory),
                calls: Int(clamping: usage.calls), output: Int(clamping: usage.output))
        }
    }

    /// What it means that the worker has ended without a word.
    private func death(_ status: Int32) -> any Error {
        let (reason, begun) = run.state.withLock { ($0.killed, $0.jail != nil) }
        if let reason { return LuaKilled(reason: reason) }
        switch status {
        case 77: return LuaKilled(reason: .memory)
        case -SIGXCPU: return LuaKilled(reason: .cpu)
        default: break
        }
        let how = status < 0 ? "signal \(-status)" : "exit status \(status)"
        return WorkerFailure(
            begun ? "the Lua worker died (\(how))" : "the Lua worker \(run.path) did not start (\(how))"
        ).killed
    }
}
