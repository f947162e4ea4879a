package import IwinvCatalog
import ScriptHost

/// What a process that ran a script says with its exit code.
package struct ExitStatus: Sendable {
    package var code: Int32
    package var meaning: LocalizedText

    /// All that there are. Where several apply: 5, then 130, 6, 3, 4, 1.
    package static let all: [ExitStatus] = [
        ExitStatus(code: 0, meaning: LocalizedText("done", "완료")),
        ExitStatus(
            code: 1,
            meaning: LocalizedText(
                "the script failed: an error of its own, or `fail(text)`", "스크립트 실패: 스크립트의 오류 또는 `fail(text)`")),
        ExitStatus(code: 2, meaning: LocalizedText("usage, syntax or header", "사용법, 문법, 헤더 오류")),
        ExitStatus(
            code: 3, meaning: LocalizedText("not granted, or over a limit of changes", "권한이 없거나 변경 한도를 넘음")),
        ExitStatus(
            code: 4, meaning: LocalizedText("the cloud refused, or could not be reached", "클라우드가 거부했거나 연결되지 않음")),
        ExitStatus(
            code: 5,
            meaning: LocalizedText(
                "at least one change has an unknown outcome: look before running again",
                "결과를 알 수 없는 변경이 있음: 다시 실행하기 전에 확인하세요")),
        ExitStatus(
            code: 6,
            meaning: LocalizedText("killed: processor time, memory or wall time", "강제 종료: 프로세서 시간, 메모리, 실행 시간")),
        ExitStatus(code: 130, meaning: LocalizedText("interrupted", "중단됨")),
    ]
}
