import LuaMachine

/// Runs a script to its end, answering calls with `answer`.
func run(
    _ source: String,
    _ environment: LuaEnvironment = LuaEnvironment(),
    arguments: [LuaValue] = [],
    answer: (LuaCall) -> Result<[LuaValue], LuaError> = { .success($0.arguments) }
) throws -> [LuaValue] {
    let machine = try LuaMachine(environment, seed: 1)
    try machine.start(source: source, chunk: "script.lua", arguments: arguments)
    return try finish(machine, answer: answer)
}

func finish(
    _ machine: LuaMachine,
    answer: (LuaCall) -> Result<[LuaValue], LuaError> = { .success($0.arguments) }
) throws -> [LuaValue] {
    var replies: [LuaReply] = []
    while true {
        let step = machine.advance(replies)
        switch step.state {
        case .finished(let values): return values
        case .failed(let error): throw error
        case .interrupted(let reason, let position): throw Interrupted(reason: reason, position: position)
        case .killed(let reason, let position): throw Killed(reason: reason, position: position)
        case .waiting where step.calls.isEmpty: throw Stalled()
        case .waiting, .yielded: replies = step.calls.map { LuaReply(id: $0.id, result: answer($0)) }
        }
    }
}

struct Killed: Error {
    let reason: LuaKill
    let position: LuaPosition?
}

/// The machine waits, and no call says for what.
struct Stalled: Error {}

/// Collects what is printed; a machine prints on the thread that advances it.
final class Lines: @unchecked Sendable {
    private(set) var all: [String] = []
    func add(_ line: String) { all.append(line) }
}

struct Interrupted: Error {
    let reason: LuaKill
    let position: LuaPosition?
}
