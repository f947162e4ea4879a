package import IwinvCatalog
import ScriptHost

/// What there is to say of a function of the cloud, in words.
package enum FunctionText {
    static func summary(_ function: CloudSurface.Function, _ language: Language) -> String {
        let operation = function.operation
        switch function.form {
        case .each:
            return LocalizedText(
                "For loops: one row after another. All pages are read before the first row, so that changes inside the "
                    + "loop skip none.",
                "반복문용: 행을 하나씩 줍니다. 첫 행 전에 모든 페이지를 읽으므로 반복 안에서 바꿔도 빠지는 행이 없습니다.")(language)
        case .wait:
            return LocalizedText(
                "Waits until a resource, or each of a list, is in a state. One request covers a hundred.",
                "대상(또는 목록의 모든 대상)이 그 상태가 될 때까지 기다립니다. 요청 하나로 백 개를 봅니다.")(language)
        case .waitAll:
            return LocalizedText(
                "Waits until every resource of a list is in a state.", "목록의 모든 대상이 그 상태가 될 때까지 기다립니다.")(language)
        case .list, .listOfOne, .ofOne, .plain: return operation.help(language)
        }
    }

    /// Grant, cost, undo and evidence.
    static func facts(_ function: CloudSurface.Function, _ language: Language) -> [String] {
        switch function.form {
        case .list, .listOfOne, .ofOne, .plain: return facts(function.operation, language)
        case .each, .wait, .waitAll:
            return [grant(function.operation, language)]
        }
    }

    static func facts(_ operation: CloudOperation, _ language: Language) -> [String] {
        var facts = [grant(operation, language)]
        if operation.costsMoney { facts.append(LocalizedText("costs money", "과금됨")(language)) }
        if operation.effect.isChange {
            facts.append(LocalizedText("undo: ", "되돌리기: ")(language) + undo(operation, language))
        }
        return facts + [operation.evidence.meaning(language)]
    }

    private static func grant(_ operation: CloudOperation, _ language: Language) -> String {
        LocalizedText("grant ", "권한 ")(language) + "\(operation.name.root):\(operation.effect.rawValue)"
    }

    /// How a change is taken back; empty for what changes nothing.
    package static func undo(_ operation: CloudOperation, _ language: Language) -> String {
        switch operation.undo {
        case .notNeeded: operation.effect.isChange ? LocalizedText("not needed", "필요 없음")(language) : ""
        case .restoring: LocalizedText("the same, with the values before", "이전 값으로 다시")(language)
        case .by(let name): "\(name)"
        case .impossible: LocalizedText("never", "불가")(language)
        }
    }
}
