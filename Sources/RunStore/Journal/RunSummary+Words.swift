public import IwinvCatalog

extension RunSummary.State {
    /// For a person.
    public var words: LocalizedText {
        switch self {
        case .running: LocalizedText("running", "실행 중")
        case .cut: LocalizedText("cut", "끊김")
        case .ended(let word):
            switch word {
            case "done": LocalizedText(word, "완료")
            case "failed": LocalizedText(word, "실패")
            case "denied": LocalizedText(word, "권한 없음")
            case "refused": LocalizedText(word, "클라우드 거절")
            case "unknown": LocalizedText(word, "결과 불명")
            case "killed": LocalizedText(word, "강제 종료")
            case "unavailable": LocalizedText(word, "컴퓨터 문제")
            case "interrupted": LocalizedText(word, "중단됨")
            // A schedule's, for a run that nobody could take up again.
            case "cut": RunSummary.State.cut.words
            // A newer version's.
            default: LocalizedText(word, word)
            }
        }
    }
}
