import Foundation
import IwinvCatalog
import RunEngine
import ScriptHost
import Yams

/// `config.yaml`: the profiles, and which of them is used when nobody says.
struct ConfigFile: Decodable, Equatable {
    var current: String?
    var language: String?
    var color: String?
    var retention: String?
    var profiles: [String: Profile] = [:]
    /// Who is told of schedules.
    var notify: [NotifyTarget]?
    /// Why nobody can be told. It keeps no run from starting.
    var notifyProblem: String?
    /// Settings that this version does not know; ``checkKeys(in:)``.
    var unknownKeys: [String] = []

    struct Profile: Decodable, Equatable {
        var accessKey: String
        var secret: SecretSource
        /// As they are written; read when the profile is used.
        var values: [ClientSetting: String] = [:]
        /// Names or identifiers, with `*` and `?`, of what no run may destroy, switch off or rename.
        var protect: [String]?
        /// Settings that this version does not know. The account is not used then: `protects` would protect nothing.
        var unknownKeys: [String] = []

        enum CodingKeys: String, SettingKeys {
            case accessKey = "access_key"
            case secret, protect
        }

        static let keys = CodingKeys.names + ClientSetting.names
    }

    init() {}

    /// What is protected from runs with an access key: by all profiles that have it, whichever of them a run uses.
    ///
    /// - Throws: ``UsageError`` if one of them has a setting that this version does not know.
    func protection(of accessKey: String) throws(UsageError) -> Protection {
        let owners = profiles.filter { $0.value.accessKey == accessKey }
        for (name, profile) in owners.sorted(by: { $0.key < $1.key }) { try profile.checkKeys(of: name) }
        return Protection(owners.values.flatMap { $0.protect ?? [] })
    }

    /// Settings of any other name are not passed over: one that is misspelt would do nothing.
    func checkKeys(in folder: URL) throws(UsageError) {
        guard let key = unknownKeys.first else { return }
        throw UsageError("\(folder.path)/config.yaml: \(Self.unknown(key, among: CodingKeys.names))", .machine)
    }

    /// What is wrong in it, whichever command will meet it.
    func problem(in folder: URL) -> String? {
        do {
            try checkKeys(in: folder)
            for (name, profile) in profiles.sorted(by: { $0.key < $1.key }) { try profile.checkKeys(of: name) }
        } catch { return error.description }
        return notifyProblem.map { "\(folder.path)/config.yaml: \($0)" }
    }

    static func unknown(_ key: String, among keys: [String]) -> String {
        let hint = Suggestion.nearest(to: key, among: keys).map { "; did you mean `\($0)`?" } ?? ""
        return "there is no setting `\(key)`\(hint)"
    }

    enum CodingKeys: String, SettingKeys {
        case current, language, color, retention, profiles, notify
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        unknownKeys = try decoder.unknownKeys(besides: CodingKeys.names)
        current = try container.decodeIfPresent(String.self, forKey: .current)
        language = try container.decodeIfPresent(String.self, forKey: .language)
        color = try container.decodeIfPresent(String.self, forKey: .color)
        retention = try container.decodeIfPresent(String.self, forKey: .retention)
        profiles = try container.decodeIfPresent([String: Profile].self, forKey: .profiles) ?? [:]
        do {
            notify = try container.decodeIfPresent([NotifyTarget].self, forKey: .notify)
            let names = (notify ?? []).map(\.name)
            for (index, name) in names.enumerated() where names[..<index].contains(name) {
                throw NotifyTarget.slip("there are two of this name", name)
            }
        } catch {
            (notify, notifyProblem) = (nil, Self.reason(error))
        }
    }

    /// `$XDG_CONFIG_HOME/iwlua`, or `~/.config/iwlua`.
    static func folder(environment: [String: String]) -> URL {
        let base = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let home = HomeFolder.path(environment)
        return URL(fileURLWithPath: base ?? home + "/.config", isDirectory: true).appendingPathComponent("iwlua")
    }

    /// Reads the file; an absent one is an empty one.
    static func load(from folder: URL) throws(UsageError) -> ConfigFile {
        let file = folder.appendingPathComponent("config.yaml").path
        // It names commands that are run: what others could have written is not obeyed.
        return try ConfigFile(try PrivateFile.readIfPresent(file, .settings) ?? "", of: file)
    }

    /// Reads the text of a file.
    init(_ text: String, of file: String) throws(UsageError) {
        do { self = try YAMLDecoder().decode(ConfigFile.self, from: text) } catch {
            guard Self.isEmpty(text) else { throw UsageError("\(file): \(Self.reason(error))", .machine) }
            self.init()
        }
    }

    /// Whether there are comments at most.
    private static func isEmpty(_ text: String) -> Bool {
        do { return try Yams.compose(yaml: text).map { $0.tag == Tag(.null) } ?? true } catch { return false }
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
        secret = try container.decode(SecretSource.self, forKey: .secret)
        protect = try container.decodeIfPresent([String].self, forKey: .protect)
        let settings = try decoder.container(keyedBy: ClientSetting.self)
        for setting in ClientSetting.allCases {
            values[setting] = try settings.decodeIfPresent(String.self, forKey: setting)
        }
        unknownKeys = try decoder.unknownKeys(besides: Self.keys)
    }

    /// - Throws: ``UsageError`` if it, or its secret, has a setting that this version does not know.
    func checkKeys(of name: String) throws(UsageError) {
        if let key = unknownKeys.first {
            throw UsageError(
                "config.yaml, profile \(name): \(ConfigFile.unknown(key, among: Self.keys))", .machine)
        }
        if let key = secret.unknownKeys.first {
            throw UsageError(
                "config.yaml, profile \(name), secret: \(ConfigFile.unknown(key, among: SecretSource.CodingKeys.names))",
                .machine)
        }
    }
}

/// The keys that one part of the settings has.
protocol SettingKeys: CodingKey, CaseIterable, RawRepresentable<String> {}

extension SettingKeys {
    static var names: [String] { allCases.map(\.rawValue) }
}

extension Decoder {
    /// Names of keys that nobody here reads, by name.
    func unknownKeys(besides known: [String]) throws -> [String] {
        try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue).filter { !known.contains($0) }.sorted()
    }
}

/// A key of any name.
struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
