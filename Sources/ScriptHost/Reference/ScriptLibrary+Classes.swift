import IwinvCatalog

extension ScriptLibrary {
    package static let aliases: [ScriptAlias] = [
        ScriptAlias(
            name: "iwlua.Duration", type: "number|string",
            help: LocalizedText(
                "Seconds, or a text such as `30s`, `5m` or `1h30m`.", "초 또는 `30s`, `5m`, `1h30m` 같은 글입니다.")),
        ScriptAlias(
            name: "iwlua.Column", type: "string|table",
            help: LocalizedText(
                "A key of the rows, or { heading, key or function }.", "행의 항목 이름 또는 { 제목, 항목 이름이나 함수 }입니다.")),
    ]

    package static let classes: [ScriptClass] = [
        ScriptClass(
            name: "iwlua.Secret",
            help: LocalizedText(
                "A password or a link. A script never sees its text; `ui.show_secret` shows it.",
                "비밀번호나 링크입니다. 스크립트는 내용을 볼 수 없고 `ui.show_secret`으로만 보여 줍니다."), fields: []),
        ScriptClass(
            name: "iwlua.Task", help: LocalizedText("Work that `task.spawn` began.", "`task.spawn`이 시작한 작업입니다."),
            fields: [],
            methods: [
                ScriptFunction(
                    "wait", gives: "any", "Waits for its end and gives its results; an error of it is raised here.",
                    "끝나기를 기다려 결과를 돌려줍니다. 작업의 오류는 여기서 발생합니다."),
                ScriptFunction("done", gives: "boolean", "Whether it has ended.", "끝났는지 알려 줍니다."),
            ]),
        ScriptClass(
            name: "iwlua.Window", help: LocalizedText("What `time.window` answers.", "`time.window`의 결과입니다."),
            fields: [
                .init("open", "boolean", LocalizedText("Whether it is open now", "지금 열려 있는지")),
                .init(
                    "changes_in?", "number",
                    LocalizedText("Seconds until it opens or closes; nil if it never does", "열리거나 닫힐 때까지의 초")),
            ]),
        ScriptClass(
            name: "iwlua.MapOptions", help: LocalizedText("Options of `task.map`.", "`task.map`의 옵션입니다."),
            fields: [.init("limit?", "integer", LocalizedText("How many at once; 4 if not given", "동시 개수(기본 4)"))]),
        ScriptClass(
            name: "iwlua.RetryOptions", help: LocalizedText("Options of `iwinv.retry`.", "`iwinv.retry`의 옵션입니다."),
            fields: [
                .init(
                    "times?", "integer", LocalizedText("How often in all, 1–1000; 5 if not given", "총 횟수 1~1000(기본 5)")),
                .init("pause?", "iwlua.Duration", LocalizedText("Pause between; 5s if not given", "사이 간격(기본 5s)")),
            ]),
        ScriptClass(
            name: "iwlua.JSONOptions", help: LocalizedText("Options of `json.encode`.", "`json.encode`의 옵션입니다."),
            fields: [.init("pretty?", "boolean", LocalizedText("With line breaks", "줄바꿈 포함"))]),
        ScriptClass(
            name: "iwlua.BarOptions", help: LocalizedText("Options of `ui.bars`.", "`ui.bars`의 옵션입니다."),
            fields: [
                .init(
                    "label?", "string|function", LocalizedText("The key, or a function, of the label", "이름이 되는 항목이나 함수")
                ),
                .init(
                    "value?", "string|function", LocalizedText("The key, or a function, of the number", "값이 되는 항목이나 함수")
                ),
                .init("unit?", "string", LocalizedText("Stands behind each number", "숫자 뒤의 단위")),
                .init(
                    "width?", "integer",
                    LocalizedText("Columns of the longest bar, 1–200; 40 if not given", "가장 긴 막대의 칸 수 1~200(기본 40)")),
            ]),
        failure,
    ]

    /// What `pcall` sees of a call that failed.
    package static let failure = ScriptClass(
        name: "iwlua.Error",
        help: LocalizedText(
            "The error of a call, as `pcall` sees it. A kill by a limit cannot be caught.",
            "`pcall`이 받는 호출 오류입니다. 한도에 의한 강제 종료는 잡을 수 없습니다."),
        fields: [
            .init(
                "kind", "\"api\"|\"network\"|\"denied\"|\"invalid\"|\"limit\"|\"machine\"|\"cancelled\"",
                LocalizedText(
                    "api: the cloud said no; network: no usable answer; denied: not granted; invalid: wrong arguments, "
                        + "nothing was sent; limit: a limit of the run; machine: this machine cannot keep its records, "
                        + "nothing was sent; cancelled",
                    "api: 클라우드가 거절, network: 응답 없음, denied: 허용되지 않음, invalid: 잘못된 인자(전송 안 됨), "
                        + "limit: 실행 한도, machine: 이 컴퓨터에 기록할 수 없음(전송 안 됨), cancelled: 취소됨")),
            .init("message", "string", LocalizedText("What happened", "무슨 일이 있었는지")),
            .init(
                "message_ko?", "string",
                LocalizedText("The same in Korean, where the words are not the cloud's", "같은 내용의 한국어(클라우드의 말이 아닐 때)")),
            .init(
                "outcome", Outcome.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: "|"),
                LocalizedText("How far the change got", "변경이 어디까지 갔는지")),
            .init(
                "retryable", "boolean",
                LocalizedText(
                    "A second try may succeed; says nothing about whether it is safe", "다시 하면 될 수 있음(안전하다는 뜻은 아님)")),
            .init("operation?", "string", LocalizedText("Such as instances.edit", "예: instances.edit")),
            .init("status?", "integer", LocalizedText("HTTP status", "HTTP 상태")),
            .init("code?", "string", LocalizedText("The cloud's number: 0x16", "클라우드의 번호: 0x16")),
            .init("error_code?", "string", LocalizedText("The cloud's name: ID_INVALID", "클라우드의 이름: ID_INVALID")),
            .init("advice?", "table", LocalizedText("What to do next: `en` and `ko`", "다음에 할 일: `en`, `ko`")),
        ])
}
