import IwinvCatalog
import ScriptHost

/// What a function of the cloud takes and gives, in the types of a definition file.
struct FunctionCall {
    struct Parameter {
        var name: String
        var type: String
        var isOptional = false
        var help: String
    }

    private(set) var parameters: [Parameter] = []
    let result: String
    /// The other way to call it: with its second identifier among the named arguments.
    private(set) var overload: String?

    /// - Parameter row: the row whose method it is, which is the first argument then.
    init(_ function: CloudSurface.Function, of row: RowType?, _ types: LuaTypes, _ language: Language) {
        let operation = function.operation
        let rowName = operation.row.map(LuaTypes.row) ?? "nil"
        let isAbsent = operation.absence == .emptyResult && operation.effect == .read
        result =
            switch function.form {
            case .list, .listOfOne, .waitAll: "\(rowName)[]"
            case .each: "fun(): \(rowName)"
            case .ofOne, .wait: isAbsent ? "\(rowName)?" : rowName
            case .plain: operation.answersSeveral ? "\(rowName)|\(rowName)[]" : rowName
            }
        switch function.form {
        case .wait, .waitAll:
            addWait(function, isMethod: row != nil, language)
            return
        case .list, .each, .plain, .ofOne, .listOfOne: break
        }
        let takesIdentifiers = function.subject != nil
        // The row stands for the identifier that it carries; a rule carries its firewall's too.
        let isWhole = row != nil && row?.key == operation.partner
        if takesIdentifiers {
            for (index, parameter) in operation.positional.enumerated() where !isWhole && (index > 0 || row == nil) {
                parameters.append(
                    Parameter(
                        name: parameter.name, type: LuaTypes.reference(parameter.name), help: parameter.help(language)))
            }
        }
        let table = operation.named.filter { $0.name != operation.partner }
        let name = LuaTypes.arguments(of: function.form.isStreamed(operation) ? function.name : operation.name)
        if !table.isEmpty || function.form.isStreamed(operation) {
            parameters.append(
                Parameter(name: "arguments", type: name, isOptional: !operation.needsTable, help: ""))
        }
        if let partner = operation.partner, !isWhole {
            let kept = parameters.filter { $0.name != partner && $0.name != "arguments" }
            let owner = row.map { ["self: \(LuaTypes.row($0))"] } ?? []
            let list = owner + kept.map { "\($0.name): \($0.type)" } + ["arguments: \(name)"]
            overload = "fun(\(list.joined(separator: ", "))): \(result)"
        }
    }

    private mutating func addWait(_ function: CloudSurface.Function, isMethod: Bool, _ language: Language) {
        let operation = function.operation
        let key = operation.row?.key ?? ""
        if !isMethod {
            let reference = LuaTypes.reference(key)
            let isList = function.form.isWaitAll
            parameters.append(
                Parameter(
                    name: isList ? "resources" : key, type: isList ? "\(reference)[]" : reference,
                    help: LocalizedText("Identifiers, or rows", "ID 또는 행")(language)))
            if !isList, let row = operation.row.map(LuaTypes.row) {
                let states = LuaTypes.states(operation)
                overload = "fun(resources: \(reference)[], state: \(states), timeout?: iwlua.Duration): \(row)[]"
            }
        }
        parameters.append(
            Parameter(
                name: "state", type: LuaTypes.states(operation),
                help: LocalizedText("What to wait for", "기다릴 상태")(language)))
        parameters.append(
            Parameter(
                name: "timeout", type: "iwlua.Duration", isOptional: true,
                help: LocalizedText("How long at most; 10m if not given", "최대 시간(기본 10m)")(language)))
    }
}

extension CloudSurface.Function.Form {
    var isWaitAll: Bool {
        if case .waitAll = self { true } else { false }
    }

    /// Whether a list can be read page by page.
    func isStreamed(_ operation: CloudOperation) -> Bool {
        if case .each = self { operation.paging != nil } else { false }
    }
}

extension CloudOperation {
    /// Whether one call may make several rows.
    var answersSeveral: Bool {
        if case .rows = result { true } else { false }
    }
}
