import Foundation
import IwinvCatalog
import IwinvWire
import Testing

@Suite struct ProfileTests {
    @Test func `a profile is added, listed, used and tested, and its secret shows nowhere`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let endpoint = try #require(simulator.environment["IWLUA_ENDPOINT"])
        let added = try await iwlua.run(
            "profile", "add", "prod", "--access-key", "simulated-access-key", "--endpoint", endpoint,
            input: "simulated-secret-key\n")
        #expect(added.status == 0, "\(added.errors)")
        let secret = iwlua.folder.appendingPathComponent("config/iwlua/secrets/prod")
        for file in [secret, iwlua.folder.appendingPathComponent("config/iwlua/config.yaml")] {
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        #expect(!(try iwlua.text(of: "config/iwlua/config.yaml")).contains("simulated-secret-key"))
        let tested = try await iwlua.run("profile", "test")
        #expect(tested.status == 0, "\(tested.errors)")
        #expect(tested.output.contains("prod: the keys work; 2 zones"))
        let listed = try await iwlua.run("profile", "list", "--output", "json")
        #expect(try listed.json.arrayValue?.first?["current"] == true)
        for text in [added.output, added.errors, tested.output, tested.errors, listed.output, listed.errors] {
            #expect(!text.contains("simulated-secret-key"))
            #expect(!text.contains("simulated-access-key"))
        }
        let run = try await iwlua.run("run", Iwlua.automation("inventory.lua"))
        #expect(run.status == 0, "\(run.errors)")
        _ = try await simulator.stop()
    }

    @Test func `the page size is a setting of the profile and of the environment`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let endpoint = try #require(simulator.environment["IWLUA_ENDPOINT"])
        let added = try await iwlua.run(
            "profile", "add", "prod", "--access-key", "simulated-access-key", "--endpoint", endpoint, "--page-size",
            "25",
            input: "simulated-secret-key\n")
        #expect(added.status == 0, "\(added.errors)")
        for (environment, size, source) in [([:], "25", "config.yaml"), (["IWLUA_PAGE_SIZE": "7"], "7", "environment")]
        {
            let shown = try await iwlua.run("profile", "show", "prod", "--output", "json", environment: environment)
                .json
            #expect(shown["page_size"] == .string(size) && shown["page_size_from"] == .string(source), "\(shown)")
            let traced = try await iwlua.run(
                ["run", "-e", "return #require('iwinv').instances.list()", "--output", "json"], environment: environment
            )
            #expect(traced.status == 0, "\(traced.errors)")
        }
        for size in ["0", "101", "many", "-1"] {
            let refused = try await iwlua.run("profile", "test", environment: ["IWLUA_PAGE_SIZE": size])
            #expect(
                refused.status == 2 && refused.errors.contains("must be a number from 1 to 100"), "\(refused.errors)")
        }
        _ = try await simulator.stop()
    }

    @Test func `a secret that others may read is refused`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let open = try iwlua.file("open", "simulated-secret-key", mode: 0o644)
        let result = try await iwlua.run("profile", "add", "prod", "--access-key", "k", "--secret-file", open)
        #expect(result.status == 7)
        #expect(result.errors.contains("chmod 600"))
        let kept = try iwlua.file("kept", "simulated-secret-key", mode: 0o600)
        let added = try await iwlua.run("profile", "add", "prod", "--access-key", "k", "--secret-file", kept)
        #expect(added.status == 0, "\(added.errors)")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: kept)
        let tested = try await iwlua.run("profile", "test", "prod")
        #expect(tested.status == 7)
        #expect(tested.errors.contains("mode 640"))
    }

    @Test func `secrets come from the environment, a command or a systemd credential`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let endpoint = try #require(simulator.environment["IWLUA_ENDPOINT"])
        _ = try iwlua.file("credentials/iwinv", "simulated-secret-key", mode: 0o400)
        let environment = [
            "MY_SECRET": "simulated-secret-key",
            "CREDENTIALS_DIRECTORY": iwlua.folder.appendingPathComponent("credentials").path,
        ]
        let places = [
            ["--secret-env", "MY_SECRET"], ["--secret-command", "printf 'simulated-%s-key\\n' secret"],
            ["--secret-credential", "iwinv"],
        ]
        for (index, place) in places.enumerated() {
            let added = try await iwlua.run(
                ["profile", "add", "p\(index)", "--access-key", "simulated-access-key", "--endpoint", endpoint] + place,
                environment: environment)
            #expect(added.status == 0, "\(added.errors)")
            let tested = try await iwlua.run("profile", "test", "p\(index)", environment: environment)
            #expect(tested.status == 0, "\(place): \(tested.errors)")
        }
        _ = try await simulator.stop()
    }

    @Test func `half an account in the environment is an error, not another account`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let half = try await iwlua.run("profile", "test", environment: ["IWINV_ACCESS_KEY": "k"])
        #expect(half.status == 2)
        #expect(half.errors.contains("IWINV_SECRET_KEY is not set"))
        let both = try await iwlua.run(
            "profile", "test", environment: ["IWINV_ACCESS_KEY": "k", "IWINV_SECRET_KEY": "s", "IWLUA_PROFILE": "p"])
        #expect(both.status == 2)
        #expect(both.errors.contains("name an account each"))
    }

    @Test func `an unknown profile, none at all, and a config file that is wrong`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let none = try await iwlua.run("run", Iwlua.automation("inventory.lua"))
        #expect(none.status == 2)
        #expect(none.errors.contains("iwlua profile add"))
        #expect(none.errors.contains("--simulate"))
        _ = try iwlua.file(
            "config/iwlua/config.yaml", "profiles:\n  prod:\n    access_key: k\n    secret: {env: NO_SUCH}\n",
            mode: 0o600)
        let unknown = try await iwlua.run("profile", "use", "prd")
        #expect(unknown.status == 2)
        #expect(unknown.errors.contains("did you mean `prod`?"))
        _ = try iwlua.file("config/iwlua/config.yaml", "profiles:\n  prod: {access_key: [1]}\n", mode: 0o600)
        let wrong = try await iwlua.run("profile", "list")
        #expect(wrong.status == 7)
        #expect(wrong.errors.contains("profiles.prod"))
    }
}
