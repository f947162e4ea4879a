internal import Glibc
internal import LuaMachine
internal import WorkerProtocol

/// The life of the machine: one evaluation, or one after another.
struct Session {
    let connection: Connection
    let setup: WorkerSetup
    let interrupt: LuaInterrupt

    func run() -> Never {
        let numbers = suspendingFunctions()
        var machine: LuaMachine?
        var evaluation = setup.evaluation
        while true {
            let start = Worker.processorTime()
            if setup.session { LuaInterrupt.startEvaluationTimer(nanoseconds: setup.limits.cpu?.inNanoseconds) }
            let end = evaluate(evaluation, in: &machine, numbers)
            if setup.session { LuaInterrupt.startEvaluationTimer(nanoseconds: nil) }
            say(end.message(usage(machine, since: start)))
            // The heap goes with the process.
            guard setup.session, !end.isKill else { _exit(0) }
            evaluation = connection.waitForEvaluation()
        }
    }

    private func evaluate(
        _ evaluation: LuaEvaluation, in state: inout LuaMachine?, _ numbers: [String: UInt32]
    ) -> End {
        do {
            if state == nil { state = try makeMachine() }
            guard let machine = state else { preconditionFailure("a machine was made") }
            try machine.start(source: evaluation.source, chunk: evaluation.chunk, arguments: evaluation.arguments)
            return run(machine, numbers)
        } catch {
            if let reason = interrupt.reason { return .killed(reason, nil) }
            return .failed(error)
        }
    }

    private func run(_ machine: LuaMachine, _ numbers: [String: UInt32]) -> End {
        let start = Worker.processorTime()
        var replies: [LuaReply] = []
        while true {
            let step = machine.advance(replies)
            replies = []
            for call in step.calls {
                guard let number = numbers[call.name] else { continue }
                do {
                    try connection.send(
                        .call(
                            function: number, id: call.id, task: call.task, call.arguments, call.position))
                } catch {
                    replies.append(LuaReply(call, LuaError(.conversion, "the arguments cannot be passed: \(error)")))
                }
            }
            switch step.state {
            case .waiting:
                if !replies.isEmpty || interrupt.reason != nil || interrupt.interruption != nil { continue }
                // Counted among those that came, they would let a virtual clock run on over them.
                if connection.hasReplies {
                    replies = connection.waitForReplies()
                    continue
                }
                say(.idle(replies: connection.replyCount, usage(machine, since: start)))
                replies = connection.waitForReplies()
            case .yielded: continue
            case .finished(let values): return .finished(values)
            case .failed(let error): return .failed(error)
            case .interrupted(let reason, let position): return .interrupted(reason, position)
            case .killed(let reason, let position): return .killed(reason, position)
            }
        }
    }

    private func makeMachine() throws(LuaError) -> LuaMachine {
        var environment: LuaEnvironment
        do {
            environment = try setup.environment { [connection] number, function in
                if function.suspends { return .call }
                return .raw { call in try connection.ask(&call, function: number) }
            }
        } catch {
            throw LuaError(.host, "the worker cannot read its setup: \(error)")
        }
        if setup.prints {
            environment.print = { [connection] line in
                do { try connection.send(.print(line)) } catch { connection.printCut(line) }
            }
        }
        return try LuaMachine(environment, seed: setup.seed, interrupt: interrupt, session: setup.session)
    }

    /// A machine tells the names of calls only. Functions of one name have one handler.
    private func suspendingFunctions() -> [String: UInt32] {
        var numbers: [String: UInt32] = [:]
        for (number, function) in setup.functions.enumerated() where function.suspends {
            numbers[function.name] = numbers[function.name] ?? UInt32(number)
        }
        return numbers
    }

    private func usage(_ machine: LuaMachine?, since start: UInt64) -> WorkerUsage {
        var usage = WorkerUsage()
        usage.cpu = Worker.processorTime() &- start
        if let machine {
            usage.memory = UInt64(clamping: machine.memoryPeak)
            usage.calls = UInt64(clamping: machine.callCount)
            usage.output = UInt64(clamping: machine.outputUsed)
        }
        return usage
    }

    /// Says it, or says why it cannot be said.
    private func say(_ message: MessageFromWorker) {
        do {
            try connection.send(message)
        } catch {
            let why = LuaError(.conversion, "what the script returns cannot be passed: \(error)")
            switch message {
            case .failed(let failure, let usage):
                let short = LuaError(
                    failure.code, String(failure.message.prefix(10_000)), position: failure.position)
                try? connection.send(.failed(short, usage))
            case .finished(_, let usage): try? connection.send(.failed(why, usage))
            default: break
            }
        }
    }
}

/// How an evaluation ended.
private enum End {
    case finished([LuaValue])
    case failed(LuaError)
    case interrupted(LuaKill, LuaPosition?)
    case killed(LuaKill, LuaPosition?)

    var isKill: Bool {
        if case .killed = self { true } else { false }
    }

    func message(_ usage: WorkerUsage) -> MessageFromWorker {
        switch self {
        case .finished(let values): .finished(values, usage)
        case .failed(let error): .failed(error, usage)
        case .interrupted(let reason, let position): .interrupted(reason, position, usage)
        case .killed(let reason, let position): .killed(reason, position, usage)
        }
    }
}

extension Connection {
    /// A line longer than a frame: an embedder has raised the limit of the output beyond it.
    fileprivate func printCut(_ line: String) {
        try? send(.print(String(line.utf8.prefix(Wire.frameFromWorker / 2)) ?? ""))
    }
}
