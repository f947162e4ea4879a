import Foundation
import Testing

/// What a person at a terminal sees. The pseudo-terminal is that of `script`, from util-linux.
@Suite struct TerminalTests {
    let rename = Iwlua.automation("bulk-rename.lua")

    @Test func `asks for the grant and for the first change, and shows progress`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.runOnTerminal(
            ["run", rename, "--simulate", "--param", "from=web-", "--param", "to=www-"], input: "y\ny\n")
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("bulk-rename.lua asks for instances:edit. Allow?"))
        #expect(result.output.contains("first change: instances.edit INSTANCE-"))
        #expect(result.output.contains("12/12"))
        #expect(result.output.contains("requests left"))
        #expect(result.output.contains("12 servers renamed"))
    }

    @Test func `a no changes nothing`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.runOnTerminal(
            ["run", rename, "--simulate", "--param", "from=web-", "--param", "to=www-", "--lang", "ko"],
            input: "예\n아니요\n")
        #expect(result.status == 3, "\(result.output)")
        #expect(result.output.contains("변경된 것이 없습니다"))
    }

    @Test func `help is worth reading`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let help = try await iwlua.run("--help")
        #expect(help.status == 0)
        for command in ["run", "simulate", "profile"] { #expect(help.output.contains("  \(command) ")) }
        #expect(help.output.contains("Exit codes"))
        let run = try await iwlua.run("run", "--help")
        #expect(run.output.contains("--allow"))
        #expect(run.output.contains("instances:edit"))
    }
}
