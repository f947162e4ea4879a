import Foundation
import Testing

/// Commands that print a secret, and secrets as people keep them.
@Suite struct HelperTests {
    private static let key = "simulated-secret-key"

    struct Helper: CustomTestStringConvertible {
        let command: String
        /// Part of the error; nil if the key is taken.
        let error: String?
        var testDescription: String { command }

        static let all = [
            Helper(command: "echo \(key)", error: nil),
            // Its input is its own: what is there belongs to the prompt.
            Helper(command: "cat >/dev/null; echo \(key)", error: nil),
            // What it leaves behind is not waited for.
            Helper(command: "echo \(key); sleep 300 &", error: nil),
            Helper(command: "printf '\(key)\\r\\n\\n'", error: nil),
            Helper(command: "echo \(key); exit 3", error: "ended with status 3"),
            Helper(command: "kill -9 $$", error: "ended by signal 9"),
            Helper(command: "echo '\(key) '", error: "has a space"),
            Helper(command: "printf '\\342\\200\\213\(key)'", error: "has a space, or a sign that is not seen"),
            Helper(command: "printf '\\351'", error: "no text"),
            Helper(command: "true", error: "is empty"),
            Helper(command: "head -c 100000 /dev/zero", error: "prints more than 64 KiB"),
            Helper(command: "exec sleep 300", error: "has not ended after 10 seconds"),
        ]
    }

    private func iwlua(_ secret: String, _ environment: [String: String]) throws -> Iwlua {
        let iwlua = try Iwlua()
        _ = try iwlua.file(
            "config/iwlua/config.yaml",
            """
            current: p
            profiles:
              p:
                access_key: simulated-access-key
                endpoint: \(environment["IWLUA_ENDPOINT"] ?? "")
                secret: \(secret)

            """, mode: 0o600)
        return iwlua
    }

    @Test(arguments: Helper.all) func `a helper's key is what it prints`(_ helper: Helper) async throws {
        let first = try Iwlua()
        defer { first.remove() }
        let simulator = try await SimulatorProcess(first)
        let quoted = helper.command.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let iwlua = try iwlua("{command: \"\(quoted)\"}", simulator.environment)
        defer { iwlua.remove() }
        let result = try await iwlua.run("repl", input: "print(6 * 7)\n")
        if let error = helper.error {
            #expect(result.status == 7 && result.errors.contains(error), "\(result.errors)")
        } else {
            #expect(result.status == 0 && result.output.contains("42"), "\(result.errors)")
        }
        #expect(!(result.output + result.errors).contains(Self.key))
        _ = try await simulator.stop()
    }

    @Test(arguments: ["", "relative"]) func `a home that is no place is not used`(_ home: String) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let environment = ["HOME": home, "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": ""]
        let result = try await iwlua.run(["profile", "list"], environment: environment)
        #expect(result.status == 0, "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: "/.config/iwlua"))
        #expect(!FileManager.default.fileExists(atPath: iwlua.folder.appendingPathComponent("relative").path))
    }
}
