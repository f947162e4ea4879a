import IwinvCatalog
import IwinvModel

/// Rules with a memory and dice of their own: equal requests in an equal order meet equal faults.
struct FaultPlan: Sendable {
    let rules: [FaultRule]
    /// How many requests each rule has looked at.
    private var counts: [Int]
    private var dice: Generator

    init(_ rules: [FaultRule] = [], seed: UInt64) {
        self.rules = rules
        counts = Array(repeating: 0, count: rules.count)
        dice = Generator(seed: seed)
    }

    var isEmpty: Bool { rules.isEmpty }

    /// The fault that a request meets: that of the first rule that covers it and hits.
    ///
    /// - Parameter page: of a list; else 1.
    mutating func fault(of operation: CloudOperation, page: Int) -> FaultKind? {
        for (index, rule) in rules.enumerated() where rule.scope.covers(operation) {
            let kinds = rule.kinds.filter { $0.meets(operation, page: page) }
            guard !kinds.isEmpty else { continue }
            counts[index] += 1
            guard hits(rule.frequency, counts[index]) else { continue }
            return kinds.count == 1 ? kinds[0] : kinds[Int.random(in: kinds.indices, using: &dice)]
        }
        return nil
    }

    /// Whether the `number`-th request, from 1, is hit.
    private mutating func hits(_ frequency: FaultRule.Frequency, _ number: Int) -> Bool {
        switch frequency {
        case .always: true
        case .percent(let percent): Double.random(in: 0..<100, using: &dice) < percent
        case .first(let count): number <= count
        case .every(let count): number.isMultiple(of: count)
        case .after(let count): number > count
        }
    }
}
