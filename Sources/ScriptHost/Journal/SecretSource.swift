import Gate
import IwinvCatalog
import LuaRuntime
import RunStore

/// Where a secret was read that a run has been given again: its value was never written down.
struct SecretSource {
    var operation: String
    var arguments: JSONValue
    /// Which of the rows, by its key's value, and which of its fields.
    var row: LuaValue
    var path: [String]

    /// Reads it once more.
    func read(through gate: Gate, _ catalog: Catalog, order: UInt64) async throws -> String? {
        // What made the secret is not made again: its resource is read.
        let name = OperationName(stringLiteral: operation)
        guard let made = catalog[name], let key = made.row?.key, let id = row[key]?.stringValue,
            let read = made.effect.isChange ? catalog[OperationName(resource: name.resource, verb: "get")] : made
        else { return nil }
        var given = arguments.objectValue ?? [:]
        if made.effect.isChange { given = ["fields": .array([.string(path.first ?? "")])] }
        if let subject = read.subject { given[subject.name] = .string(id) }
        let reply: Reply
        do {
            reply = try await gate.perform(read, given, reading: read.subject == nil ? .allPages : .single)
        } catch {
            throw LuaError(cloud: error)
        }
        let found = reply.rows.first { $0[key]?.stringValue == id }
        let value = path.reduce(found) { $0?[$1] }
        return value.map(SecretVault.text)
    }
}

extension Tape {
    /// Where a handle comes from; nil if the script was never given it.
    func source(of handle: UInt64) -> SecretSource? {
        for (call, answer) in answers {
            guard case .success(let values) = answer, let question = history.calls[call]?.question,
                let operation = question.arguments.first?.stringValue
            else { continue }
            for row in values.first?.arrayValue ?? [] {
                guard let path = row.path(to: handle) else { continue }
                var arguments = question.arguments.dropFirst().first?.objectValue ?? [:]
                if let subject = Catalog.iwinv[OperationName(stringLiteral: operation)]?.subject,
                    let id = question.arguments.dropFirst(3).first, !id.isNull
                {
                    arguments[subject.name] = id
                }
                return SecretSource(operation: operation, arguments: .object(arguments), row: row, path: path)
            }
        }
        return nil
    }
}

extension LuaValue {
    fileprivate func path(to handle: UInt64) -> [String]? {
        switch self {
        case .handle(let found): return found.id == handle ? [] : nil
        case .object(let members):
            for (name, member) in members { if let path = member.path(to: handle) { return [name] + path } }
            return nil
        default: return nil
        }
    }
}
