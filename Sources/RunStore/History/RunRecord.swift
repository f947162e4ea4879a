import Clocks
import IwinvCatalog

/// A run as a person reads it: what it called, what became of that, and what was said to it, with times.
///
/// A function of the run's entries, like the ``RunHistory`` in it.
public struct RunRecord: Sendable {
    public let summary: RunSummary
    public let history: RunHistory
    /// In the order in which they were made.
    public let calls: [RecordedCall]
    /// What was changed or was to be, in the order of the intents.
    public let changes: [ResourceChange]
    /// What persons and limits had to say: leave given at the prompt, decisions, requests to stop, resumptions, ends.
    public let course: [JournalEntry]

    public init(_ summary: RunSummary, entries: [JournalEntry]) {
        let history = RunHistory(entries)
        var times = CallTimes()
        for entry in entries { times.add(entry) }
        let isRunning = summary.state == .running
        self.summary = summary
        self.history = history
        // In the order of the calls, as a run's report has them: calls side by side are written down as they come.
        changes = history.intended.sorted().flatMap { call in
            ResourceChange.all(of: call, history, at: times.intended[call], isRunning: isRunning)
        }
        let outcomes = Dictionary(grouping: changes, by: \.call).mapValues { $0.map(\.outcome) }
        calls = history.asked.compactMap { RecordedCall($0, history, times, changes: outcomes[$0]) }
        course = entries.filter { entry in
            switch entry.event {
            case .granted, .consented, .decided, .resumed, .stopped, .ended: true
            default: false
            }
        }
    }

    /// The changes by what they changed, in the order in which each was first touched.
    public var resources: [[ResourceChange]] {
        var groups: [[ResourceChange]] = []
        var places: [String: Int] = [:]
        for change in changes {
            guard let id = change.id else {
                groups.append([change])
                continue
            }
            if let place = places[id] {
                groups[place].append(change)
            } else {
                places[id] = groups.count
                groups.append([change])
            }
        }
        return groups
    }
}

/// When things happened to the calls of a run.
struct CallTimes {
    var asked: [UInt64: Instant] = [:]
    var intended: [UInt64: Instant] = [:]
    var delivered: [UInt64: Instant] = [:]

    mutating func add(_ entry: JournalEntry) {
        guard let call = entry.event.call else { return }
        switch entry.event {
        case .asked: asked[call] = asked[call] ?? entry.at
        case .intended: intended[call] = intended[call] ?? entry.at
        case .delivered: delivered[call] = delivered[call] ?? entry.at
        default: break
        }
    }
}
