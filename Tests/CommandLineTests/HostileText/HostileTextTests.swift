import Foundation
import IwinvCatalog
import IwinvWire
import RunStore
import TestSupport
import Testing

/// Whatever a script, the cloud, a file or an argument says: none of it steers the terminal.
@Suite struct HostileTextTests {
    // MARK: - The search itself

    @Test(arguments: HostileText.parts)
    func `each part is found where it is raw`(_ part: String) {
        #expect(!HostileText.raw(in: "a \(part) b").isEmpty)
    }

    @Test func `the program's own styles are not`() {
        #expect(HostileText.raw(in: "\u{1B}[31mred\u{1B}[0m\r\n\r\u{1B}[Kline\n", isTerminal: true) == [])
        #expect(HostileText.raw(in: "\u{1B}[31mred", isTerminal: false) != [])
    }

    // MARK: - Scripts

    @Test(arguments: HostileScript.all, [OutputKind.text, .json])
    func `a script`(_ script: HostileScript, _ kind: OutputKind) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let file = try iwlua.file("hostile.lua", script.text)
        let result = try await iwlua.run(
            ["run", "--simulate", file, "--yes", "--allow", "instances:edit", "--output", kind.rawValue])
        expectShut(result, keepsLines: script.keepsLines || kind == .json)
        if kind == .json { #expect(throws: Never.self) { try result.json } }
    }

    @Test(arguments: HostileScript.all)
    func `a script on a terminal`(_ script: HostileScript) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let file = try iwlua.file("hostile.lua", script.text)
        let terminal = try TypedTerminal(
            iwlua, ["run", "--simulate", file, "--color", "always", "--log-level", "trace"],
            environment: ["NO_COLOR": ""])
        _ = await terminal.status()
        #expect(HostileText.raw(in: terminal.written, isTerminal: true) == [])
        #expect(HostileText.isShown(in: terminal.written))
    }

    @Test(arguments: HostileScript.all)
    func `a script at the prompt, in a plan and in a test`(_ script: HostileScript) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let file = try iwlua.file("hostile.lua", script.text)
        expectShut(
            try await iwlua.run(["repl", "--simulate"], input: ":load \(file)\n"), keepsLines: true, shows: false)
        expectShut(
            try await iwlua.run(["plan", "--simulate", file, "--log-level", "trace"]), keepsLines: true, shows: false)
        _ = try iwlua.file("hostile_test.lua", script.test)
        expectShut(try await iwlua.run(["test", "hostile_test.lua"]), keepsLines: true)
        expectShut(try await iwlua.run(["check", file]), keepsLines: true, shows: false)
    }

    @Test func `what the host's functions say of hostile arguments`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let pages = try #require(try await iwlua.run("doc", "--output", "json").json.arrayValue)
        let names = pages.compactMap { $0["name"]?.stringValue }.filter { $0.contains(".") && !$0.contains(" ") }
        #expect(names.count > 60)
        let calls = names.map { name in
            let path = name.split(separator: ".").map { "[\"\($0)\"]" }.joined()
            return """
                for _, root in ipairs({ _G, { iwinv = iwinv }, iwinv }) do
                    local ok, f = pcall(function() return root\(path) end)
                    if ok and f then
                        for _, a in ipairs({ { H }, { { [H] = H } }, { H, { [H] = H } }, { 1, H, H } }) do
                            local _, e = pcall(f, table.unpack(a))
                            if e ~= nil then print(tostring(e)) log.info(tostring(e)) end
                        end
                    end
                end
                """
        }
        let script =
            "local H, iwinv = \(HostileText.lua(HostileText.line)), require('iwinv')\n" + calls.joined(separator: "\n")
        let file = try iwlua.file("hostile.lua", script)
        expectShut(try await iwlua.run(["run", "--simulate", file]))
        expectShut(try await iwlua.run(["run", "--simulate", file, "--lang", "ko"]))
    }

    @Test(arguments: HostileHeader.all)
    func `the head of a script`(_ header: HostileHeader) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let file = try iwlua.file("hostile.lua", header.text)
        for words in [["run", "--simulate"], ["plan", "--simulate"], ["check"], ["approve"]] {
            for more in [[], ["--lang", "ko"]] {
                expectShut(try await iwlua.run(words + [file] + more), keepsLines: false, shows: false)
            }
        }
        // Nobody gives its parameters, and a person sits there who is asked for what it needs.
        let terminal = try TypedTerminal(iwlua, ["run", "--simulate", file])
        terminal.enter("n")
        _ = await terminal.status()
        // A terminal echoes what is typed.
        #expect(HostileText.raw(in: terminal.written, isTerminal: true) == [])
    }

    @Test func `a script of a hostile name, and its history`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let name = HostileText.line.replacing("/", with: "") + ".lua"
        let simulator = try await SimulatorProcess(iwlua)
        let source = """
            local H = \(HostileText.lua(HostileText.line))
            print(H) log.info(H)
            local vm = require("iwinv").instances.list()[1]
            vm:edit{ description = "Qbegin" }
            error({ kind = "api", status = 500, operation = H, message = H })
            """
        _ = try iwlua.file(name, "-- ==Script==\n-- @param p string default \"\"\n-- ==/Script==\n" + source)
        let environment = simulator.environment
        let run = ["run", name, "--allow", "instances:edit", "--yes", "--param", "p=\(HostileText.text)"]
        for _ in 1...2 { expectShut(try await iwlua.run(run, environment: environment), keepsLines: true) }
        for words in [
            ["runs"], ["runs", "show", "last"], ["runs", "show", "last", "--by", "call"], ["runs", "export", "last"],
            ["runs", "verify"], ["replay", "last"], ["undo", "last", "--yes"], ["resume", "last", "--yes"],
            ["approve", name, "--allow", "instances:edit", "--param", "p=\(HostileText.text)"], ["approvals"],
            ["schedule", "add", "hostile", name, "--cron", "0 4 * * *", "--allow", "instances:edit"],
            ["schedule"], ["schedule", "show", "hostile"], ["schedule", "simulate"],
        ] {
            let result = try await iwlua.run(words, environment: environment)
            expectShut(result, keepsLines: true, shows: false)
            expectShut(
                try await iwlua.run(words + ["--color", "never"], environment: environment), keepsLines: true,
                shows: false)
        }
        let ids = try await iwlua.run(["runs", "--output", "json"], environment: environment)
        expectShut(ids, keepsLines: true)
        let runs = try #require(try ids.json.arrayValue)
        #expect(runs.contains { $0["script"]?.stringValue == name })
        let pair = runs.compactMap { $0["run"]?.stringValue }.prefix(2)
        expectShut(
            try await iwlua.run(["runs", "diff"] + pair, environment: environment), keepsLines: true)
        _ = try await simulator.stop()
    }

    @Test(.timeLimit(.minutes(2)), arguments: [OutputKind.text, .json])
    func `what a daemon says of hostile schedules`(_ kind: OutputKind) async throws {
        let world = try await DaemonWorld(schedules: 1, rate: 1)
        let iwlua = world.world.iwlua
        let source = """
            local H = \(HostileText.lua(HostileText.text))
            print(H) log.error(H, { [H] = H })
            error({ kind = "api", status = 500, operation = H, message = H })
            """
        let file = try iwlua.file("\(HostileText.line).lua", source)
        let added = try await world.world.run(["schedule", "add", "hostile", file, "--every", "30d"])
        expectShut(added, shows: false)
        let daemon = try world.daemon("--output", kind.rawValue)
        _ = try await world.world.run(["schedule", "run", "hostile"])
        try await world.until { try await world.ledger.schedule("hostile").last != nil }
        // What is another one by now is not run, and that is said.
        _ = try iwlua.file("\(HostileText.line).lua", source + "-- changed")
        _ = try await world.world.run(["schedule", "run", "hostile"])
        try await world.until { try await world.ledger.schedule("hostile").state != .active }
        daemon.signal(SIGTERM)
        let said = try await daemon.end()
        expectShut(said, keepsLines: kind == .json, shows: kind == .text)
        for words in [["schedule"], ["schedule", "show", "hostile"], ["schedule", "resume", "hostile"]] {
            expectShut(try await world.world.run(words), shows: false)
        }
        try await world.world.end()
    }

    // MARK: - The cloud

    @Test(arguments: HostileCloud.Mode.allCases)
    func `the cloud`(_ mode: HostileCloud.Mode) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let server = try await HostileCloud.start(mode)
        let environment = [
            "IWLUA_ENDPOINT": "http://127.0.0.1:\(server.port)", "IWINV_ACCESS_KEY": "simulated-access-key",
            "IWINV_SECRET_KEY": "simulated-secret-key", "IWLUA_BUDGET": "none",
        ]
        let lists = Catalog.iwinv.interface.filter {
            $0.effect == .read && $0.row != nil && $0.parameters.allSatisfy { !$0.isRequired }
        }
        #expect(lists.count > 5)
        for operation in lists {
            let script = """
                local rows = require("iwinv").\(operation.name)()
                if #rows == 0 then rows = { rows } end
                local columns = {}
                for name in pairs(rows[1]) do columns[#columns + 1] = name end
                ui.table(rows, columns)
                for _, row in ipairs(rows) do print(json.encode(row)) print(tostring(row)) log.info("row", { row = row }) end
                """
            let result = try await iwlua.run(["run", "-e", script, "--log-level", "trace"], environment: environment)
            expectShut(result, keepsLines: true)
            if mode == .rows, let row = operation.row {
                for field in row.fields where !field.isSecret && field.type.isText {
                    #expect(result.output.contains(HostileCloud.marker(field.name)), "\(operation.name) \(field.name)")
                }
            }
            let prompt = "iwinv.\(operation.name)()\n:vertical\n_\n:vars\n?\(operation.name)\n"
            expectShut(
                try await iwlua.run(["repl"], environment: environment, input: prompt), keepsLines: true, shows: false)
        }
        for words in [["doctor"], ["profile", "test"]] {
            expectShut(try await iwlua.run(words, environment: environment), keepsLines: true, shows: false)
        }
        try await server.stop()
    }

    @Test func `changes that the cloud refuses in hostile words`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let server = try await HostileCloud.start(.refusals)
        let environment = [
            "IWLUA_ENDPOINT": "http://127.0.0.1:\(server.port)", "IWINV_ACCESS_KEY": "simulated-access-key",
            "IWINV_SECRET_KEY": "simulated-secret-key", "IWLUA_BUDGET": "none",
        ]
        let script = "require('iwinv').instances.edit('INSTANCE-a1b2c3', { description = 'x' })"
        for words in [
            ["run", "-e", script, "--allow", "instances:edit", "--yes"], ["runs"], ["runs", "show", "last"],
            ["resume", "last", "--yes"], ["replay", "last"], ["undo", "last", "--yes"],
        ] {
            expectShut(try await iwlua.run(words, environment: environment), keepsLines: true, shows: false)
        }
        try await server.stop()
    }

    // MARK: - Files

    @Test func `every text of a plan`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let source = """
            local iwinv = require("iwinv")
            for _, vm in ipairs({ table.unpack(iwinv.instances.list(), 1, 2) }) do vm:edit{ name = vm.name .. "-x" } end
            time.sleep("1m")
            """
        let script = try iwlua.file("plan.lua", source)
        let made = try await iwlua.run(
            ["plan", "--simulate", script, "-o", "good.plan", "--allow", "instances:edit"])
        #expect(made.status == 0, "\(made.errors)")
        let plan = try JSONCodec.decode(Array(try iwlua.text(of: "good.plan").utf8))
        let paths = Self.texts(in: plan).filter { $0 != ["digest"] }
        #expect(paths.count > 20)
        var shown = 0
        for path in paths {
            let forged = Self.signed(Self.replacing(path, in: plan, with: HostileText.text))
            _ = try iwlua.file("forged.plan", String(decoding: JSONCodec.encode(forged), as: UTF8.self))
            let result = try await iwlua.run(["apply", "--simulate", "forged.plan", "--yes"])
            let title = Comment(rawValue: "\(path)")
            #expect(HostileText.raw(in: result.output + result.errors) == [], title)
            #expect(!HostileText.hasForgedLine(result.output) && !HostileText.hasForgedLine(result.errors), title)
            if result.errors.contains(HostileText.begin) { shown += 1 }
        }
        #expect(shown > 0)
        _ = try iwlua.file("none.plan", HostileText.text)
        expectShut(try await iwlua.run("apply", "--simulate", "none.plan"), shows: false)
    }

    private static func texts(in value: JSONValue, _ path: [String] = []) -> [[String]] {
        switch value {
        case .string: [path]
        case .array(let elements): elements.enumerated().flatMap { texts(in: $1, path + ["\($0)"]) }
        case .object(let members): members.sorted { $0.key < $1.key }.flatMap { texts(in: $1, path + [$0]) }
        default: []
        }
    }

    private static func replacing(_ path: [String], in value: JSONValue, with text: String) -> JSONValue {
        guard let first = path.first else { return .string(text) }
        let rest = Array(path.dropFirst())
        switch value {
        case .array(var elements):
            guard let index = Int(first) else { return value }
            elements[index] = replacing(rest, in: elements[index], with: text)
            return .array(elements)
        case .object(var members):
            members[first] = replacing(rest, in: members[first] ?? .null, with: text)
            return .object(members)
        default: return value
        }
    }

    /// With the digest that fits.
    private static func signed(_ plan: JSONValue) -> JSONValue {
        guard case .object(var members) = plan else { return plan }
        members["digest"] = nil
        members["digest"] = .string(SHA256.hex(JSONCodec.encode(.object(members))))
        return .object(members)
    }

    /// The keys are those that the sources list.
    @Test func `every setting of config yaml`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let keys = try Self.settingKeys()
        let word = String(decoding: JSONCodec.encode(.string(HostileText.text)), as: UTF8.self)
        let documents =
            try keys.file.map { "\($0): \(word)\n" } + [
                "\(word): 1\n", "profiles: {\(word): {access_key: \(word), secret: {env: \(word)}}}\n",
            ]
            + keys.profile.map { "current: p\nprofiles: {p: {access_key: a, secret: {env: A}, \($0): \(word)}}\n" }
            + keys.notify.map { "notify: [{name: n, kind: command, command: [/bin/true], \($0): \(word)}]\n" }
            + SecretPlace.all().filter { $0 != "command" }.map {
                "current: p\nprofiles: {p: {access_key: a, secret: {\($0): \(word)}}}\n"
            } + [
                "{ \(HostileText.line)"
            ]
        #expect(documents.count > 25)
        for document in documents {
            _ = try iwlua.file("config/iwlua/config.yaml", document, mode: 0o600)
            for words in [
                ["profile", "list"], ["profile", "test"], ["doctor", "--simulate"], ["schedule", "test-notify"],
            ] {
                let result = try await iwlua.run(words)
                #expect(HostileText.raw(in: result.output + result.errors) == [], "\(document.prefix(60)) \(words)")
            }
        }
    }

    private static func source(_ path: String) throws -> String {
        try String(contentsOf: Iwlua.repository.appendingPathComponent("Sources/iwlua/\(path)"), encoding: .utf8)
    }

    enum SecretPlace {
        /// What a command writes to the terminal is its own: it is the person's program, which may ask for a password.
        static func all() throws -> [String] {
            try HostileTextTests.source("Profiles/SecretSource.swift").matches(of: #/\n    var (\w+): String\?/#)
                .map { String($0.1) }
        }
    }

    private static func settingKeys() throws -> (file: [String], profile: [String], notify: [String]) {
        let config = try cases(of: "CodingKeys", in: "Profiles/ConfigFile.swift")
        let notify = try cases(of: "CodingKeys", in: "Profiles/NotifyTarget.swift")
        let client = try cases(of: "ClientSetting", in: "Profiles/ClientSetting.swift")
        #expect(config.count == 2 && notify.count == 1 && client.count == 1)
        return (config[1], config[0] + client[0], notify[0])
    }

    /// The words of the cases of each enumeration of that name in a file, in its order.
    private static func cases(of name: String, in path: String) throws -> [[String]] {
        try source(path).split(separator: "enum \(name)").dropFirst().map { text in
            // Its cases come first.
            text.split(separator: "\n").dropFirst().prefix { line in
                let line = line.trimmingCharacters(in: .whitespaces)
                return line.hasPrefix("case ") || line.hasPrefix("///")
            }.flatMap { line -> [String] in
                let line = line.trimmingCharacters(in: .whitespaces)
                guard line.hasPrefix("case ") else { return [] }
                if let raw = line.firstMatch(of: #/= "(\w+)"/#)?.1 { return [String(raw)] }
                return line.dropFirst(5).split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            }
        }
    }

    /// What a person is to write by hand says what was given.
    @Test func `settings that are not edited`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        _ = try iwlua.file(
            "config/iwlua/config.yaml", "profiles: {p: {access_key: k, secret: {env: A}}}\n", mode: 0o600)
        for part in [HostileText.text, HostileText.line] {
            let result = try await iwlua.run("profile", "add", "new", "--access-key", part, input: "secret\n")
            #expect(result.status == 7 && result.errors.contains("Write it there by hand"), "\(result.errors)")
            #expect(HostileText.raw(in: result.errors) == [])
        }
    }

    // MARK: - Arguments and the environment

    @Test func `every option and argument of every command`() async throws {
        let tree = try await CommandTree.read()
        let commands = tree.command.walk().filter {
            !($0.words.first == "help") && ($0.command.subcommands ?? []).isEmpty
        }
        #expect(commands.count > 30)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = commands[...]
            func next() {
                guard let (words, command) = waiting.popFirst() else { return }
                group.addTask { try await Self.tryArguments(of: words, command) }
            }
            for _ in 0..<3 { next() }
            while try await group.next() != nil { next() }
        }
    }

    private static func tryArguments(of words: [String], _ command: CommandTree.Command) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file("good.lua", "print(1)\n")
        let arguments = command.arguments ?? []
        // What has to stand there for the rest to be looked at.
        let needed = arguments.filter { $0.kind == "positional" && $0.isOptional != true }.map { argument in
            argument.valueName == "script" || argument.valueName == "a" ? script : "x"
        }
        let values = [HostileText.text, "/dev/null/" + HostileText.line]
        var lines: [[String]] = [
            ["--\(HostileText.line)"], ["-\(HostileText.line)"], ["--\(HostileText.line)=1"],
            needed + [HostileText.text, HostileText.text],
        ]
        for argument in arguments where argument.kind == "option" {
            guard let name = argument.names?.first(where: { $0.kind != "short" }) ?? argument.names?.first else {
                continue
            }
            let flag = (name.kind == "short" ? "-" : "--") + name.name
            for value in values {
                lines.append(needed + [flag, value])
                if command.has("simulate") { lines.append(needed + ["--simulate", flag, value]) }
            }
        }
        for index in needed.indices {
            for value in values {
                var line = needed
                line[index] = value
                lines += [line, command.has("simulate") ? line + ["--simulate"] : line]
            }
        }
        for line in lines {
            // A simulator that has nothing to complain of would serve for good.
            if words == ["simulate"], line.contains("--state"), line.contains(HostileText.text) { continue }
            let process = try iwlua.start(
                URL(fileURLWithPath: "/usr/bin/timeout"), ["60", Iwlua.binary.path] + words + line)
            let result = try await process.end()
            let title = Comment(rawValue: "\((words + line).map { $0.prefix(24) })")
            #expect(result.status != 124, title)
            #expect(HostileText.raw(in: result.output + result.errors) == [], title)
        }
    }

    /// The settings are those that the source lists.
    @Test func `every variable of the environment`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let keys = [
            try Self.cases(of: "Key", in: "Settings.swift"),
            try Self.cases(of: "ClientSetting", in: "Profiles/ClientSetting.swift"),
        ].joined().flatMap(\.self)
        #expect(keys.contains("log_level") && keys.contains("retention") && keys.contains("timeout"), "\(keys)")
        let names =
            keys.map { "IWLUA_" + $0.uppercased() } + [
                "IWLUA_STATE", "LANG", "HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "TERM", "TZ",
            ]
            + ["IWINV_ACCESS_KEY", "IWINV_SECRET_KEY", "IWLUA_WEB_TOKEN", "CREDENTIALS_DIRECTORY"]
            + ["HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE"]
        for name in names {
            for value in [HostileText.line, "/dev/null/" + HostileText.line] {
                for words in [["doctor"], ["run", "--simulate", "-e", "print(1)"], ["runs"], ["profile", "test"]] {
                    let result = try await iwlua.run(words, environment: [name: value])
                    #expect(HostileText.raw(in: result.output + result.errors) == [], "\(name) \(words)")
                }
            }
        }
    }

    // MARK: - Types

    /// Each error that a text of others may be in has a test above; a new one has to be thought of.
    @Test func `every type of error is known here`() throws {
        let folder = Iwlua.repository.appendingPathComponent("Sources")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
        var found: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" && !file.path.contains("iwlua-bench") {
            let source = try String(contentsOf: file, encoding: .utf8)
            let folder = file.deletingPathExtension().lastPathComponent
            for match in source.matches(of: #/(?:struct|enum|class) (\w+)(?:<\w+>)?: (?:\w+, )*Error\b/#) {
                let name = String(match.1)
                found.insert(["Problem", "Malformed"].contains(name) ? "\(folder).\(name)" : name)
            }
        }
        let known = Set(Self.errors.flatMap(\.value))
        #expect(found.subtracting(known) == [], "an error without hostile text: give it a test and name it here")
        #expect(known.subtracting(found) == [], "no such error")
    }

    /// By the test that puts hostile text into it.
    private static let errors: [String: [String]] = [
        "scripts": [
            "ArgumentProblem", "LuaError", "LuaMismatch", "LuaKilled", "LuaProblem", "ScriptProblem", "HeaderProblem",
            "EntryProblem", "JSONProblem", "TimeWindow.Problem", "ScriptParameter.Problem", "Fault", "Divergence",
            "TapeProblem",
        ],
        "arguments": [
            "GrantProblem", "Blackout.Problem", "CronProblem", "Recurrence+Text.Problem", "ZoneCatalog.Problem",
            "FaultRuleProblem", "FleetProblem", "EndpointProblem", "SimulatorProblem", "CredentialProblem",
            "UsageError", "GroupProblem", "LimitProblem",
            "ClientSetting.Problem", "ProxyProblem", "TrustRootsProblem",
        ],
        "the cloud": ["CloudError", "EnvelopeProblem", "TransportProblem"],
        "files": [
            "FileRefusal", "PlanProblem", "InputBytes.Problem", "FieldMismatch", "NotifyTarget.Problem", "StoreError",
            "RecordingProblem",
            "RunRefusal", "SettingsText.Problem",
        ],
        // Paths of the state folder, which is an option and a variable.
        "paths": ["HistoryFile.Problem", "FileLock.Problem"],
        "no text of others": [
            "ConnectionCut", "ApprovalLost", "ZoneFile.Malformed", "UnclearRow", "IPv4.Problem", "Refusal",
            "LuaInterrupted", "LuaSessionEnded", "Lie", "WorkerFailure", "RequestProblem", "WireError",
            "PlannedSchedule.Problem", "Unreadable",
        ],
    ]

    /// Nothing goes round the door: no other file writes to the standard streams.
    @Test func `only the door writes to the streams`() throws {
        let folder = Iwlua.repository.appendingPathComponent("Sources/iwlua")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
        for case let file as URL in files where file.pathExtension == "swift" {
            let source = try String(contentsOf: file, encoding: .utf8)
            let name = file.lastPathComponent
            for word in [
                "FileHandle.standardOutput", "FileHandle.standardError", "fputs(", " print(", "\tprint(", "putchar(",
                "fwrite(",
            ]
            where name != "RunCommand.swift" {
                #expect(!source.contains(word), "\(name): \(word)")
            }
            if source.contains("write(STDOUT_FILENO") || source.contains("write(STDERR_FILENO") {
                Issue.record("\(name) writes to a stream")
            }
        }
    }

    enum OutputKind: String, Sendable { case text, json }

    private func expectShut(
        _ result: Iwlua.Result, keepsLines: Bool = false, shows: Bool = true,
        _ place: SourceLocation = #_sourceLocation
    ) {
        for stream in [result.output, result.errors] {
            #expect(HostileText.raw(in: stream) == [], sourceLocation: place)
            if !keepsLines { #expect(!HostileText.hasForgedLine(stream), "\(stream)", sourceLocation: place) }
        }
        if shows {
            #expect(
                HostileText.isShown(in: result.output + result.errors), "\(result.output) \(result.errors)",
                sourceLocation: place)
        }
    }
}

extension FieldType {
    fileprivate var isText: Bool { if case .string = self { true } else { false } }
}
