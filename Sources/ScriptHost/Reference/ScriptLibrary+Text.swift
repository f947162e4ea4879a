import IwinvCatalog

extension ScriptLibrary {
    static let texts = [
        ScriptFunction("text.len", [("text", "string")], gives: "integer", "How many characters.", "글자 수입니다."),
        ScriptFunction(
            "text.codepoints", [("text", "string")], gives: "integer",
            "How many code points: the unit of name lengths.",
            "코드 포인트 수입니다. 이름 길이의 단위입니다."),
        ScriptFunction(
            "text.width", [("text", "string")], gives: "integer",
            "How many columns of a terminal; a Hangul syllable has two.",
            "터미널에서 차지하는 칸 수입니다. 한글은 두 칸입니다."),
        ScriptFunction(
            "text.sub", [("text", "string"), ("first", "integer"), ("last?", "integer")], gives: "string",
            "A part, by the rules of `string.sub`, in characters.", "`string.sub`와 같은 규칙으로 글자 단위로 자릅니다."),
        ScriptFunction(
            "text.starts_with", [("text", "string"), ("part", "string")], gives: "boolean",
            "Whether the text begins with a part.", "그 말로 시작하는지 봅니다."),
        ScriptFunction(
            "text.ends_with", [("text", "string"), ("part", "string")], gives: "boolean",
            "Whether the text ends with a part.", "그 말로 끝나는지 봅니다."),
        ScriptFunction(
            "text.contains", [("text", "string"), ("part", "string")], gives: "boolean",
            "Whether a part is in the text.", "그 말이 들어 있는지 봅니다."),
        ScriptFunction(
            "text.replace", [("text", "string"), ("old", "string"), ("new", "string")], gives: "string",
            "Puts one text in the place of another, everywhere.", "모든 곳에서 말을 바꿉니다."),
        ScriptFunction(
            "text.split", [("text", "string"), ("separator", "string")], gives: "string[]",
            "The parts between a separator.", "구분자로 나눕니다."),
        ScriptFunction(
            "text.trim", [("text", "string")], gives: "string", "Without spaces at both ends.", "앞뒤 공백을 없앱니다."),
        ScriptFunction(
            "text.number", [("number", "number")], gives: "string", "A number with commas between thousands.",
            "천 단위 쉼표를 넣습니다."),
        ScriptFunction(
            "text.pad", [("text", "string"), ("width", "integer"), ("right?", "boolean")], gives: "string",
            "Fills with spaces up to a width of the terminal; `right` aligns to the right.",
            "터미널 너비에 맞춰 공백을 채웁니다. `right`이면 오른쪽에 맞춥니다."),
    ]
}
