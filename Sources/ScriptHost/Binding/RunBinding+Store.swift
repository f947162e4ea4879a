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
    func addStore(to host: inout LuaHost) {
        let (world, owner, run) = (world, owner, run)
        host.addModule(
            .host(
                name: "store", source: Preludes.store, data: .nil,
                functions: [
                    "store.get": .call, "store.set": .call, "store.keys": .call, "store.read": .call,
                    "store.replace": .call,
                ], global: true))
        host.handle("store.get") { call in
            let key = try Self.key(call, "store.get")
            let value = try await Self.reporting { try await world.state.value(key, of: owner) }
            return [value.map { LuaValue($0) } ?? .nil]
        }
        host.handle("store.set") { call in
            let key = try Self.key(call, "store.set")
            let value = try Self.value(call.arguments.dropFirst().first, of: key, "store.set")
            try await Self.reporting {
                try await Self.makeRoom(for: value, of: key, in: world, owner, "store.set")
                try await world.state.set(key, to: value, of: owner)
            }
            return []
        }
        // The halves of `store.update`: what is there, and something else if that is still there. A value crosses as the
        // text that it is kept as, too, so that what the script does to its own copy changes nothing of the comparison.
        host.handle("store.read") { call in
            let key = try Self.key(call, "store.update")
            let value = try await Self.reporting { try await world.state.value(key, of: owner) }
            return value.map { [LuaValue($0), .string(Self.text($0))] } ?? [.nil, .nil]
        }
        host.handle("store.replace") { call in
            let key = try Self.key(call, "store.update")
            let seen = call.arguments.dropFirst().first?.stringValue
            let value = try Self.value(call.arguments.dropFirst(2).first, of: key, "store.update")
            let old = seen.flatMap { try? JSONCodec.decode(Array($0.utf8)) }
            // What a run that is cut has done is known again by the number of its call.
            await world.recorder?.keepQuestions()
            let isDone = try await Self.reporting {
                if seen == nil { try await Self.makeRoom(for: value, of: key, in: world, owner, "store.update") }
                return try await world.state.replace(
                    key, old, with: value, of: owner, as: StateTurn(run: run, call: call.id))
            }
            return [.boolean(isDone)]
        }
        host.handle("store.keys") { call in
            let prefix = call.arguments.first?.stringValue ?? ""
            let keys = try await Self.reporting { try await world.state.keys(of: owner) }
            return [.array(keys.filter { $0.hasPrefix(prefix) }.map { .string($0) })]
        }
    }

    private static func value(
        _ given: LuaValue?, of key: String, _ name: String
    ) throws -> JSONValue? {
        guard let given, !given.isNil else { return nil }
        let value = try given.json(path: "\(name): \(key)", secrets: .refused)
        let size = JSONCodec.encode(value).count
        guard size <= largestValue else {
            throw LuaError(.host, "\(name): `\(key)` has \(size) bytes; a value has at most \(largestValue)")
        }
        return value
    }

    private static func makeRoom(
        for value: JSONValue?, of key: String, in world: RunWorld, _ owner: StateOwner, _ name: String
    ) async throws {
        guard value != nil, try await world.state.value(key, of: owner) == nil,
            try await world.state.keys(of: owner).count >= mostKeys
        else { return }
        throw LuaError(.host, "\(name): a script keeps at most \(mostKeys) keys")
    }

    private static func text(_ value: JSONValue) -> String {
        String(decoding: JSONCodec.encode(value), as: UTF8.self)
    }

    private static func key(_ call: LuaCall, _ name: String) throws(LuaError) -> String {
        guard let key = call.arguments.first?.stringValue, (1...longestKey).contains(key.utf8.count) else {
            throw LuaError(.host, "\(name): the key is a text of 1 to \(longestKey) bytes")
        }
        return key
    }

    private static func reporting<Value>(_ work: () async throws -> Value) async throws -> Value {
        do { return try await work() } catch let error as StoreError {
            throw LuaError(cloud: CloudError(.machine, "store: \(error)"))
        }
    }
}
