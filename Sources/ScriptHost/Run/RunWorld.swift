import Clocks
import Gate
import LuaRuntime
import Synchronization

/// What the calls of a script act upon, and in whose time.
///
/// One for all of a run. A session steps into another one between two evaluations: the same variables in a planned world.
final class RunWorld: Sendable {
    /// Which world it is.
    struct Scene: Sendable {
        var gate: Gate?
        var clock: any HostClock
        /// Writes changes down in place of letting them be made.
        var planner: Planner?
        var recorder: RunRecorder?
        /// What the script keeps for its next run.
        var state: any ScriptState
        fileprivate var watcher: StatusWatcher?

        init(
            gate: Gate?, clock: any HostClock, planner: Planner? = nil, recorder: RunRecorder? = nil,
            state: any ScriptState
        ) {
            (self.gate, self.clock, self.planner, self.recorder) = (gate, clock, planner, recorder)
            // A plan's writes are not true yet.
            self.state = planner == nil ? state : ScratchState(over: state)
        }
    }

    private let scene: Mutex<Scene>

    init(
        gate: Gate?, clock: any HostClock, planner: Planner?, recorder: RunRecorder?,
        state: any ScriptState = ScratchState()
    ) {
        scene = Mutex(Scene(gate: gate, clock: clock, planner: planner, recorder: recorder, state: state))
    }

    var gate: Gate? { scene.withLock { $0.gate } }
    var clock: any HostClock { scene.withLock { $0.clock } }
    var planner: Planner? { scene.withLock { $0.planner } }
    var recorder: RunRecorder? { scene.withLock { $0.recorder } }
    var state: any ScriptState { scene.withLock { $0.state } }

    /// Waits of one world share their readings.
    func watcher(for gate: Gate) -> StatusWatcher {
        scene.withLock { scene in
            if let watcher = scene.watcher { return watcher }
            let watcher = StatusWatcher(gate: gate, clock: scene.clock)
            scene.watcher = watcher
            return watcher
        }
    }

    /// Steps into another world. Nothing of the script may be under way.
    ///
    /// - Returns: The one before.
    func enter(_ next: Scene) -> Scene {
        scene.withLock { scene in
            defer { scene = next }
            return scene
        }
    }

    /// The activity of a script, as its clock counts it and its recorder does.
    var activity: any LuaActivity {
        let (recorder, clock) = scene.withLock { ($0.recorder, $0.clock) }
        return recorder?.activity ?? ClockActivity(clock: clock)
    }
}

/// A run's activity, counted on its clock.
private struct ClockActivity: LuaActivity {
    let clock: any HostClock

    func begin() { clock.beginActivity() }
    func end() { clock.endActivity() }
}

/// The activity and the recorder of whatever world the script is in.
struct ChangingWorld: LuaActivity, LuaCallRecorder {
    let world: RunWorld

    func begin() { world.activity.begin() }
    func end() { world.activity.end() }

    func renumbered(_ call: LuaCall) -> LuaCall { world.recorder?.renumbered(call) ?? call }

    func answer(
        _ call: LuaCall, handler: @Sendable () async -> Result<[LuaValue], LuaError>
    ) async -> Result<[LuaValue], LuaError> {
        guard let recorder = world.recorder else { return await handler() }
        return await recorder.answer(call, handler: handler)
    }

    func delivering(_ call: LuaCall, _ result: Result<[LuaValue], LuaError>) {
        world.recorder?.delivering(call, result)
    }
}
