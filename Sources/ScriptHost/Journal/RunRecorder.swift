import Clocks
import Gate
import IwinvCatalog
import IwinvWire
import LuaRuntime
import RunStore
import Synchronization

/// Writes down what a run asks and gets, and gives a run that goes on its answers again.
///
/// While there is tape, answers are handed over in their recorded order and nothing leaves this machine; calls that are
/// not on it wait for its end.
final class RunRecorder: LuaCallRecorder {
    private struct State {
        /// How many answers of the tape were handed over.
        var given = 0
        /// How many of its values.
        var drawn = 0
        /// How many values were written down.
        var noted = 0
        /// Calls of the tape that wait for their turn.
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        /// Calls that wait for the end of the tape.
        var live: [CheckedContinuation<Void, Never>] = []
        /// Everything of the run that does something.
        var active = 0
        var hasDiverged = false
        /// How many calls each task has made.
        var made: [UInt64: Int] = [:]
        /// The greatest number of a call.
        var lastNumber: UInt64
    }

    private static let mostValues = 100_000

    private let log: RunLog?
    private let tape: Tape?
    private let clock: any HostClock
    /// Where the planned changes stand in the script that was planned; nil for a script that stands for itself.
    private let plannedPlaces: [Int64: String?]?
    private let diverged: @Sendable (Divergence) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - plan: What the run carries out: its changes are told by their places in the script that was planned.
    ///   - diverged: Told once, when the script does not do what the tape says; the run is to be stopped.
    init(
        log: RunLog?, tape: Tape?, clock: any HostClock, plan: Plan? = nil,
        diverged: @escaping @Sendable (Divergence) -> Void
    ) {
        plannedPlaces = plan.map { plan in
            Dictionary(plan.entries.map { (Int64($0.number), $0.place) }, uniquingKeysWith: { first, _ in first })
        }
        state = Mutex(State(lastNumber: tape?.lastNumber ?? 0))
        self.log = log
        self.tape = tape
        self.clock = clock
        self.diverged = diverged
    }

    /// The number of the call whose answer the script has to get next.
    private func next(_ state: State) -> UInt64? {
        guard let tape, state.given < tape.order.count else { return nil }
        return tape.order[state.given]
    }

    /// Whether the script has not been given everything that is on the tape.
    var isReplaying: Bool { state.withLock { next($0) != nil } }

    // MARK: - Calls

    /// What a task asks depends on its own answers, not on how the calls of the others fall between: the journal knows a
    /// call again by its place among those of its task.
    func renumbered(_ call: LuaCall) -> LuaCall {
        guard let tape else { return call }
        let number = state.withLock { state in
            let place = state.made[call.task, default: 0]
            state.made[call.task] = place + 1
            if let known = tape.numbers[Int64(clamping: call.task)], place < known.count { return known[place] }
            state.lastNumber += 1
            return state.lastNumber
        }
        return LuaCall(
            id: number, task: call.task, name: call.name, arguments: call.arguments, position: call.position)
    }

    func answer(
        _ call: LuaCall, handler: @Sendable () async -> Result<[LuaValue], LuaError>
    ) async -> Result<[LuaValue], LuaError> {
        let question = CallQuestion(
            call: call.id, task: Int64(clamping: call.task), name: call.name, place: place(of: call),
            arguments: call.arguments.map(\.journal))
        guard let tape else {
            log?.note(.asked(question))
            return await handler()
        }
        if let recorded = tape.history.calls[call.id]?.question {
            guard recorded.name == question.name, recorded.arguments == question.arguments else {
                return diverge(Divergence(at: question.place, asks: question, where: recorded))
            }
        } else {
            guard tape.goesOn else {
                return diverge(Divergence(at: question.place, asks: question, where: nil))
            }
            log?.note(.asked(question))
        }
        if let answer = tape.answers[call.id] {
            await turn(of: call.id)
            return answer
        }
        await endOfTape()
        guard tape.goesOn else {
            return diverge(Divergence(at: question.place, asks: question, where: nil))
        }
        return await handler()
    }

    /// Waits until what was asked so far is written down. A run whose journal cannot be written goes on without.
    func keepQuestions() async {
        try? await log?.flush()
    }

    private func place(of call: LuaCall) -> String? {
        guard let plannedPlaces else { return call.position?.description }
        return call.arguments.first?.integerValue.flatMap { plannedPlaces[$0] } ?? nil
    }

    func delivering(_ call: LuaCall, _ result: Result<[LuaValue], LuaError>) {
        if tape?.answers[call.id] != nil {
            let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                state.given += 1
                guard let following = next(state) else {
                    defer { state.live = [] }
                    return state.live
                }
                return [state.waiting.removeValue(forKey: following)].compactMap(\.self)
            }
            wake(waiters)
            return
        }
        FailPoint.beforeDelivery.reach()
        defer { FailPoint.afterDelivery.reach() }
        switch result {
        case .success(let values): log?.note(.delivered(call: call.id, .success(values.map(\.journal))))
        case .failure(let error):
            // The run is ending: the script does not see it, and a run that goes on asks again.
            guard error.code != .cancelled, error.value?["kind"] != "cancelled" else { return }
            log?.note(.delivered(call: call.id, .failure(error.journal)))
        }
    }

    // MARK: - Values that could differ next time

    /// A value of the tape, or a new one.
    func draw(_ name: String, _ value: () throws -> LuaValue) throws -> LuaValue {
        if let tape {
            let index = state.withLock { state in
                defer { state.drawn += 1 }
                return state.drawn
            }
            if index < tape.values.count {
                let recorded = tape.values[index]
                if recorded.name == name { return recorded.value }
                let problem = Divergence(
                    "the script asks `\(name)` where it had asked `\(recorded.name)`")
                _ = diverge(problem)
                throw LuaError(.cancelled, problem.description)
            }
        }
        let isSurplus = state.withLock { state in
            state.noted += 1
            return state.noted > Self.mostValues
        }
        // Each is kept for good.
        if isSurplus {
            throw LuaError(.limit, "\(name): a run asks at most \(Self.mostValues) times; wait with time.sleep")
        }
        let value = try value()
        log?.note(.drawn(name: name, value: value.journal))
        return value
    }

    // MARK: - Waiting

    private func turn(of call: UInt64) async {
        await withCheckedContinuation { continuation in
            let isNow = state.withLock { state in
                if next(state) == call || state.hasDiverged { return true }
                state.waiting[call] = continuation
                return false
            }
            if isNow { continuation.resume() } else { rest() }
        }
    }

    private func endOfTape() async {
        await withCheckedContinuation { continuation in
            let isNow = state.withLock { state in
                if next(state) == nil || state.hasDiverged { return true }
                state.live.append(continuation)
                return false
            }
            if isNow { continuation.resume() } else { rest() }
        }
    }

    /// A call that waits for the tape does nothing.
    private func rest() { activity.end() }

    private func wake(_ waiters: [CheckedContinuation<Void, Never>]) {
        for waiter in waiters {
            activity.begin()
            waiter.resume()
        }
    }

    // MARK: - Activity

    /// The run's activity, as its clock counts it and as this recorder does: when all of a run rests and the tape has not
    /// come to its end, the script does not do what it did.
    var activity: any LuaActivity { Activity(recorder: self) }

    private struct Activity: LuaActivity {
        let recorder: RunRecorder

        func begin() {
            recorder.clock.beginActivity()
            recorder.state.withLock { $0.active += 1 }
        }

        func end() {
            let isStuck = recorder.state.withLock { state in
                state.active -= 1
                return state.active == 0 && recorder.next(state) != nil
                    && !(state.waiting.isEmpty && state.live.isEmpty)
            }
            if isStuck { recorder.stuck() }
            recorder.clock.endActivity()
        }
    }

    private func stuck() {
        let call = state.withLock { next($0) }
        let question = call.flatMap { tape?.history.calls[$0]?.question }
        _ = diverge(Divergence(missing: question))
    }

    private func diverge(_ divergence: Divergence) -> Result<[LuaValue], LuaError> {
        let (isFirst, waiters) = state.withLock { state in
            defer {
                state.hasDiverged = true
                state.waiting = [:]
                state.live = []
            }
            return (!state.hasDiverged, Array(state.waiting.values) + state.live)
        }
        if isFirst { diverged(divergence) }
        wake(waiters)
        return .failure(LuaError(.cancelled, divergence.description))
    }

    /// What the script has left undone of the tape when it ended; nil if nothing.
    func unfinished() -> Divergence? {
        let call = state.withLock { next($0) }
        return call.map { Divergence(missing: tape?.history.calls[$0]?.question) }
    }
}

/// Where a script does not do what it did.
public struct Divergence: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String
    public var place: String?

    init(_ description: String, place: String? = nil) {
        self.description = description
        self.place = place
    }

    init(at place: String?, asks question: CallQuestion, where recorded: CallQuestion?) {
        let now = Self.text(of: question)
        guard let recorded else {
            self.init("call \(question.call) is \(now), and the journal has no such call", place: place)
            return
        }
        let was = recorded.place.map { " at \($0)" } ?? ""
        self.init("call \(question.call) is \(now), and it was \(Self.text(of: recorded))\(was)", place: place)
    }

    init(missing question: CallQuestion?) {
        let text = question.map { "call \($0.call), \(Self.text(of: $0))" } ?? "a call"
        self.init("the script does not make \(text), which it had made", place: question?.place)
    }

    private static func text(of question: CallQuestion) -> String {
        let operation = question.arguments.first?.stringValue
        guard question.name.hasPrefix("iwinv."), let operation else { return "`\(question.name)`" }
        let rest = question.arguments.dropFirst().filter { !$0.isNull && !["one", "all"].contains($0) }
        let details = rest.map { String(decoding: JSONCodec.encode($0), as: UTF8.self) }.joined(separator: " ")
        return "`\(operation) \(details.count > 120 ? details.prefix(120) + "…" : details)`"
    }
}
