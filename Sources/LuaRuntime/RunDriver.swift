/// Moves one run along: a slice of the machine, handlers for the calls it made, the replies into the next slice.
struct RunDriver: Sendable {
    let host: LuaHost
    let script: LuaHost.Script
    let mailbox: Mailbox
    let account: SliceAccount
    let events: AsyncStream<LuaEvent>.Continuation?

    /// Called with the activity begun once, for the driver itself.
    func run() async throws -> [LuaValue] {
        defer {
            events?.finish()
            host.activity?.end()
        }
        do {
            let deadline = host.limits.wall.map { wall in
                Task {
                    try await Task.sleep(for: wall)
                    VMPool.shared.kill(account, .deadline)
                    mailbox.open()
                }
            }
            defer { deadline?.cancel() }
            let values = try await drive()
            events?.yield(.finished(values))
            return values
        } catch let error as LuaError {
            events?.yield(.failed(error))
            throw error
        } catch let killed as LuaKilled {
            events?.yield(.killed(killed))
            throw killed
        }
    }

    private func makeMachine() throws(LuaError) -> LuaMachine {
        var environment = host.environment
        if host.onPrint != nil || events != nil {
            environment.print = { [onPrint = host.onPrint, events] line in
                onPrint?(line)
                events?.yield(.print(line))
            }
        }
        let machine = try LuaMachine(environment, seed: script.seed, interrupt: account.interrupt)
        try machine.start(source: script.source, chunk: script.name, arguments: script.arguments)
        return machine
    }

    private func drive() async throws -> [LuaValue] {
        let machine: LuaMachine
        do {
            machine = try VMPool.shared.slice(account) { () throws(LuaError) in try makeMachine() }
        } catch {
            if let reason = account.interrupt.reason { throw LuaKilled(reason: reason) }
            throw error
        }
        var outstanding = 0
        let end: LuaStep.State = await withDiscardingTaskGroup { group in
            var replies: [LuaReply] = []
            while true {
                let step = VMPool.shared.slice(account) { machine.advance(replies) }
                account.note(machine)
                for call in step.calls {
                    host.activity?.begin()
                    outstanding += 1
                    events?.yield(.callStarted(call))
                    group.addImmediateTask(executorPreference: globalConcurrentExecutor) { await answer(call) }
                }
                switch step.state {
                case .waiting:
                    replies = mailbox.takeNow()
                    if replies.isEmpty && account.interrupt.reason == nil {
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
                case .finished, .failed, .killed:
                    group.cancelAll()
                    return step.state
                }
            }
        }
        if let activity = host.activity { for _ in 0..<outstanding { activity.end() } }
        switch end {
        case .finished(let values): return values
        case .failed(let error): throw error
        case .killed(let reason, let position): throw LuaKilled(reason: reason, position: position)
        case .waiting, .yielded: preconditionFailure("the loop above ends with an end")
        }
    }

    private func answer(_ call: LuaCall) async {
        let result: Result<[LuaValue], LuaError>
        if let handler = host.handlers[call.name] {
            do {
                result = .success(try await handler(call))
            } catch is CancellationError {
                result = .failure(LuaError(.cancelled, "cancelled"))
            } catch {
                result = .failure(LuaError(error))
            }
        } else {
            result = .failure(LuaError(.host, "the host has no handler for '\(call.name)'"))
        }
        events?.yield(.callFinished(call, result))
        mailbox.put(LuaReply(id: call.id, result: result))
    }
}
