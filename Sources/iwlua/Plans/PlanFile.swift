import Gate
import IwinvWire
import ScriptHost

/// A plan on disk.
enum PlanFile {
    /// A plan of all that an account may have is smaller.
    private static let mostBytes = 256 << 20

    /// Writes a file that nobody else may read: it tells of servers and rules.
    static func write(_ plan: Plan, to path: String) throws(UsageError) {
        try OutputFile.write(JSONCodec.encode(plan.json, pretty: true) + Array("\n".utf8), to: path, .inputs)
    }

    static func read(_ path: String) throws(UsageError) -> Plan {
        let bytes: [UInt8]
        do { bytes = try InputBytes.read(path, atMost: mostBytes) } catch {
            throw UsageError("\(path): the plan cannot be read: \(error)", as: error)
        }
        do {
            return try Plan(json: JSONCodec.decode(bytes))
        } catch {
            throw UsageError("\(path): \(error)")
        }
    }
}
