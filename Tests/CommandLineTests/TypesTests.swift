import Foundation
import IwinvCatalog
import Testing

/// `iwlua types`.
@Suite struct TypesTests {
    private static let luacheck: URL? = ["/usr/bin/luacheck", "/usr/local/bin/luacheck"].map(URL.init(fileURLWithPath:))
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }

    @Test func `types writes definition files and settings, and says what it wrote`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let first = try await iwlua.run("types", "-o", "scripts", "--lang", "ko")
        #expect(first.status == 0, "\(first.errors)")
        #expect(try iwlua.text(of: "scripts/.iwlua/types/iwinv.lua").contains("서버의 이름이나 설명을 바꿉니다."))
        #expect(try iwlua.text(of: "scripts/.luarc.json").contains("Lua 5.4"))
        _ = try iwlua.file("scripts/.luarc.json", "{}")
        let again = try await iwlua.run("types", "-o", "scripts", "--output", "json")
        #expect(again.status == 0)
        let outcomes = try #require(try again.json.arrayValue).map { $0["outcome"]?.stringValue ?? "" }
        #expect(outcomes == ["written", "written", "kept", "unchanged"])
        #expect(try iwlua.text(of: "scripts/.luarc.json") == "{}")
        #expect(try await iwlua.run("types", "-o", "scripts", "--force").status == 0)
        #expect(try iwlua.text(of: "scripts/.luarc.json").contains("Lua 5.4"))
        let nowhere = try await iwlua.run("types", "-o", "/proc/nowhere")
        #expect(nowhere.status == 2 && nowhere.errors.contains("/proc/nowhere"))
    }

    @Test(.enabled(if: luacheck != nil, "luacheck is not installed: apt-get install lua-check"))
    func `luacheck with the generated standard finds nothing in the shipped scripts, and finds a slip`() async throws {
        let luacheck = try #require(Self.luacheck)
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        #expect(try await iwlua.run("types").status == 0)
        let folder = Iwlua.repository.appendingPathComponent("scripts/automation")
        let scripts = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".lua") && !$0.hasSuffix("_test.lua") }.sorted()
        #expect(scripts.count >= 9)
        for script in scripts {
            try FileManager.default.copyItem(
                at: folder.appendingPathComponent(script), to: iwlua.folder.appendingPathComponent(script))
        }
        let clean = try await iwlua.start(luacheck, ["--no-color", "--no-cache"] + scripts).end()
        #expect(clean.status == 0, "\(clean.output)\(clean.errors)")
        #expect(clean.output.contains("Total: 0 warnings / 0 errors in \(scripts.count) files"))
        let whole = try await iwlua.start(luacheck, ["--no-color", "--no-cache", "."]).end()
        #expect(whole.status == 0, "\(whole.output.suffix(2_000))")
        #expect(whole.output.contains("Total: 0 warnings / 0 errors in \(scripts.count) files"))
        _ = try iwlua.file(
            "slip.lua", "print(text.lenght(params.any))\nos.execute('ls')\nstring.dump(print)\nlocal _ = dofile\n")
        let slip = try await iwlua.start(luacheck, ["--no-color", "--no-cache", "slip.lua"]).end()
        #expect(slip.status == 1)
        for name in ["lenght", "os", "dump", "dofile"] { #expect(slip.output.contains(name), "\(slip.output)") }
        #expect(slip.output.contains("Total: 4 warnings"))
    }
}
