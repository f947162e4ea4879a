import ArgumentParser
import IwinvCatalog
import IwinvClient
import IwinvWire

/// The options of `profile add` for ``ClientSetting``.
struct ClientSettingOptions: ParsableArguments {
    @Option(help: "Another address of the cloud.") var endpoint: String?
    @Option(
        name: .customLong("firewall-api"),
        help: ArgumentHelp("How firewalls are reached: security-groups or firewall.", valueName: "family"))
    var firewallAPI: String?
    @Option(help: ArgumentHelp("How edits of servers are written: multipart, json or form.", valueName: "body"))
    var editBody: String?
    @Option(help: ArgumentHelp("How many rows of a list a request asks for: 1 to 100.", valueName: "rows"))
    var pageSize: String?
    @Option(help: ArgumentHelp("How long one request may take, such as 30s.", valueName: "time"))
    var timeout: String?
    @Option(
        help: ArgumentHelp(
            "Certificates to trust besides the system's, in PEM form: a company's own authority.", valueName: "path"))
    var caFile: String?

    /// What is given of a setting.
    func text(of setting: ClientSetting) -> String? {
        switch setting {
        case .endpoint: endpoint
        case .firewallAPI: firewallAPI
        case .editBody: editBody
        case .pageSize: pageSize
        case .timeout: timeout
        case .caFile: caFile
        }
    }

    /// What is given, in the order of the settings.
    var given: [(setting: ClientSetting, text: String)] {
        ClientSetting.allCases.compactMap { setting in text(of: setting).map { (setting, $0) } }
    }

    func validate() throws {
        // Of anybody: nothing is asked with it.
        var configuration = ClientConfiguration(credential: try Credential(accessKey: "access", secretKey: "secret"))
        for (setting, text) in given {
            do { try setting.apply(text, to: &configuration) } catch {
                let value = ClientSettingValue(text: text, source: .flag)
                throw ValidationError("\(value.place(of: setting)): \(error)")
            }
        }
    }
}
