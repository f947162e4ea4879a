import IwinvCatalog

/// In which order changes are taken back: the newest first where two are about the same thing, side by side where they are
/// not.
enum UndoWaves {
    /// - Parameter inversions: The newest first.
    /// - Returns: Each wave after the one before; within one, in the order given.
    static func waves(of inversions: [Inversion]) -> [[Inversion]] {
        var waves: [[Inversion]] = []
        /// The last wave that changes a thing, and the last that counts on it.
        var changed: [String: Int] = [:]
        var used: [String: Int] = [:]
        for inversion in inversions {
            let touched = Touched(inversion)
            let last =
                (touched.changed.flatMap { [changed[$0], used[$0]] } + touched.used.map { changed[$0] })
                .compactMap(\.self).max()
            let wave = (last ?? -1) + 1
            for thing in touched.changed { changed[thing] = wave }
            for thing in touched.used { used[thing] = max(used[thing] ?? 0, wave) }
            if wave == waves.count { waves.append([]) }
            waves[wave].append(inversion)
        }
        return waves
    }

    /// What a change is about.
    private struct Touched {
        var changed: Set<String> = []
        /// A firewall that is put before one server may be put before another at the same time.
        var used: Set<String> = []

        init(_ inversion: Inversion) {
            let isMembership =
                switch inversion.operation.witness?.sign {
                case .listed, .notListed: true
                default: false
                }
            for values in [inversion.arguments, inversion.before] {
                for (name, value) in values where UndoWaves.keys.contains(name) {
                    guard let id = value.identifierText else { continue }
                    if isMembership, name == inversion.operation.subject?.name {
                        used.insert(id)
                    } else {
                        changed.insert(id)
                    }
                }
            }
            changed.formUnion(inversion.created)
        }
    }

    /// The names under which things stand that can be changed. A part of one, such as a rule, is a change of the whole.
    private static let keys = Set(
        Catalog.iwinv.operations.filter { $0.effect.isChange }.compactMap { $0.subject?.name })
}
