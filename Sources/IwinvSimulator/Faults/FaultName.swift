public import IwinvCatalog

extension FaultKind {
    /// All kinds of faults. Parser, suggestions, help and reference follow from this list (``entry``).
    public enum Name: String, Sendable, Hashable, CaseIterable {
        // Not carried out.
        case refuse
        case busy = "busy-404"
        case checkIP = "check-ip"
        case tooManyRequests = "429"
        case html502 = "html-502"
        case html504 = "html-504"
        case reset
        case clockSkew = "clock-skew"
        case latePage = "late-page"
        // Carried out, and the answer does not arrive whole.
        case lostReply = "lost-reply"
        case lost502 = "lost-502"
        case lost504 = "lost-504"
        case truncated
        case delay
        case gzip
        // Answered, and not carried out so.
        case editIgnored = "edit-ignored"
        case editEncoded = "edit-encoded"
        case lateChange = "late-change"
        case late504 = "late-504"
        // Answered with other rows.
        case wrongRow = "wrong-row"
        case twoRows = "two-rows"
        case noRow = "no-row"
        case nullResult = "null-result"
        case oddRows = "odd-rows"
        case hugeInteger = "huge-integer"
        // Lists in other pages, or with other numbers, than a client expects.
        case shortPage = "short-page"
        case cappedPage = "capped-page"
        case echoedSize = "echoed-size"
        case saidSize = "said-size"
        case countWrong = "count-wrong"
        case totalWrong = "total-wrong"
    }

    /// What a kind takes in parentheses.
    public enum Form: Sendable, Hashable {
        case nothing
        /// An error code; `CHECK_PARAM` if not given.
        case code
        /// A time up to a day.
        case time(isRequired: Bool, example: String)
        /// A time that may have a sign.
        case signedTime(example: String)
        /// A number of rows, from 1 to 1,000.
        case size(Int)
        /// A number with a sign, not zero.
        case offset(Int)
    }

    /// Which requests can meet a kind.
    enum Target: Sendable { case all, edits, changes, oneRow, lists, laterPages }

    /// What there is to say about a kind.
    public struct Entry: Sendable {
        public var form: Form
        /// What happens, in a sentence.
        public var help: LocalizedText
        var target: Target
        /// What else people call it.
        var others: [String]

        fileprivate init(
            takes form: Form = .nothing, meets target: Target = .all, others: [String] = [], _ english: String,
            _ korean: String
        ) {
            self.form = form
            self.target = target
            self.others = others
            help = LocalizedText(english, korean)
        }
    }
}

extension FaultKind.Name {
    /// What the list says about a kind.
    public var entry: FaultKind.Entry {
        switch self {
        case .refuse:
            .init(
                takes: .code, "The cloud refuses with that error code; CHECK_PARAM if none is given.",
                "클라우드가 해당 오류 코드로 거부합니다(기본: CHECK_PARAM).")
        case .busy:
            .init(
                others: ["busy"], "The 404 that says that another operation is under way.",
                "다른 작업이 진행 중이라는 404로 응답합니다.")
        case .checkIP:
            .init(
                others: ["check-ip-flake"], "403 CHECK_IP, though the address is allowed.",
                "허용된 주소인데도 403 CHECK_IP로 응답합니다.")
        case .tooManyRequests:
            .init(
                takes: .time(isRequired: false, example: "7s"), "Too many requests, without or with Retry-After.",
                "요청이 너무 많다고 응답합니다(Retry-After 없이 또는 함께).")
        case .html502:
            .init(others: ["502"], "A proxy's page 502; nothing is done.", "프록시의 502 페이지가 옵니다. 아무것도 수행되지 않습니다.")
        case .html504:
            .init(
                others: ["504"], "A proxy's page 504; nothing is done.", "프록시의 504 페이지가 옵니다. 아무것도 수행되지 않습니다.")
        case .reset:
            .init(
                "The connection closes; nothing is done, and no quota is used.", "연결이 끊깁니다. 아무것도 수행되지 않고 한도도 줄지 않습니다.")
        case .clockSkew:
            .init(
                takes: .signedTime(example: "-400s"), "The cloud's clock is off by that much.", "클라우드의 시계가 그만큼 어긋납니다.")
        case .latePage:
            .init(
                meets: .laterPages, others: ["late-page-failure"], "HTTP 500 for page 2 and later ones.",
                "2페이지부터 HTTP 500으로 응답합니다.")
        case .lostReply:
            .init("It is done, and the connection closes without an answer.", "수행되지만 응답 없이 연결이 끊깁니다.")
        case .lost502:
            .init("It is done, and a proxy's page 502 comes as the answer.", "수행되지만 응답으로 프록시의 502 페이지가 옵니다.")
        case .lost504:
            .init("It is done, and a proxy's page 504 comes as the answer.", "수행되지만 응답으로 프록시의 504 페이지가 옵니다.")
        case .truncated:
            .init(others: ["truncated-body"], "It is done, and the answer is cut off.", "수행되지만 응답이 중간에 잘립니다.")
        case .delay:
            .init(
                takes: .time(isRequired: true, example: "2s"), "It is done at once, and answered so much later.",
                "바로 수행되고 응답은 그만큼 늦게 옵니다.")
        case .gzip:
            .init("The answer is compressed, though nobody asked for it.", "요청하지 않았는데 응답이 압축되어 옵니다.")
        case .editIgnored:
            .init(
                meets: .edits, "A PUT is answered 200 with the row as it was, and changes nothing.",
                "PUT에 이전 값 그대로 200으로 응답하고 아무것도 바꾸지 않습니다.")
        case .editEncoded:
            .init(
                meets: .edits, "A PUT stores the texts of a form percent-encoded, as they travel.",
                "PUT이 폼의 텍스트를 퍼센트 인코딩된 그대로 저장합니다.")
        case .lateChange:
            .init(
                takes: .time(isRequired: true, example: "5s"), meets: .changes,
                "A change is acknowledged at once, and made so much later.", "변경을 바로 승인하고 그만큼 늦게 수행합니다.")
        case .late504:
            .init(
                takes: .time(isRequired: true, example: "5s"), meets: .changes,
                "A change is answered with a proxy's page 504, and made so much later.",
                "변경에 프록시의 504 페이지로 응답하고 그만큼 늦게 수행합니다.")
        case .wrongRow:
            .init(
                meets: .oneRow, "The answer about one thing has the row of another of its kind, where there is one.",
                "하나에 대한 응답에 같은 종류의 다른 행이 옵니다(있는 경우).")
        case .twoRows:
            .init(
                meets: .oneRow, "The answer about one thing has a second row: of another, or the same once more.",
                "하나에 대한 응답에 행이 둘입니다. 다른 것이거나 같은 행이 한 번 더 옵니다.")
        case .noRow:
            .init("It is done, and the answer is a success without rows.", "수행되고 행이 없는 성공 응답이 옵니다.")
        case .nullResult:
            .init("It is done, and the answer's result is null.", "수행되고 응답의 result가 null입니다.")
        case .oddRows:
            .init("The answer has elements among its rows that are no objects.", "응답의 행 사이에 객체가 아닌 요소가 있습니다.")
        case .hugeInteger:
            .init("The rows have an integer that needs more than 64 bits.", "행에 64비트를 넘는 정수가 있습니다.")
        case .shortPage:
            .init(
                meets: .lists, "The first page ends early; its other rows come with the pages that follow.",
                "첫 페이지가 일찍 끝나고 나머지 행은 다음 페이지에 옵니다.")
        case .cappedPage:
            .init(
                takes: .size(50), meets: .lists,
                "Pages have at most so many rows, whatever was asked for, and say no size.",
                "요청한 크기와 무관하게 페이지가 최대 그만큼이고 크기를 알리지 않습니다.")
        case .echoedSize:
            .init(
                takes: .size(50), meets: .lists,
                "Pages have at most so many rows, and repeat the size that was asked for.",
                "페이지가 최대 그만큼이지만 요청한 크기를 그대로 되풀이합니다.")
        case .saidSize:
            .init(
                takes: .size(50), meets: .lists, "Pages have at most so many rows, and say so.",
                "페이지가 최대 그만큼이고 그 크기를 알립니다.")
        case .countWrong:
            .init(
                takes: .offset(1), meets: .lists, "The `count` of a list is off by that number.",
                "목록의 `count`가 그만큼 어긋납니다.")
        case .totalWrong:
            .init(
                takes: .offset(1), meets: .lists, "A list says a `total` that is off by that number.",
                "목록이 알리는 `total`이 그만큼 어긋납니다.")
        }
    }

    /// How a rule writes it, with an example of its argument: `delay(2s)`.
    public var example: String {
        switch entry.form {
        case .nothing: rawValue
        case .code: "\(rawValue)(LIMIT_EXCEEDED)"
        case .time(_, let example), .signedTime(let example): "\(rawValue)(\(example))"
        case .size(let number): "\(rawValue)(\(number))"
        case .offset(let number): "\(rawValue)(\(number > 0 ? "+" : "")\(number))"
        }
    }

    /// The kind that goes by this word.
    init?(word: String) {
        guard let name = Self.allCases.first(where: { $0.rawValue == word || $0.entry.others.contains(word) }) else {
            return nil
        }
        self = name
    }
}
