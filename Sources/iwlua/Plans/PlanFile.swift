import Foundation
import Gate
import IwinvWire

/// A plan on disk.
enum PlanFile {
    static func write(_ plan: Plan, to path: String) throws(UsageError) {
        let text = JSONCodec.encode(plan.json, pretty: true) + Array("\n".utf8)
        do {
            try Data(text).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw UsageError("\(path): the plan cannot be written: \(error.localizedDescription)")
        }
    }

    static func read(_ path: String) throws(UsageError) -> Plan {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UsageError("\(path): no readable file")
        }
        do {
            return try Plan(json: JSONCodec.decode([UInt8](data)))
        } catch {
            throw UsageError("\(path): \(error)")
        }
    }
}
