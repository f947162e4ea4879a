package import IwinvCatalog

/// What a process says with its exit code (DESIGN 6).
package struct ExitStatus: Sendable, Hashable {
    package let code: Int32
    package let meaning: LocalizedText

    package static let done = ExitStatus(code: 0, meaning: LocalizedText("done", "완료"))
    package static let failed = ExitStatus(
        code: 1,
        meaning: LocalizedText(
            "the script failed: an error of its own, or `fail(text)`", "스크립트 실패: 스크립트의 오류 또는 `fail(text)`"))
    package static let usage = ExitStatus(
        code: 2, meaning: LocalizedText("usage, syntax or header", "사용법, 문법, 헤더 오류"))
    package static let denied = ExitStatus(
        code: 3,
        meaning: LocalizedText(
            "not granted, no consent, protected, drift, or over a limit of changes",
            "권한이나 승인이 없음, 보호된 자원, 그 사이 바뀐 자원, 또는 변경 한도를 넘음"))
    package static let refused = ExitStatus(
        code: 4, meaning: LocalizedText("the cloud refused, or could not be reached", "클라우드가 거부했거나 연결되지 않음"))
    package static let unknown = ExitStatus(
        code: 5,
        meaning: LocalizedText(
            "at least one change has an unknown outcome: look before running again",
            "결과를 알 수 없는 변경이 있음: 다시 실행하기 전에 확인하세요"))
    package static let killed = ExitStatus(
        code: 6,
        meaning: LocalizedText(
            "killed: processor time, memory, wall time, output or calls",
            "강제 종료: 프로세서 시간, 메모리, 실행 시간, 출력, 호출 수"))
    package static let machine = ExitStatus(
        code: 7,
        meaning: LocalizedText(
            "this machine: its disk, iwlua's state folder, settings that cannot be read, a run that another process has",
            "이 컴퓨터: 디스크, iwlua의 상태 폴더, 읽을 수 없는 설정, 다른 프로세스가 진행 중인 실행"))
    package static let interrupted = ExitStatus(code: 130, meaning: LocalizedText("interrupted", "중단됨"))

    /// All that there are.
    package static let all: [ExitStatus] = [
        .done, .failed, .usage, .denied, .refused, .unknown, .killed, .machine, .interrupted,
    ]

    /// Which of them a process ends with where several apply: the first.
    package static let precedence: [ExitStatus] = [
        .unknown, .interrupted, .killed, .denied, .refused, .machine, .failed, .usage,
    ]

    /// The one that counts.
    package static func first(of statuses: some Sequence<ExitStatus>) -> ExitStatus {
        let statuses = Set(statuses)
        return precedence.first(where: statuses.contains) ?? .done
    }
}

extension RunReport.Ending {
    /// What a process that ends so says.
    package var status: ExitStatus {
        switch self {
        case .done: .done
        case .failed: .failed
        case .denied: .denied
        case .refused: .refused
        case .unknown: .unknown
        case .killed: .killed
        case .unavailable: .machine
        case .interrupted: .interrupted
        }
    }
}
