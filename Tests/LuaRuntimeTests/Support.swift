import Glibc
import LuaRuntime
import Testing

/// Bytes of this process that are in memory.
func residentMemory() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 200)
    guard fgets(&line, 200, file) != nil else { return 0 }
    let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
}

/// Where the scripts of a test run. Every test that does not look into this process runs in both.
enum Place: CaseIterable, CustomTestStringConvertible {
    case inProcess, process

    /// A jail has no room for the shadow memory of a sanitizer: with one, scripts run in this process only.
    static let allCases: [Place] = isSanitized ? [.inProcess] : [.inProcess, .process]

    /// A sanitizer makes what moves memory twenty times as slow.
    static let isSanitized = getenv("IWLUA_SANITIZED") != nil

    var testDescription: String { self == .inProcess ? "in process" : "in a worker" }

    func host() -> LuaHost {
        var host = LuaHost()
        host.execution = self == .inProcess ? .inProcess : .process()
        return host
    }
}
