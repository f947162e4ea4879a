public import IwinvCatalog
public import RunStore
import Synchronization

/// What scripts keep from one run to the next with `store`: values by keys, each script its own.
public protocol ScriptState: Sendable {
    /// The value of a key; nil if there is none.
    func value(_ key: String, of script: String) async throws -> JSONValue?
    /// Gives a key a value; nil takes it away.
    func set(_ key: String, to value: JSONValue?, of script: String) async throws
    /// Sorted.
    func keys(of script: String) async throws -> [String]
}

extension ScriptStateStore: ScriptState {}

/// State in memory, over another that it leaves as it is: what a plan writes, a test, or a host without a folder.
public final class ScratchState: ScriptState {
    private struct Entry: Hashable {
        var script: String
        var key: String
    }

    private let base: (any ScriptState)?
    /// A value, or nothing for one that was taken away.
    private let written = Mutex<[Entry: JSONValue?]>([:])

    /// - Parameter base: What is read where nothing was written.
    public init(over base: (any ScriptState)? = nil) { self.base = base }

    public func value(_ key: String, of script: String) async throws -> JSONValue? {
        let own: JSONValue?? = written.withLock { $0[Entry(script: script, key: key)] }
        if let own { return own }
        return try await base?.value(key, of: script)
    }

    public func set(_ key: String, to value: JSONValue?, of script: String) async throws {
        _ = written.withLock { $0.updateValue(value, forKey: Entry(script: script, key: key)) }
    }

    public func keys(of script: String) async throws -> [String] {
        var keys = Set(try await base?.keys(of: script) ?? [])
        written.withLock { written in
            for (entry, value) in written where entry.script == script {
                if case .some = value { keys.insert(entry.key) } else { keys.remove(entry.key) }
            }
        }
        return keys.sorted()
    }
}
