import Foundation
import IwinvCatalog
import RunEngine
import Yams

/// `config.yaml`: the profiles, and which of them is used when nobody says.
struct ConfigFile: Codable, Equatable {
    var current: String?
    var language: String?
    var color: String?
    var retention: String?
    var profiles: [String: Profile] = [:]
    /// Who is told of schedules.
    var notify: [NotifyTarget]?

    struct Profile: Codable, Equatable {
        var accessKey: String
        var endpoint: String?
        var secret: SecretSource
        var firewallAPI: FirewallFamily?
        /// Names or identifiers, with `*` and `?`, of what no run may destroy, switch off or rename.
        var protect: [String]?
        /// Settings that this version does not know. The account is not used then: `protects` would protect nothing.
        var unknownKeys: [String] = []

        enum CodingKeys: String, CodingKey {
            case accessKey = "access_key"
            case endpoint
            case secret
            case firewallAPI = "firewall_api"
            case protect
        }

        static let known = ["access_key", "endpoint", "secret", "firewall_api", "protect"]
    }

    init() {}

    /// What is protected from runs with an access key: by all profiles that have it, whichever of them a run uses.
    ///
    /// - Throws: ``UsageError`` if one of them has a setting that this version does not know.
    func protection(of accessKey: String) throws(UsageError) -> Protection {
        let owners = profiles.filter { $0.value.accessKey == accessKey }
        for (name, profile) in owners.sorted(by: { $0.key < $1.key }) {
            if let key = profile.unknownKeys.first { throw Self.unknownKey(key, of: name) }
        }
        return Protection(owners.values.flatMap { $0.protect ?? [] })
    }

    private static func unknownKey(_ key: String, of profile: String) -> UsageError {
        let hint = Suggestion.nearest(to: key, among: Profile.known).map { "; did you mean `\($0)`?" } ?? ""
        return UsageError("config.yaml, profile \(profile): there is no setting `\(key)`\(hint)")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let known = ["current", "language", "color", "retention", "profiles", "notify"]
        for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
            let hint = Suggestion.nearest(to: key.stringValue, among: known).map { "; did you mean `\($0)`?" } ?? ""
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: "there is no setting `\(key.stringValue)`\(hint)"))
        }
        current = try container.decodeIfPresent(String.self, forKey: .current)
        language = try container.decodeIfPresent(String.self, forKey: .language)
        color = try container.decodeIfPresent(String.self, forKey: .color)
        retention = try container.decodeIfPresent(String.self, forKey: .retention)
        profiles = try container.decodeIfPresent([String: Profile].self, forKey: .profiles) ?? [:]
        notify = try container.decodeIfPresent([NotifyTarget].self, forKey: .notify)
        let names = (notify ?? []).map(\.name)
        for (index, name) in names.enumerated() where names[..<index].contains(name) {
            throw NotifyTarget.slip("there are two of this name", name)
        }
    }

    /// `$XDG_CONFIG_HOME/iwlua`, or `~/.config/iwlua`.
    static func folder(environment: [String: String]) -> URL {
        let base = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let home = environment["HOME"] ?? NSHomeDirectory()
        return URL(fileURLWithPath: base ?? home + "/.config", isDirectory: true).appendingPathComponent("iwlua")
    }

    /// Reads the file; an absent one is an empty one.
    static func load(from folder: URL) throws(UsageError) -> ConfigFile {
        let file = folder.appendingPathComponent("config.yaml")
        // It names commands that are run: what others could have written is not obeyed.
        guard let text = try PrivateFile.readIfPresent(file.path, .settings) else { return ConfigFile() }
        do {
            guard text.contains(where: { !$0.isWhitespace }) else { return ConfigFile() }
            return try YAMLDecoder().decode(ConfigFile.self, from: text)
        } catch {
            throw UsageError("\(file.path): \(Self.reason(error))")
        }
    }

    /// Writes the file, readable by its owner only, in one step: a crash leaves the old one or the new one.
    ///
    /// - Throws: ``UsageError`` if that would lose a setting that this version does not know.
    func save(to folder: URL) throws {
        for (name, profile) in profiles.sorted(by: { $0.key < $1.key }) {
            if let key = profile.unknownKeys.first { throw Self.unknownKey(key, of: name) }
        }
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let text = try YAMLEncoder().encode(self)
        try PrivateFile.write(text, to: folder.appendingPathComponent("config.yaml"))
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return "`\((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))` is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            return "`\(context.codingPath.map(\.stringValue).joined(separator: "."))` has the wrong type"
        case DecodingError.dataCorrupted(let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return (path.isEmpty ? "" : "`\(path)`: ") + context.debugDescription
        default: return "is not valid YAML"
        }
    }
}

extension ConfigFile.Profile {
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        accessKey = try container.decode(String.self, forKey: .accessKey)
        endpoint = try container.decodeIfPresent(String.self, forKey: .endpoint)
        secret = try container.decode(SecretSource.self, forKey: .secret)
        firewallAPI = try container.decodeIfPresent(FirewallFamily.self, forKey: .firewallAPI)
        protect = try container.decodeIfPresent([String].self, forKey: .protect)
        unknownKeys = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
            .filter { !Self.known.contains($0) }.sorted()
    }
}

/// A key of any name.
struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// Something that the person must put right before anything can start: exit code 2.
struct UsageError: Error, CustomStringConvertible {
    let text: TerminalText
    /// What iwlua keeps between runs cannot be read or written.
    var isAboutStore: Bool
    /// The file that it is about, where that is not read.
    var file: FileRefusal?

    init(_ text: TerminalText, isAboutStore: Bool = false) {
        self.text = text
        self.isAboutStore = isAboutStore
    }

    var description: String { text.written }
}
