internal import Synchronization

/// What a run or a session is wherever its machine lives: a deadline around it, handlers for its calls, events of it.
struct RunShell: Sendable {
    let host: LuaHost
    let seed: UInt64
    let events: AsyncStream<LuaEvent>.Continuation?
    /// Whether one evaluation follows another in one state: limits interrupt then.
    let session: Bool
    private let turn = DeliveryTurn()

    init(host: LuaHost, seed: UInt64, events: AsyncStream<LuaEvent>.Continuation?, session: Bool) {
        self.host = host
        self.seed = seed
        self.events = events
        self.session = session
    }

    /// What drives it.
    func makeControl() -> any RunControl {
        switch host.execution {
        case .inProcess: InProcessRun(self)
        case .process(let worker, let requiresJail): WorkerRun(self, worker: worker, requiresJail: requiresJail)
        }
    }

    /// Drives an evaluation to its end.
    func run(_ control: any RunControl, _ script: LuaHost.Script) async throws -> [LuaValue] {
        defer { events?.finish() }
        do {
            let deadline = host.limits.wall.map { wall in
                Task {
                    try await Task.sleep(for: wall)
                    if session { control.interrupt(.deadline) } else { control.kill(.deadline) }
                }
            }
            defer { deadline?.cancel() }
            let values = try await control.evaluate(script)
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

    /// Serves a call that suspends its task, and hands its reply over: to `deliver`, one after the other.
    func answer(_ call: LuaCall, deliver: (Result<[LuaValue], LuaError>) -> Void) async {
        guard let recorder = host.recorder else { return deliver(await handle(call)) }
        let kept = recorder.renumbered(call)
        let result = await recorder.answer(kept) { await handle(kept) }
        turn.take {
            recorder.delivering(kept, result)
            deliver(result)
        }
    }

    private func handle(_ call: LuaCall) async -> Result<[LuaValue], LuaError> {
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
        return result
    }
}

/// Replies go to the machine in the order in which they were recorded.
private final class DeliveryTurn: Sendable {
    private let mutex = Mutex(())

    func take(_ body: () -> Void) { mutex.withLock { _ in body() } }
}
