import Foundation
import IwinvCatalog
import IwinvWire
import Testing

/// `iwlua test` and `iwlua new`, as a person or a build server runs them.
@Suite struct TestCommandTests {
    @Test func `the shipped scripts pass their tests, and each has one`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let folder = Iwlua.repository.appendingPathComponent("scripts/automation").path
        let result = try await iwlua.run("test", folder, "--output", "json")
        #expect(result.status == 0, "\(result.output)")
        let document = try result.json
        let files = try #require(document["files"]?.arrayValue)
        let tested = Set(files.compactMap { $0["path"]?.stringValue?.split(separator: "/").last.map(String.init) })
        let scripts = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".lua") && !$0.hasSuffix("_test.lua") }
        #expect(scripts.count >= 9)
        for script in scripts { #expect(tested.contains(script.dropLast(4) + "_test.lua"), "\(script)") }
        #expect(files.allSatisfy { $0["tests"]?.arrayValue?.count ?? 0 >= 4 })
        #expect(document["failed"] == 0)
    }

    @Test func `a failure has exit code 1, its line and a difference`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        _ = try iwlua.file(
            "sub/a_test.lua",
            """
            it("passes", function() end)
            it("fails", function()
                print("seen")
                expect({ name = "a" }):equals({ name = "b" })
            end)
            """)
        let result = try await iwlua.run("test")
        #expect(result.status == 1)
        #expect(result.output.hasPrefix("sub/a_test.lua\n  ✓ passes"))
        #expect(result.output.contains("\n  ✗ fails"))
        #expect(result.output.contains("a_test.lua:4: not equal (- expected, + got)"))
        #expect(result.output.contains("-     name = \"b\",\n"))
        #expect(result.output.contains("+     name = \"a\",\n"))
        #expect(result.output.contains(">    4 │     expect({ name"))
        #expect(result.output.contains("it printed:\n        seen"))
        #expect(result.output.contains("1 passed, 1 failed"))
        let korean = try await iwlua.run("test", "--filter", "passes", "--lang", "ko")
        #expect(korean.status == 0)
        #expect(korean.output.contains("성공 1, 실패 0"))
    }

    @Test func `no test is an error of its own`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let none = try await iwlua.run("test")
        #expect(none.status == 2)
        #expect(none.errors.contains("there is no test in ."))
        let missing = try await iwlua.run("test", "nowhere")
        #expect(missing.status == 2)
        #expect(missing.errors.contains("nowhere: there is no such file or folder"))
        _ = try iwlua.file("a_test.lua", "it('one', function() end)")
        let filtered = try await iwlua.run("test", "--filter", "two")
        #expect(filtered.status == 2)
        #expect(filtered.errors.contains("no test has a name that contains `two`"))
    }

    @Test func `build servers get JUnit XML`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        _ = try iwlua.file("a_test.lua", "it('<one>', function() end)\nit('two', function() error('& no') end)")
        let result = try await iwlua.run("test", "--junit", "out.xml")
        #expect(result.status == 1)
        let document = try iwlua.text(of: "out.xml")
        #expect(document.contains("<testcase name=\"&lt;one&gt;\" classname=\"a_test.lua\""))
        #expect(document.contains("a_test.lua:2: &amp; no") || document.contains("&amp; no"))
    }

    @Test func `a test has both walls around it, or one`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        _ = try iwlua.file(
            "a_test.lua", "it('is locked up', function() expect(function() return io.open('x') end):raises() end)")
        for flags in [["--require-jail"], ["--in-process"]] {
            let result = try await iwlua.run(["test"] + flags)
            #expect(result.output.contains("1 passed, 0 failed") || result.errors.contains("jail"), "\(result.output)")
        }
    }

    @Test func `a new script passes its test, and nothing is written over`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let made = try await iwlua.run("new", "tidy-names", "--dir", "tools")
        #expect(made.status == 0, "\(made.errors)")
        #expect(
            made.output == """
                tools/tidy-names.lua
                tools/tidy-names_test.lua
                tools/.iwlua/types/iwinv.lua
                tools/.iwlua/types/iwlua.lua
                tools/.luarc.json
                tools/.luacheckrc

                """)
        let tested = try await iwlua.run("test", "tools")
        #expect(tested.status == 0, "\(tested.output)")
        let run = try await iwlua.run("run", "tools/tidy-names.lua", "--simulate", "--param", "prefix=db-")
        #expect(run.status == 0, "\(run.errors)")
        _ = try JSONCodec.decode(Array(try iwlua.text(of: "tools/.luarc.json").utf8))

        _ = try iwlua.file("tools/tidy-names.lua", "-- mine")
        let again = try await iwlua.run("new", "tidy-names", "--dir", "tools")
        #expect(again.status == 2)
        #expect(again.errors.contains("tools/tidy-names.lua is there already; --force writes over it"))
        #expect(try iwlua.text(of: "tools/tidy-names.lua") == "-- mine")
        #expect(try await iwlua.run("new", "tidy-names", "--dir", "tools", "--force").status == 0)
        #expect(try iwlua.text(of: "tools/tidy-names.lua").contains("@name     tidy-names"))
        for name in ["../up", "a b", "1st", "x_test", ""] {
            #expect(try await iwlua.run("new", name).status == 2, "\(name)")
        }
    }
}
