// Runs a script in this process and prints how it ended: "ok", "error MESSAGE" or "killed REASON". A crash is this program's,
// not the tests'.
//
//   LuaProbe run|session MEMORY-MIB CPU-MS FILE
//
// In a session `stop()` interrupts the evaluation, which closes what it has left.
import Foundation
import LuaRuntime

let words = CommandLine.arguments
guard words.count == 5, let memory = Int(words[2]), let cpu = Int(words[3]),
    let text = FileManager.default.contents(atPath: words[4])
else {
    print("usage: LuaProbe run|session MEMORY-MIB CPU-MS FILE")
    exit(2)
}
let source = String(decoding: text, as: UTF8.self)
var host = LuaHost()
host.limits.memory = memory << 20
host.limits.cpu = .milliseconds(cpu)
host.onPrint = { print($0) }
host.callHandler("wait") { $0.arguments }
host.callHandler("hang") { _ in
    try await Task.sleep(for: .seconds(1000))
    return []
}
let (stops, stop) = AsyncStream.makeStream(of: Void.self)
host.callHandler("stop") { _ in
    stop.yield()
    try await Task.sleep(for: .seconds(1000))
    return []
}

func describe(_ error: any Error) -> String {
    switch error {
    case let error as LuaError: "error \(error)"
    case let killed as LuaKilled: "killed \(killed.reason)"
    default: "\(error)"
    }
}

do {
    if words[1] == "session" {
        let session = LuaSession(host)
        let evaluation = Task {
            defer { stop.finish() }
            _ = try await session.evaluate(source)
        }
        for await _ in stops {
            session.interrupt()
            break
        }
        do {
            try await evaluation.value
        } catch is LuaInterrupted {
            // The script asked for it.
        }
        // Whatever the first one has left behind is closed by now.
        _ = try await session.evaluate("return collectgarbage('count')")
    } else {
        _ = try await host.run(source)
    }
    print("ok")
} catch {
    print(describe(error))
}
