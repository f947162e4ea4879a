import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import Scheduler
import ScriptHost

/// One that is told of schedules: an entry of `notify:` in `config.yaml`.
struct NotifyTarget: Decodable, Equatable {
    enum Kind: String, CaseIterable {
        case slack, discord, json, command
    }

    var name: String
    var kind: Kind
    /// The webhook's address. Whoever knows it can write there: it is as good as a password.
    var url: String?
    var urlFile: String?
    var urlEnv: String?
    var urlCommand: String?
    var urlCredential: String?
    /// The key of the signature; for `json`.
    var secret: String?
    var secretFile: String?
    var secretEnv: String?
    var secretCommand: String?
    var secretCredential: String?
    /// A program and its arguments, which gets the document on standard input.
    var command: [String]?
    /// Kinds of notices; nil for all.
    var on: [String]?
    /// Names of schedules, with `*` and `?`; nil for all.
    var schedules: [String]?

    enum CodingKeys: String, SettingKeys {
        case name, kind, url, secret, command, on, schedules
        case urlFile = "url_file"
        case urlEnv = "url_env"
        case urlCommand = "url_command"
        case urlCredential = "url_credential"
        case secretFile = "secret_file"
        case secretEnv = "secret_env"
        case secretCommand = "secret_command"
        case secretCredential = "secret_credential"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        guard Identifier.isValid(name) else {
            throw Self.slip("a name has letters, digits, `.`, `_` and `-`", "?")
        }
        if let key = try decoder.unknownKeys(besides: CodingKeys.names).first {
            throw Self.slip("there is no setting `\(key)`" + Self.hint(key, CodingKeys.names), name)
        }
        let word = try container.decode(String.self, forKey: .kind)
        guard let kind = Kind(rawValue: word) else {
            throw Self.slip("there is no kind `\(word)`" + Self.hint(word, Kind.allCases.map(\.rawValue)), name)
        }
        self.kind = kind
        func text(_ key: CodingKeys) throws -> String? { try container.decodeIfPresent(String.self, forKey: key) }
        (url, urlFile, urlEnv) = (try text(.url), try text(.urlFile), try text(.urlEnv))
        (urlCommand, urlCredential) = (try text(.urlCommand), try text(.urlCredential))
        (secret, secretFile, secretEnv) = (try text(.secret), try text(.secretFile), try text(.secretEnv))
        (secretCommand, secretCredential) = (try text(.secretCommand), try text(.secretCredential))
        command = try container.decodeIfPresent([String].self, forKey: .command)
        on = try container.decodeIfPresent([String].self, forKey: .on)
        schedules = try container.decodeIfPresent([String].self, forKey: .schedules)
        try check()
    }

    private func check() throws {
        let urls = [url, urlFile, urlEnv, urlCommand, urlCredential].compactMap(\.self)
        let secrets = [secret, secretFile, secretEnv, secretCommand, secretCredential].compactMap(\.self)
        if kind == .command {
            guard let program = command?.first, program.hasPrefix("/") else {
                throw Self.slip("`command` is a list: a program with its whole path, and its arguments", name)
            }
            guard urls.isEmpty else { throw Self.slip("a command has no URL", name) }
        } else {
            guard command == nil else { throw Self.slip("`command` goes with kind `command` only", name) }
            guard urls.count == 1 else {
                throw Self.slip("name one of url, url_file, url_env, url_command and url_credential", name)
            }
        }
        guard secrets.count <= (kind == .json ? 1 : 0) else {
            throw Self.slip(
                kind == .json ? "name one place for its secret, not \(secrets.count)" : "only `json` is signed", name)
        }
        if let url {
            do { _ = try WebhookAddress(url) } catch { throw Self.slip("\(error)", name) }
        }
        let kinds = Notice.Kind.choices.map(\.rawValue)
        for word in on ?? [] where !kinds.contains(word) {
            throw Self.slip("on: there is no `\(word)`" + Self.hint(word, kinds), name)
        }
    }

    private static func hint(_ word: String, _ known: [String]) -> String {
        Suggestion.nearest(to: word, among: known).map { "; did you mean `\($0)`?" }
            ?? "; there are \(known.joined(separator: ", "))"
    }

    static func slip(_ text: String, _ name: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: [], debugDescription: "notify `\(name)`: \(text)"))
    }

    // MARK: - Use

    /// Whether the file that it is in must be its owner's alone.
    var holdsSecret: Bool { url != nil || secret != nil }

    var wants: (Notice) -> Bool {
        { notice in
            (on?.contains(notice.kind.rawValue) ?? true)
                && (schedules.map { $0.contains { NamePattern($0).matches(notice.schedule) } } ?? true)
        }
    }

    func address(_ environment: [String: String]) throws -> WebhookAddress {
        let source = SecretSource(file: urlFile, env: urlEnv, command: urlCommand, credential: urlCredential)
        return try WebhookAddress(try url ?? source.read(environment: environment))
    }

    /// Nil for one that signs nothing.
    func key(_ environment: [String: String]) throws -> String? {
        if let secret { return secret }
        let source = SecretSource(
            file: secretFile, env: secretEnv, command: secretCommand, credential: secretCredential)
        return source == SecretSource() ? nil : try source.read(environment: environment)
    }
}

/// Where a webhook is: an origin and what is asked of it. No error tells either.
struct WebhookAddress {
    let endpoint: Endpoint
    let target: String

    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    init(_ text: String) throws(Problem) {
        guard let scheme = text.firstRange(of: "://") else {
            throw Problem(description: "the URL begins with https://")
        }
        let rest = text[scheme.upperBound...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        do { endpoint = try Endpoint(validating: String(text[..<end])) } catch {
            let reason: String =
                switch error {
                case .plainText: "http:// is for this machine only (localhost, 127.0.0.1, [::1]); use https://"
                case .scheme: "the URL begins with https://"
                case .userInfo: "the URL has no user name or password"
                case .malformed, .path, .port: "that is no URL"
                }
            throw Problem(description: reason)
        }
        var target = String(rest[end...].prefix { $0 != "#" })
        if !target.hasPrefix("/") { target = "/" + target }
        guard target.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem(description: "the URL has characters that must be percent-encoded")
        }
        self.target = target
    }
}

extension Settings {
    /// Who is told of schedules.
    ///
    /// - Throws: ``UsageError`` if there is a slip in one of them, or one holds a secret that others may read.
    func notifyTargets() throws(UsageError) -> [NotifyTarget] {
        if let problem = file.notifyProblem {
            throw UsageError("\(folder.path)/config.yaml: \(problem)", .machine)
        }
        let targets = file.notify ?? []
        if targets.contains(where: \.holdsSecret) {
            _ = try PrivateFile.read(folder.appendingPathComponent("config.yaml").path)
        }
        return targets
    }
}
