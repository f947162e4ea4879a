import SettingsEditing
import Testing

/// Edits of a settings file leave everything else in it as a person has written it.
@Suite struct SettingsTextTests {
    private func edited(_ text: String, _ edits: SettingsText.Edit...) throws -> String {
        try SettingsText(text).applying(edits).text
    }

    private static let kept = """
        # Keys of the team; ask Mina.
        current: prod   # for cron

        profiles:
          # production
          prod:
            access_key: AKIA1   # renewed in May
            secret:
              # written by iwlua
              file: /home/mina/.config/iwlua/secrets/prod
            protect: [db-*, "web 01"]
            # endpoint: https://staging
            later_key: {a: 1}   # of a newer version

          test: &test
            access_key: 'AKIA2'
            secret: {env: TEST_SECRET}

        notify:
          - name: ops
            kind: slack
            url_env: SLACK   # not here

        """

    @Test func `a value is replaced where it stands`() throws {
        let text = try edited(
            Self.kept, .set(["profiles", "prod", "access_key"], .text("AKIA9")), .set(["current"], .text("test")),
            .set(["profiles", "test", "access_key"], .text("0123")))
        #expect(
            text
                == Self.kept.replacing("AKIA1 ", with: "AKIA9 ").replacing("current: prod", with: "current: test")
                .replacing("'AKIA2'", with: "\"0123\""))
    }

    @Test func `a mapping of one key is replaced between its comments, or in its braces`() throws {
        let text = try edited(
            Self.kept, .set(["profiles", "prod", "secret"], .mapping([.init("env", .text("PROD_SECRET"))])),
            .set(["profiles", "test", "secret"], .mapping([.init("command", .text("pass show \"x\""))])))
        #expect(
            text
                == Self.kept
                .replacing("      file: /home/mina/.config/iwlua/secrets/prod\n", with: "      env: PROD_SECRET\n")
                .replacing("{env: TEST_SECRET}", with: #"{command: "pass show \"x\""}"#))
    }

    @Test func `a new key stands behind its siblings and their comments`() throws {
        let text = try edited(
            Self.kept, .set(["profiles", "prod", "endpoint"], .text("https://a:1/v")),
            .set(
                ["profiles", "new"],
                .mapping([
                    .init("access_key", .text("no")), .init("secret", .mapping([.init("file", .text("/a b"))])),
                ])),
            .set(["language"], .text("ko")))
        #expect(
            text
                == Self.kept.replacing(
                    "   # of a newer version\n",
                    with: "   # of a newer version\n    endpoint: https://a:1/v\n"
                ).replacing(
                    "{env: TEST_SECRET}\n",
                    with: """
                        {env: TEST_SECRET}
                          new:
                            access_key: "no"
                            secret:
                              file: "/a b"

                        """) + "language: ko\n")
    }

    @Test func `a key is taken away with what is inside it, and only that`() throws {
        let text = try edited(Self.kept, .remove(["profiles", "test"]), .remove(["current"]), .remove(["nobody"]))
        #expect(
            text
                == Self.kept.replacing("current: prod   # for cron\n", with: "").replacing(
                    "  test: &test\n    access_key: 'AKIA2'\n    secret: {env: TEST_SECRET}\n", with: ""))
        #expect(try edited("profiles:\n  a:\n    b: 1\n# end\n", .remove(["profiles", "a"])) == "profiles:\n# end\n")
    }

    @Test func `a key is renamed where it stands`() throws {
        let text = try edited(Self.kept, .rename(["profiles", "prod"], to: "1.0"))
        #expect(text == Self.kept.replacing("  prod:\n", with: "  \"1.0\":\n"))
        #expect(throws: SettingsText.Problem.self) { try edited(Self.kept, .rename(["profiles", "x"], to: "y")) }
        #expect(throws: SettingsText.Problem.self) { try edited(Self.kept, .rename(["profiles", "prod"], to: "test")) }
    }

    private static let profile = SettingsText.Edit.set(["profiles", "p"], .mapping([.init("access_key", .text("k"))]))

    @Test(arguments: [
        ("", "profiles:\n  p:\n    access_key: k\n"),
        ("# only this", "# only this\nprofiles:\n  p:\n    access_key: k\n"),
        ("---\n", "---\nprofiles:\n  p:\n    access_key: k\n"),
        ("profiles:\n", "profiles:\n  p:\n    access_key: k\n"),
        ("profiles: {}  # none\n", "profiles:   # none\n  p:\n    access_key: k\n"),
        ("profiles: ~\ncurrent: p\n", "profiles:\n  p:\n    access_key: k\ncurrent: p\n"),
        ("a: 1", "a: 1\nprofiles:\n  p:\n    access_key: k\n"),
        ("a: 1\n...\n", "a: 1\nprofiles:\n  p:\n    access_key: k\n...\n"),
        (
            "profiles:\r\n    o:\r\n        a: 1\r\n",
            "profiles:\r\n    o:\r\n        a: 1\r\n    p:\r\n        access_key: k\r\n"
        ),
        (
            "profiles:\n  o:\n    a: |\n      x\n\n      # y\n",
            "profiles:\n  o:\n    a: |\n      x\n\n      # y\n  p:\n    access_key: k\n"
        ),
        ("\"profiles\" :\n  'o': {a: 1}\n", "\"profiles\" :\n  'o': {a: 1}\n  p:\n    access_key: k\n"),
        ("profiles:\n  o: 서울\n  # 끝\n", "profiles:\n  o: 서울\n  p:\n    access_key: k\n  # 끝\n"),
    ])
    func `a key finds its place in any layout`(_ text: String, _ wanted: String) throws {
        #expect(try edited(text, Self.profile) == wanted)
    }

    @Test(
        arguments: [
            ("profiles: {o: {a: 1}}\n", SettingsText.Problem.Reason.braces, 1),
            ("profiles:\n  {o: {a: 1}}\n", .braces, 1),
            ("{profiles: {}}\n", .braces, 1),
            ("base: &b {o: {a: 1}}\nprofiles: *b\n", .alias, 2),
            ("profiles: text\n", .layout, 1),
            ("? profiles\n: o: 1\n", .layout, 1),
            ("- a\n", .unreadable, nil),
            ("a: [\n", .unreadable, nil),
            ("a: 1\n---\nb: 1\n", .unreadable, nil),
        ] as [(String, SettingsText.Problem.Reason, Int?)])
    func `what cannot be edited is told with its line`(
        _ text: String, _ reason: SettingsText.Problem.Reason, _ line: Int?
    ) {
        let problem = #expect(throws: SettingsText.Problem.self) { try edited(text, Self.profile) }
        #expect(problem?.reason == reason)
        #expect(problem?.line == line)
        #expect(problem?.edit.lines == ["profiles:", "  p:", "    access_key: k"])
    }

    @Test func `lines that another key has too are not changed`() throws {
        let text = "profiles:\n  a: &a\n    access_key: k\n  b:\n    <<: *a\n    endpoint: e\n"
        let problem = #expect(throws: SettingsText.Problem.self) {
            try edited(text, .set(["profiles", "a", "access_key"], .text("new")))
        }
        #expect(problem?.reason == .others)
        // A key of its own goes before the shared one.
        let own = try edited(text, .set(["profiles", "b", "access_key"], .text("new")))
        #expect(own == text + "    access_key: new\n")
        #expect(throws: SettingsText.Problem.self) { try edited(text, .remove(["profiles", "a"])) }
        #expect(try edited(text, .remove(["profiles", "b"])) == "profiles:\n  a: &a\n    access_key: k\n")
    }

    @Test func `any text is read as what was written`() throws {
        for value in [
            "yes", "~", "", " a", "a ", "a: b", "a #b", "- a", "1e3", "0x1F", "2026-01-01", "*a", "&a", "'", "\"", "\\",
            "a\nb", "a\tb", "\u{7}", "한글", "🙂", "\u{2028}", "a:", "http://[::1]:80/x", "=", "<<", "null", "{a}", "%a",
            "\u{85}", "@a", "`a`", "a,b", "[", "]",
        ] {
            // That it is read again as what was meant is a part of the edit.
            _ = try edited("a:\n  b: 1\n", .set(["a", "b"], .text(value)), .set(["c"], .text(value)))
            _ = try edited("a: {x: 1}\n", .set(["a"], .mapping([.init(value, .text(value))])))
            _ = try edited("a:\n  b: 1\n", .rename(["a", "b"], to: value.isEmpty ? "x" : value))
        }
    }
}
