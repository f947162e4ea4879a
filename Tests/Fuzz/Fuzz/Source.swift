import Dispatch
import LuaRuntime

private let host: LuaHost = {
    var host = LuaHost()
    host.execution = .inProcess
    host.limits.memory = 4 << 20
    host.limits.cpu = .milliseconds(50)
    host.limits.output = 1 << 16
    host.limits.calls = 50
    host.limits.tasks = 50
    host.limits.coroutines = 200
    host.onPrint = { _ in }
    host.register("answer", .sync { $0 })
    host.register("refuse", .sync { _ in throw LuaError("no", value: ["kind": "denied"]) })
    host.callHandler("wait") { $0.arguments }
    return host
}()

/// Any bytes as Lua's source: loaded, and run if they can be. They end by themselves or are ended.
func loadSource(_ input: UnsafeRawBufferPointer) -> Int32 {
    let run = host.start(
        "local f = load(...) if f then return f() end", name: "fuzz.lua", arguments: [.bytes(Array(input))], seed: 1)
    let ended = DispatchSemaphore(value: 0)
    Task {
        _ = try? await run.value()
        ended.signal()
    }
    ended.wait()
    precondition(run.usage.memory <= host.limits.memory, "more memory than its limit")
    return 0
}
