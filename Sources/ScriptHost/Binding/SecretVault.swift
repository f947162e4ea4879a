import IwinvCatalog
import IwinvWire
import LuaRuntime
import Synchronization

/// The passwords and console links that a run has read. A script holds handles; the values stay here.
final class SecretVault: Sendable {
    /// What stands for a secret wherever a value must be shown.
    static let placeholder = "‹secret›"
    static let kind = "secret"

    private let values = Mutex<[String]>([])

    /// A row with a handle in the place of every secret.
    func seal(_ row: JSONValue, as type: RowType?) -> LuaValue {
        guard let type, type.fields.contains(where: Self.hidesSecret) else { return LuaValue(row) }
        return seal(row, fields: type.fields)
    }

    /// The value of a handle.
    func open(_ handle: LuaHandle) -> String? {
        guard handle.kind == Self.kind else { return nil }
        return values.withLock { values in
            let index = Int(handle.id)
            return values.indices.contains(index) ? values[index] : nil
        }
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

    private func keep(_ value: JSONValue) -> LuaHandle {
        let lines = value.arrayValue?.compactMap(\.stringValue)
        let text =
            value.stringValue ?? lines?.joined(separator: "\n")
            ?? String(decoding: JSONCodec.encode(value), as: UTF8.self)
        return values.withLock { values in
            values.append(text)
            return LuaHandle(kind: Self.kind, id: UInt64(values.count - 1))
        }
    }

    private static func hidesSecret(_ field: RowField) -> Bool {
        if field.isSecret { return true }
        if case .object(let inner) = field.type { return inner.contains(where: hidesSecret) }
        return false
    }
}
