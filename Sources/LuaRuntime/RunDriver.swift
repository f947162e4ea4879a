/// Moves one evaluation along in this process: a slice of the machine, handlers for the calls it made, the replies into the
/// next slice.
struct RunDriver: Sendable {
    let run: InProcessRun
    let shell: RunShell

    private var host: LuaHost { shell.host }
    private var account: SliceAccount { run.account }
    private var mailbox: Mailbox<LuaReply> { run.mailbox }
    private var events: AsyncStream<LuaEvent>.Continuation? { shell.events }

    private func machine() throws(LuaError) -> LuaMachine {
        if let machine = run.machine { return machine }
        var environment = host.environment
        if host.onPrint != nil || events != nil {
            environment.print = { [onPrint = host.onPrint, events] line in
                onPrint?(line)
                events?.yield(.print(line))
            }
        }
        let made = try LuaMachine(environment, seed: shell.seed, interrupt: account.interrupt, session: shell.session)
        run.machine = made
        return made
    }

    func drive(_ script: LuaHost.Script) async throws -> [LuaValue] {
        let machine: LuaMachine
        do {
            machine = try VMPool.shared.slice(account) { () throws(LuaError) in
                let machine = try self.machine()
                try machine.start(source: script.source, chunk: script.name, arguments: script.arguments)
                return machine
            }
        } catch {
            if let reason = account.interrupt.reason { throw LuaKilled(reason: reason) }
            throw error
        }
        var outstanding = 0
        let end: LuaStep.State = await withDiscardingTaskGroup { group in
            var replies: [LuaReply] = []
            while true {
                let step = VMPool.shared.slice(account) { machine.advance(replies) }
                account.charge(calls: step.calls.count, bytes: step.callBytes)
                account.note(machine)
                for call in step.calls {
                    host.activity?.begin()
                    outstanding += 1
                    events?.yield(.callStarted(call))
                    group.addImmediateTask(executorPreference: globalConcurrentExecutor) {
                        await shell.answer(call) { mailbox.put(LuaReply(id: call.id, result: $0)) }
                    }
                }
                switch step.state {
                case .waiting:
                    replies = mailbox.takeNow()
                    if replies.isEmpty && !account.wantsSignal {
                        host.activity?.end()
                        await mailbox.wait()
                        host.activity?.begin()
                        replies = mailbox.takeNow()
                    }
                    outstanding -= replies.count
                    if let activity = host.activity { for _ in replies { activity.end() } }
                case .yielded:
                    replies = []
                    await Task.yield()
                case .finished, .failed, .interrupted, .killed:
                    group.cancelAll()
                    return step.state
                }
            }
        }
        if let activity = host.activity { for _ in 0..<outstanding { activity.end() } }
        switch end {
        case .finished(let values): return values
        case .failed(let error): throw error
        case .interrupted(let reason, let position): throw LuaInterrupted(reason: reason, position: position)
        case .killed(let reason, let position): throw LuaKilled(reason: reason, position: position)
        case .waiting, .yielded: preconditionFailure("the loop above ends with an end")
        }
    }
}
