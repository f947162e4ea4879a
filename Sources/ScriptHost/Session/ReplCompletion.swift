public import IwinvCatalog

/// What could stand where the cursor is: from the catalog, the session's variables and what it has seen. It asks nobody.
public struct ReplCompletion: Sendable {
    /// A word that could stand there.
    public struct Candidate: Sendable, Hashable {
        /// What is put in the place of the word under the cursor.
        public var text: String
        /// What it is: a type, a unit, the name that belongs to an identifier.
        public var note: String

        public init(_ text: String, _ note: String = "") { (self.text, self.note) = (text, note) }
    }

    /// What may stand there.
    public struct Result: Sendable, Equatable {
        /// How many characters before the cursor are replaced.
        public var replaced: Int
        /// In the order in which they are shown.
        public var candidates: [Candidate]
    }

    /// A resource that the session has seen.
    public typealias Seen = (key: String, id: String, name: String?)

    let catalog: Catalog
    private let surface: CloudSurface
    let names: [ReplName]
    let libraries: [ReplName]
    let seen: [Seen]
    let commands: [String]
    let language: Language

    /// - Parameter commands: of the prompt itself: `:undo`.
    public init(
        own names: [ReplName] = [], libraries: [ReplName] = [], seen: [Seen] = [], commands: [String] = [],
        catalog: Catalog = .iwinv, language: Language = .english
    ) {
        (self.names, self.libraries, self.seen) = (names, libraries, seen)
        (self.commands, self.catalog, self.language) = (commands, catalog, language)
        surface = CloudSurface(catalog)
    }

    /// What could stand at the end of a text: that before the cursor.
    public func complete(_ text: String) -> Result {
        // A call's arguments begin rarely further back than this, and a paste may be long.
        let place = CompletionPlace(String(text.suffix(1500)))
        let all = candidates(at: place)
        let known = all.filter { $0.text.hasPrefix(place.word) && $0.text != place.word }
        var unique: Set<String> = []
        return Result(
            replaced: place.word.count,
            candidates: known.filter { unique.insert($0.text).inserted }.prefix(200).map(\.self))
    }

    private func candidates(at place: CompletionPlace) -> [Candidate] {
        switch place.kind {
        case .command: return commands.sorted().map { Candidate($0) }
        case .topic: return topics
        case .name: return argumentNames(of: place.call) + globals
        case .field(let path): return fields(of: path)
        case .method(let path): return methods(of: path)
        case .string: return strings(in: place.call)
        case .nothing: return []
        }
    }

    // MARK: - Names

    private static let keywords = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    private var globals: [Candidate] {
        let own = names.map { Candidate($0.name, $0.kind) } + ["_", "_err"].map { Candidate($0) }
        let known = libraries.filter { $0.name != "_G" && $0.name != "_VERSION" }.map { Candidate($0.name, $0.kind) }
        return own.sorted { $0.text < $1.text } + [Candidate("iwinv", "")] + known.sorted { $0.text < $1.text }
            + Self.keywords.map { Candidate($0) }
    }

    /// What `help` and `?` know.
    private var topics: [Candidate] {
        catalog.resources.map { Candidate($0) }
            + catalog.interface.map { Candidate("\($0.name)", $0.help(language)) }
            + libraries.filter { !$0.fields.isEmpty && $0.name != "_G" }.map { Candidate($0.name) }
    }

    /// What stands in a table of that name.
    private func fields(of path: [String]) -> [Candidate] {
        if path.first == "iwinv" {
            let resource = path.dropFirst().joined(separator: ".")
            if resource.isEmpty {
                return catalog.grantResources.map { Candidate($0) } + ["check", "retry"].map { Candidate($0) }
            }
            return surface.names(in: resource).map { verb in
                Candidate(verb, catalog[OperationName(resource: resource, verb: verb)]?.help(language) ?? "")
            }
        }
        if path.count == 1, let variable = names.first(where: { $0.name == path[0] }) ?? library(path[0]) {
            if let row = row(variable.kind) {
                return row.fields.map { Candidate($0.name, $0.help(language)) }
            }
            return variable.fields.sorted().map { Candidate($0) }
        }
        return rowFields(of: path)
    }

    /// Fields of a field: `vm.zone.`, and of an entry of a list: `vms[1].`
    private func rowFields(of path: [String]) -> [Candidate] {
        guard let row = row(of: path) else { return [] }
        return row.fields.map { Candidate($0.name, $0.help(language)) }
    }

    private func library(_ name: String) -> ReplName? { libraries.first { $0.name == name } }

    private func methods(of path: [String]) -> [Candidate] {
        guard let row = row(of: path) else {
            // What it is nobody knows; strings have methods too, but rows are what one has here.
            return Set(surface.rows.flatMap { surface.methods(of: $0).map(\.name.verb) }).sorted().map { Candidate($0) }
        }
        return surface.methods(of: row).map { Candidate($0.name.verb, $0.operation.help(language)) }
    }

    /// The type of the row that a path names: `vm`, or `vms[1]` as `vms`, `[]`.
    private func row(of path: [String]) -> RowType? {
        guard let first = path.first, let variable = names.first(where: { $0.name == first }) else { return nil }
        if path.count == 1 { return row(variable.kind) }
        guard path.count == 2, path[1] == "[]", variable.kind.hasPrefix("list of ") else { return nil }
        return row(String(variable.kind.dropFirst("list of ".count)))
    }

    private func row(_ kind: String) -> RowType? { surface.rows.first { $0.name == kind } }

    // MARK: - Arguments

    /// The operation that a call calls: `iwinv.instances.edit`, `vm:edit`.
    private func operation(_ call: CompletionPlace.Call?) -> CloudOperation? {
        guard let call else { return nil }
        if call.path.first == "iwinv", !call.isMethod, call.path.count >= 3 {
            let verb = call.path[call.path.count - 1]
            let resource = call.path[1..<(call.path.count - 1)].joined(separator: ".")
            return catalog[OperationName(resource: resource, verb: verb == "each" ? "list" : verb)]
        }
        guard call.isMethod, let verb = call.path.last else { return nil }
        let row = row(of: Array(call.path.dropLast()))
        let fitting = catalog.interface.filter { $0.name.verb == verb && $0.subject != nil }
        guard let row else { return fitting.count == 1 ? fitting[0] : nil }
        return fitting.first { ($0.part ?? $0.subject?.name) == row.key }
            ?? fitting.first { $0.subject?.name == row.key }
    }

    private func argumentNames(of call: CompletionPlace.Call?) -> [Candidate] {
        guard let call, call.isInTable, call.argument == nil, let operation = operation(call) else { return [] }
        let isGiven = call.isMethod || call.path.first == "iwinv" && call.position > 0
        return operation.parameters
            .filter { !(isGiven && $0.name == operation.subject?.name) && !call.given.contains($0.name) }
            .sorted { $0.isRequired && !$1.isRequired }
            .map { Candidate($0.name + " = ", ($0.isRequired ? "* " : "") + $0.help(language)) }
    }

    private func strings(in call: CompletionPlace.Call?) -> [Candidate] {
        guard let call else { return [] }
        if let verb = call.path.last, verb == "wait" || verb == "wait_all" {
            let row =
                call.isMethod
                ? row(of: Array(call.path.dropLast()))
                : catalog[
                    OperationName(resource: call.path.dropFirst().dropLast().joined(separator: "."), verb: "list")]?
                    .row
            if call.position == (call.isMethod ? 0 : 1) { return (row?.states ?? []).map { Candidate($0) } }
            return row?.key.map(identifiers) ?? []
        }
        guard let operation = operation(call) else { return [] }
        guard call.isInTable else {
            if call.isMethod { return operation.partner.map(identifiers) ?? [] }
            let name = call.position == 0 ? operation.subject?.name : call.position == 1 ? operation.partner : nil
            return name.map(identifiers) ?? []
        }
        guard let name = call.argument, let parameter = operation.parameter(name) else {
            return []
        }
        return values(of: parameter, in: operation)
    }

    private func values(of parameter: Parameter, in operation: CloudOperation) -> [Candidate] {
        switch parameter.type {
        case .choice(let words, _), .choiceList(let words, _): return words.map { Candidate($0) }
        case .yesNo: return [Candidate("Y"), Candidate("N")]
        case .fields: return (operation.row?.fields ?? []).filter { $0.bit != nil }.map { Candidate($0.name) }
        case .identifier, .identifierList: return identifiers(parameter.name)
        case .text where parameter.name == "name" || parameter.name == "title":
            let key = operation.row?.key ?? operation.subject?.name
            return seen.filter { $0.key == key }.compactMap(\.name).sorted().map { Candidate($0) }
        default: return []
        }
    }

    /// What was seen of a kind; written as itself or by its name.
    private func identifiers(_ key: String) -> [Candidate] {
        seen.filter { $0.key == key }.sorted { ($0.name ?? "", $0.id) < ($1.name ?? "", $1.id) }
            .map { Candidate($0.id, $0.name ?? "") }
    }
}
