public import Gate
import IwinvCatalog
import LuaRuntime
public import RunStore

/// What a run that goes on is given again before it goes on: the answers that it had, in their order.
///
/// The answers that ended the run are not among them: they are asked for again, changes after a look at what became of
/// them.
public struct Tape: Sendable {
    let history: RunHistory
    /// Calls whose answers are given again, in the order in which the script saw them.
    let order: [UInt64]
    let answers: [UInt64: Result<[LuaValue], LuaError>]
    let values: [(name: String, value: LuaValue)]
    /// The numbers of the calls of each task, in the order in which it made them.
    let numbers: [Int64: [UInt64]]
    /// The greatest number of a call.
    let lastNumber: UInt64
    private let decision: Change.Decision?
    let open: OpenChanges
    /// Whether calls beyond the tape are made; else the tape is all there is.
    let goesOn: Bool

    /// - Parameters:
    ///   - decision: what a person says of changes of which no read can tell whether they were made.
    ///   - goesOn: false for a replay, which never leaves this machine.
    /// - Throws: ``TapeProblem`` for a journal that cannot be read as one.
    public init(
        _ history: RunHistory, decision: Change.Decision? = nil, goesOn: Bool = true
    ) throws(TapeProblem) {
        var history = history
        if goesOn { history.forgetEnding() }
        self.history = history
        self.decision = decision
        self.goesOn = goesOn
        var order: [UInt64] = []
        var answers: [UInt64: Result<[LuaValue], LuaError>] = [:]
        var values: [(name: String, value: LuaValue)] = []
        for given in history.given {
            switch given {
            case .value(let name, let value):
                guard let value = LuaValue(journal: value) else { throw TapeProblem("a value of `\(name)`") }
                values.append((name, value))
            case .answer(let call):
                guard let delivery = history.calls[call]?.delivery else { continue }
                switch delivery {
                case .success(let elements):
                    let read = elements.compactMap(LuaValue.init(journal:))
                    guard read.count == elements.count else { throw TapeProblem("the answer to call \(call)") }
                    answers[call] = .success(read)
                case .failure(let error):
                    guard let error = LuaError(journal: error) else { throw TapeProblem("the error of call \(call)") }
                    answers[call] = .failure(error)
                }
                order.append(call)
            }
        }
        (self.order, self.answers, self.values) = (order, answers, values)
        numbers = Dictionary(grouping: history.asked) { history.calls[$0]?.question?.task ?? 0 }
        lastNumber = history.asked.max() ?? 0
        let open = history.changes.filter { call, change in
            goesOn && answers[call] == nil && Resumption(change, decision: decision)?.isOpen == true
        }
        self.open = OpenChanges(Set(open.keys))
    }

    /// What an earlier process had done of a call whose answer is not given again.
    func resumption(of call: UInt64) -> Resumption? {
        history.changes[call].flatMap { Resumption($0, decision: decision) }
    }

    /// The greatest number among the handles that the script has been given.
    var lastHandle: UInt64? {
        answers.values.compactMap { try? $0.get() }.joined().compactMap(\.lastHandle).max()
    }
}

/// What of a journal cannot be read.
public struct TapeProblem: Error, Sendable, CustomStringConvertible {
    public var description: String
    /// Nothing is wrong with the journal: the run is of a kind that has no script.
    public var hasNoScript = false

    init(_ part: String) { description = "the journal of the run cannot be read: \(part)" }

    init(noScript description: String) {
        self.description = description
        hasNoScript = true
    }
}

extension LuaValue {
    fileprivate var lastHandle: UInt64? {
        switch self {
        case .handle(let handle): handle.id
        case .array(let elements): elements.compactMap(\.lastHandle).max()
        case .object(let members): members.values.compactMap(\.lastHandle).max()
        default: nil
        }
    }
}
