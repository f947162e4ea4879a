internal import Glibc
internal import LuaMachine
internal import WorkerProtocol

/// One run of the machine, from its making to its end.
struct Session {
    let connection: Connection
    let setup: WorkerSetup
    let interrupt: LuaInterrupt
    /// Processor time before it.
    let start: UInt64

    func run() -> Never {
        let machine: LuaMachine
        do {
            machine = try makeMachine()
        } catch {
            let usage = usage(nil)
            if let reason = interrupt.reason { end(.killed(reason, nil, usage)) } else { end(.failed(error, usage)) }
        }
        let numbers = suspendingFunctions()
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
                if !replies.isEmpty || interrupt.reason != nil { continue }
                say(.idle(replies: connection.replyCount, usage(machine)))
                replies = connection.waitForReplies()
            case .yielded: continue
            case .finished(let values): end(.finished(values, usage(machine)))
            case .failed(let error): end(.failed(error, usage(machine)))
            case .killed(let reason, let position): end(.killed(reason, position, usage(machine)))
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
        let machine = try LuaMachine(environment, seed: setup.seed, interrupt: interrupt)
        try machine.start(source: setup.source, chunk: setup.chunk, arguments: setup.arguments)
        return machine
    }

    /// A machine tells the names of calls only. Functions of one name have one handler.
    private func suspendingFunctions() -> [String: UInt32] {
        var numbers: [String: UInt32] = [:]
        for (number, function) in setup.functions.enumerated() where function.suspends {
            numbers[function.name] = numbers[function.name] ?? UInt32(number)
        }
        return numbers
    }

    private func usage(_ machine: LuaMachine?) -> WorkerUsage {
        var usage = WorkerUsage()
        usage.cpu = Worker.processorTime() &- start
        if let machine {
            usage.memory = UInt64(clamping: machine.memoryPeak)
            usage.calls = UInt64(clamping: machine.callCount)
            usage.output = UInt64(clamping: machine.outputUsed)
        }
        return usage
    }

    /// Says it, and is done: the heap goes with the process.
    private func end(_ message: MessageFromWorker) -> Never {
        say(message)
        _exit(0)
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

extension Connection {
    /// A line longer than a frame: an embedder has raised the limit of the output beyond it.
    fileprivate func printCut(_ line: String) {
        try? send(.print(String(line.utf8.prefix(Wire.frameFromWorker / 2)) ?? ""))
    }
}
