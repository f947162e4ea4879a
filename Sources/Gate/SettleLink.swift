import Clocks
import IwinvCatalog
import IwinvClient
import RunStore
import Synchronization

/// How far a change got whose reply was lost, and which read told.
struct Settlement: Sendable, Hashable {
    var outcome: Outcome
    /// Nil where no read told, but a reply or a person.
    var read: OperationName?
    var decision: Change.Decision? = nil
}

/// When the reply of a change is lost, looks whether the change was made.
///
/// A change that shows is answered as if its reply had come. One that does not show in the end, seconds later, was not
/// made: its error says so and is retryable, since nothing happened. What no reading can tell (a reboot leaves no trace
/// once it is over) stays `unknown`. Nothing is ever sent again from here.
struct SettleLink: GateLink {
    let ledger: ChangeLedger
    let clock: any HostClock
    let departures: Departures
    let journal: ChangeJournal?
    /// How long a request can be under way after it was sent.
    let requestTimeout: Duration
    private let baselines = Baselines()
    /// Creations that could be mistaken for each other take turns.
    private let creations: KeyedLock

    init(
        ledger: ChangeLedger, clock: any HostClock, departures: Departures = Departures(),
        journal: ChangeJournal? = nil, requestTimeout: Duration = .zero
    ) {
        self.ledger = ledger
        self.clock = clock
        self.departures = departures
        self.journal = journal
        self.requestTimeout = requestTimeout
        creations = KeyedLock(clock: clock)
    }

    /// When to look, each from the look before: the cloud may still be at work when the connection breaks. Where something in
    /// between has answered for it, or a reply was given up, that goes on for as long as a request can take.
    private func pauses(after loss: CloudError) -> [Duration] {
        var pauses: [Duration] = [.zero, .seconds(2), .seconds(5)]
        guard loss.mayStillCome else { return pauses }
        var rest = requestTimeout + .zero - .seconds(7)
        while rest > .zero {
            let pause = min(rest, .seconds(10))
            pauses.append(pause)
            rest -= pause
        }
        return pauses
    }

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        guard call.operation.effect.isChange else { return try await next(call) }
        if let resumption = call.resumption, let reply = try await resumed(call, resumption, next) { return reply }
        guard let witness = call.operation.witness else { return try await next(call) }
        guard let likeness = Self.likeness(of: call, witness) else { return try await observed(call, witness, next) }
        do {
            try await creations.enter(likeness)
        } catch {
            throw .cancelledBeforeSending(call.operation.name)
        }
        defer { creations.leave(likeness) }
        return try await observed(call, witness, next)
    }

    /// What two creations have in common whose rows look the same; nil if the call makes nothing.
    private static func likeness(of call: Call, _ witness: Witness) -> String? {
        guard case .newRow(let fields) = witness.sign else { return nil }
        return "\(call.operation.name) " + fields.map { "\(call.arguments?[$0] ?? .null)" }.joined(separator: " ")
    }

    private func observed(_ call: Call, _ witness: Witness, _ next: @escaping Gate.Next) async throws(CloudError)
        -> Reply
    {
        let known = try await existing(witness, call, next)
        var examiner = Examiner(
            call: call, witness: witness, before: call.target.flatMap(ledger.row), known: known)
        journal?.compared(call, row: examiner.before, known: known)
        do {
            var reply = try await next(call)
            if let answered = examiner.contradiction(in: reply.rows) {
                return try await lookAgain(examiner, reply, answered, next).get()
            }
            if examiner.isUnnamed(reply.rows) {
                examiner.flight = flight(of: call)
                if case .made(let rows, let outcome) = await lookOnce(examiner, next) {
                    reply = examiner.reply(rows, outcome)
                }
            }
            baselines.add(reply.rows, of: call.operation.row, to: Baselines.place(of: call, witness))
            return reply
        } catch {
            if call.resumption?.decision == .repeat, error.outcome == .refused, error.saysThereIsNothing {
                throw Self.stillUnknown(error, of: call)
            }
            guard error.outcome == .unknown, error.kind != .cancelled else { throw error }
            examiner.flight = flight(of: call)
            return try await look(examiner, error, next).get()
        }
    }

    private func flight(of call: Call) -> Departures.Flight? {
        departures.departure(of: call.order).map { Departures.Flight(departure: $0, timeout: requestTimeout) }
    }

    /// A change that was sent again finds nothing to change: the first sending may be why.
    private static func stillUnknown(_ error: CloudError, of call: Call) -> CloudError {
        CloudError(
            error.kind,
            LocalizedText(
                "sent again, it found nothing to change, perhaps because the first sending was carried out: \(error.message)",
                "다시 보냈지만 변경할 대상이 없습니다. 처음 보낸 요청이 실행되었을 수 있습니다: \(error.message)"),
            operation: call.operation.name, status: error.status, errorCode: error.errorCode,
            advice: LocalizedText(
                "look at it yourself, then resume with --unknown skip", "직접 확인한 뒤 --unknown skip으로 재개하세요"),
            outcome: .unknown)
    }

    /// What became of a change that an earlier process of the run had sent; nil if it was not made and is to be sent now.
    ///
    /// - Throws: with the outcome `unknown` if no read can tell and nobody has decided.
    private func resumed(_ call: Call, _ resumption: Resumption, _ next: @escaping Gate.Next) async throws(CloudError)
        -> Reply?
    {
        if let reply = resumption.reply {
            return Reply(rows: reply.rows, settlement: reply.settlement)
        }
        let loss = CloudError(
            .network,
            LocalizedText(
                "an earlier process of this run was cut between sending and reply", "이 실행의 앞선 프로세스가 전송과 응답 사이에 중단되었습니다"),
            operation: call.operation.name,
            advice: LocalizedText(
                "look at it yourself, then resume with --unknown repeat (make it again) or --unknown skip (leave it)",
                "직접 확인한 뒤 --unknown repeat(다시 실행) 또는 --unknown skip(건너뛰기)으로 재개하세요"),
            outcome: .unknown)
        let examiner = call.operation.witness.map { witness in
            Examiner(
                call: call, witness: witness, before: resumption.row, known: resumption.known, isLate: true,
                flight: resumption.attempt.map { attempt in
                    Departures.Flight(
                        departure: clock.now + (.zero - attempt.age(on: clock)),
                        timeout: attempt.timeout(atLeast: requestTimeout))
                })
        }
        if let examiner {
            // What is on its way may still arrive.
            let rest = resumption.attempt?.rest(timeout: requestTimeout, on: clock) ?? .zero
            if rest > .zero {
                do { try await clock.sleep(for: rest) } catch {
                    throw CloudError(
                        .cancelled, LocalizedText("cancelled while waiting to look", "확인을 기다리는 동안 취소되었습니다"),
                        operation: call.operation.name)
                }
            }
            do { return try await look(examiner, loss, next).get() } catch {
                if error.outcome != .unknown, !resumption.isAccepted { return nil }
            }
        }
        // What the cloud has said yes to is not made again, whatever reads show; what it made is known by its name only.
        if resumption.isAccepted, let target = call.target {
            return Reply(
                rows: [.object([target.key: .string(target.id)])], settlement: Settlement(outcome: .accepted))
        }
        switch resumption.decision {
        case .repeat:
            journal?.decided(call, .repeat)
            return nil
        case .skip:
            journal?.decided(call, .skip)
            var rows: [JSONValue] = []
            if let examiner { rows = examiner.reply([], .unknown).rows }
            return Reply(rows: rows, settlement: Settlement(outcome: .unknown, decision: .skip))
        case nil: throw loss
        }
    }

    /// The rows that a creation could be mistaken for afterwards. Of lists in which the cloud keeps no two equal rows, the
    /// first reading of a run is enough: what this run adds later is noted.
    private func existing(_ witness: Witness, _ call: Call, _ next: Gate.Next) async throws(CloudError) -> Set<String> {
        var isKept = false
        switch witness.sign {
        case .newRow(let fields):
            guard fields.contains(where: { call.arguments?[$0] != nil }) else { return [] }
        case .uniqueRow: isKept = true
        case .state, .status:
            // Work that shows later proves something only if it did not show before.
            guard call.target.flatMap(ledger.row)?["status"] == nil else { return [] }
        default: return []
        }
        do {
            let reading = try Call(reading: witness, of: call)
            let place = Baselines.place(of: call, witness)
            if isKept, let known = baselines.known(in: place) { return known }
            let reply = try await next(reading)
            ledger.note(reply.rows, of: reading.operation.row)
            let key = reading.operation.row?.key ?? ""
            let known = Set(reply.rows.compactMap { $0[key]?.identifierText })
            if isKept { baselines.keep(known, in: place) }
            return known
        } catch {
            throw error.before(call.operation)
        }
    }

    /// A run that is interrupted has still a right to know what it did.
    private func look(
        _ examiner: Examiner, _ loss: CloudError, _ next: @escaping Gate.Next
    ) async -> Result<Reply, CloudError> {
        await Task { await settle(examiner, loss, next) }.value
    }

    private func settle(_ examiner: Examiner, _ loss: CloudError, _ next: Gate.Next) async -> Result<Reply, CloudError>
    {
        var (untouched, absences) = (0, 0)
        let pauses = pauses(after: loss)
        for (number, pause) in pauses.enumerated() {
            if pause > .zero { try? await clock.sleep(for: pause) }
            switch await verdict(examiner, next).verdict {
            case .made(let rows, let outcome):
                baselines.add(
                    rows, of: examiner.call.operation.row, to: Baselines.place(of: examiner.call, examiner.witness))
                return .success(examiner.reply(rows, outcome))
            case .notMade:
                (untouched, absences) = (untouched + 1, 0)
                // Late is better than wrong: a change that comes true after it was called undone would be made twice.
                guard untouched >= 2, number == pauses.count - 1 else { continue }
                // What comes after all is then made twice, unless the second time changes nothing.
                return .failure(loss.mayStillCome && !examiner.canBeRepeated ? loss : notMade(examiner, loss))
            case .gone:
                (untouched, absences) = (0, absences + 1)
                if absences == 2 { return .success(examiner.reply([], .confirmed)) }
            case .cannotTell: (untouched, absences) = (0, 0)
            }
        }
        return .failure(loss)
    }

    /// Looks once, after a reply whose row shows other values than the cloud was asked for, or which has no row: it has said
    /// yes, so nothing is on its way.
    private func lookAgain(
        _ examiner: Examiner, _ reply: Reply, _ answered: [String: JSONValue], _ next: @escaping Gate.Next
    ) async -> Result<Reply, CloudError> {
        await Task {
            let look = await verdict(examiner, next)
            if case .made(let rows, let outcome) = look.verdict { return .success(examiner.reply(rows, outcome)) }
            let found = examiner.found(in: look.rows)
            if found == nil, answered.isEmpty { return .success(reply) }
            return .failure(examiner.contradicted(found ?? answered, isRead: found != nil))
        }.value
    }

    /// Looks once for what a creation made whose reply does not name it.
    private func lookOnce(_ examiner: Examiner, _ next: @escaping Gate.Next) async -> Examiner.Verdict {
        await Task { await verdict(examiner, next).verdict }.value
    }

    /// One look: the rows that it showed, and what they tell.
    private func verdict(
        _ examiner: Examiner, _ next: Gate.Next
    ) async -> (rows: [JSONValue], verdict: Examiner.Verdict) {
        let reading: Result<[JSONValue], CloudError>
        FailPoint.beforeLook.reach()
        do {
            let call = try Call(reading: examiner.witness, of: examiner.call, isDated: examiner.isOfCreation)
            reading = .success(try await next(call).rows)
        } catch {
            reading = .failure(error)
        }
        FailPoint.afterLook.reach()
        let rows = (try? reading.get()) ?? []
        ledger.note(rows, of: Catalog.iwinv[examiner.witness.read]?.row)
        // The reading's reply has told the cloud's time.
        return (rows, examiner.verdict(reading, madeWithin: examiner.flight.map(departures.window)))
    }

    private func notMade(_ examiner: Examiner, _ loss: CloudError) -> CloudError {
        CloudError(
            loss.kind, "\(loss.message); later readings (\(examiner.witness.read)) show that the change was not made",
            operation: loss.operation, status: loss.status, code: loss.code, errorCode: loss.errorCode,
            advice: LocalizedText("it can be made again", "다시 실행할 수 있습니다"), outcome: .refused,
            isRetryable: true, settledBy: examiner.witness.read)
    }
}

extension CloudError {
    /// Whether the cloud knows nothing under the identifier.
    fileprivate var saysThereIsNothing: Bool {
        kind == .api && !isBusy && (errorCode == .invalidIdentifier || errorCode == .notFound)
    }
}
