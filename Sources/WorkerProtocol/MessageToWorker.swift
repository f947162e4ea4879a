package import LuaMachine

/// What a parent says.
package enum MessageToWorker: Sendable {
    case setup(WorkerSetup)
    /// To the call that is waiting in place.
    case answer(Result<[LuaValue], LuaError>)
    /// To a call that suspends its task.
    case reply(id: UInt64, Result<[LuaValue], LuaError>)
    case kill(LuaKill)
    /// To a worker of a session, which has ended its last evaluation: another one in the same state.
    case evaluate(LuaEvaluation)
    /// Ends the evaluation; the state lives.
    case interrupt(LuaKill)

    fileprivate enum Kind: UInt8 {
        case setup = 1
        case answered, answerFailed, replied, replyFailed, kill, evaluate, interrupt
    }

    /// Appends the message as a frame.
    ///
    /// - Throws: ``WireError`` if it does not fit; nothing is appended then.
    package func write(to writer: inout WireWriter) throws(WireError) {
        let depth = Wire.depthToWorker
        switch self {
        case .setup(let setup):
            writer.begin(Kind.setup.rawValue)
            setup.write(to: &writer)
        case .answer(.success(let values)):
            writer.begin(Kind.answered.rawValue)
            writer.put(values, depth: depth)
        case .answer(.failure(let error)):
            writer.begin(Kind.answerFailed.rawValue)
            writer.put(error, depth: depth)
        case .reply(let id, .success(let values)):
            writer.begin(Kind.replied.rawValue)
            writer.put(id)
            writer.put(values, depth: depth)
        case .reply(let id, .failure(let error)):
            writer.begin(Kind.replyFailed.rawValue)
            writer.put(id)
            writer.put(error, depth: depth)
        case .kill(let reason):
            writer.begin(Kind.kill.rawValue)
            writer.put(reason.rawValue)
        case .evaluate(let evaluation):
            writer.begin(Kind.evaluate.rawValue)
            evaluation.write(to: &writer)
        case .interrupt(let reason):
            writer.begin(Kind.interrupt.rawValue)
            writer.put(reason.rawValue)
        }
        try writer.end(limit: Wire.frameToWorker)
    }

    package init(kind: UInt8, _ payload: UnsafeRawBufferPointer) throws(WireError) {
        var reader = WireReader(payload, depth: Wire.depthToWorker)
        switch Kind(rawValue: kind) {
        case .setup: self = .setup(try WorkerSetup(from: &reader))
        case .answered: self = .answer(.success(try reader.list()))
        case .answerFailed: self = .answer(.failure(try reader.error()))
        case .replied: self = .reply(id: try reader.integer(), .success(try reader.list()))
        case .replyFailed: self = .reply(id: try reader.integer(), .failure(try reader.error()))
        case .kill: self = .kill(try reader.reason())
        case .evaluate: self = .evaluate(try LuaEvaluation(from: &reader))
        case .interrupt: self = .interrupt(try reader.reason())
        case nil: throw .unknown("message", kind)
        }
        try reader.finish()
    }

    /// Hands over the values of an answer as they are; false: this frame is another message.
    package static func withAnswer(
        kind: UInt8, _ payload: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, Int) -> Void
    ) throws(WireError) -> Bool {
        guard kind == Kind.answered.rawValue else { return false }
        var reader = WireReader(payload, depth: Wire.depthToWorker)
        let count = try reader.count()
        body(reader.rest, count)
        return true
    }
}
