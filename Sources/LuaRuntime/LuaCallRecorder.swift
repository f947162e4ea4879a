/// Steps in at the calls of a run that suspend their task: the place of a journal, and of a replay.
///
/// What a script does follows from its text, its seed, the answers to its calls and their order. Whoever keeps answers
/// and order can run it again.
public protocol LuaCallRecorder: Sendable {
    /// The call under the number that it is kept by. Called in the order of the calls' own numbers, before anything else
    /// is told of a call; the machine's own numbers if not implemented.
    func renumbered(_ call: LuaCall) -> LuaCall

    /// Answers a call: with what was recorded, or with what `handler` says. Called in the order of the calls' numbers;
    /// the calls themselves wait side by side.
    func answer(
        _ call: LuaCall, handler: @Sendable () async -> Result<[LuaValue], LuaError>
    ) async -> Result<[LuaValue], LuaError>

    /// The script is about to get this reply. Called in the order in which scripts see replies, one at a time; it must not
    /// block.
    func delivering(_ call: LuaCall, _ result: Result<[LuaValue], LuaError>)
}

extension LuaCallRecorder {
    public func renumbered(_ call: LuaCall) -> LuaCall { call }
}
