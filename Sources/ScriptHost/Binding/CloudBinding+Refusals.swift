import IwinvCatalog
import LuaRuntime

/// Mistakes that the prelude finds before there is a call to check.
extension CloudBinding {
    /// `refuse(what, owner, name, exists)`: an error that the prelude found, raised at the script's line.
    func refuse(_ arguments: [LuaValue]) throws -> [LuaValue] {
        let texts = arguments.map { $0.stringValue ?? "" } + ["", "", ""]
        let (what, owner, name) = (texts[0], texts[1], texts[2])
        let operation = OperationName(stringLiteral: owner)
        switch what {
        case "row" where arguments.last == true:
            throw LuaError(
                cloud: CloudError(
                    .invalid,
                    LocalizedText("`\(name)` of this \(owner) was not read", "이 \(owner)의 `\(name)`은(는) 조회하지 않았습니다"),
                    advice: LocalizedText("ask for it: fields = {\"\(name)\", …}", "fields = {\"\(name)\", …} 로 요청하세요"))
            )
        case "row":
            let type = catalog.operations.compactMap(\.row).first { $0.name == owner }
            let methods = type.map { CloudSurface(catalog).methods(of: $0).map(\.name.verb) } ?? []
            let names = (type?.fields.map(\.name) ?? []) + methods
            throw unknown(
                LocalizedText("\(owner) has no field `\(name)`", "\(owner)에 `\(name)` 필드는 없습니다"), name, among: names)
        case "method":
            throw invalid("it is called with a colon: row:\(name){…}", "콜론으로 호출합니다: row:\(name){…}", operation)
        case "retry":
            throw invalid(
                "iwinv.retry takes a function, and a table of `times` (1–1000) and `pause` (\"5s\")",
                "iwinv.retry에는 함수와, `times`(1–1000)와 `pause`(\"5s\")의 테이블을 주세요")
        case "subject":
            throw invalid(
                "`\(name)` comes first: write f(id, {…}) or row:f{…}",
                "`\(name)`이(가) 먼저입니다: f(id, {…}) 또는 row:f{…}", operation)
        case "colon":
            throw invalid(
                "it is called with a dot: iwinv.\(owner)(…), not with a colon",
                "콜론이 아니라 점으로 호출합니다: iwinv.\(owner)(…)", operation)
        case "surplus": throw invalid("there are more arguments than it takes", "인자가 너무 많습니다", operation)
        case "function_first":
            throw invalid("iwinv.\(owner) takes a function first", "iwinv.\(owner)의 첫 인자는 함수입니다")
        case "list": throw invalid("it takes a list first", "첫 인자는 목록입니다", operation)
        case "assign": throw invalid("\(owner) cannot be changed", "\(owner)은(는) 바꿀 수 없습니다")
        default:
            let resource = owner.split(separator: ".").dropFirst().joined(separator: ".")
            let names =
                resource.isEmpty
                ? catalog.grantResources + ["check", "retry"] : CloudSurface(catalog).names(in: resource)
            throw unknown(
                LocalizedText("\(owner) has no `\(name)`", "\(owner)에 `\(name)`은(는) 없습니다"), name, among: names)
        }
    }

    private func invalid(_ english: String, _ korean: String, _ operation: OperationName? = nil) -> LuaError {
        LuaError(cloud: CloudError(.invalid, LocalizedText(english, korean), operation: operation))
    }

    private func unknown(_ message: LocalizedText, _ name: String, among names: [String]) -> LuaError {
        let hint = Suggestion.nearest(to: name, among: names).map(LocalizedText.didYouMean)
        let all = names.joined(separator: ", ")
        return LuaError(
            cloud: CloudError(.invalid, message + (hint ?? LocalizedText("; there are \(all)", ". 있는 것: \(all)"))))
    }
}
