import GRDB
public import IwinvCatalog
import IwinvWire

/// What scripts keep from one run to the next: `state.sqlite`, one row for each key of a script of an account.
///
/// ```swift
/// let store = ScriptStateStore(folder: state, account: account)
/// let owner = StateOwner(file: "/home/ops/rolling-reboot.lua", fileName: "rolling-reboot.lua")
/// try await store.set("last", to: "web-07", of: owner)
/// ```
///
/// The file is opened when it is first used. A value is on disk when ``set(_:to:of:)`` returns.
///
/// What a version kept that knew scripts by their file's name belongs to the first script of that name that asks for
/// anything; the others begin with nothing.
public actor ScriptStateStore {
    private nonisolated let file: StoreFile
    private nonisolated let account: String
    private var queue: DatabaseQueue?

    /// - Parameters:
    ///   - folder: Made with mode 0700 if it is not there; the file has mode 0600.
    ///   - account: Which cloud and whose: others do not see its keys.
    public init(folder: String, account: String) {
        file = StoreFile(folder: folder, name: "state.sqlite", durability: .survivesPowerCut)
        self.account = account
    }

    /// The value of a key; nil if there is none.
    ///
    /// - Throws: ``StoreError``.
    public func value(_ key: String, of owner: StateOwner) async throws(StoreError) -> JSONValue? {
        let text = try await access(owner) { place in try place.text(of: key) }
        guard let text else { return nil }
        do { return try JSONCodec.decode(Array(text.utf8)) } catch {
            throw StoreError(.corrupt, path: file.path, detail: "a value is no JSON")
        }
    }

    /// Gives a key a value; nil takes it away.
    ///
    /// - Throws: ``StoreError``.
    public func set(_ key: String, to value: JSONValue?, of owner: StateOwner) async throws(StoreError) {
        let text = value.map(Self.text)
        try await access(owner) { place in try place.set(key, to: text) }
    }

    /// Gives a key a value if it has the one that was read; nil stands for none.
    ///
    /// - Parameter turn: A call whose value was put there before its process died has it put there once.
    /// - Returns: Whether it has the new one now.
    /// - Throws: ``StoreError``.
    public func replace(
        _ key: String, _ old: JSONValue?, with new: JSONValue?, of owner: StateOwner, as turn: StateTurn
    ) async throws(StoreError) -> Bool {
        let (old, new) = (old.map(Self.text), new.map(Self.text))
        return try await access(owner) { place in
            if try place.isDone(turn) { return true }
            guard try place.text(of: key) == old else { return false }
            try place.set(key, to: new)
            try place.note(turn)
            return true
        }
    }

    /// The keys of a script, sorted.
    ///
    /// - Throws: ``StoreError``.
    public func keys(of owner: StateOwner) async throws(StoreError) -> [String] {
        try await access(owner) { place in try place.keys() }
    }

    private static func text(_ value: JSONValue) -> String {
        String(decoding: JSONCodec.encode(value), as: UTF8.self)
    }

    private func access<Value: Sendable>(
        _ owner: StateOwner, _ work: @escaping @Sendable (StatePlace) throws -> Value
    ) async throws(StoreError) -> Value {
        let queue = try await opened()
        let account = account
        return try await Blocking.run { [file] () throws(StoreError) in
            do {
                return try queue.write { db in
                    let place = StatePlace(db: db, account: account, owner: owner)
                    try place.claim()
                    return try work(place)
                }
            } catch { throw file.problem(error) }
        }
    }

    private func opened() async throws(StoreError) -> DatabaseQueue {
        if let queue { return queue }
        let opened = try await Blocking.run { [file] () throws(StoreError) in try file.open(StatePlace.migrator) }
        // Another call may have opened it meanwhile.
        let kept = queue ?? opened
        queue = kept
        return kept
    }
}
