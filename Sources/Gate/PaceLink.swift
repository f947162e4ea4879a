import Clocks
import IwinvCatalog
import RunStore
import Synchronization

/// How much of the world a run may touch before somebody has had a look.
public struct BlastRadius: Sendable, Hashable {
    /// After how many changes, and what share of them, failures stop the run.
    public enum Failures: Sendable, Hashable {
        case count(Int)
        /// Of the changes that have ended; counts from the tenth on.
        case percent(Int)

        /// Reads `5` or `10%`.
        public init?(_ text: String) {
            let isShare = text.hasSuffix("%")
            guard let number = Int(isShare ? String(text.dropLast()) : text), number > 0, !isShare || number <= 100
            else {
                return nil
            }
            self = isShare ? .percent(number) : .count(number)
        }
    }

    /// The first so many changes go alone; then somebody is asked. Where nobody can be, a failure among them ends the run.
    public var canary: Int?
    /// The changes after them go in groups of this size, each after all of the one before.
    public var batch: Int?
    /// Between groups; after the canary too if nobody is asked.
    public var pause: Duration
    public var stopAfter: Failures?

    public init(
        canary: Int? = nil, batch: Int? = nil, pause: Duration = .zero, stopAfter: Failures? = nil
    ) {
        self.canary = canary
        self.batch = batch
        self.pause = pause
        self.stopAfter = stopAfter
    }

    /// No limits.
    public static let unlimited = BlastRadius()

    /// The group of a change, by its number from 0, and the number of the first after that group.
    func group(of number: Int) -> (index: Int, end: Int) {
        if let canary, number < canary { return (0, canary) }
        let first = canary ?? 0
        let before = canary == nil ? 0 : 1
        guard let batch else { return (before, .max) }
        let index = (number - first) / batch
        return (before + index, first + (index + 1) * batch)
    }
}

/// Asks whether the run may go on after its first changes: how many were made, and how many of them failed.
public typealias CanaryConfirmation = @Sendable (_ made: Int, _ failed: Int) async -> Consent

/// Lets changes pass in groups, and none after too many failures.
final class PaceLink: GateLink {
    private struct State {
        var admitted = 0
        var ended = 0
        var failed = 0
        /// The first of them, unless it was an earlier process's.
        var failure: CloudError?
        /// The group that is open.
        var group = 0
        /// Why nothing more is changed, once it is not for failures alone.
        var refusal: Refusal?
        var waiters: [CheckedContinuation<Void, Never>] = []
        /// How often waiters were woken.
        var wakes = 0
        /// Somebody sees to the opening of the next group.
        var isTurning = false
    }

    /// Why the run is not to go on after its first changes.
    private enum Refusal: Equatable {
        /// A person said no.
        case declined
        /// There was nobody to ask, and so many of so many had failed.
        case canaryFailed(Int, of: Int)
        /// It was ending while it waited.
        case cancelled

        func error(_ call: Call) -> CloudError {
            let sentence: LocalizedText
            switch self {
            case .declined:
                sentence = LocalizedText("the run was not to go on after its first changes", "첫 변경 뒤에 계속하지 않기로 했습니다")
            case .canaryFailed(let failed, let made):
                sentence = LocalizedText(
                    "\(failed) of the first \(made) changes failed, and there is nobody to ask whether to go on",
                    "처음 변경 \(made)건 중 \(failed)건이 실패했고, 계속할지 물어볼 사람이 없습니다")
            case .cancelled: return .cancelledBeforeSending(call.operation.name)
            }
            return CloudError(.denied, sentence, operation: call.operation.name)
        }
    }

    private let radius: BlastRadius
    private let confirm: CanaryConfirmation?
    private let clock: any HostClock
    /// What the run has, and keeps if it goes on after its first changes.
    private let consent: RunConsent
    private let journal: ChangeJournal?
    private let state = Mutex(State())

    init(
        _ radius: BlastRadius, confirm: CanaryConfirmation?, clock: any HostClock,
        consent: RunConsent = RunConsent(.program), journal: ChangeJournal? = nil
    ) {
        self.consent = consent
        self.journal = journal
        self.radius = radius
        self.confirm = confirm
        self.clock = clock
    }

    func restore(_ history: RunHistory) {
        let made = history.made
        state.withLock { state in
            state.admitted = made.count
            state.ended = made.count
            state.failed = made.count { $0 == .refused }
            // What nobody has let go on stays where it was: it asks, or waits, once more.
            guard radius.canary == nil || history.isCanaryConfirmed else { return }
            state.group = radius.group(of: max(state.admitted - 1, 0)).index
            if radius.canary != nil { state.group = max(state.group, 1) }
        }
    }

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        // A call that is resumed was counted when it was restored.
        guard call.operation.effect.isChange, call.resumption == nil else { return try await next(call) }
        try await admit(call)
        do {
            let reply = try await next(call)
            end(call, nil)
            return reply
        } catch {
            // What the person or a limit refused says nothing of the change.
            end(call, error.kind == .api || error.kind == .network ? error : nil)
            throw error
        }
    }

    /// Waits until the call's group is open.
    private func admit(_ call: Call) async throws(CloudError) {
        let number = state.withLock { state in
            defer { state.admitted += call.changeCount }
            return state.admitted
        }
        let group = radius.group(of: number).index
        while true {
            enum Turn { case go, open, wait(Int), refused(Refusal), stopped(Int, CloudError?) }
            let turn = state.withLock { state -> Turn in
                if let refusal = state.refusal { return .refused(refusal) }
                if isOver(state) { return .stopped(state.failed, state.failure) }
                if state.group >= group { return .go }
                guard !state.isTurning, state.ended >= radius.group(of: firstNumber(of: state.group)).end else {
                    return .wait(state.wakes)
                }
                state.isTurning = true
                return .open
            }
            switch turn {
            case .go: return
            case .refused(let refusal): throw refusal.error(call)
            case .stopped(let failed, let failure): throw Self.stopped(call, failed, failure)
            case .open: try await open(call)
            case .wait(let wakes): await wait(since: wakes)
            }
        }
    }

    /// The run ends as the failure that has stopped it would have ended it.
    private static func stopped(_ call: Call, _ failed: Int, _ failure: CloudError?) -> CloudError {
        let why = failure.map { LocalizedText(": \($0.message)", ": \($0.korean ?? $0.message)") }
        return CloudError(
            failure?.kind ?? .api,
            LocalizedText("the run makes no further change: \(failed) failed", "\(failed)건이 실패하여 더 변경하지 않습니다")
                + (why ?? LocalizedText("", "")),
            operation: call.operation.name,
            advice: failure?.advice
                ?? LocalizedText(
                    "look at what failed; --stop-after-failures says when to stop",
                    "실패한 작업을 확인하세요. 중단 기준은 --stop-after-failures로 정합니다"))
    }

    private func firstNumber(of group: Int) -> Int {
        let isCanary = radius.canary != nil
        if group == 0 { return 0 }
        return (radius.canary ?? 0) + (group - (isCanary ? 1 : 0)) * (radius.batch ?? 0)
    }

    /// Opens the next group, after a question or a pause.
    private func open(_ call: Call) async throws(CloudError) {
        let (ended, failed, group) = state.withLock { ($0.ended, $0.failed, $0.group) }
        let isCanary = group == 0 && radius.canary != nil
        var refusal: Refusal?
        if Task.isCancelled {
            // Nobody is asked about a run that is ending.
            refusal = .cancelled
        } else if isCanary, let confirm {
            // Until the answer comes nobody has agreed to more: a run that ends meanwhile is resumed as one without.
            await journal?.withdrawn(about: .canary)
            switch await confirm(ended, failed) {
            case .given, .givenForAll: refusal = nil
            case .interrupted: refusal = .cancelled
            case .refused, .unattended: refusal = .declined
            }
            if refusal == nil { journal?.consented(consent, about: .canary) }
        } else if isCanary, failed > 0 {
            // With nobody to look at it, this is what the first changes were for.
            refusal = .canaryFailed(failed, of: ended)
            await journal?.withdrawn(about: .canary)
        } else if radius.pause > .zero, (try? await clock.sleep(for: radius.pause)) == nil {
            refusal = .cancelled
        }
        if Task.isCancelled, refusal != nil { refusal = .cancelled }
        let waiters = state.withLock { state in
            state.isTurning = false
            state.refusal = refusal
            if refusal == nil { state.group += 1 }
            return wake(&state)
        }
        resume(waiters)
        if let refusal { throw refusal.error(call) }
    }

    private func end(_ call: Call, _ failure: CloudError?) {
        let waiters = state.withLock { state in
            state.ended += call.changeCount
            if let failure {
                state.failed += 1
                state.failure = state.failure ?? failure
            }
            return wake(&state)
        }
        resume(waiters)
    }

    private func isOver(_ state: State) -> Bool {
        switch radius.stopAfter {
        case .count(let most): state.failed >= most
        case .percent(let share): state.ended >= 10 && state.failed * 100 >= share * state.ended
        case nil: false
        }
    }

    // Whoever waits gives its activity up; whoever wakes it gives it a new one first.

    private func wait(since wakes: Int) async {
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                guard state.wakes == wakes else { return false }
                state.waiters.append(continuation)
                return true
            }
            if waits { clock.endActivity() } else { continuation.resume() }
        }
    }

    private func wake(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        defer { state.waiters = [] }
        state.wakes += 1
        return state.waiters
    }

    private func resume(_ waiters: [CheckedContinuation<Void, Never>]) {
        for waiter in waiters {
            clock.beginActivity()
            waiter.resume()
        }
    }
}
