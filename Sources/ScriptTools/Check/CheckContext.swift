import Gate
import IwinvCatalog
import LuaSyntax
import ScriptHost

/// What is known of a script and its modules together, and what was found.
struct CheckContext {
    let catalog: Catalog
    /// Metatables with `__concat` are refused.
    let refusesConcat: Bool
    let vocabulary: CheckVocabulary
    let header: HeaderPlaces
    /// What rows can do, by the field that identifies them: the functions that take it. `wait` reads the list.
    let methods: [String: [String: CloudOperation]]
    /// The modules that stand beside the script.
    let modules: Set<String>
    let assignedGlobals: Set<String>
    private(set) var findings: [ScriptFinding] = []

    /// The operations that are named, and where first.
    private(set) var operations: [OperationName: ScriptFinding] = [:]
    private(set) var usedParameters: Set<String> = []
    /// Parameters are read by names that only the run knows.
    var readsAnyParameter = false
    /// Operations are looked up by names that only the run knows, or `iwinv` goes where nobody looks.
    var callsAnyOperation = false
    /// Methods of something that may be a row: whether they are an operation only the run knows.
    var possibleVerbs: Set<String> = []
    /// The first change in a loop.
    private(set) var repeatedChange: ScriptFinding?

    init(
        catalog: Catalog, refusesConcat: Bool, vocabulary: CheckVocabulary, header: HeaderPlaces,
        modules: Set<String>, assignedGlobals: Set<String>
    ) {
        self.catalog = catalog
        self.refusesConcat = refusesConcat
        self.vocabulary = vocabulary
        self.header = header
        self.modules = modules
        self.assignedGlobals = assignedGlobals
        var methods: [String: [String: CloudOperation]] = [:]
        for operation in catalog.interface {
            let isNested = operation.name.resource.contains(".")
            if let key = isNested ? operation.partner : operation.subject?.name {
                methods[key, default: [:]][operation.name.verb] = operation
            }
            if operation.name.verb == "list", let row = operation.row, let key = row.key, !row.states.isEmpty {
                methods[key, default: [:]]["wait"] = operation
            }
        }
        self.methods = methods
    }

    static func finding(
        _ rule: ScriptFinding.Rule, _ severity: ScriptFinding.Severity, _ file: String, _ source: LuaSource,
        _ range: Range<Int>,
        _ message: String, suggestion: String? = nil
    ) -> ScriptFinding {
        let start = source.position(at: range.lowerBound)
        let hint = suggestion.map { "; did you mean `\($0)`?" } ?? ""
        return ScriptFinding(
            rule: rule, severity: severity, file: file, start: start, end: source.position(at: range.upperBound),
            message: message + hint, suggestion: suggestion, line: source.text(ofLine: start.line))
    }

    mutating func report(_ finding: ScriptFinding) { findings.append(finding) }

    mutating func report(
        _ rule: ScriptFinding.Rule, _ severity: ScriptFinding.Severity, _ file: String, _ tree: LuaTree, line: Int,
        _ message: String
    ) {
        let range = tree.source.range(ofLine: line)
        report(Self.finding(rule, severity, file, tree.source, range, message))
    }

    /// Notes that an operation is named here.
    mutating func use(_ operation: CloudOperation, at place: ScriptFinding, isRepeated: Bool) {
        if operations[operation.name] == nil { operations[operation.name] = place }
        if isRepeated, operation.effect.isChange, repeatedChange == nil { repeatedChange = place }
    }

    mutating func use(parameter name: String) { usedParameters.insert(name) }

    // MARK: - The header against what is used

    mutating func checkHeader(_ file: String, _ tree: LuaTree) {
        // A test may do everything: its cloud is its own.
        guard !vocabulary.isTest, let header = header.header else { return }
        checkNeeds(header, file, tree)
        guard self.header.isThere else { return }
        for parameter in header.parameters where !readsAnyParameter && !usedParameters.contains(parameter.name) {
            guard let place = self.header.place(ofParameter: parameter.name) else { continue }
            report(
                Self.finding(
                    .unusedParameter, .warning, file, tree.source, place,
                    "the parameter `\(parameter.name)` is declared and never read"))
        }
        if var change = repeatedChange, header.maximumChanges == nil,
            !header.needs.contains(where: { $0.maximum != nil })
        {
            change.rule = .unlimitedChanges
            change.severity = .warning
            change.message = "this changes the cloud in a loop; say in the header how often it may: `@limit changes 50`"
            report(change)
        }
    }

    private mutating func checkNeeds(_ header: ScriptHeader, _ file: String, _ tree: LuaTree) {
        var missing: Set<Grant> = []
        for (name, place) in operations.sorted(by: { $0.value.start.offset < $1.value.start.offset }) {
            guard let operation = catalog[name], !header.needs.contains(where: { $0.concerns(operation) }) else {
                continue
            }
            let grant = Grant(for: operation)
            // Reading is granted to everybody.
            guard operation.effect != .read else { continue }
            guard missing.insert(grant).inserted else { continue }
            var finding = place
            finding.rule = .missingNeed
            finding.severity = self.header.isThere ? .error : .warning
            finding.message =
                self.header.isThere
                ? "`\(name)` needs the grant `\(grant)`, which `@needs` does not name"
                : "`\(name)` needs a grant, and the script has no header with `@needs \(grant)`"
            finding.suggestion = "\(grant)"
            report(finding)
        }
        guard !callsAnyOperation else { return }
        for need in header.needs {
            let isUsed =
                operations.keys.contains { name in catalog[name].map(need.concerns) ?? false }
                || catalog.interface.contains { possibleVerbs.contains($0.name.verb) && need.concerns($0) }
            let text = "\(need.resource):\(need.effect.rawValue)"
            guard !isUsed,
                let place = self.header.place(ofNeed: text) ?? self.header.place(ofNeed: need.effect.rawValue)
            else { continue }
            report(
                Self.finding(
                    .unusedNeed, .warning, file, tree.source, place, "no call of the script needs the grant `\(text)`"))
        }
    }
}
