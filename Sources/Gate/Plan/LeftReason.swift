import IwinvCatalog
import IwinvClient

/// Why an undoing leaves something as it is.
struct LeftReason {
    var text: LocalizedText

    private init(_ title: String, _ english: String, _ korean: String) {
        text = LocalizedText("\(title): \(english)", "\(title): \(korean)")
    }

    static func unknownOperation(_ name: String) -> LeftReason {
        LeftReason(name, "this version does not know it", "이 버전이 모르는 작업입니다")
    }

    static func unknownOutcome(_ title: String) -> LeftReason {
        LeftReason(title, "nobody knows whether it was made; look at it", "실행되었는지 알 수 없습니다. 직접 확인하세요")
    }

    static func final(_ title: String) -> LeftReason {
        LeftReason(title, "nothing brings back what it did", "되돌릴 방법이 없습니다")
    }

    static func asBefore(_ title: String) -> LeftReason {
        LeftReason(title, "it is as before already", "이미 이전 상태입니다")
    }

    static func neither(_ title: String, _ how: LocalizedText) -> LeftReason {
        LeftReason(title, how.english, how.korean)
    }

    static func unknownBefore(_ title: String) -> LeftReason {
        LeftReason(title, "what was there before is not known", "이전 값을 알 수 없습니다")
    }

    static func created(_ title: String, _ id: String) -> LeftReason {
        LeftReason(title, "\(id) stays; --delete-created deletes it", "\(id)는 남겨 둡니다. 삭제하려면 --delete-created를 붙이세요")
    }

    static func seenOnly(_ title: String, _ id: String) -> LeftReason {
        LeftReason(
            title,
            "\(id) stays: its creation was never answered, and a later read found it by name; look whether it is yours, "
                + "then --delete-seen deletes it",
            "\(id)는 남겨 둡니다. 생성 응답을 받지 못해 나중에 이름으로 찾은 것입니다. 이 실행이 만든 것인지 확인한 뒤 --delete-seen을 붙이면 삭제합니다")
    }

    static func gone(_ title: String, _ id: String) -> LeftReason {
        LeftReason(title, "\(id) is gone already", "\(id)는 이미 없습니다")
    }

    static func lost(_ title: String, _ what: LocalizedText) -> LeftReason {
        LeftReason(title, "\(what.english) is not known, and not brought back", "\(what.korean)은 알 수 없어 되돌리지 않습니다")
    }

    static func stays(_ title: String, _ fields: [String]) -> LeftReason {
        let names = fields.map { "`\($0)`" }.joined(separator: ", ")
        return LeftReason(title, "the cloud cannot empty \(names) again", "\(names) 값은 다시 비울 수 없습니다")
    }

    static func refused(_ title: String, _ error: CloudError) -> LeftReason {
        LeftReason(title, error.sentence.english, error.sentence.korean)
    }
}

extension CloudError {
    /// The error, in Korean with what its code means: the rest of it is the cloud's, or names and numbers.
    var sentence: LocalizedText {
        LocalizedText(description, advice.map { "\(description) — \($0.korean)" } ?? description)
    }
}
