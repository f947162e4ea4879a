public import IwinvCatalog

/// What the planned world says to a call.
public struct PlannedAnswer: Sendable, Hashable {
    /// Rows or a text of a yes, the cloud's no, or ``Answer/cannotTell(_:)`` where nothing at all can be said.
    public var answer: Answer
    /// What is missing in the answer or unsure about it, since only the cloud knows.
    public var cannotTell: [Unknown]

    init(_ answer: Answer, _ cannotTell: [Unknown] = []) {
        self.answer = answer
        self.cannotTell = cannotTell
    }
}

/// Something that a plan cannot know.
public struct Unknown: Sendable, Hashable, CustomStringConvertible {
    /// What it is about; nil for the call as a whole.
    public var id: String?
    /// The field of its row, which the answer then leaves out; nil for what is no field.
    public var field: String?
    /// A sentence for people.
    public var text: LocalizedText

    public var description: String { text.english }

    /// A doubt about a call.
    init(_ text: LocalizedText, id: String? = nil) {
        self.id = id
        self.text = text
    }

    /// A row of which only the cloud knows whether a list shows it.
    init(passingFiltersOf id: String) {
        self.init(
            LocalizedText(
                "only the cloud knows whether \(id) passes the filters", "\(id)가 조건에 맞는지는 클라우드만 압니다"),
            id: id)
    }

    /// A field that only the cloud fills.
    init(field: String, of id: String) {
        self.id = id
        self.field = field
        text = LocalizedText("only the cloud knows `\(field)` of \(id)", "\(id)의 `\(field)` 값은 클라우드만 압니다")
    }
}
