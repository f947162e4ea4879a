import Foundation
import IwinvCatalog
import IwinvWire
import Testing

/// What commands do to `config.yaml`, which is a person's file.
@Suite struct SettingsFileTests {
    private static let config = """
        # Keys of the team; ask Mina.
        of_tomorrow: {a: 1}   # a newer version's
        current: prod

        profiles:
          # production
          prod:
            access_key: old-access-key   # renewed in May
            secret:
              env: PROD_SECRET
            protect: [db-*]
            firewall_api: firewall
            also_of_tomorrow: yes

          test: &test
            access_key: test-access-key
            secret: {env: TEST_SECRET}

        notify:
          - name: ops   # not here
            kind: slack
            url_env: SLACK

        """

    private static let keys = ["PROD_SECRET": "s3cret-of-prod", "TEST_SECRET": "s3cret-of-test", "NEW": "s3cret-new"]
    private static let path = "config/iwlua/config.yaml"

    private func world(_ config: String = config) throws -> Iwlua {
        let iwlua = try Iwlua()
        _ = try iwlua.file(Self.path, config, mode: 0o600)
        return iwlua
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    // MARK: - In place

    @Test func `a profile is added, changed and chosen between the lines of a person`() async throws {
        let iwlua = try world()
        defer { iwlua.remove() }
        let renewed = try await iwlua.run(
            "profile", "add", "prod", "--access-key", "new-access-key", "--secret-env", "PROD_SECRET",
            environment: Self.keys)
        #expect(renewed.status == 0, "\(renewed.errors)")
        #expect(
            try iwlua.text(of: Self.path) == Self.config.replacing("old-access-key", with: "new-access-key"))
        let added = try await iwlua.run(
            "profile", "add", "third", "--access-key", "k", "--secret-env", "NEW", environment: Self.keys)
        #expect(added.status == 0, "\(added.errors)")
        let used = try await iwlua.run("profile", "use", "third")
        #expect(used.status == 0, "\(used.errors)")
        let wanted = Self.config.replacing("old-access-key", with: "new-access-key").replacing(
            "current: prod", with: "current: third"
        ).replacing(
            "secret: {env: TEST_SECRET}\n",
            with: "secret: {env: TEST_SECRET}\n  third:\n    access_key: k\n    secret:\n      env: NEW\n")
        #expect(try iwlua.text(of: Self.path) == wanted)
        #expect(try mode(iwlua.folder.path + "/" + Self.path) == 0o600)
        // What it says beyond that nobody here knows.
        let listed = try await iwlua.run("profile", "list")
        #expect(listed.status == 7 && listed.errors.contains("there is no setting `of_tomorrow`"), "\(listed.errors)")
    }

    @Test func `a layout that is not edited is left alone, and the lines to write are told`() async throws {
        let config = "profiles: {prod: {access_key: k, secret: {env: PROD_SECRET}}}\ncurrent: prod\n"
        let iwlua = try world(config)
        defer { iwlua.remove() }
        // No key is asked for that could not be kept.
        let added = try await iwlua.run("profile", "add", "test", "--access-key", "k2", input: "")
        #expect(added.status == 7, "\(added.errors)")
        #expect(added.errors.contains("config.yaml, line 1: what stands in braces is not edited"), "\(added.errors)")
        #expect(added.errors.contains("  profiles:\n    test:\n      access_key: k2\n"), "\(added.errors)")
        #expect(try iwlua.text(of: Self.path) == config)
        #expect(!FileManager.default.fileExists(atPath: iwlua.folder.path + "/config/iwlua/secrets/test"))
        let used = try await iwlua.run("profile", "remove", "prod", "--yes")
        #expect(used.status == 7 && used.errors.contains("(without profiles.prod)"), "\(used.errors)")
    }

    @Test func `links are followed and stay`() async throws {
        let iwlua = try world()
        defer { iwlua.remove() }
        let place = iwlua.folder.path + "/" + Self.path
        let kept = try iwlua.file("dotfiles/iwlua.yaml", Self.config, mode: 0o640)
        #expect(unlink(place) == 0 && symlink("../../dotfiles/iwlua.yaml", place) == 0)
        let used = try await iwlua.run("profile", "use", "test")
        #expect(used.status == 0, "\(used.errors)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: place) == "../../dotfiles/iwlua.yaml")
        #expect(try iwlua.text(of: "dotfiles/iwlua.yaml").contains("current: test\n"))
        #expect(try mode(kept) == 0o640)
        // A key's own file is no other: its link stays, too.
        let secret = try iwlua.file("dotfiles/key", "old\n", mode: 0o600)
        let link = iwlua.folder.path + "/config/iwlua/secrets/test"
        try FileManager.default.createDirectory(
            atPath: (link as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        #expect(symlink(secret, link) == 0)
        let added = try await iwlua.run("profile", "add", "test", "--access-key", "k", input: "s3cret-typed\n")
        #expect(added.status == 0, "\(added.errors)")
        #expect(try iwlua.text(of: "dotfiles/key") == "s3cret-typed\n")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == secret)
    }

    @Test func `ten at once are all kept`() async throws {
        let iwlua = try world()
        defer { iwlua.remove() }
        for round in 0..<3 {
            let names = (0..<10).map { "p\(round)-\($0)" }
            let running = try names.map { name in
                try iwlua.start(
                    Iwlua.binary, ["profile", "add", name, "--access-key", "k-\(name)", "--secret-env", "NEW"],
                    environment: Self.keys)
            }
            for process in running {
                let result = try await process.end()
                #expect(result.status == 0, "\(result.errors)")
            }
        }
        let text = try iwlua.text(of: Self.path)
        #expect(text.matches(of: #/\n  p\d-\d:\n/#).count == 30, "\(text)")
        for line in Self.config.split(separator: "\n") { #expect(text.contains(line)) }
    }

    @Test func `a kill leaves the old text or the new one, and nothing beside it that stays`() async throws {
        let iwlua = try world()
        defer { iwlua.remove() }
        var last = Self.config
        for round in 0..<40 {
            let process = try iwlua.start(
                Iwlua.binary, ["profile", "add", "p\(round)", "--access-key", "k", "--secret-env", "NEW"],
                environment: Self.keys)
            // At any instant of it: it lasts some ten milliseconds.
            let instant = ContinuousClock.now + .microseconds(round * 500)
            while ContinuousClock.now < instant { await Task.yield() }
            process.signal(SIGKILL)
            _ = try await process.end()
            let text = try iwlua.text(of: Self.path)
            let isOld = text == last
            let added = last.replacing(
                "\n\nnotify:", with: "\n  p\(round):\n    access_key: k\n    secret:\n      env: NEW\n\nnotify:")
            #expect(isOld || text == added, "\(text)")
            last = text
        }
        // What the killed one had begun is in nobody's way, and the next takes it away.
        let folder = iwlua.folder.path + "/config/iwlua"
        _ = try iwlua.file("config/iwlua/.config.yaml.part", "half of a te", mode: 0o600)
        let used = try await iwlua.run("profile", "use", "test")
        #expect(used.status == 0, "\(used.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["config.yaml"])
    }

    // MARK: - What cannot be read

    @Test func `settings that cannot be read are not absent`() async throws {
        let iwlua = try world()
        defer { iwlua.remove() }
        let folder = iwlua.folder.path + "/config/iwlua"
        let place = iwlua.folder.path + "/" + Self.path
        func ask(_ words: String...) async throws -> Iwlua.Result {
            // Root may enter any folder.
            let process = try iwlua.start(
                URL(fileURLWithPath: geteuid() == 0 ? "/usr/bin/setpriv" : "/usr/bin/env"),
                (geteuid() == 0 ? ["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] : [])
                    + [Iwlua.binary.path] + words)
            return try await process.end()
        }
        #expect(chmod(folder, 0) == 0)
        let listed = try await ask("profile", "list")
        #expect(listed.status == 7 && listed.errors.contains("cannot be read: Permission denied"), "\(listed.errors)")
        #expect(chmod(folder, 0o700) == 0 && chmod(place, 0) == 0)
        let closed = try await ask("runs")
        #expect(closed.status == 7 && closed.errors.contains("cannot be read: Permission denied"), "\(closed.errors)")
        #expect(unlink(place) == 0 && symlink("nowhere.yaml", place) == 0)
        let dangling = try await iwlua.run("profile", "list")
        #expect(dangling.status == 7 && dangling.errors.contains("leads nowhere"), "\(dangling.errors)")
        let added = try await iwlua.run(
            "profile", "add", "p", "--access-key", "k", "--secret-env", "NEW", environment: Self.keys)
        #expect(added.status == 7 && added.errors.contains("leads nowhere"), "\(added.errors)")
        // Neither is what a folder's link leads to.
        #expect(unlink(place) == 0 && rmdir(folder) == 0 && symlink("unmounted", folder) == 0)
        let unmounted = try await iwlua.run("profile", "list")
        #expect(unmounted.status == 7 && unmounted.errors.contains(folder), "\(unmounted.errors)")
        #expect(unlink(folder) == 0)
        #expect(try await iwlua.run("profile", "list").status == 0)
    }

    @Test(arguments: [
        ("retension: none\n", ["runs"], "there is no setting `retension`; did you mean `retention`?"),
        (
            "profiles: {p: {access_key: k, secret: {env: NEW, fiel: /x}}}\n", ["profile", "test", "p"],
            "profile p, secret: there is no setting `fiel`; did you mean `file`?"
        ),
        (
            "profiles: {p: {access_key: k, secret: {env: NEW, file: /x}}}\n", ["profile", "test", "p"],
            "names 2 places for its secret key"
        ),
        (
            "profiles: {p: {access_key: k, secret: {env: NEW}, protekt: [a]}}\n", ["profile", "test", "p"],
            "profile p: there is no setting `protekt`; did you mean `protect`?"
        ),
        (
            "notify: [{name: a, kind: json, url_env: A, on_call: [b]}]\n", ["schedule", "test-notify"],
            "notify `a`: there is no setting `on_call`"
        ),
    ])
    func `a key that nobody knows is refused by name where it is used`(
        _ config: String, _ command: [String], _ words: String
    ) async throws {
        let iwlua = try world(config)
        defer { iwlua.remove() }
        let result = try await iwlua.run(command, environment: Self.keys)
        #expect(result.status == 7 && result.errors.contains(words), "\(result.errors)")
        // Not where it is not: a command that changes another setting.
        let added = try await iwlua.run(
            "profile", "add", "other", "--access-key", "k", "--secret-env", "NEW", environment: Self.keys)
        #expect(
            added.errors.contains(config.hasPrefix("profiles") ? "braces" : "added profile other"), "\(added.errors)")
        let doctor = try await iwlua.run("doctor", "--simulate", "--output", "json")
        let line = try doctor.json.arrayValue?.first { $0["check"] == "settings" }
        // Two places are found when the key is read.
        #expect(line?["state"] == (words.contains("places") ? "ok" : "fail"), "\(doctor.output)")
    }

    // MARK: - Commands

    @Test func `a profile is shown with what decides, and without its key`() async throws {
        let iwlua = try world(Self.config.replacing("of_tomorrow: {a: 1}", with: "language: en"))
        defer { iwlua.remove() }
        let environment = Self.keys.merging(["IWLUA_ENDPOINT": "http://127.0.0.1:9"]) { $1 }
        let shown = try await iwlua.run("profile", "show", "prod", "--output", "json", environment: environment)
        #expect(shown.status == 0, "\(shown.errors)")
        let document = try shown.json
        #expect(document["secret_from"] == "environment PROD_SECRET" && document["secret_stored"] == false)
        #expect(document["endpoint"] == "http://127.0.0.1:9" && document["endpoint_from"] == "environment")
        #expect(document["firewall_api"] == "firewall" && document["firewall_api_from"] == "config.yaml")
        #expect(document["protect"] == ["db-*"] && document["environment"] == ["IWLUA_ENDPOINT"])
        #expect(document["unknown_settings"] == ["also_of_tomorrow"] && document["current"] == true)
        let text = try await iwlua.run("profile", "show", "prod", "--lang", "ko", environment: environment)
        #expect(text.output.contains("보호 대상") && text.output.contains("`also_of_tomorrow` 설정은 없습니다"))
        for output in [shown.output, text.output] {
            #expect(!output.contains("s3cret-of-prod") && !output.contains("old-access-key"))
        }
        let unknown = try await iwlua.run("profile", "show", "prd")
        #expect(unknown.status == 2 && unknown.errors.contains("did you mean `prod`?"))
    }

    @Test func `a profile is renamed with its key, and current follows`() async throws {
        let iwlua = try world(
            "# mine\ncurrent: a   # this\nprofiles:\n  a:   # first\n    access_key: k\n    secret: {env: NEW}\n")
        defer { iwlua.remove() }
        let added = try await iwlua.run("profile", "add", "a", "--access-key", "k", input: "s3cret-typed\n")
        #expect(added.status == 0, "\(added.errors)")
        let secrets = iwlua.folder.path + "/config/iwlua/secrets"
        let renamed = try await iwlua.run("profile", "rename", "a", "b")
        #expect(renamed.status == 0, "\(renamed.errors)")
        #expect(
            try iwlua.text(of: Self.path)
                == "# mine\ncurrent: b   # this\nprofiles:\n  b:   # first\n    access_key: k\n    secret: {file: \"\(secrets)/b\"}\n"
        )
        #expect(try FileManager.default.contentsOfDirectory(atPath: secrets) == ["b"])
        #expect(try iwlua.text(of: "config/iwlua/secrets/b") == "s3cret-typed\n")
        #expect(try mode(secrets + "/b") == 0o600)
        #expect(try await iwlua.run("profile", "rename", "a", "c").status == 2)
        let taken = try await iwlua.run("profile", "rename", "b", "b")
        #expect(taken.status == 2 && taken.errors.contains("already"), "\(taken.errors)")
    }

    @Test func `a profile is removed with the key that iwlua keeps, after a yes`() async throws {
        let iwlua = try world()
        defer { iwlua.remove() }
        #expect(
            try await iwlua.run("profile", "add", "prod", "--access-key", "k", input: "s3cret-typed\n").status == 0)
        let before = try iwlua.text(of: Self.path)
        let unasked = try await iwlua.run("profile", "remove", "prod")
        #expect(unasked.status == 3 && unasked.errors.contains("--yes"), "\(unasked.errors)")
        let refused = try await iwlua.runOnTerminal(["profile", "remove", "prod"], input: "n\n")
        #expect(refused.status == 3 && refused.output.contains("Remove prod and its key?"), "\(refused.output)")
        #expect(try iwlua.text(of: Self.path) == before)
        let removed = try await iwlua.runOnTerminal(["profile", "remove", "prod", "--lang", "ko"], input: "y\n")
        #expect(removed.status == 0 && removed.output.contains("prod 프로필과 키를 삭제했습니다"), "\(removed.output)")
        let text = try iwlua.text(of: Self.path)
        #expect(text.contains("profiles:\n  # production\n\n  test: &test\n"), "\(text)")
        #expect(!text.contains("current:") && !text.contains("prod:") && text.contains("of_tomorrow: {a: 1}"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: iwlua.folder.path + "/config/iwlua/secrets").isEmpty)
    }

    @Test func `schedules keep a profile's name, and are told of before it goes`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let endpoint = try #require(simulator.environment["IWLUA_ENDPOINT"])
        let environment = ["IWLUA_STATE": iwlua.folder.appendingPathComponent("state").path]
        let added = try await iwlua.run(
            ["profile", "add", "prod", "--access-key", "simulated-access-key", "--endpoint", endpoint],
            environment: environment, input: "simulated-secret-key\n")
        #expect(added.status == 0, "\(added.errors)")
        let script = try iwlua.file("look.lua", "print(#iwinv.instances.list())")
        let scheduled = try await iwlua.run(
            ["schedule", "add", "nightly", script, "--every", "1d"], environment: environment)
        #expect(scheduled.status == 0, "\(scheduled.errors)")
        let renamed = try await iwlua.run(["profile", "rename", "prod", "live"], environment: environment)
        #expect(renamed.status == 2 && renamed.errors.contains("nightly"), "\(renamed.errors)")
        let removed = try await iwlua.run(["profile", "remove", "prod"], environment: environment)
        #expect(
            removed.status == 3
                && removed.errors.contains("schedules run with prod, and will fail without it: nightly"),
            "\(removed.errors)")
        #expect(try iwlua.text(of: Self.path).contains("prod:"))
        _ = try await simulator.stop()
    }

    @Test func `another place for the key takes the kept one off the disk`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        #expect(try await iwlua.run("profile", "add", "p", "--access-key", "k", input: "s3cret-typed\n").status == 0)
        let kept = iwlua.folder.path + "/config/iwlua/secrets/p"
        #expect(FileManager.default.fileExists(atPath: kept))
        let moved = try await iwlua.run(
            "profile", "add", "p", "--access-key", "k", "--secret-env", "NEW", environment: Self.keys)
        #expect(moved.status == 0, "\(moved.errors)")
        #expect(!FileManager.default.fileExists(atPath: kept))
    }
}
