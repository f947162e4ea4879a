import Foundation
import ScriptHost

/// Where a profile's secret key is kept. Never on a command line, where every user of the machine could read it.
struct SecretSource: Decodable, Equatable {
    /// A file with mode 0600.
    var file: String?
    /// The name of an environment variable.
    var env: String?
    /// A command that prints it: `pass show iwinv`.
    var command: String?
    /// The name of a systemd credential (`LoadCredential=`).
    var credential: String?
    /// Settings that this version does not know. The account is not used then.
    var unknownKeys: [String] = []

    /// The secret key, without the line break that files and commands end in.
    func read(environment: [String: String]) throws(UsageError) -> String {
        let places = [file, env, command, credential].count { $0 != nil }
        guard places < 2 else {
            throw UsageError("the profile names \(places) places for its secret key; leave one of them", .machine)
        }
        let text: String
        if file != nil {
            text = try PrivateFile.read(path(environment) ?? "")
        } else if let env {
            guard let value = environment[env] else {
                throw UsageError("the environment variable \(env) is not set", .machine)
            }
            text = value
        } else if let command {
            text = try Self.output(of: command)
        } else if let credential {
            guard let folder = environment["CREDENTIALS_DIRECTORY"] else {
                throw UsageError("no systemd credentials here: CREDENTIALS_DIRECTORY is not set", .machine)
            }
            guard !credential.contains("/") else {
                throw UsageError("`\(credential)` is not the name of a credential", .machine)
            }
            // Who may read it is the service manager's business, which shows it in lists of its own.
            text = try PrivateFile.read(folder + "/" + credential, .settings)
        } else {
            throw UsageError(
                "the profile names no place for its secret key (file, env, command or credential)", .machine)
        }
        let secret = text.trimmingCharacters(in: .newlines)
        guard !secret.isEmpty else { throw UsageError("the secret key is empty", .machine) }
        return secret
    }

    /// The file, in whole.
    func path(_ environment: [String: String]) -> String? {
        let home = environment["HOME"] ?? NSHomeDirectory()
        return file.map { $0.hasPrefix("~/") ? home + $0.dropFirst() : $0 }
    }

    /// For lists: where it is, not what it is.
    var place: String {
        if let file { return "file \(file)" }
        if let env { return "environment \(env)" }
        if command != nil { return "command" }
        if let credential { return "credential \(credential)" }
        return "nowhere"
    }

    private static func output(of command: String) throws(UsageError) -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        let pipe = Pipe()
        process.standardOutput = pipe
        do { try process.run() } catch { throw UsageError("the secret's command cannot be started", .machine) }
        let data = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw UsageError("the secret's command ended with status \(process.terminationStatus)", .machine)
        }
        return String(decoding: data, as: UTF8.self)
    }
}

extension SecretSource {
    enum CodingKeys: String, SettingKeys {
        case file, env, command, credential
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        file = try container.decodeIfPresent(String.self, forKey: .file)
        env = try container.decodeIfPresent(String.self, forKey: .env)
        command = try container.decodeIfPresent(String.self, forKey: .command)
        credential = try container.decodeIfPresent(String.self, forKey: .credential)
        unknownKeys = try decoder.unknownKeys(besides: CodingKeys.names)
    }
}
