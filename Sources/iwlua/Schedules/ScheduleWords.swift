import RunStore

/// Words of schedules that several texts have.
enum ScheduleWords {
    static func korean(_ reason: SkipReason) -> String {
        switch reason {
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
