package import IwinvCatalog
import LuaRuntime

extension LuaValue {
    /// A JSON document as Lua sees it: null is nil, so a null member is absent and a null element is a hole.
    package init(_ value: JSONValue) {
        switch value {
        case .null: self = .nil
        case .boolean(let flag): self = .boolean(flag)
        case .integer(let number): self = .integer(number)
        case .number(let number): self = .number(number)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map { LuaValue($0) })
        case .object(let members):
            self = .object(members.filter { !$0.value.isNull }.mapValues { LuaValue($0) })
        }
    }

    /// This value as JSON.
    ///
    /// - Throws: a ``LuaError`` that names the path of what JSON cannot hold: text that is not UTF-8, infinity, a number
    ///   that is not one, and a secret if those are refused.
    package func json(path: String = "value", secrets: SecretTreatment = .placeholder) throws(LuaError) -> JSONValue {
        do { return try document(secrets) } catch { throw LuaError(.host, error.message(path)) }
    }

    private func document(_ secrets: SecretTreatment) throws(Fault) -> JSONValue {
        switch self {
        case .nil: return .null
        case .boolean(let flag): return .boolean(flag)
        case .integer(let number): return .integer(number)
        case .number(let number):
            guard number.isFinite else { throw Fault(": \(number) has no place in JSON") }
            return .number(number)
        case .string(let text): return .string(text)
        case .bytes: throw Fault(": the text is not valid UTF-8, or has more than 64 combining marks in a row")
        case .array(let elements):
            var result: [JSONValue] = []
            result.reserveCapacity(elements.count)
            for (index, element) in elements.enumerated() {
                do { result.append(try element.document(secrets)) } catch { throw error.inside("[\(index + 1)]") }
            }
            return .array(result)
        case .object(let members):
            var result: [String: JSONValue] = [:]
            for (key, member) in members {
                do { result[key] = try member.document(secrets) } catch { throw error.inside(".\(key.prefix(100))") }
            }
            return .object(result)
        case .handle:
            guard secrets == .placeholder else {
                throw Fault(": this is a secret, and a secret cannot be sent anywhere")
            }
            return .string(SecretVault.placeholder)
        }
    }

    /// What JSON cannot hold, and the way to it. That is put together on the way out only: a script could make it longer
    /// than the value.
    private struct Fault: Error {
        private let why: String
        private var steps: [String] = []

        init(_ why: String) { self.why = why }

        func inside(_ step: String) -> Fault {
            var fault = self
            fault.steps.append(step)
            return fault
        }

        func message(_ root: String) -> String { root + steps.reversed().joined() + why }
    }
}

/// What becomes of a secret in a document.
package enum SecretTreatment {
    /// A word that stands for it: for results and logs.
    case placeholder
    /// An error: for what is sent.
    case refused
}
