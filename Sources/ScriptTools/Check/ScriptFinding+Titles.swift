public import IwinvCatalog

extension ScriptFinding.Rule {
    /// What kind of mistake it is, in a few words.
    public var title: LocalizedText {
        switch self {
        case .syntax: LocalizedText("syntax", "문법 오류")
        case .file: LocalizedText("unreadable", "파일을 읽을 수 없음")
        case .header: LocalizedText("wrong header", "헤더 오류")
        case .unknownOperation: LocalizedText("no such operation", "없는 기능")
        case .unknownArgument: LocalizedText("no such argument", "없는 인자")
        case .wrongArgument: LocalizedText("wrong argument", "잘못된 인자")
        case .missingArgument: LocalizedText("missing argument", "빠진 인자")
        case .colon: LocalizedText("colon and dot", "점(.)과 콜론(:) 혼동")
        case .unknownField: LocalizedText("no such field", "없는 항목")
        case .unreadField: LocalizedText("field not asked for", "요청하지 않은 항목")
        case .missingNeed: LocalizedText("missing grant", "@needs에 없는 권한")
        case .unusedNeed: LocalizedText("unused grant", "쓰지 않는 권한")
        case .unknownParameter: LocalizedText("no such parameter", "선언하지 않은 매개변수")
        case .unusedParameter: LocalizedText("unused parameter", "쓰지 않는 매개변수")
        case .undefinedGlobal: LocalizedText("no such variable", "없는 변수")
        case .globalAssignment: LocalizedText("global variable", "전역 변수에 대입")
        case .sandbox: LocalizedText("not in the sandbox", "샌드박스에 없는 기능")
        case .unknownFunction: LocalizedText("no such function", "없는 함수")
        case .unknownModule: LocalizedText("no such module", "없는 모듈")
        case .unlimitedChanges: LocalizedText("changes without a limit", "제한 없는 반복 변경")
        case .unusedLocal: LocalizedText("unused variable", "쓰지 않는 변수")
        case .unreachable: LocalizedText("unreachable", "실행되지 않는 코드")
        case .wrongComparison: LocalizedText("comparison", "없는 값과 비교")
        case .duplicateKey: LocalizedText("key given twice", "중복된 키")
        case .rowAssignment: LocalizedText("assignment to a row", "클라우드를 바꾸지 않는 대입")
        case .wrongLoop: LocalizedText("loop", "잘못된 반복")
        }
    }
}
