import LuaMachine
import Testing

@Suite struct BasicTests {
    @Test func resultsComeBack() throws {
        #expect(try run("return 1, 'a', {1, 2}, {x = true}") == [1, "a", [1, 2], ["x": true]])
    }

    @Test func aCallSuspendsAndIsAnswered() throws {
        var environment = LuaEnvironment()
        environment.register("net.fetch", .call)
        #expect(try run("return net.fetch('a', 2)", environment) == ["a", 2])
    }
}
