import IwinvCatalog
import IwinvWire
import LuaRuntime
import RunStore

extension RunBinding {
    /// Bytes of a key.
    private static let longestKey = 200
    /// Bytes of a value as JSON.
    private static let largestValue = 16 * 1024
    /// Keys of a script.
    private static let mostKeys = 1000

    /// `store`: recorded as every call that waits, so that a run that goes on reads what it read then.
    func addStore(to host: inout LuaHost, of script: String) {
        let world = world
        host.addModule(
            .host(
                name: "store", source: Preludes.store, data: .nil,
                functions: ["store.get": .call, "store.set": .call, "store.keys": .call], global: true))
        host.handle("store.get") { call in
            let key = try Self.key(call, "store.get")
            let value = try await Self.reporting { try await world.state.value(key, of: script) }
            return [value.map { LuaValue($0) } ?? .nil]
        }
        host.handle("store.set") { call in
            let key = try Self.key(call, "store.set")
            let given = call.arguments.dropFirst().first ?? .nil
            let value: JSONValue? =
                given.isNil ? JSONValue?.none : try given.json(path: "store.set: \(key)", secrets: .refused)
            if let value {
                let size = JSONCodec.encode(value).count
                guard size <= Self.largestValue else {
                    throw LuaError(
                        .host, "store.set: `\(key)` has \(size) bytes; a value has at most \(Self.largestValue)")
                }
            }
            try await Self.reporting {
                if value != nil, try await world.state.value(key, of: script) == nil,
                    try await world.state.keys(of: script).count >= Self.mostKeys
                {
                    throw LuaError(.host, "store.set: a script keeps at most \(Self.mostKeys) keys")
                }
                try await world.state.set(key, to: value, of: script)
            }
            return []
        }
        host.handle("store.keys") { call in
            let prefix = call.arguments.first?.stringValue ?? ""
            let keys = try await Self.reporting { try await world.state.keys(of: script) }
            return [.array(keys.filter { $0.hasPrefix(prefix) }.map { .string($0) })]
        }
    }

    private static func key(_ call: LuaCall, _ name: String) throws(LuaError) -> String {
        guard let key = call.arguments.first?.stringValue, (1...longestKey).contains(key.utf8.count) else {
            throw LuaError(.host, "\(name): the key is a text of 1 to \(longestKey) bytes")
        }
        return key
    }

    private static func reporting<Value>(_ work: () async throws -> Value) async throws -> Value {
        do { return try await work() } catch let error as StoreError {
            throw LuaError(.host, "store: \(error)")
        }
    }
}
