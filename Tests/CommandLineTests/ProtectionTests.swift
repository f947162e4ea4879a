import Foundation
import IwinvCatalog
import Testing

/// What a profile protects, from one run to the next.
@Suite struct ProtectionTests {
    private struct World {
        let iwlua: Iwlua
        let simulator: SimulatorProcess
        let environment: [String: String]

        init() async throws {
            iwlua = try Iwlua()
            simulator = try await SimulatorProcess(iwlua, "--no-quota")
            let secret = try iwlua.file("secret", "simulated-secret-key", mode: 0o600)
            _ = try iwlua.file(
                "config/iwlua/config.yaml",
                """
                profiles:
                  prod:
                    access_key: simulated-access-key
                    secret: {file: \(secret)}
                    endpoint: \(simulator.environment["IWLUA_ENDPOINT"] ?? "")
                    protect: ["db-*"]
                """, mode: 0o600)
            environment = [
                "IWLUA_PROFILE": "prod", "IWLUA_BUDGET": "none",
                "XDG_CONFIG_HOME": iwlua.folder.appendingPathComponent("config").path,
            ]
        }

        func script(_ name: String, _ line: String) throws -> String {
            try iwlua.file(
                name,
                """
                -- ==Script==
                -- @needs instances:edit instances:power
                -- ==/Script==
                local iwinv = require "iwinv"
                local function server(name) return iwinv.instances.list { name = name }[1] end
                \(line)
                """)
        }

        func run(_ words: String...) async throws -> Iwlua.Result {
            try await iwlua.run(words, environment: environment)
        }

        /// Looked at from a state folder of its own, so that the last run stays the last one.
        func names(_ name: String) async throws -> String {
            let look = "for _, vm in ipairs(require('iwinv').instances.list { name = '\(name)' }) do print(vm.name) end"
            let elsewhere = ["IWLUA_STATE": iwlua.folder.appendingPathComponent("other").path]
            return try await iwlua.run(["run", "-e", look], environment: environment.merging(elsewhere) { $1 }).output
        }

        func end() async throws {
            _ = try await simulator.stop()
            iwlua.remove()
        }
    }

    private static let allow = ["--allow", "instances:edit,instances:power", "--yes"]

    @Test func `a run cannot take a name away so that a later run may switch the server off`() async throws {
        let world = try await World()
        let rename = try world.script("rename.lua", "server('db-01'):edit { name = 'zz-0001' }")
        let off = try world.script("off.lua", "server('zz-0001'):shutdown()")
        let first = try await world.iwlua.run(["run", rename] + Self.allow, environment: world.environment)
        #expect(first.status == 3, "\(first.errors)")
        #expect(first.errors.contains("`db-01` is protected") && first.errors.contains("--override-protection"))
        let second = try await world.iwlua.run(["run", off] + Self.allow, environment: world.environment)
        #expect(second.status == 1, "\(second.errors)")
        #expect(try await world.names("db-01") == "db-01\n")
        let korean = try await world.iwlua.run(
            ["run", rename, "--lang", "ko"] + Self.allow, environment: world.environment)
        #expect(korean.status == 3 && korean.errors.contains("보호되어 있습니다"), "\(korean.errors)")
        try await world.end()
    }

    @Test func `plan, apply and undo keep to it as a run does`() async throws {
        let world = try await World()
        let rename = try world.script("rename.lua", "server('db-01'):edit { name = 'zz-0001' }")
        let planned = try await world.run("plan", rename, "-o", "rename.plan")
        #expect(planned.status == 3 && planned.errors.contains("is protected"), "\(planned.errors)")
        let meant = try await world.run("plan", rename, "-o", "rename.plan", "--override-protection")
        #expect(meant.status == 0, "\(meant.errors)")
        // A plan that was made with the flag is not carried out without it.
        let refused = try await world.run("apply", "rename.plan", "--yes")
        #expect(refused.status == 3 && refused.errors.contains("is protected"), "\(refused.errors)")
        let applied = try await world.run("apply", "rename.plan", "--yes", "--override-protection")
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(try await world.names("zz-0001") == "zz-0001\n")
        // The name that protects comes back without the flag.
        let undone = try await world.run("undo", "last", "--yes")
        #expect(undone.status == 0, "\(undone.errors)")
        #expect(try await world.names("db-01") == "db-01\n")
        // One that was given does not go again.
        let protect = try world.script("protect.lua", "server('web-01'):edit { name = 'db-77' }")
        let given = try await world.iwlua.run(["run", protect] + Self.allow, environment: world.environment)
        #expect(given.status == 0, "\(given.errors)")
        let kept = try await world.run("undo", "last", "--yes")
        #expect(kept.errors.contains("`db-77` is protected"), "\(kept.errors)")
        #expect(try await world.names("db-77") == "db-77\n")
        let back = try await world.run("undo", "last", "--yes", "--override-protection")
        #expect(back.status == 0, "\(back.errors)")
        #expect(try await world.names("web-01") == "web-01\n")
        try await world.end()
    }

    @Test func `it belongs to the access key, whichever way that comes in`() async throws {
        let world = try await World()
        let off = try world.script("off.lua", "server('db-01'):shutdown()")
        let keys = [
            "IWINV_ACCESS_KEY": "simulated-access-key", "IWINV_SECRET_KEY": "simulated-secret-key",
            "IWLUA_ENDPOINT": world.simulator.environment["IWLUA_ENDPOINT"] ?? "", "IWLUA_BUDGET": "none",
            "XDG_CONFIG_HOME": world.environment["XDG_CONFIG_HOME"] ?? "",
        ]
        let given = try await world.iwlua.run(["run", off] + Self.allow, environment: keys)
        #expect(given.status == 3 && given.errors.contains("`db-01` is protected"), "\(given.errors)")
        let config = try world.iwlua.text(of: "config/iwlua/config.yaml")
        let second = config.replacing("profiles:\n", with: "").replacing("prod:", with: "other:")
            .replacing("    protect: [\"db-*\"]", with: "")
        _ = try world.iwlua.file("config/iwlua/config.yaml", config + "\n" + second, mode: 0o600)
        let other = try await world.iwlua.run(
            ["run", off, "--profile", "other"] + Self.allow, environment: world.environment)
        #expect(other.status == 3 && other.errors.contains("`db-01` is protected"), "\(other.errors)")
        try await world.end()
    }

    @Test func `a setting that is misspelt is refused by name, and is not lost`() async throws {
        let world = try await World()
        let config = try world.iwlua.text(of: "config/iwlua/config.yaml")
            .replacing("protect:", with: "protects:")
        _ = try world.iwlua.file("config/iwlua/config.yaml", config, mode: 0o600)
        let off = try world.script("off.lua", "server('db-01'):shutdown()")
        let run = try await world.iwlua.run(["run", off] + Self.allow, environment: world.environment)
        #expect(run.status == 7, "\(run.errors)")
        #expect(run.errors.contains("profile prod: there is no setting `protects`; did you mean `protect`?"))
        let used = try await world.run("profile", "use", "prod")
        #expect(used.status == 0, "\(used.errors)")
        #expect(try world.iwlua.text(of: "config/iwlua/config.yaml") == config + "\ncurrent: prod\n")
        try await world.end()
    }

    @Test func `a key that is renewed changes the key only`() async throws {
        let world = try await World()
        let secret = world.iwlua.folder.appendingPathComponent("secret").path
        let added = try await world.run(
            "profile", "add", "prod", "--access-key", "simulated-access-key", "--secret-file", secret)
        #expect(added.status == 0, "\(added.errors)")
        let config = try world.iwlua.text(of: "config/iwlua/config.yaml")
        #expect(config.contains("db-*") && config.contains("http://127.0.0.1"), "\(config)")
        let off = try world.script("off.lua", "server('db-01'):shutdown()")
        let run = try await world.iwlua.run(["run", off] + Self.allow, environment: world.environment)
        #expect(run.status == 3 && run.errors.contains("is protected"), "\(run.errors)")
        try await world.end()
    }

    @Test func `an approval covers no run of which less is protected`() async throws {
        let world = try await World()
        let rename = try world.script("rename.lua", "server('web-01'):edit { name = 'zz-0001' }")
        let approved = try await world.iwlua.run(
            ["approve", rename, "--allow", "instances:edit,instances:power"], environment: world.environment)
        #expect(approved.status == 0, "\(approved.errors)")
        let config = try world.iwlua.text(of: "config/iwlua/config.yaml")
        _ = try world.iwlua.file(
            "config/iwlua/config.yaml", config.replacing("[\"db-*\"]", with: "[]"), mode: 0o600)
        let less = try await world.run("run", rename)
        #expect(less.status == 3, "\(less.errors)")
        _ = try world.iwlua.file(
            "config/iwlua/config.yaml", config.replacing("[\"db-*\"]", with: "[\"db-*\", \"cache-*\"]"), mode: 0o600)
        let more = try await world.run("run", rename)
        #expect(more.status == 0, "\(more.errors)")
        try await world.end()
    }

    /// Nobody is asked, or told to agree, to what is refused all the same.
    @Test func `protection comes before the question`() async throws {
        let world = try await World()
        let off = try world.script("off.lua", "server('db-01'):shutdown()")
        let refused = try await world.run("run", off, "--allow", "instances:edit,instances:power")
        #expect(refused.status == 3 && refused.errors.contains("`db-01` is protected"), "\(refused.errors)")
        #expect(!refused.errors.contains("--yes"), "\(refused.errors)")
        try await world.end()
    }
}
