import ScriptTools
import Testing

/// What an author reads when something is wrong.
@Suite struct TestFailureTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        var text: String
        var message: String
        var line: Int?
        var testDescription: String { text }

        init(_ text: String, _ message: String, line: Int? = 1) {
            (self.text, self.message, self.line) = (text, message, line)
        }
    }

    static func inside(_ text: String) -> String { "it('x', function()\n\(text)\nend)" }

    static let mistakes = [
        Mistake("it('x', function( end)", "expected near 'end'"),
        Mistake("\nerror('no')", "no", line: 2),
        Mistake("x = 1", "there is no test in this file", line: nil),
        Mistake("-- ==Script==\n-- @nam x\n-- ==/Script==", "did you mean `@name`?", line: 2),
        Mistake("cloud.demo()", "cloud.demo stands inside `it` or `before_each`"),
        Mistake("describe('x')", "describe takes a name and a function"),
        Mistake(inside("it('y', function() end)"), "a test cannot have tests in it", line: 2),
        Mistake(inside("expect(1):equal(1)"), "expect(…) has no `equal`; did you mean `equals`?", line: 2),
        Mistake(inside("cloud.instance()"), "cloud has no `instance`; did you mean `instances`?", line: 2),
        Mistake(inside("script.runn('x')"), "script has no `runn`; did you mean `run`?", line: 2),
        Mistake(inside("cloud.add { server = {} }"), "did you mean `servers`?", line: 2),
        Mistake(
            inside("cloud.add { servers = { { name = 'web-1' }, { nam = 'x' } } }"), "servers[2].nam: unknown key",
            line: 2),
        Mistake(inside("cloud.fault 'reboot 5%'"), "cloud.fault: ", line: 2),
        Mistake(inside("cloud.set_status('web-9', 'off')"), "no server is called `web-9`", line: 2),
        Mistake(inside("cloud.calls('instances.lst')"), "did you mean `instances.list`?", line: 2),
        Mistake(inside("script.run('none.lua')"), "there is no such file", line: 2),
        Mistake(inside("script.run('/etc/passwd')"), "neither in the test's folder nor in the current one", line: 2),
        Mistake(inside("script.run('script.lua', { param = {} })"), "did you mean `params`?", line: 2),
        Mistake(inside("script.run('script.lua', { params = { n = 1 } })"), "no parameter `n`", line: 2),
        Mistake(
            inside("script.run('script.lua', { allow = 'instances:reboot' })"), "`reboot` is not an effect", line: 2),
        Mistake(inside("script.replay('r1', 'script.lua')"), "this file has no recording `r1`", line: 2),
        Mistake(inside("expect(1):equals(2)"), "expected 2, got 1", line: 2),
        Mistake(inside("expect(1).never:equals(1)"), "expected 1 never to equal 1", line: 2),
        Mistake(inside("expect('abc'):matches('^b')"), "expected a text that matches \"^b\", got \"abc\"", line: 2),
        Mistake(inside("expect(function() end):raises('x')"), "and there was none", line: 2),
        Mistake(inside("expect(function() error('y') end):raises('x')"), "with the text \"x\", got: ", line: 2),
        Mistake(inside("expect(nil):is_true()"), "expected true, got nil", line: 2),
        Mistake(inside("expect({ 1 }):has_length(2)"), "expected a length of 2, got 1: { 1 }", line: 2),
        Mistake(inside("expect({ f = print }):equals({ f = print })"), "these cannot be compared: ", line: 2),
        Mistake(inside("task.spawn(function() expect(1):equals(2) end)"), "expected 2, got 1", line: 2),
        Mistake(inside("expect(print):equals(1)"), "expected 1, got function", line: 2),
    ]

    @Test(arguments: mistakes)
    func `a mistake is told with its line`(_ mistake: Mistake) async throws {
        let report = try await Scratch.run(mistake.text, script: "return 1")
        let failure = try #require(report.failure)
        #expect(failure.message.contains(mistake.message), "\(failure.message)")
        #expect(failure.line == mistake.line)
        #expect(!report.hasPassed)
    }

    @Test func `a failure names its callers, and the run that did not end well`() async throws {
        let report = try await Scratch.run(
            """
            local function ended(word)
                expect(script.run("script.lua").ended):equals(word)
            end
            it("x", function()
                ended("done")
            end)
            """, script: "\n\nlocal x = nil; x.y = 1")
        let failure = try #require(report.failure)
        #expect(failure.message == "expected \"done\", got \"failed\"")
        #expect(failure.place == "a_test.lua:2")
        #expect(failure.traceback.first?.hasPrefix("a_test.lua:5") == true)
        #expect(failure.traceback.allSatisfy { !$0.contains("iwlua test") })
        #expect(failure.notes.count == 1)
        #expect(failure.notes.first?.contains("script.lua:3: attempt to index a nil value") == true)
        #expect(failure.excerpt.map(\.number) == [1, 2, 3])
    }
}
