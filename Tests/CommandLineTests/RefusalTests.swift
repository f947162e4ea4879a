import Foundation
import IwinvCatalog
import Testing

/// Mistakes that are found before anything is sent, or that the cloud finds: each with the script's line.
@Suite struct RefusalTests {
    private func edit(_ lua: String, allow: Bool = true) async throws -> Iwlua.Result {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file(
            "edit.lua",
            """
            local iwinv = require "iwinv"
            local vm = iwinv.instances.list { name = "web-01" }[1]
            \(lua)
            """)
        let grants = allow ? ["--allow", "instances:edit", "--yes"] : []
        return try await iwlua.run(["run", script, "--simulate", "--output", "json"] + grants)
    }

    private func expectInvalid(_ lua: String, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        let result = try await edit(lua)
        let error = try #require(try result.json["error"], sourceLocation: sourceLocation)
        #expect(result.status == 1, "\(result.errors)", sourceLocation: sourceLocation)
        #expect(error["kind"] == "invalid", sourceLocation: sourceLocation)
        #expect(error["chunk"] == "edit.lua", sourceLocation: sourceLocation)
        #expect(error["line"] == 3, sourceLocation: sourceLocation)
        #expect(try result.json["changes"] == [], sourceLocation: sourceLocation)
        for word in words {
            #expect(result.errors.contains(word), "\(word) in: \(result.errors)", sourceLocation: sourceLocation)
        }
        #expect(result.errors.contains("edit.lua:3:"), sourceLocation: sourceLocation)
        #expect(result.errors.contains(">    3 │ "), sourceLocation: sourceLocation)
    }

    @Test func `a name of 3 characters`() async throws {
        try await expectInvalid(#"vm:edit { name = "abc" }"#, "4–32 characters, it has 3")
    }

    @Test func `a name of 33 characters, counted in code points after NFC`() async throws {
        try await expectInvalid(#"vm:edit { name = ("가"):rep(33) }"#, "4–32 characters, it has 33")
        let decomposed = try await edit(#"vm:edit { name = ("\u{1100}\u{1161}"):rep(32) }"#)
        #expect(decomposed.status == 0, "\(decomposed.errors)")
    }

    /// Hangul anywhere: the sentence itself, not only its frame, is in the language that was asked for.
    @Test(arguments: [
        (#"vm:edit { name = "abc" }"#, true, "`name`: 4–32자여야 하는데 3자입니다"),
        (#"vm:edit { nmae = "web-77" }"#, true, "`nmae`라는 인자는 없습니다. `name`를 뜻하셨나요?"),
        ("vm:edit { name = 12345 }", true, "`name`: 문자열이어야 하는데 숫자입니다"),
        ("vm:edit {}", true, "바꿀 것이 없습니다"),
        ("print(vm.ipp)", true, "`ipp` 필드는 없습니다"),
        (#"vm:wait("activ", "5m")"#, true, "`active`를 뜻하셨나요?"),
        (#"vm:edit { name = "web-77" }"#, false, "`instances:edit`이(가) 필요합니다"),
        ("while true do end", true, "강제 종료: 스크립트가 프로세서 시간을 다 썼습니다"),
    ])
    func `in Korean, every sentence of this project's is`(lua: String, isGranted: Bool, sentence: String) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file(
            "edit.lua", "local iwinv = require 'iwinv'\nlocal vm = iwinv.instances.list { name = 'web-01' }[1]\n\(lua)")
        let grants = isGranted ? ["--allow", "instances:edit", "--yes"] : []
        let result = try await iwlua.run(
            ["run", script, "--simulate", "--lang", "ko", "--cpu", "200ms"] + grants)
        #expect(result.status != 0)
        #expect(result.errors.contains(sentence), "\(result.errors)")
    }

    @Test func `a name with a line break`() async throws {
        try await expectInvalid(#"vm:edit { name = "web\n01" }"#, "must not contain a line break")
    }

    @Test func `an unknown argument`() async throws {
        try await expectInvalid(#"vm:edit { nmae = "web-77" }"#, "no argument `nmae`", "did you mean `name`?")
    }

    @Test func `a wrong type`() async throws {
        try await expectInvalid("vm:edit { name = 12345 }", "`name` must be a string, not an integer")
    }

    @Test func `an identifier that would break out of the path`() async throws {
        try await expectInvalid(#"iwinv.instances.edit("../zones", { name = "web-77" })"#, "is not an identifier")
        try await expectInvalid(#"iwinv.instances.get("..")"#, "is not an identifier")
    }

    @Test func `a function, a field and a state that do not exist`() async throws {
        try await expectInvalid("iwinv.instances.reebot(vm)", "did you mean `reboot`?")
        try await expectInvalid("print(vm.nmae)", "Instance has no field `nmae`", "did you mean `name`?")
        try await expectInvalid("print(vm.ip)", "`ip` of this Instance was not read", #"fields = {"ip""#)
        try await expectInvalid(#"vm:wait("activ")"#, "did you mean `active`?")
    }

    @Test func `an unknown server is refused by the cloud, with its code and meaning`() async throws {
        let result = try await edit(#"iwinv.instances.edit("INSTANCE-0000000000000000000000", { name = "web-77" })"#)
        #expect(result.status == 4)
        let error = try #require(try result.json["error"])
        #expect(error["kind"] == "api")
        #expect(error["error_code"] == "ID_INVALID")
        #expect(error["line"] == 3)
        #expect(result.errors.contains("there is no such identifier"))
    }

    @Test func `a change without a grant is denied, and the message names the flag`() async throws {
        let result = try await edit(#"vm:edit { name = "web-77" }"#, allow: false)
        #expect(result.status == 3)
        #expect(try result.json["ended"] == "denied")
        #expect(result.errors.contains("--allow instances:edit"))
    }

    @Test func `what a header needs and nobody grants is refused before the script starts`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run(
            "run", Iwlua.automation("bulk-rename.lua"), "--simulate", "--param", "from=web-", "--param", "to=www-")
        #expect(result.status == 3)
        #expect(result.output == "")
        #expect(result.errors.contains("--allow instances:edit"))
    }

    @Test func `without a terminal a change needs --yes`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run(
            "run", Iwlua.automation("bulk-rename.lua"), "--simulate", "--param", "from=web-", "--param", "to=www-",
            "--allow", "instances:edit")
        #expect(result.status == 3)
        #expect(result.errors.contains("--yes"))
        #expect(result.errors.contains("nothing was changed"))
    }

    @Test func `a limit of changes stops before the next one`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run(
            "run", Iwlua.automation("bulk-rename.lua"), "--simulate", "--param", "from=web-", "--param", "to=www-",
            "--allow", "instances:edit", "--yes", "--max-changes", "5", "--output", "json")
        #expect(result.status == 3)
        #expect(try result.json["changes"]?.arrayValue?.count == 5)
    }

    @Test func `a caught error is the script's to handle`() async throws {
        let result = try await edit(
            """
            local ok, problem = pcall(vm.edit, vm, { name = "abc" })
            assert(not ok and problem.kind == "invalid" and problem.operation == "instances.edit")
            assert(tostring(problem):find("edit.lua:3: instances.edit", 1, true), tostring(problem))
            """)
        #expect(result.status == 0, "\(result.errors)")
    }
}
