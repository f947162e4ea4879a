import Foundation
import IwinvCatalog
import IwinvSimulator
import RunStore
import Testing

/// What journals say of changes, against what the cloud has counted.
struct KillAudit {
    /// How many effects there can be, by the cloud's operation: those that are known, and with them those that may be.
    private(set) var known: [OperationName: ClosedRange<Int>] = [:]
    /// The same for each resource.
    private(set) var knownOfEach: [String: ClosedRange<Int>] = [:]
    /// Of how many changes nobody knows whether they were made.
    private(set) var doubtful = 0

    init(_ runs: [RunHistory], _ work: KillWork) {
        for change in runs.flatMap(\.changes.values) {
            guard let intent = change.intent else { continue }
            let operation = OperationName(stringLiteral: intent.operation)
            let counted = work.counted[operation] ?? operation
            let range = Self.effects(of: change)
            if range.lowerBound < range.upperBound { doubtful += 1 }
            known[counted] = Self.sum(known[counted], range)
            if KillWork.countsEach(counted), let id = intent.target?.id {
                knownOfEach["\(counted) \(id)"] = Self.sum(knownOfEach["\(counted) \(id)"], range)
            }
        }
    }

    /// How often a change can have taken effect by what is written down about it.
    private static func effects(of change: RecordedChange) -> ClosedRange<Int> {
        func effects(_ word: String?) -> ClosedRange<Int> {
            switch word.flatMap(Outcome.init) {
            case .accepted?, .observed?, .confirmed?: 1...1
            case .refused?, .notSent?: 0...0
            case .unknown?, nil: 0...1
            }
        }
        return switch change.stage {
        case .notSent: 0...0
        case .inFlight: 0...1
        case .answered(let answer): effects(answer.outcome)
        case .concluded:
            (change.changes ?? []).map { effects($0["outcome"]?.stringValue) }.reduce(0...0, sum)
        }
    }

    private static func sum(_ one: ClosedRange<Int>?, _ other: ClosedRange<Int>) -> ClosedRange<Int> {
        let one = one ?? 0...0
        return one.lowerBound + other.lowerBound...one.upperBound + other.upperBound
    }

    /// Whether the cloud has counted what is written down: nothing that was sent is missing there, and no word is wrong.
    func expectAgrees(with effects: KillEffects, _ comment: @autoclosure () -> Comment) {
        for operation in Set(known.keys).union(effects.all.keys) {
            let (range, made) = (known[operation] ?? 0...0, effects.all[operation] ?? 0)
            #expect(range.contains(made), "\(comment()): \(operation) took effect \(made) times, \(range) are known")
        }
        for resource in Set(knownOfEach.keys).union(effects.ofEach.keys) {
            let (range, made) = (knownOfEach[resource] ?? 0...0, effects.ofEach[resource] ?? 0)
            #expect(range.contains(made), "\(comment()): \(resource) took effect \(made) times, \(range) are known")
        }
    }
}

/// What the cloud has counted, of the requests that came after a number of others.
struct KillEffects {
    private(set) var all: [OperationName: Int] = [:]
    /// Where it counts for each resource.
    private(set) var ofEach: [String: Int] = [:]

    init(in world: KillWorld, after mark: Int) {
        for request in world.simulator.requests.dropFirst(mark) where request.hadEffect {
            guard let operation = request.operation else { continue }
            all[operation, default: 0] += 1
            guard KillWork.countsEach(operation) else { continue }
            let parts = request.target.split { $0 == "/" || $0 == "?" }
            if parts.count > 2 { ofEach["\(operation) \(parts[2])", default: 0] += 1 }
        }
    }
}
