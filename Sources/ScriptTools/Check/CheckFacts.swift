import IwinvCatalog
import LuaSyntax

/// What is known of a file's variables, tables and functions, whatever way a run may take through it. A walk adds to it,
/// and the file is walked until nothing is added any more.
struct CheckFacts {
    /// A function: what takes its arguments.
    private struct Closure {
        var parameters: [Int?]
        var hasSelf: Bool
    }

    /// A table that the file makes.
    private struct Record {
        var fields: [String: Meaning?] = [:]
        var elements: Meaning? = .nothing
        /// Fields and elements in one; nil if they differ.
        var all: Meaning? = .nothing
        var isOpen = false
        /// Somebody took what he found under a key that nobody knows, from fields that differ.
        var isSpilled = false
    }

    /// A field that a table is given after it was made.
    struct Assigned {
        var name: String
        var tokens: Range<Int>
        var value: LuaExpression?
        /// The function that it happens in.
        var function: Int?
    }

    private var variables: [Int: Meaning?] = [:]
    private var records: [Int: Record] = [:]
    private var closures: [Int: Closure] = [:]
    private var results: [Int: [Meaning?]] = [:]
    /// Functions and tables that go where nobody looks: anybody may call and change them.
    private var escaped: Set<Int> = []
    /// Functions that are called in a loop, or by themselves.
    private(set) var repeated: Set<Int> = []
    private var calls: [Int: Set<Int>] = [:]
    /// How tables are written out, and what is added to them.
    private(set) var literals: [Int: [LuaField]] = [:]
    private(set) var assigned: [Int: [Int: Assigned]] = [:]
    /// Tables that get or lose elements after they are made.
    private(set) var rearranged: Set<Int> = []
    /// The operations that a table is the arguments of.
    private(set) var uses: [Int: Set<OperationName>] = [:]
    /// The last call that a table is given to, and the function that it stands in.
    private var lastUses: [Int: (token: Int, function: Int?)] = [:]

    private(set) var losesOperations = false
    private(set) var losesParameters = false
    private(set) var hasChanged = false
    /// Nothing is known after all: the file did not come to rest.
    private var isForgotten = false

    mutating func begin() { hasChanged = false }
    mutating func forget() { isForgotten = true }

    // MARK: - Variables

    func variable(_ index: Int) -> Meaning? {
        if isForgotten { return nil }
        if let known = variables[index] { return known }
        return .nothing
    }

    mutating func note(variable index: Int, _ meaning: Meaning?) {
        let old = variable(index)
        let new = join(old, meaning)
        guard !Meaning.same(old, new) else { return }
        variables.updateValue(new, forKey: index)
        hasChanged = true
    }

    // MARK: - Either of two

    /// What something is that is one or the other. What is lost by that goes where nobody looks.
    mutating func join(_ one: Meaning?, _ other: Meaning?) -> Meaning? {
        let either = either(one, other)
        if either == nil {
            escape(one)
            escape(other)
        }
        return either
    }

    private func either(_ one: Meaning?, _ other: Meaning?) -> Meaning? {
        switch (one, other) {
        case (.nothing?, _): return other
        case (_, .nothing?): return one
        case (.row(let one)?, .row(let other)?) where one.type.name == other.type.name: return .row(one.joined(other))
        case (.rows(let one)?, .rows(let other)?) where one.type.name == other.type.name:
            return .rows(one.joined(other))
        // `list or {}`
        case (.rows?, .record(let id)?), (.list?, .record(let id)?), (.object?, .record(let id)?):
            return isEmpty(id) ? one : nil
        case (.record(let id)?, .rows?), (.record(let id)?, .list?), (.record(let id)?, .object?):
            return isEmpty(id) ? other : nil
        default: return Meaning.same(one, other) ? one : nil
        }
    }

    private func isEmpty(_ record: Int) -> Bool {
        guard let record = records[record] else { return true }
        guard case .nothing? = record.elements else { return false }
        return record.fields.isEmpty && !record.isOpen
    }

    // MARK: - Tables

    mutating func define(record id: Int, _ fields: [LuaField]) {
        if records[id] == nil { records[id] = Record() }
        literals[id] = fields
    }

    mutating func note(field name: String, of id: Int, _ meaning: Meaning?) {
        take(meaning, into: id)
        let known = records[id, default: Record()].fields[name]
        let new = join(known ?? .some(.nothing), meaning)
        if let known, Meaning.same(known, new) { return }
        records[id, default: Record()].fields.updateValue(new, forKey: name)
        hasChanged = true
    }

    private mutating func take(_ meaning: Meaning?, into id: Int) {
        var record = records[id] ?? Record()
        record.all = either(record.all, meaning)
        records[id] = record
        if record.isSpilled || escaped.contains(id) { escape(meaning) }
    }

    mutating func note(
        assigned name: String, of id: Int, _ tokens: Range<Int>, _ value: LuaExpression?, in function: Int?
    ) {
        assigned[id, default: [:]][tokens.lowerBound] = Assigned(
            name: name, tokens: tokens, value: value, function: function)
    }

    mutating func note(elementsOf id: Int) { if rearranged.insert(id).inserted { hasChanged = true } }

    /// Whether a table may be another than the one that is written out.
    func isChanged(_ id: Int) -> Bool {
        escaped.contains(id) || rearranged.contains(id) || assigned[id] != nil
    }

    /// - Parameter isComputed: the key may be a name.
    mutating func note(elementOf id: Int, isComputed: Bool, _ meaning: Meaning?) {
        take(meaning, into: id)
        var record = records[id] ?? Record()
        let new = join(record.elements, meaning)
        if !Meaning.same(record.elements, new) || isComputed != record.isOpen && isComputed { hasChanged = true }
        // Joining may have changed it.
        record = records[id] ?? Record()
        record.elements = new
        if isComputed { record.isOpen = true }
        records[id] = record
    }

    mutating func note(use operation: OperationName, of id: Int, at token: Int, in function: Int?) {
        uses[id, default: []].insert(operation)
        if token > lastUses[id]?.token ?? -1 { lastUses[id] = (token, function) }
    }

    /// Whether a field is given when no call is left that the table is given to, unless a loop leads back to one.
    func isLate(_ field: Assigned, of id: Int) -> Bool {
        guard let last = lastUses[id] else { return false }
        return field.tokens.lowerBound > last.token && field.function == last.function
    }

    /// Whether a table may have fields that are not written in the file.
    func isOpen(_ id: Int) -> Bool { isForgotten || escaped.contains(id) || records[id]?.isOpen ?? false }

    mutating func field(_ name: String, of id: Int) -> Meaning? {
        guard !isForgotten, !escaped.contains(id), let record = records[id] else { return nil }
        let known = record.fields[name] ?? .some(.nothing)
        return record.isOpen ? join(known, record.elements) : known
    }

    /// What a number gives.
    mutating func elements(of id: Int) -> Meaning? {
        guard !isForgotten, !escaped.contains(id), let record = records[id] else { return nil }
        var all = record.elements
        for place in 1...Self.places {
            guard let item = record.fields[Self.place(place)] else { break }
            all = join(all, item)
        }
        return all
    }

    /// What one number gives.
    mutating func element(_ index: Int64, of id: Int) -> Meaning? {
        guard !isForgotten, !escaped.contains(id), let record = records[id] else { return nil }
        return join(record.elements, record.fields[Self.place(Int(clamping: index))] ?? .some(.nothing))
    }

    /// So many items that are written out are told apart by their place, as `{ "State", function(vm) … end }` needs.
    private static let places = 16
    private static func place(_ index: Int) -> String { "#\(index)" }

    mutating func note(item index: Int, of id: Int, _ meaning: Meaning?) {
        if index <= Self.places {
            note(field: Self.place(index), of: id, meaning)
        } else {
            note(elementOf: id, isComputed: false, meaning)
        }
    }

    /// What any key gives.
    mutating func anything(in id: Int) -> Meaning? {
        guard !isForgotten, !escaped.contains(id), let record = records[id] else { return nil }
        if record.all == nil, !record.isSpilled {
            records[id]?.isSpilled = true
            escape(record.elements)
            record.fields.values.forEach { escape($0) }
        }
        return record.all
    }

    // MARK: - Functions

    mutating func define(closure id: Int, parameters: [Int?], hasSelf: Bool) {
        closures[id] = Closure(parameters: parameters, hasSelf: hasSelf)
    }

    /// A function of the file is called, by another or by the file itself.
    ///
    /// - Parameter receiver: what stands before a colon; nil where there is none.
    mutating func call(
        _ id: Int, _ arguments: Results, receiver: Meaning?? = nil, from caller: Int, isRepeated: Bool
    ) -> Results {
        guard let closure = closures[id], !isForgotten else { return .unknown }
        var given = arguments
        if let receiver, !closure.hasSelf { given.list.insert(receiver, at: 0) }
        if receiver == nil, closure.hasSelf, !given.list.isEmpty { escape(given.list.removeFirst()) }
        for (index, parameter) in closure.parameters.enumerated() {
            if let parameter { note(variable: parameter, given[index]) }
        }
        given.list.dropFirst(closure.parameters.count).forEach { escape($0) }
        if isRepeated, repeated.insert(id).inserted { hasChanged = true }
        calls[caller, default: []].insert(id)
        return Results(list: results[id] ?? [])
    }

    mutating func note(resultsOf id: Int, _ values: Results) {
        let known = results[id] ?? []
        var new: [Meaning?] = []
        for index in 0..<min(8, max(known.count, values.list.count + (values.isOpen ? 1 : 0))) {
            let old: Meaning? = index < known.count ? known[index] : .nothing
            let joined = join(old, values[index])
            if escaped.contains(id) { escape(joined) }
            new.append(joined)
            if !Meaning.same(old, joined) { hasChanged = true }
        }
        results[id] = new
    }

    /// Functions that lead to themselves are repeated, and so is what they call.
    mutating func closeCalls() {
        var callers: [Int: Int] = [:]
        for called in calls.values { for id in called { callers[id, default: 0] += 1 } }
        // Whoever is called by nobody that is left is in no circle and behind none.
        var open = calls.keys.filter { callers[$0] == nil }
        var isLeft = Set(callers.keys)
        while let next = open.popLast() {
            for id in calls[next] ?? [] {
                callers[id, default: 0] -= 1
                if callers[id] == 0 {
                    isLeft.remove(id)
                    open.append(id)
                }
            }
        }
        guard !isLeft.isSubset(of: repeated) else { return }
        repeated.formUnion(isLeft)
        hasChanged = true
    }

    // MARK: - Where nobody looks

    /// An operation is looked up by a name that only the run knows.
    mutating func loseOperations() { losesOperations = true }

    /// What goes somewhere else may be called, changed and read by anybody.
    mutating func escape(_ meaning: Meaning?, isRepeated: Bool = false) {
        switch meaning {
        case .module?, .resource?: losesOperations = true
        case .parameters?: losesParameters = true
        case .closure(let id)?:
            if isRepeated, repeated.insert(id).inserted { hasChanged = true }
            guard escaped.insert(id).inserted else { return }
            hasChanged = true
            for parameter in closures[id]?.parameters ?? [] {
                if let parameter { note(variable: parameter, nil) }
            }
            (results[id] ?? []).forEach { escape($0) }
        case .record(let id)?:
            guard escaped.insert(id).inserted else { return }
            hasChanged = true
            guard let record = records[id] else { return }
            escape(record.elements)
            record.fields.values.forEach { escape($0) }
        case .attempt(let inner, _)?, .drawn(let inner, _)?: escape(inner)
        default: break
        }
    }
}
