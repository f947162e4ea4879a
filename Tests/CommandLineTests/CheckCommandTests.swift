import Foundation
import IwinvCatalog
import Testing

@Suite struct CheckCommandTests {
    @Test func theShippedScriptsPass() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let names = try FileManager.default.contentsOfDirectory(atPath: Iwlua.automation("")).filter {
            $0.hasSuffix(".lua")
        }.sorted()
        let result = try await iwlua.run(["check"] + names.map(Iwlua.automation))
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output == "\(names.count) scripts: nothing found\n")
    }

    @Test func anErrorIsShownWithItsLineAndEndsWithExitTwo() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file(
            "a.lua", "local iwinv = require \"iwinv\"\nfor vm in iwinv.instances.lst() do print(vm.name) end\n")
        let result = try await iwlua.run("check", script)
        #expect(result.status == 2)
        #expect(
            result.output == """
                \(script):2:27: error: `iwinv.instances` has no `lst`; did you mean `list`? [unknown-operation]
                   2 │ for vm in iwinv.instances.lst() do print(vm.name) end
                     │                           ^^^
                1 script: 1 error, 0 warnings

                """)
        #expect(result.errors.isEmpty)
        let korean = try await iwlua.run("check", script, "--lang", "ko")
        #expect(korean.output.contains("오류: 없는 기능: "))
        #expect(korean.output.contains("오류 1개, 경고 0개"))
    }

    @Test func `a file that is one line of findings is checked in time`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file("line.lua", "return " + String(repeating: "a and ", count: 10_000) + "1")
        let result = try await iwlua.run("check", script)
        #expect(result.status == 2)
        #expect(result.output.contains("no variable is called `a`"))
    }

    @Test func warningsCanBeLeftOut() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file("a.lua", "count = 1\nprint(count)\n")
        #expect(try await iwlua.run("check", script).status == 2)
        #expect(try await iwlua.run("check", "--errors-only", script).status == 0)
    }

    @Test func theFindingsAreJSON() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file("a.lua", "local helper = require \"helper\"\nhelper()\n")
        _ = try iwlua.file("helper.lua", "return function() pritn('한글') end\n")
        let result = try await iwlua.run("check", script, "--output", "json")
        #expect(result.status == 2)
        let json = try result.json
        #expect(json["files"] == [.string(script)] && json["errors"] == 1 && json["warnings"] == 0)
        let finding = try #require(json["findings"]?.arrayValue?.first)
        #expect(finding["file"]?.stringValue == script.replacing("a.lua", with: "helper.lua"))
        #expect(finding["rule"] == "undefined-global" && finding["line"] == 1 && finding["column"] == 19)
    }

    @Test func whatCannotBeReadIsAnError() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run("check", "missing.lua")
        #expect(result.status == 2)
        #expect(result.errors.contains("missing.lua: there is no such file or folder"), "\(result.errors)")
        _ = try iwlua.file("folder/inner/a.lua", "pritn(1)\n")
        let folder = try await iwlua.run("check", "folder")
        #expect(folder.status == 2)
        #expect(folder.output.hasPrefix("folder/inner/a.lua:1:1: error: "), "\(folder.output)")
        #expect(try await iwlua.run("check").status == 2)
    }
}
