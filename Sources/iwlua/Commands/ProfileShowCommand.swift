import ArgumentParser
import Clocks
import Foundation
import IwinvCatalog
import IwinvClient
import RunEngine
import RunStore
import ScriptHost

extension ProfileCommand {
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show what a profile sets, and what the environment sets over it.",
            discussion: "Shows where the secret key comes from, and never the key.")
        @Argument(help: "Its name.", completion: ShellCompletions.profiles) var name: String
        @OptionGroup var display: DisplayOptions

        func run() throws {
            let settings = try Settings()
            let terminal = try display.terminal(settings)
            guard let profile = settings.file.profiles[name] else {
                throw CloudSession.noProfile(name, settings.file)
            }
            let shown = ShownProfile(name: name, profile: profile, settings: settings)
            if try display.format(settings) == .json {
                Terminal.out(json: shown.json)
            } else {
                Terminal.out(shown.text(terminal))
            }
            try Terminal.checkOutput()
        }
    }
}

/// A profile for a person who wants to know what a run with it would use.
struct ShownProfile {
    let name: String
    let profile: ConfigFile.Profile
    let settings: Settings

    /// A value and what decides it.
    private struct Setting {
        var value: String
        /// `environment`, `config.yaml` or `default`.
        var source: String
        var variable: String?
    }

    private func setting(_ key: Settings.Key, _ own: String?, _ standard: String) -> Setting {
        let variable = key.environmentVariable
        if let value = settings.environment[variable], !value.isEmpty {
            return Setting(value: value, source: "environment", variable: variable)
        }
        return Setting(value: own ?? standard, source: own == nil ? "default" : "config.yaml")
    }

    private var endpoint: Setting { setting(.endpoint, profile.endpoint, Endpoint.iwinv.description) }

    private var firewallAPI: Setting {
        setting(.firewallAPI, profile.firewallAPI?.rawValue, FirewallFamily.securityGroups.rawValue)
    }

    private var isStored: Bool { StoredSecret(of: name, settings).isUsed(by: profile) }

    /// Other profiles of the same access key: what they protect is protected here, too.
    private var siblings: [String] {
        settings.file.profiles.filter { $0.key != name && $0.value.accessKey == profile.accessKey }.keys.sorted()
    }

    /// Of the whole environment, what decides for a run that names no profile, or over this one.
    private var variables: [String] {
        let names =
            ["IWINV_ACCESS_KEY", "IWINV_SECRET_KEY"]
            + [Settings.Key.profile, .endpoint, .firewallAPI].map(\.environmentVariable)
        return names.filter { settings.environment[$0].map { !$0.isEmpty } ?? false }
    }

    private var unknownKeys: [String] {
        profile.unknownKeys + profile.secret.unknownKeys.map { "secret.\($0)" }
    }

    var json: JSONValue {
        [
            "name": .string(name), "current": .boolean(settings.file.current == name),
            "access_key": .string(profile.maskedKey), "secret_from": .string(profile.secret.place),
            "secret_stored": .boolean(isStored), "endpoint": .string(endpoint.value),
            "endpoint_from": .string(endpoint.source), "firewall_api": .string(firewallAPI.value),
            "firewall_api_from": .string(firewallAPI.source), "protect": .strings(profile.protect ?? []),
            "same_key": .strings(siblings), "environment": .strings(variables),
            "unknown_settings": .strings(unknownKeys), "file": .string(settings.folder.path + "/config.yaml"),
        ]
    }

    func text(_ terminal: Terminal) -> TerminalText {
        func from(_ setting: Setting) -> String {
            switch setting.source {
            case "environment": " (\(setting.variable ?? ""))"
            case "default": terminal.say(" (default)", " (기본값)")
            default: ""
            }
        }
        let none: String = terminal.say("nothing", "없음")
        let current: String = settings.file.current == name ? terminal.say(" (in use)", " (사용 중)") : ""
        let stored: String = isStored ? terminal.say(" (kept by iwlua)", " (iwlua가 보관)") : ""
        let protect = profile.protect ?? []
        var lines: [(label: String, value: String)] = [
            (terminal.say("profile", "프로필"), name + current),
            (terminal.say("access key", "액세스 키"), profile.maskedKey),
            (terminal.say("secret key from", "비밀 키 위치"), profile.secret.place + stored),
            (terminal.say("endpoint", "주소"), endpoint.value + from(endpoint)),
            (terminal.say("firewall_api", "firewall_api"), firewallAPI.value + from(firewallAPI)),
            (terminal.say("protects", "보호 대상"), protect.isEmpty ? none : protect.joined(separator: ", ")),
            (terminal.say("settings", "설정 파일"), settings.folder.path + "/config.yaml"),
        ]
        if !siblings.isEmpty {
            lines.append(
                (
                    terminal.say("same key", "같은 키"),
                    terminal.say(
                        "\(siblings.joined(separator: ", ")): what they protect is protected here, too",
                        "\(siblings.joined(separator: ", ")): 그 보호 대상은 여기서도 보호됩니다")
                ))
        }
        if !variables.isEmpty {
            lines.append((terminal.say("environment", "환경 변수"), variables.joined(separator: ", ")))
        }
        let width = (lines.map(\.label.displayWidth).max() ?? 0) + 2
        let warnings: [TerminalText] = unknownKeys.map { key in
            terminal.say(
                "there is no setting `\(key)`: no run uses the profile until it is put right\n",
                "`\(key)` 설정은 없습니다. 고칠 때까지 이 프로필로 실행할 수 없습니다\n")
        }
        return lines.map { "\($0.label.fitted(to: width))\($0.value)\n" as TerminalText }.joined() + warnings.joined()
    }
}
