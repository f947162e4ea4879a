package import IwinvCatalog
import LuaRuntime

/// The tables and functions that scripts have besides the cloud's and Lua's own: the list that the reference, the editor
/// files and completion are made from. A test compares it with what the sandbox holds.
package enum ScriptLibrary {
    /// A table of functions, and what it is for.
    package struct Table: Sendable {
        package var name: String
        package var help: LocalizedText
    }

    package static let tables: [Table] = [
        Table(
            name: "log", help: LocalizedText("Structured log lines, with the script's line.", "구조화된 로그를 남깁니다.")),
        Table(
            name: "task",
            help: LocalizedText(
                "Work side by side. Whatever waits lets other tasks go on.", "작업을 동시에 진행합니다. 기다리는 동안 다른 작업이 진행됩니다.")),
        Table(
            name: "time",
            help: LocalizedText("Time on the run's clock; zones and windows.", "실행 시계의 시간, 시간대, 작업 시간대를 다룹니다.")),
        Table(
            name: "text",
            help: LocalizedText(
                "Text as people see it: a Hangul syllable counts as one, and what is looked for is text, never a pattern.",
                "사람이 보는 단위의 문자열입니다. 한글 한 글자는 하나로 세고, 찾는 말은 패턴이 아닌 문자열입니다.")),
        Table(name: "json", help: LocalizedText("JSON.", "JSON을 읽고 씁니다.")),
        Table(
            name: "store",
            help: LocalizedText(
                "What the script keeps from one run to the next.", "다음 실행까지 스크립트가 간직하는 값입니다.")),
        Table(
            name: "ui",
            help: LocalizedText("Tables, bars and progress for the person.", "표, 막대, 진행 상황을 보여 줍니다.")),
    ]

    package static let functions: [ScriptFunction] =
        logging + tasks + times + texts + documents + interface + keeping + module + [
            ScriptFunction(
                "fail", [("message", "string"), ("result?", "any")],
                "Ends the script with exit code 1, and what it found until then.",
                "스크립트를 종료 코드 1로 끝냅니다. 그때까지의 결과를 함께 줄 수 있습니다.")
        ]

    /// Values that are no functions.
    package static let values: [ScriptFunction.Value] = [
        .init(
            "params", "table<string, any>",
            LocalizedText(
                "The parameters that the script's header declares; reading another is an error.",
                "헤더에 선언된 매개변수입니다. 선언되지 않은 이름을 읽으면 오류입니다."))
    ]

    /// The names that stand in a script's global scope and are not Lua's own.
    package static let globals: [String] =
        tables.map(\.name) + values.map(\.name) + functions.filter { $0.table == nil }.map(\.name)

    private static let logging = [
        ("debug", "Says something that only matters while looking for a mistake.", "디버그 로그를 남깁니다."),
        ("info", "Says what happened.", "정보 로그를 남깁니다."),
        ("warn", "Says what a person should look at.", "경고 로그를 남깁니다."),
        ("error", "Says what went wrong; the script goes on.", "오류 로그를 남깁니다. 스크립트는 계속됩니다."),
    ].map { level, english, korean in
        ScriptFunction("log.\(level)", [("message", "any"), ("fields?", "table<string, any>")], english, korean)
    }

    private static let tasks = [
        ScriptFunction(
            "task.map",
            [("list", "T[]"), ("fn", "fun(item: T, index: integer): R?"), ("options?", "iwlua.MapOptions")],
            gives: "R[]", generics: ["T", "R"],
            "Calls `fn` for each item, at most `limit` (4) at once; results keep the list's order. After an error no other "
                + "item is begun.",
            "목록의 각 항목에 `fn`을 실행합니다. 동시에 최대 `limit`(4)개. 결과는 목록 순서대로이고, 오류가 나면 새 항목을 시작하지 않습니다."),
        ScriptFunction(
            "task.spawn", [("fn", "function"), ("...", "any")], gives: "iwlua.Task",
            "Begins a task, which runs whenever the others wait.", "작업을 시작합니다. 다른 작업이 기다리는 동안 실행됩니다."),
        ScriptFunction(
            "task.all", [("functions", "(fun(): any)[]")], gives: "any[]",
            "Calls all functions side by side and gives their results in order.", "모든 함수를 동시에 실행하고 결과를 순서대로 돌려줍니다."),
    ]

    private static let times = [
        ScriptFunction(
            "time.now", gives: "integer", "Seconds since 1970 (UTC).", "1970년부터의 초(UTC)입니다."),
        ScriptFunction(
            "time.elapsed", gives: "number", "Seconds on a clock that nobody sets; for differences.",
            "아무도 조정하지 않는 시계의 초입니다. 차이를 잴 때 씁니다."),
        ScriptFunction(
            "time.sleep", [("duration", "iwlua.Duration")], "Lets time pass for this task.", "이 작업을 쉬게 합니다."),
        ScriptFunction(
            "time.window", [("window", "string"), ("zone?", "string")], gives: "iwlua.Window",
            "Whether a window such as `SUN 04:00-06:00; MON-FRI 22:00-02:00` or `always` is open, in a time zone "
                + "(Asia/Seoul).",
            "`SUN 04:00-06:00; MON-FRI 22:00-02:00`, `always` 같은 작업 시간대가 열려 있는지 알려 줍니다(기본 Asia/Seoul)."),
        ScriptFunction(
            "time.format", [("seconds", "integer"), ("zone?", "string"), ("format?", "string")], gives: "string",
            "A time as text: in a zone (Asia/Seoul), by a Unicode pattern (`yyyy-MM-dd HH:mm:ss`).",
            "시각을 글로 바꿉니다. 시간대(기본 Asia/Seoul)와 형식(`yyyy-MM-dd HH:mm:ss`)을 줄 수 있습니다."),
        ScriptFunction(
            "time.duration", [("seconds", "number")], gives: "string", "Seconds as text: `1h30m`.",
            "초를 `1h30m` 같은 글로 바꿉니다."),
        ScriptFunction(
            "time.seconds", [("duration", "iwlua.Duration")], gives: "number", "A duration such as `5m` in seconds.",
            "`5m` 같은 길이를 초로 바꿉니다."),
    ]

    private static let documents = [
        ScriptFunction("json.decode", [("text", "string")], gives: "any", "Reads JSON.", "JSON을 읽습니다."),
        ScriptFunction(
            "json.encode", [("value", "any"), ("options?", "iwlua.JSONOptions")], gives: "string", "Writes JSON.",
            "JSON을 씁니다."),
    ]

    private static let keeping = [
        ScriptFunction(
            "store.get", [("key", "string"), ("default?", "any")], gives: "any",
            "What this script, known by its path and name, has kept under a key, in this run or an earlier one for the same "
                + "account.",
            "이 스크립트(경로와 이름으로 구분)가 같은 계정에서 이 키로 저장해 둔 값입니다. 이전 실행의 값도 읽습니다."),
        ScriptFunction(
            "store.set", [("key", "string"), ("value", "any")],
            "Keeps a value for the next run: what JSON can hold, at most 16 KiB; nil takes it away. A plan writes nothing.",
            "다음 실행을 위해 값을 저장합니다. JSON으로 쓸 수 있는 값, 최대 16KiB. nil이면 지웁니다. 계획에서는 저장되지 않습니다."),
        ScriptFunction(
            "store.update", [("key", "string"), ("fn", "fun(value: any): any")], gives: "any",
            "Changes a value in one step: `fn` gets what is kept (nil if nothing is) and returns what to keep instead; nil "
                + "takes it away. If another run changes the value meanwhile, `fn` is called again with the new one, so it "
                + "makes no changes of the cloud. Returns what is kept then.",
            "값을 한 번에 바꿉니다. `fn`은 저장된 값(없으면 nil)을 받아 새 값을 돌려줍니다. nil이면 지웁니다. 그사이 다른 실행이 값을 "
                + "바꾸면 새 값으로 `fn`을 다시 부르므로, `fn`에서 클라우드를 변경하지 마세요. 저장된 값을 돌려줍니다."),
        ScriptFunction(
            "store.delete", [("key", "string")], "Takes a value away.", "값을 지웁니다."),
        ScriptFunction(
            "store.keys", [("prefix?", "string")], gives: "string[]", "The keys that there are, sorted.",
            "저장된 키를 정렬하여 돌려줍니다."),
    ]

    private static let interface = [
        ScriptFunction(
            "ui.table", [("rows", "table[]"), ("columns", "iwlua.Column[]")],
            "Prints a table. A column is a key (`name`), a path (`zone.name`), or a heading with a key or a function.",
            "표를 출력합니다. 열은 항목 이름(`name`), 경로(`zone.name`), 또는 제목과 항목이나 함수입니다."),
        ScriptFunction(
            "ui.bars", [("list", "table[]"), ("options?", "iwlua.BarOptions")],
            "Prints numbers as bars. An entry is {label, value}, or a row of which the options tell both.",
            "숫자를 막대로 출력합니다. 항목은 {이름, 값}이거나, 옵션이 가리키는 행입니다."),
        ScriptFunction(
            "ui.progress", [("done", "integer"), ("total", "integer"), ("text?", "string")],
            "Shows how far the script is.", "진행 상황을 보여 줍니다."),
        ScriptFunction(
            "ui.show_secret", [("secret", "iwlua.Secret")],
            "Writes a password or a link to the terminal and to nothing else; with `--allow secret --show-secrets`.",
            "비밀번호나 링크를 터미널에만 씁니다. `--allow secret --show-secrets`가 필요합니다."),
    ]

    private static let module = [
        ScriptFunction(
            "iwinv.check", [("operation", "string"), ("arguments", "table")], gives: "true",
            "Whether the cloud would take these arguments, as far as that is known beforehand; an error if not.",
            "이 인자를 클라우드가 받아들일지 미리 알 수 있는 만큼 확인합니다. 아니면 오류입니다."),
        ScriptFunction(
            "iwinv.retry", [("fn", "fun(): T"), ("options?", "iwlua.RetryOptions")], gives: "T", generics: ["T"],
            "Calls a function again while it fails with an error that may pass and that says that nothing was done.",
            "일시적이고 아무것도 바뀌지 않은 오류로 실패하는 동안 함수를 다시 실행합니다."),
    ]
}
