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
            text = try Self.text(of: command, environment)
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
        // The cloud would only say that the signature is wrong.
        guard let first = secret.unicodeScalars.first, let last = secret.unicodeScalars.last,
            !Self.isUnseen(first), !Self.isUnseen(last)
        else { throw UsageError("the secret key has a space, or a sign that is not seen, at its end", .machine) }
        return secret
    }

    /// The same on a thread of its own: a helper may take its time, and what serves others does not wait for it.
    func readApart(environment: [String: String]) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try read(environment: environment) })
            }
        }
    }

    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.generalCategory == .format
            || scalar.properties.generalCategory == .control
    }

    /// The file, in whole.
    func path(_ environment: [String: String]) -> String? {
        let home = HomeFolder.path(environment)
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

    private static func text(
        of command: String, _ environment: [String: String]
    ) throws(UsageError) -> String {
        let name = "the secret's command"
        guard
            let text = String(
                validating: try HelperCommand.output(of: command, name, environment: environment), as: UTF8.self)
        else {
            throw UsageError("\(name) prints bytes that are no text", .machine)
        }
        return text
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
