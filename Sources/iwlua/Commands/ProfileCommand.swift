import ArgumentParser
import Foundation
import Glibc
import IwinvCatalog
import IwinvClient
import IwinvWire
import RunEngine
import ScriptHost
import SettingsEditing

struct ProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "Keep the keys of your accounts.",
        subcommands: [
            Add.self, List.self, Show.self, Use.self, Test.self, Rename.self, Remove.self,
        ])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Add a profile, or change one.",
            discussion: """
                The secret key never stands on the command line, where every user of this machine could read it. Without an \
                option it is asked for (or read from standard input) and kept in a file that only you can read.
                """)

        @Argument(help: "Its name, such as prod.") var name: String
        @Option(help: "The access key, from the web console.") var accessKey: String
        @OptionGroup var client: ClientSettingOptions
        @Option(help: ArgumentHelp("Read the secret key from this file (mode 0600).", valueName: "path"))
        var secretFile: String?
        @Option(help: ArgumentHelp("Read it from this environment variable.", valueName: "name"))
        var secretEnv: String?
        @Option(help: ArgumentHelp("Read it from this command's output.", valueName: "command"))
        var secretCommand: String?
        @Option(help: ArgumentHelp("Read it from this systemd credential.", valueName: "name"))
        var secretCredential: String?

        func validate() throws {
            guard Identifier.isValid(name) else {
                throw ValidationError("`\(name)`: use letters, digits, `.`, `_` and `-`")
            }
            let places = [secretFile, secretEnv, secretCommand, secretCredential].compactMap(\.self)
            guard places.count <= 1 else {
                throw ValidationError("name one place for the secret key, not \(places.count)")
            }
        }

        func run() throws {
            let settings = try Settings(maintaining: ProcessInfo.processInfo.environment)
            var source = SecretSource(
                file: secretFile.map { URL(fileURLWithPath: NSString(string: $0).expandingTildeInPath).path },
                env: secretEnv, command: secretCommand, credential: secretCredential)
            let stored = StoredSecret(of: name, settings)
            if source == SecretSource() {
                source.file = stored.file.path
                // Nobody is asked for a key that could not be kept.
                try ConfigFile.check(in: settings.folder) { config in edits(of: config, source) }
                let secret = try SecretPrompt.read("Secret key of \(name): ")
                _ = try credential(secret)
                try stored.write(secret)
            } else {
                _ = try credential(try source.read(environment: settings.environment))
            }
            var isNew = true
            do {
                let config = try ConfigFile.edit(in: settings.folder) { config in
                    isNew = config.profiles[name] == nil
                    return edits(of: config, source)
                }
                stored.removeUnlessUsed(by: config)
            } catch {
                stored.removeUnlessUsed(by: settings.file)
                throw error
            }
            Terminal.error("\(isNew ? "added" : "changed") profile \(name); try it with `iwlua profile test \(name)`\n")
        }

        /// Of a profile that is there, what nobody names stays as it is: most of all what it protects.
        private func edits(of config: ConfigFile, _ source: SecretSource) -> [SettingsText.Edit] {
            let profile = config.profiles[name]
            var values: [SettingsText.Value.Entry] = []
            if profile?.accessKey != accessKey { values.append(.init("access_key", .text(accessKey))) }
            if profile?.secret != source { values.append(.init("secret", source.value)) }
            for (setting, text) in client.given where profile?.values[setting] != text {
                values.append(.init(setting.rawValue, .text(text)))
            }
            let place = ["profiles", name]
            return (config.current == nil ? [.set(["current"], .text(name))] : [])
                + (profile == nil
                    ? [.set(place, .mapping(values))] : values.map { .set(place + [$0.key], $0.value) })
        }

        private func credential(_ secret: String) throws -> Credential {
            do { return try Credential(accessKey: accessKey, secretKey: secret) } catch { throw UsageError(error) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the profiles.")
        @OptionGroup var display: DisplayOptions

        func run() throws {
            let settings = try Settings()
            let names = settings.file.profiles.keys.sorted()
            if try display.format(settings) == .json {
                let rows = names.map { name in Self.json(name, settings.file) }
                Terminal.out(json: .array(rows))
                return
            }
            guard !names.isEmpty else {
                Terminal.error("no profiles yet; add one with `iwlua profile add NAME --access-key KEY`\n")
                return
            }
            let rows = names.map { name in
                let profile = settings.file.profiles[name]
                return [
                    settings.file.current == name ? "*" : "", name, profile?.maskedKey ?? "",
                    profile?.secret.place ?? "", profile?.values[.endpoint] ?? ClientSetting.endpoint.standard,
                ]
            }
            let headings = ["", "name", "access key", "secret key from", "endpoint"]
            Terminal.out("\(lines: TextTable(headings: headings, rows: rows).text())")
        }

        private static func json(_ name: String, _ file: ConfigFile) -> JSONValue {
            let profile = file.profiles[name]
            return [
                "name": .string(name), "current": .boolean(file.current == name),
                "access_key": .string(profile?.maskedKey ?? ""),
                "secret_from": .string(profile?.secret.place ?? ""),
                "endpoint": .string(profile?.values[.endpoint] ?? ClientSetting.endpoint.standard),
            ]
        }
    }

    struct Use: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "use", abstract: "Choose the profile that is used when nobody says.")
        @Argument(help: "Its name.", completion: ShellCompletions.profiles) var name: String

        func run() throws {
            let settings = try Settings(maintaining: ProcessInfo.processInfo.environment)
            try ConfigFile.edit(in: settings.folder) { config throws(UsageError) in
                guard config.profiles[name] != nil else { throw CloudSession.noProfile(name, config) }
                return [.set(["current"], .text(name))]
            }
            Terminal.error("using profile \(name)\n")
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test", abstract: "Make one harmless request with a profile's keys.")
        @Argument(
            help: "Its name; if not given, the account that a run would use.", completion: ShellCompletions.profiles)
        var name: String?
        @OptionGroup var display: DisplayOptions

        func run() async throws {
            let settings = try Settings()
            let terminal = try display.terminal(settings)
            let session = try await CloudSession.open(profile: name, endpoint: nil, settings)
            if let text = BlockText(session.budget, session.clock) { Terminal.error(text.line(terminal)) }
            let outcome: Result<Int, CloudError>
            do { outcome = .success(try await session.client.zones.list().count) } catch { outcome = .failure(error) }
            session.close()
            switch outcome {
            case .success(let zones):
                Terminal.out(
                    terminal.say(
                        "\(session.name): the keys work; \(zones) zones at \(session.endpoint)\n",
                        "\(session.name): 키가 확인되었습니다. \(session.endpoint), 존 \(zones)개\n"))
            case .failure(let error):
                Terminal.error("\(session.name): \(error.description)\n")
                if let advice = error.advice ?? error.errorCode?.entry?.meaning {
                    Terminal.error(terminal.say("next: ", "다음: ") + "\(advice(terminal.language))\n")
                }
                throw ExitCode(ExitStatus.refused.code)
            }
        }
    }
}

/// Reads a secret without showing it.
enum SecretPrompt {
    static func read(_ prompt: TerminalText) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else {
            guard let line = StandardStreams.line(), !line.isEmpty else {
                throw UsageError("the secret key is read from standard input, which is empty")
            }
            guard let text = String(validating: line, as: UTF8.self) else {
                throw UsageError("the secret key on standard input is no text")
            }
            return text
        }
        var old = termios()
        tcgetattr(STDIN_FILENO, &old)
        // Keys come one by one and unseen, Ctrl-C too: ended by a signal, the terminal would stay silent for good.
        var silent = old
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &old) }
        Terminal.error(prompt)
        defer { Terminal.error("\n") }
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while Glibc.read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
            switch byte {
            case 3: throw ExitCode(130)  // Ctrl-C
            case 4: throw UsageError("no secret key was given")  // Ctrl-D
            case 8, 127: _ = bytes.popLast()
            case 21: bytes = []  // Ctrl-U
            default: bytes.append(byte)
            }
        }
        guard !bytes.isEmpty else { throw UsageError("no secret key was given") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
