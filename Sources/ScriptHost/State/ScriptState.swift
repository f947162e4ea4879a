public import IwinvCatalog
public import RunStore
import Synchronization

/// What scripts keep from one run to the next with `store`: values by keys, each script its own.
public protocol ScriptState: Sendable {
    /// The value of a key; nil if there is none.
    func value(_ key: String, of owner: StateOwner) async throws -> JSONValue?
    /// Gives a key a value; nil takes it away.
    func set(_ key: String, to value: JSONValue?, of owner: StateOwner) async throws
    /// Gives a key a value if it has the one that was read; nil stands for none. No other writer comes in between.
    ///
    /// - Parameter turn: Asked for again by a run that goes on, it has been done, and is not done twice.
    /// - Returns: Whether it has the new one now.
    func replace(
        _ key: String, _ old: JSONValue?, with new: JSONValue?, of owner: StateOwner, as turn: StateTurn
    ) async throws -> Bool
    /// Sorted.
    func keys(of owner: StateOwner) async throws -> [String]
}

extension ScriptStateStore: ScriptState {}

/// State in memory, over another that it leaves as it is: what a plan writes, a test, or a host without a folder.
public final class ScratchState: ScriptState {
    private struct Entry: Hashable {
        var owner: StateOwner
        var key: String
    }

    private let base: (any ScriptState)?
    /// A value, or nothing for one that was taken away.
    private let written = Mutex<[Entry: JSONValue?]>([:])

    /// - Parameter base: What is read where nothing was written.
    public init(over base: (any ScriptState)? = nil) { self.base = base }

    public func value(_ key: String, of owner: StateOwner) async throws -> JSONValue? {
        let own: JSONValue?? = written.withLock { $0[Entry(owner: owner, key: key)] }
        if let own { return own }
        return try await base?.value(key, of: owner)
    }

    public func set(_ key: String, to value: JSONValue?, of owner: StateOwner) async throws {
        _ = written.withLock { $0.updateValue(value, forKey: Entry(owner: owner, key: key)) }
    }

    public func replace(
        _ key: String, _ old: JSONValue?, with new: JSONValue?, of owner: StateOwner, as turn: StateTurn
    ) async throws -> Bool {
        let below = try await base?.value(key, of: owner)
        return written.withLock { written in
            let own: JSONValue?? = written[Entry(owner: owner, key: key)]
            guard (own ?? below) == old else { return false }
            written.updateValue(new, forKey: Entry(owner: owner, key: key))
            return true
        }
    }

    public func keys(of owner: StateOwner) async throws -> [String] {
        var keys = Set(try await base?.keys(of: owner) ?? [])
        written.withLock { written in
            for (entry, value) in written where entry.owner == owner {
                if case .some = value { keys.insert(entry.key) } else { keys.remove(entry.key) }
            }
        }
        return keys.sorted()
    }
}
