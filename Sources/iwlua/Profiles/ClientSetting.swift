import Clocks
import IwinvCatalog
import IwinvClient
import IwinvWire
import ScriptHost

/// What can be set of the way to the cloud: by the environment and by a profile.
///
/// A case is a whole setting. Its variable, its key in `config.yaml`, what `profile show` says of it and what the client does
/// with it follow; `profile add` has an option for it in ``ClientSettingOptions``.
enum ClientSetting: String, SettingKeys {
    case endpoint
    case firewallAPI = "firewall_api"
    case editBody = "edit_body"
    case pageSize = "page_size"
    case timeout
    case caFile = "ca_file"

    var environmentVariable: String { "IWLUA_" + rawValue.uppercased() }

    /// A variable that belongs to other programs as well: it holds where nobody says anything to iwlua.
    var sharedVariable: String? { self == .caFile ? "SSL_CERT_FILE" : nil }

    /// What holds when nobody says, as it would be written.
    var standard: String {
        switch self {
        case .endpoint: Endpoint.iwinv.description
        case .firewallAPI: FirewallFamily.securityGroups.rawValue
        case .editBody: BodyEncoding.multipart.rawValue
        case .pageSize: String(PageRequest.maximumSize)
        case .timeout: "60s"
        case .caFile: "none"
        }
    }

    /// Takes a value up.
    func apply(_ text: String, to configuration: inout ClientConfiguration) throws(Problem) {
        switch self {
        case .endpoint:
            // Not repeated: it may hold a password.
            do { configuration.endpoint = try Endpoint(validating: text) } catch { throw Problem(sentence: "\(error)") }
        case .firewallAPI: configuration.firewallAPI = try Self.choice(text, FirewallFamily.allCases)
        case .editBody: configuration.editBody = try Self.choice(text, [.multipart, .json, .form])
        case .pageSize:
            guard let size = Int(text), (1...PageRequest.maximumSize).contains(size) else {
                throw Problem(sentence: "`\(text)` must be a number from 1 to \(PageRequest.maximumSize)")
            }
            configuration.pageSize = size
        case .timeout:
            guard let timeout = Duration(parsing: text), timeout > .zero, timeout <= .seconds(600) else {
                throw Problem(sentence: "`\(text)`: write it like 30s; at most 10m")
            }
            configuration.requestTimeout = timeout
        case .caFile:
            // Without TLS there is nobody to trust: a simulator asks for no file.
            guard text != standard, configuration.endpoint.scheme == .https else { return }
            guard text.hasPrefix("/") else {
                throw Problem(sentence: "`\(text)`: write the whole path, which begins with /, or none")
            }
            do { _ = try TrustRoots(path: text) } catch { throw Problem(sentence: "\(error)", subject: .trust) }
            configuration.additionalTrustRoots = text
        }
    }

    /// Why a value cannot be taken up: the sentence stands behind the setting's place.
    struct Problem: Error, CustomStringConvertible {
        let sentence: String
        var subject: Finding.Subject?
        var description: String { sentence }
    }

    private static func choice<Value: RawRepresentable<String>>(
        _ text: String, _ choices: [Value]
    ) throws(Problem) -> Value {
        guard let value = choices.first(where: { $0.rawValue == text }) else {
            throw Problem(sentence: "`\(text)` must be one of \(choices.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }
}

/// What decides a setting, and what it says.
struct ClientSettingValue: Equatable {
    enum Source: Equatable {
        case flag
        case environment(variable: String)
        case profile(String)
        case standard
    }

    var text: String
    var source: Source

    /// How an error names the place of a setting.
    func place(of setting: ClientSetting) -> String {
        switch source {
        case .flag: "--" + setting.rawValue.replacing("_", with: "-")
        case .environment(let variable): variable
        case .profile(let name): "config.yaml, profile \(name), \(setting.rawValue)"
        case .standard: setting.rawValue
        }
    }
}

extension Settings {
    /// What holds of a setting: a flag wins over the environment, that over the profile.
    func value(
        of setting: ClientSetting, flag: String? = nil, profile: (name: String, entry: ConfigFile.Profile)? = nil
    ) -> ClientSettingValue {
        if let flag { return ClientSettingValue(text: flag, source: .flag) }
        let variable = setting.environmentVariable
        if let text = environment[variable], !text.isEmpty {
            return ClientSettingValue(text: text, source: .environment(variable: variable))
        }
        if let profile, let text = profile.entry.values[setting] {
            return ClientSettingValue(text: text, source: .profile(profile.name))
        }
        if let variable = setting.sharedVariable, let text = environment[variable], !text.isEmpty {
            return ClientSettingValue(text: text, source: .environment(variable: variable))
        }
        return ClientSettingValue(text: setting.standard, source: .standard)
    }

    /// How a client is to work.
    ///
    /// - Throws: ``UsageError`` with the place of a value that cannot be taken up.
    func configure(
        _ configuration: inout ClientConfiguration, endpoint: String?,
        profile: (name: String, entry: ConfigFile.Profile)? = nil
    ) throws(UsageError) {
        for setting in ClientSetting.allCases {
            let value = value(of: setting, flag: setting == .endpoint ? endpoint : nil, profile: profile)
            do { try setting.apply(value.text, to: &configuration) } catch {
                let isInFile = if case .profile = value.source { true } else { false }
                var problem = UsageError("\(value.place(of: setting)): \(error)", isInFile ? .machine : .usage)
                problem.subject = error.subject
                throw problem
            }
        }
        configuration.proxy = ProxySettings(environment: environment)
        do { _ = try configuration.proxy.route(to: configuration.endpoint) } catch {
            var problem = UsageError("\(error)")
            problem.subject = .proxy
            throw problem
        }
    }
}
