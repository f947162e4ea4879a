public import Clocks
public import IwinvCatalog
public import RunStore

/// Who looks, and how.
public struct PageView: Sendable {
    public enum Theme: String, Sendable, CaseIterable { case system, light, dark }

    public var language: Language
    public var theme: Theme
    /// The path of the page, which its switches lead back to.
    public var path: String
    /// Of a session that may act; nil for one that may only look.
    public var formToken: String?
    /// Whether there is a token to log in with.
    public var offersLogin: Bool
    public var now: Instant

    public init(
        language: Language = .english, theme: Theme = .system, path: String = "/", formToken: String? = nil,
        offersLogin: Bool = false, now: Instant
    ) {
        self.language = language
        self.theme = theme
        self.path = path
        self.formToken = formToken
        self.offersLogin = offersLogin
        self.now = now
    }

    func say(_ english: String, _ korean: String) -> String { language == .korean ? korean : english }
}

/// What the first page shows.
public struct Overview: Sendable {
    public struct Line: Sendable {
        public var record: ScheduleRecord
        /// In the schedule's zone; nil if it will never be due again.
        public var next: String?
        public var last: String?
        /// The newest first.
        public var occurrences: [Happening]

        public init(record: ScheduleRecord, next: String?, last: String?, occurrences: [Happening]) {
            self.record = record
            self.next = next
            self.last = last
            self.occurrences = occurrences
        }
    }

    /// An occurrence with its time as it is read.
    public struct Happening: Sendable {
        public var time: String
        public var record: OccurrenceRecord

        public init(time: String, record: OccurrenceRecord) {
            self.time = time
            self.record = record
        }
    }

    public struct Budget: Sendable {
        public var profile: String
        public var remaining: Int
        /// Nil where it is not known; then there is a number and no bar.
        public var limit: Int?

        public init(profile: String, remaining: Int, limit: Int? = nil) {
            self.profile = profile
            self.remaining = remaining
            self.limit = limit
        }
    }

    /// What a page shows of many schedules.
    public struct Sheet: Sendable, Hashable {
        /// From 1.
        public var number: Int
        public var size: Int
        /// Of all schedules.
        public var total: Int

        public init(number: Int = 1, size: Int = 100, total: Int) {
            self.number = number
            self.size = size
            self.total = total
        }

        var last: Int { max(1, (total + size - 1) / size) }
    }

    public var lines: [Line]
    public var sheet: Sheet
    public var runs: [RunSummary]
    public var budgets: [Budget]
    /// One for each account of which bills were read.
    public var costs: [BillBoard]

    public init(
        lines: [Line], sheet: Sheet? = nil, runs: [RunSummary], budgets: [Budget],
        costs: [BillBoard] = []
    ) {
        self.lines = lines
        self.sheet = sheet ?? Sheet(total: lines.count)
        self.runs = runs
        self.budgets = budgets
        self.costs = costs
    }
}

/// What a schedule's own page shows.
public struct SchedulePage: Sendable {
    public var line: Overview.Line
    /// The next instants, in its zone and in universal time; those of a blackout are not run.
    public var next: [Coming]
    /// Its policies in words; nil for those of another version.
    public var policy: String?

    public struct Coming: Sendable {
        public var here: String
        public var universal: String
        public var isBlackout: Bool

        public init(here: String, universal: String, isBlackout: Bool) {
            (self.here, self.universal, self.isBlackout) = (here, universal, isBlackout)
        }
    }

    public init(line: Overview.Line, next: [Coming], policy: String?) {
        self.line = line
        self.next = next
        self.policy = policy
    }
}
