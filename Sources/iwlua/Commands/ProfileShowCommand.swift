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

    /// What a run would use.
    private var clientSettings: [(setting: ClientSetting, value: ClientSettingValue)] {
        ClientSetting.allCases.map { ($0, settings.value(of: $0, profile: (name, profile))) }
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
            + [Settings.Key.profile.environmentVariable] + ClientSetting.allCases.map(\.environmentVariable)
            + ClientSetting.allCases.compactMap(\.sharedVariable)
        return names.filter { settings.environment[$0].map { !$0.isEmpty } ?? false }
    }

    private var unknownKeys: [String] {
        profile.unknownKeys + profile.secret.unknownKeys.map { "secret.\($0)" }
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "current": .boolean(settings.file.current == name),
            "access_key": .string(profile.maskedKey), "secret_from": .string(profile.secret.place),
            "secret_stored": .boolean(isStored), "protect": .strings(profile.protect ?? []),
            "same_key": .strings(siblings), "environment": .strings(variables),
            "unknown_settings": .strings(unknownKeys), "file": .string(settings.folder.path + "/config.yaml"),
        ]
        for (setting, value) in clientSettings {
            members[setting.rawValue] = .string(value.text)
            members[setting.rawValue + "_from"] =
                switch value.source {
                case .flag: "flag"
                case .environment: "environment"
                case .profile: "config.yaml"
                case .standard: "default"
                }
        }
        return .object(members)
    }

    func text(_ terminal: Terminal) -> TerminalText {
        func from(_ source: ClientSettingValue.Source) -> String {
            switch source {
            case .environment(let variable): " (\(variable))"
            case .standard: terminal.say(" (default)", " (기본값)")
            case .flag, .profile: ""
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
        ]
        lines += clientSettings.map { setting, value in (setting.rawValue, value.text + from(value.source)) }
        lines += [
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
