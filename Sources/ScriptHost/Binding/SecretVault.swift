import IwinvCatalog
import IwinvWire
import LuaRuntime
import Synchronization

/// The passwords and console links that a run has read. A script holds handles; the values stay here.
final class SecretVault: Sendable {
    /// What stands for a secret wherever a value must be shown.
    static let placeholder = "‹secret›"
    static let kind = "secret"

    private struct State {
        var next: UInt64
        var values: [UInt64: String] = [:]
    }

    private let state: Mutex<State>

    /// - Parameter last: the greatest number among handles that an earlier process of the run has given out.
    init(after last: UInt64? = nil) {
        state = Mutex(State(next: last.map { $0 + 1 } ?? 0))
    }

    /// A row with a handle in the place of every secret.
    func seal(_ row: JSONValue, as type: RowType?) -> LuaValue {
        guard let type, type.fields.contains(where: Self.hidesSecret) else { return LuaValue(row) }
        return seal(row, fields: type.fields)
    }

    /// The value of a handle; nil if it was read by an earlier process of the run.
    func open(_ handle: LuaHandle) -> String? {
        guard handle.kind == Self.kind else { return nil }
        return state.withLock { $0.values[handle.id] }
    }

    private func seal(_ value: JSONValue, fields: [RowField]) -> LuaValue {
        guard let members = value.objectValue else { return LuaValue(value) }
        var sealed: [String: LuaValue] = [:]
        for (key, member) in members where !member.isNull {
            let field = fields.first { $0.name == key }
            switch field?.type {
            case .object(let inner)? where inner.contains(where: \.isSecret):
                sealed[key] = seal(member, fields: inner)
            default:
                sealed[key] = field?.isSecret == true ? .handle(keep(member)) : LuaValue(member)
            }
        }
        return .object(sealed)
    }

    /// A secret as people read it.
    static func text(of value: JSONValue) -> String {
        let lines = value.arrayValue?.compactMap(\.stringValue)
        return value.stringValue ?? lines?.joined(separator: "\n")
            ?? String(decoding: JSONCodec.encode(value), as: UTF8.self)
    }

    private func keep(_ value: JSONValue) -> LuaHandle {
        state.withLock { state in
            defer { state.next += 1 }
            state.values[state.next] = Self.text(of: value)
            return LuaHandle(kind: Self.kind, id: state.next)
        }
    }

    private static func hidesSecret(_ field: RowField) -> Bool {
        if field.isSecret { return true }
        if case .object(let inner) = field.type { return inner.contains(where: hidesSecret) }
        return false
    }
}
