public import Clocks
import IwinvCatalog
import IwinvClient
import IwinvModel
import IwinvWire
import Synchronization

/// Makes a plan of what a script does: it runs for real, its reads are the cloud's under what it has changed so far, and
/// its changes are written down in place of being sent.
///
/// ```swift
/// let planner = Planner(at: clock.now)
/// let gate = Gate(planning: planner, client: client, rules: rules)
/// // run the script with this gate and with planner.clock
/// let plan = planner.plan(origin)
/// ```
///
/// The cloud is asked each question once: a plan is made of one look at the world, and its time is not the world's.
///
/// A change is answered only when the script can do nothing else: all that wait by then are one step of the plan, and may
/// be made side by side.
public final class Planner: Sendable {
    /// The script's clock: it starts at the plan's instant, and only sleeps and waits move it.
    public let clock: VirtualClock

    /// A read that was made: operation, arguments, and how it was read.
    private struct Question: Hashable {
        var operation: OperationName
        var arguments: Arguments
        var reading: Call.Reading
    }

    /// A change that waits until the script can do nothing else.
    private struct Pending: Sendable {
        var id: UInt64
        var call: Call
    }

    private typealias Stage = Task<[UInt64: Result<Reply, CloudError>], Never>

    private struct State {
        var overlay: Overlay
        var answers: [Question: Reply] = [:]
        var steps: [PlanStep] = []
        var notes: [PlanNote] = []
        var grants: Set<Grant> = []
        var pending: [Pending] = []
        /// The stage that carries a change out, until its caller has looked.
        var stages: [UInt64: Stage] = [:]
        var lastID: UInt64 = 0
        var entries = 0
        /// Until when the plan's sleeps reach; those of two tasks at once count once.
        var sleptUntil: Instant
    }

    private let state: Mutex<State>
    private let start: Instant

    /// A planner of a world without changes, whose clock shows `start`.
    public init(at start: Instant) {
        self.start = start
        clock = VirtualClock(start: start)
        state = Mutex(State(overlay: Overlay(at: start), sleptUntil: start))
    }

    /// Adds what a person should know besides.
    public func add(_ note: PlanNote) {
        state.withLock { $0.notes.append(note) }
    }

    /// The plan so far.
    public func plan(_ origin: Plan.Origin) -> Plan {
        state.withLock { state in
            Plan(
                origin: origin, steps: state.steps, grants: state.grants.map(\.description).sorted(),
                notes: state.notes)
        }
    }

    // MARK: Barriers

    /// A wait of the script has ended well: what follows comes after it.
    public func waited(for wait: PlanWait) {
        state.withLock { state in
            // Waits that nothing stands between are one: whatever follows, follows all of them.
            guard case .wait(var last)? = state.steps.last, last.resource == wait.resource, last.state == wait.state
            else {
                state.steps.append(.wait(wait))
                return
            }
            last.ids = Set(last.ids).union(wait.ids).sorted()
            last.timeout = max(last.timeout, wait.timeout)
            last.took = max(last.took, wait.took)
            state.steps[state.steps.count - 1] = .wait(last)
        }
    }

    /// A sleep of the script has ended.
    public func slept(from begin: Instant, until end: Instant) {
        state.withLock { state in
            let length = end - max(begin, state.sleptUntil)
            guard length > .zero else { return }
            state.sleptUntil = end
            if case .sleep(let before)? = state.steps.last {
                state.steps[state.steps.count - 1] = .sleep(before + length)
            } else {
                state.steps.append(.sleep(length))
            }
        }
    }

    func need(_ grant: Grant) {
        state.withLock { _ = $0.grants.insert(grant) }
    }

    /// Tells of something that is left as it is.
    func leave(_ reason: LeftReason) {
        state.withLock { $0.notes.append(PlanNote(.left, text: reason.text.english, korean: reason.text.korean)) }
    }

    private func note(_ texts: [LocalizedText], at place: String?) {
        state.withLock { state in
            for text in texts where !state.notes.contains(where: { $0.text == text.english }) {
                state.notes.append(PlanNote(.unknown, text: text.english, korean: text.korean, place: place))
            }
        }
    }

    // MARK: Reads

    /// What a read shows in the planned world.
    func read(_ call: Call, _ exit: PlanExit) async throws(CloudError) -> Reply {
        guard let arguments = call.arguments else {
            preconditionFailure("a call reached the plan without passing the validation link")
        }
        let operation = call.operation
        let now = clock.now
        let (alters, needsLive) = state.withLock { state in
            (
                state.overlay.alters(operation),
                state.overlay.needsLive(operation, arguments, at: now)
            )
        }
        guard alters || !needsLive else { return try await live(call, arguments, exit) }
        var whole = call
        whole.reading = operation.isList ? .allPages : .single
        let rows = needsLive ? try await live(whole, arguments, exit).rows : nil
        let shown = state.withLock { $0.overlay.show(rows, of: operation, arguments, at: now) }
        note(shown.cannotTell.map(\.text), at: call.place)
        let reply = try reply(shown.answer, to: call)
        guard case .page(let number) = call.reading else { return reply }
        let size = PageRequest.maximumSize
        let (before, isBeyond) = (max(1, number) - 1).multipliedReportingOverflow(by: size)
        let rest = reply.rows.dropFirst(isBeyond ? reply.rows.count : before)
        return Reply(rows: Array(rest.prefix(size)), hasMore: rest.count > size)
    }

    /// The cloud's own answer, asked for once.
    private func live(_ call: Call, _ arguments: Arguments, _ exit: PlanExit) async throws(CloudError) -> Reply {
        let question = Question(operation: call.operation.name, arguments: arguments, reading: call.reading)
        if let known = state.withLock({ $0.answers[question] }) { return known }
        let now = clock.now
        do {
            let reply = try await exit.ask(call)
            state.withLock { state in
                state.answers[question] = reply
                state.overlay.learn(
                    reply.rows, from: call.operation, arguments, isWhole: call.reading == .allPages, at: now)
            }
            return reply
        } catch {
            if error.isAbsence() { state.withLock { $0.overlay.learnAbsence(from: call.operation, arguments) } }
            throw error
        }
    }

    /// The planned world's answer as a reply of the cloud.
    private func reply(_ answer: Answer, to call: Call) throws(CloudError) -> Reply {
        switch answer {
        case .rows(let rows, _, _): return Reply(rows: rows)
        case .text: return Reply(rows: [])
        case .refused(let refusal):
            let text = refusal.message.isEmpty ? refusal.result["message"]?.stringValue ?? "" : refusal.message
            let meaning = refusal.code.entry?.meaning
            throw CloudError(
                .api, text == refusal.code.rawValue ? meaning?.english ?? text : text, operation: call.operation.name,
                status: refusal.status, errorCode: refusal.code, advice: meaning, outcome: .refused)
        case .cannotTell(let sentence):
            throw CloudError(
                .invalid, LocalizedText("the plan cannot tell: \(sentence)", "계획으로는 알 수 없습니다: \(sentence)"),
                operation: call.operation.name,
                advice: LocalizedText(
                    "what depends on this can only be run, not planned", "이 부분은 계획할 수 없고 실제 실행만 가능합니다"))
        }
    }

    // MARK: Changes

    /// Plans a change, with all others that wait when the script can do nothing else.
    func plan(_ call: Call, _ ledger: ChangeLedger, _ exit: PlanExit) async throws(CloudError) -> Reply {
        let id = state.withLock { state in
            state.lastID += 1
            state.pending.append(Pending(id: state.lastID, call: call))
            return state.lastID
        }
        do {
            // Returns when nobody works: whoever could make another change has made it.
            try await clock.sleep(for: .zero)
        } catch {
            let isLeft = state.withLock { state in
                state.pending.removeAll { $0.id == id }
                return state.stages[id] == nil
            }
            if isLeft {
                throw CloudError(
                    .cancelled, LocalizedText("cancelled before it was planned", "계획하기 전에 취소되었습니다"),
                    operation: call.operation.name)
            }
        }
        let stage = state.withLock { state in
            if let stage = state.stages[id] { return stage }
            // The order of waking is nobody's promise; that of the calls is the script's.
            let batch = state.pending.sorted { ($0.call.order, $0.id) < ($1.call.order, $1.id) }
            state.pending = []
            let stage = Stage { await self.carryOut(batch, ledger, exit) }
            for member in batch { state.stages[member.id] = stage }
            return stage
        }
        defer { state.withLock { $0.stages[id] = nil } }
        guard let result = await stage.value[id] else {
            preconditionFailure("a planned change has no answer")
        }
        return try result.get()
    }

    private func carryOut(
        _ batch: [Pending], _ ledger: ChangeLedger, _ exit: PlanExit
    ) async -> [UInt64: Result<Reply, CloudError>] {
        var results: [UInt64: Result<Reply, CloudError>] = [:]
        var entries: [PlanEntry] = []
        for member in batch {
            do throws(CloudError) {
                let (entry, reply) = try await foresee(member.call, ledger, exit)
                entries.append(entry)
                results[member.id] = .success(reply)
            } catch {
                note([error.sentence], at: member.call.place)
                results[member.id] = .failure(error)
            }
        }
        if !entries.isEmpty { state.withLock { $0.steps.append(.changes(entries)) } }
        return results
    }

    /// Applies one change to the planned world.
    private func foresee(
        _ call: Call, _ ledger: ChangeLedger, _ exit: PlanExit
    ) async throws(CloudError) -> (PlanEntry, Reply) {
        guard let arguments = call.arguments else {
            preconditionFailure("a change reached the plan without passing the validation link")
        }
        try await learn(what: call, arguments, ledger, exit)
        let image = try await PlanImage(of: call, ledger) { read throws(CloudError) in
            try await self.read(read, exit)
        }
        let now = clock.now
        let planned = state.withLock { $0.overlay.apply(call.operation, arguments, at: now) }
        note(planned.cannotTell.filter { $0.field == nil }.map(\.text), at: call.place)
        let reply = try reply(planned.answer, to: call)
        let number = state.withLock { state in
            state.entries += 1
            return state.entries
        }
        let key = call.operation.row?.key ?? ""
        var entry = image.entry(number: number, call)
        if call.target == nil || call.operation.witness?.makesRow == true {
            entry.creates = reply.rows.compactMap { $0[key]?.identifierText }
        }
        record(entry, call, reply, ledger)
        return (entry, reply)
    }

    /// Makes the reads that the planned world needs to take a change in.
    private func learn(
        what call: Call, _ arguments: Arguments, _ ledger: ChangeLedger, _ exit: PlanExit
    ) async throws(CloudError) {
        // What one read tells may ask for another; a few rounds are always enough.
        for _ in 0..<8 {
            let needs = state.withLock { $0.overlay.missing(for: call.operation, arguments) }
            guard !needs.isEmpty else { return }
            for need in needs {
                do {
                    let reading = try Call(reading: need.operation, need.arguments, before: call)
                    ledger.note(try await read(reading, exit).rows, of: reading.operation.row)
                } catch  where error.isAbsence() {
                    // Noted; the planned world says what becomes of the change.
                } catch {
                    throw error.before(call.operation)
                }
            }
        }
    }

    /// Puts the change on the run's record, and forgets what was read and holds no longer.
    private func record(_ entry: PlanEntry, _ call: Call, _ reply: Reply, _ ledger: ChangeLedger) {
        let index = ledger.begin(
            call.order, of: call.target,
            Change(
                operation: entry.operation, id: entry.id ?? entry.creates.first, name: entry.name,
                before: entry.before, after: entry.after, outcome: .notSent,
                row: Change.telling(entry.expected, of: call.operation)))
        ledger.end(index)
        if call.operation.effect == .destroy {
            // What hung on it changes too: a server's volumes are free now.
            ledger.forgetRows()
        } else if let target = call.target, let changed = entry.after.objectValue {
            var row = changed
            row[target.key] = ledger.row(target)?[target.key] ?? .string(target.id)
            ledger.note([.object(row)], of: call.operation.witness.flatMap { Catalog.iwinv[$0.read]?.row })
            if call.operation.endStates != nil { ledger.forgetStatus(of: target) }
        }
        ledger.note(reply.rows, of: call.operation.row)
    }
}
