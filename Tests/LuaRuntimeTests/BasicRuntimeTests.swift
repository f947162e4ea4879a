import LuaRuntime
import Testing

@Suite struct BasicRuntimeTests {
    @Test(arguments: Place.allCases) func typedFunctionsAreCalled(_ place: Place) async throws {
        var host = place.host()
        host.function("double") { (n: Int) in n * 2 }
        host.function("join") { (a: String, b: [String]?) in a + (b ?? []).joined() }
        host.asyncFunction("later") { (text: String) async throws -> String in
            await Task.yield()
            return text + "!"
        }
        #expect(try await host.run("return double(21), join('a', {'b', 'c'}), later('x')") == [42, "abc", "x!"])
    }

    @Test(arguments: Place.allCases) func aBusyLoopIsKilledWhenItsProcessorTimeIsUp(_ place: Place) async throws {
        var host = place.host()
        host.limits.cpu = .milliseconds(50)
        await #expect(throws: LuaKilled(reason: .cpu, position: LuaPosition(chunk: "script.lua", line: 1))) {
            try await host.run("while true do end")
        }
    }
}
