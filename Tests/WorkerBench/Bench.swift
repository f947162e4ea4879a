import Glibc
import LuaRuntime
import Synchronization

/// The figures that the outer wall is held to, in words and numbers.
@main struct Bench {
    static func main() async throws {
        print("jail: \(try await LuaExecution.jail())")
        try await startUp()
        try await roundTrip()
        try await kills()
        try await memory()
    }

    static func host() -> LuaHost {
        var host = LuaHost()
        host.execution = .process()
        return host
    }

    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
    }

    static func report(_ name: String, _ samples: [Double], _ unit: String) {
        let sorted = samples.sorted()
        func at(_ part: Double) -> String {
            String((sorted[Int(Double(sorted.count - 1) * part)] * 100).rounded() / 100)
        }
        print("\(name): median \(at(0.5)) \(unit), p95 \(at(0.95)), min \(at(0)), max \(at(1)), n \(sorted.count)")
    }

    static func startUp() async throws {
        let host = host()
        var samples: [Double] = []
        for _ in 0..<100 {
            let start = now()
            _ = try await host.run("return 1")
            samples.append(now() - start)
        }
        report("run of `return 1`, from spawn to result", samples, "ms")
        samples = []
        for _ in 0..<50 {
            let start = now()
            _ = try await LuaExecution.jail()
            samples.append(now() - start)
        }
        report("spawn to the jail's report", samples, "ms")
    }

    static func roundTrip() async throws {
        var host = host()
        let samples = Mutex<[Double]>([])
        let last = Mutex(0.0)
        host.function("tick") { (n: Int) in
            let time = now()
            let before = last.withLock { before in
                defer { before = time }
                return before
            }
            if before > 0 { samples.withLock { $0.append((time - before) * 1000) } }
            return n + 1
        }
        _ = try await host.run("local n = 0 for i = 1, 20000 do n = tick(n) end return n")
        report("host call answered by the parent", samples.withLock { $0 }, "µs")
        var near = LuaHost()
        near.execution = .inProcess
        near.function("tick") { (n: Int) in n + 1 }
        var begin = now()
        _ = try await near.run("local n = 0 for i = 1, 2000000 do n = tick(n) end return n")
        print("the same in this process: \((now() - begin) / 2) ns")
        begin = now()
        _ = try await near.run("local n = 0 for i = 1, 2000000 do n = n + 1 end return n")
        print("an empty loop: \((now() - begin) / 2) ns")
        var async = host
        async.asyncFunction("later") { (n: Int) async in n + 1 }
        let start = now()
        _ = try await async.run("local n = 0 for i = 1, 5000 do n = later(n) end return n")
        print("suspending host call: \((now() - start) / 5) µs on average")
    }

    static func kills() async throws {
        let loops = [
            "while true do end", "while true do pcall(function() while true do end end) end",
            "xpcall(function() while true do end end, function() while true do end end)",
            "return ('a'):rep(3000):find(('.-'):rep(6) .. 'b')",
            "while true do local x <close> = setmetatable({}, {__close = function() while true do end end}) end",
            "while true do ('x'):rep(1 << 20):upper() end",
            "local s = {} for i = 1, 6000 do s[i] = 'a and ' end load('return ' .. table.concat(s) .. 'a')() while true do load('return ' .. table.concat(s) .. 'a') end",
            "while true do tick(1) end", "while true do print(1) end",
        ]
        for limit in [100.0, 1000.0] {
            var cpu: [Double] = []
            var wall: [Double] = []
            for script in loops {
                var host = host()
                host.limits.output = 1 << 30
                host.function("tick") { (n: Int) in n }
                host.onPrint = { _ in }
                let base = try await measure(host, "return 1")
                host.limits.cpu = .milliseconds(Int(limit))
                cpu.append(try await measure(host, script) - base - limit)
                host.limits.cpu = nil
                host.limits.wall = .milliseconds(Int(limit))
                wall.append(try await measure(host, script) - limit)
            }
            print("processor limit of \(limit) ms, overrun in wall ms: \(cpu.map { Int($0) })")
            print("wall limit of \(limit) ms, overrun in ms: \(wall.map { Int($0) })")
        }
    }

    static func measure(_ host: LuaHost, _ script: String) async throws -> Double {
        let start = now()
        _ = try? await host.run(script)
        return now() - start
    }

    static func memory() async throws {
        let bombs = [
            "return ('x'):rep(1 << 30)", "local s = 'x' while true do s = s .. s end",
            "local t = {} for i = 1, math.huge do t[i] = {i} end",
            "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
            "local t = {} for i = 1, 1e9 do t['k' .. i] = i end",
            "local t = {} while true do t = setmetatable({t, {}, {}, {}}, {}) end",
            "local t = {} while true do t[#t + 1] = function() return t end end",
            "local t = {} while true do t[#t + 1] = coroutine.create(function() end) if #t > 9000 then t = {t} end end",
            "local t = {} for i = 1, 9000 do t[i] = coroutine.wrap(function(...) coroutine.yield(...) end) t[i](table.unpack({}, 1, 4000)) end while true do t[#t+1] = {} end",
            "local t = {} for i = 1, 60 do t[i] = ('x'):rep(1 << 20) .. i end local s = ('y'):rep(3 << 20) while true do take(s, s, s, s) end",
            "local t = {} for i = 1, 1000 do t[i] = ('x'):rep(1000) end local s = table.concat(t) while true do s = table.concat({s, s}) end",
            "local t = {} local n = 1 while true do t[#t + 1] = ('z'):rep(n) n = n * 1.3 // 1 | 1 if n > 4e6 then n = 1 end end",
            "local function f() return f() + 1 end f()",
            "return ('x'):rep(1 << 20):gsub('.', ('y'):rep(1000))",
            "while true do task.spawn(function() coroutine.yield() end) end",
        ]
        for limit in [16, 64] {
            var worst = 0.0
            for bomb in bombs {
                var host = host()
                host.limits.memory = limit << 20
                host.limits.cpu = .seconds(20)
                let child = Mutex<(pid: Int32, idle: Int)>((0, 0))
                host.function("take") { (_: String) in }
                host.function("ready") { () in
                    let pid = onlyChild()
                    child.withLock { $0 = (pid, resident(pid)) }
                }
                let run = host.start("ready() " + bomb)
                let peak = Mutex(0)
                let watcher = Task.detached {
                    while !Task.isCancelled {
                        let pid = child.withLock { $0.pid }
                        if pid > 0 {
                            let size = resident(pid)
                            peak.withLock { $0 = max($0, size) }
                        }
                        usleep(500)
                    }
                }
                var end = "returned"
                do { _ = try await run.value() } catch { end = "\(error)" }
                watcher.cancel()
                _ = await watcher.value
                let grown = Double(peak.withLock { $0 } - child.withLock { $0.idle }) / Double(1 << 20)
                worst = max(worst, grown / Double(limit))
                print(
                    "  \(limit) MiB: grew by \((grown * 10).rounded() / 10) MiB: \(end.prefix(60)) <- \(bomb.prefix(60))"
                )
            }
            print("limit of \(limit) MiB: grew by at most \((worst * 1000).rounded() / 10) % of it over the idle size")
        }
    }

    static func onlyChild() -> Int32 {
        guard let file = fopen("/proc/self/task/\(getpid())/children", "r") else { return 0 }
        fclose(file)
        var found: Int32 = 0
        guard let folder = opendir("/proc/self/task") else { return 0 }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let text = read("/proc/self/task/\(name)/children")
            if let pid = text.split(separator: " ").compactMap({ Int32($0) }).last { found = pid }
        }
        return found
    }

    /// VmHWM, in bytes.
    static func resident(_ pid: Int32) -> Int {
        for line in read("/proc/\(pid)/status").split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) << 10
        }
        return 0
    }

    static func read(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
