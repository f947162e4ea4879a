import Foundation
import Testing

/// The known memory faults of liblua (Documentation.docc, "Faults of Lua"): no script reaches one, on any library. Each
/// script has a process of its own, so that a crash is a failure and not the end of the tests.
@Suite struct FaultTests {
    static let scripts = HostileScript.all.filter(\.isFault)

    @Test(arguments: scripts) func aFaultOfLiblua(_ script: HostileScript) throws {
        let end = try LuaProbe.run(script)
        #expect(end == "ok", "\(script.name): \(end)")
    }

    @Test func everyFaultHasItsScripts() {
        for kind in ["handler", "concat", "break", "goto", "barrier"] {
            #expect(Self.scripts.contains { $0.name.hasPrefix("fault-\(kind)-") }, "no script for \(kind)")
        }
    }
}

/// The program that runs a script in its own process, without a jail.
enum LuaProbe {
    static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "LuaProbe")
    /// Wall time of a machine on which other tests run.
    static let patience: DispatchTimeInterval = .seconds(300)

    static func run(_ script: HostileScript) throws -> String {
        let process = Process()
        process.executableURL = program
        process.arguments = [
            script.isSession ? "session" : "run", "\(script.memory)", "\(script.cpu * HostileTests.slowness)",
            HostileScript.folder.appending(path: script.name + ".lua").path,
        ]
        let output = Pipe()
        process.standardOutput = output
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        // One line; the pipe holds it.
        guard ended.wait(timeout: .now() + patience) == .success else {
            kill(process.processIdentifier, SIGKILL)
            return "still running after five minutes"
        }
        guard process.terminationReason == .exit else { return "signal \(process.terminationStatus)" }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        return text.split(separator: "\n").last.map(String.init) ?? "nothing, status \(process.terminationStatus)"
    }
}
