import Gate
import IwinvClient
import IwinvTesting
import IwinvWire
@testable import LuaMachine
@testable import LuaRuntime
@testable import ScriptHost
import Testing

/// Whoever has taken a worker over calls the host's functions themselves, not the modules of scripts around them: every
/// function gets every hostile number, text, depth and order. In a process of its own, so that a trap is a failure.
@Suite struct HostileArgumentTests {
    @Test func noFunctionOfTheHostTrapsInAPlan() async {
        await #expect(processExitsWith: .success) { try await HostileCaller.run(planning: true) }
    }

    @Test func noFunctionOfTheHostTrapsInARun() async {
        await #expect(processExitsWith: .success) { try await HostileCaller.run(planning: false) }
    }
}

/// Reaches the functions that modules keep to themselves.
enum HostileCaller {
    struct NothingCalled: Error {}

    static func run(planning: Bool) async throws {
        let cloud = try await SimulatedCloud.start()
        let client = try cloud.client()
        var host = ScriptHost(client: client, clock: cloud.clock)
        host.limits.cpu = nil
        host.limits.calls = 1_000_000
        host.limits.output = 1 << 30
        host.additions.append { lua, _ in expose(&lua) }
        var options = RunOptions.readOnly
        if planning { options.planner = Planner(at: cloud.clock.now) }
        let report = await host.run(try Script(source: script), options: options)
        guard report.ended == .done, case .integer(let called) = report.result, called > 1000 else {
            print(report)
            throw NothingCalled()
        }
        print("hostile arguments: \(called) calls")
        try await client.shutdown()
        try await cloud.stop()
    }

    /// Each function of a host module under a global name of its own; those that wait are found by theirs.
    private static func expose(_ lua: inout LuaHost) {
        var names: [LuaValue] = []
        for entry in lua.environment.entries {
            guard case .module(let module) = entry, case .host(_, _, let functions, _) = module.content else {
                continue
            }
            for (name, function) in functions.sorted(by: { $0.key < $1.key }) {
                if case .call = function { continue }
                lua.register("raw.\(module.name)_\(name)", function)
                names.append(.string("\(module.name)_\(name)"))
            }
        }
        for name in lua.handlers.keys.sorted() {
            lua.register(name, .call)
            names.append(.string(name))
        }
        lua.setGlobal("names", .array(names))
    }

    private static let script = #"""
        local deep = {}
        for i = 1, 40 do deep = {deep, a = nil} end
        local long, many = ("x"):rep(100000), {}
        for i = 1, 3000 do many[i] = i end
        local values = {
          0, 1, -1, 2, 100, math.mininteger, math.maxinteger, 1 << 62, -(1 << 62), (1 << 31), (1 << 32) + 1, 0.5, -0.0,
          1e308, -1e308, 5e-324, 2^53, 2^63, -2^63, 1e18, "", " ", "0", "-1", "9223372036854775807", "1e999", "nan",
          "30s", "99999999999d", "\0", "\xff\xfe", "e\u{301}", ("\u{301}"):rep(200), "\u{202e}x", "\u{1f468}\u{200d}\u{1f469}",
          long, "a.b", "instances.list", "instances.edit", "instances.create", "instances.get", "instances", "storage.list",
          "one", "all", "active", "%s%s", "[", "(", "{}", "[1,", "null", "2026-02-30", "2026-12-31T23:59:60Z", "UTC",
          "Asia/Seoul", "* * * * *", true, false, {}, {1, 2, 3}, {{}}, {{{}}}, deep, many, {id = "x"}, {name = "zz", count = 1 << 62},
          {name = {1}}, {[1] = "a", [2] = {b = 1}}, {rows = many}, {width = math.maxinteger, columns = {"a"}}, {kind = 1},
        }
        local state = 88172645463325252
        local function random(n)
          state = state ~ (state << 13)
          state = state ~ (state >> 7)
          state = state ~ (state << 17)
          return (state >> 1) % n + 1
        end
        local function find(name)
          local at = _G
          if raw[name] then return raw[name] end
          for part in name:gmatch("[^.]+") do at = rawget(at, part) end
          return at
        end
        local called = 0
        for _, name in ipairs(names) do
          local f = find(name)
          assert(f, name)
          local function try(...)
            called = called + 1
            pcall(f, ...)
          end
          try()
          for i = 1, #values do
            try(values[i])
            try("instances.list", {}, values[i])
            try(values[i], values[random(#values)])
          end
          for i = 1, 150 do
            local list = {}
            for j = 1, random(6) do list[j] = values[random(#values)] end
            try(table.unpack(list))
          end
        end
        return called
        """#
}
