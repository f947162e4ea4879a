public import RunStore

extension SkipReason {
    /// For people who read Korean.
    public var korean: String {
        switch self {
        case .overlap: "겹침"
        case .missed: "놓침"
        case .paused: "일시 중지"
        case .blackout: "금지 시간"
        case .daemonDown: "데몬 꺼짐"
        case .approval: "승인 없음"
        case .removed: "삭제됨"
        }
    }
}
