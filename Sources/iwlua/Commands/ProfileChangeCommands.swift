import ArgumentParser
import Foundation
import IwinvCatalog
import RunEngine
import RunStore
import ScriptHost
import SettingsEditing

extension ProfileCommand {
    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rename", abstract: "Give a profile another name.",
            discussion: """
                The key that iwlua keeps goes with it. A profile of schedules keeps its name, since their approvals hold for \
                that name; what was approved for single runs is asked for again.
                """)
        @Argument(help: "Its name.", completion: ShellCompletions.profiles) var name: String
        @Argument(help: "The new one.") var newName: String
        @OptionGroup var display: DisplayOptions

        func validate() throws {
            guard Identifier.isValid(newName) else {
                throw ValidationError("`\(newName)`: use letters, digits, `.`, `_` and `-`")
            }
        }

        func run() async throws {
            let settings = try Settings(maintaining: ProcessInfo.processInfo.environment)
            let terminal = try display.terminal(settings)
            try check(settings.file, terminal)
            let schedules = try await settings.schedules(using: name)
            guard schedules.isEmpty else {
                let names = schedules.joined(separator: ", ")
                throw UsageError(
                    terminal.say(
                        "\(name) keeps its name: schedules run with it, and their approvals hold for that name: \(names). "
                            + "Add a profile \(newName), add them again with --replace --profile \(newName), then remove \(name)",
                        "\(name)의 이름을 바꾸지 않습니다. 예약이 이 프로필로 실행되며 승인도 이 이름에 묶여 있습니다: \(names). "
                            + "프로필 \(newName)을(를) 추가하고 --replace --profile \(newName)으로 예약을 다시 추가한 뒤 \(name)을(를) 삭제하세요"
                    ))
            }
            let (old, new) = (StoredSecret(of: name, settings), StoredSecret(of: newName, settings))
            try ConfigFile.check(in: settings.folder) { config throws(UsageError) in
                try edits(of: config, old, new, terminal)
            }
            // The key is in both places until the settings say which.
            if settings.file.profiles[name].map(old.isUsed) == true {
                try new.write(try old.read().trimmingCharacters(in: .newlines))
            }
            do {
                let config = try ConfigFile.edit(in: settings.folder) { config throws(UsageError) in
                    try edits(of: config, old, new, terminal)
                }
                old.removeUnlessUsed(by: config)
            } catch {
                new.removeUnlessUsed(by: settings.file)
                throw error
            }
            Terminal.error(
                terminal.say("\(name) is called \(newName) now\n", "\(name) 프로필의 이름을 \(newName)(으)로 바꾸었습니다\n"))
        }

        private func check(_ config: ConfigFile, _ terminal: Terminal) throws(UsageError) {
            guard config.profiles[name] != nil else { throw CloudSession.noProfile(name, config) }
            guard config.profiles[newName] == nil else {
                throw UsageError(
                    terminal.say(
                        "there is a profile \(newName) already", "프로필 \(newName)이(가) 이미 있습니다"))
            }
        }

        private func edits(
            of config: ConfigFile, _ old: StoredSecret, _ new: StoredSecret, _ terminal: Terminal
        ) throws(UsageError) -> [SettingsText.Edit] {
            try check(config, terminal)
            var edits: [SettingsText.Edit] = []
            if config.profiles[name].map(old.isUsed) == true {
                edits.append(.set(["profiles", name, "secret"], SecretSource(file: new.file.path).value))
            }
            edits.append(.rename(["profiles", name], to: newName))
            if config.current == name { edits.append(.set(["current"], .text(newName))) }
            return edits
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Take a profile out of the settings, and its key off this machine.",
            discussion: "The key is taken away if iwlua keeps it; a file, variable or command of your own stays.")
        @Argument(help: "Its name.", completion: ShellCompletions.profiles) var name: String
        @Flag(help: "Do not ask.") var yes = false
        @OptionGroup var display: DisplayOptions

        func run() async throws {
            let settings = try Settings(maintaining: ProcessInfo.processInfo.environment)
            let terminal = try display.terminal(settings)
            guard let profile = settings.file.profiles[name] else {
                throw CloudSession.noProfile(name, settings.file)
            }
            let stored = StoredSecret(of: name, settings)
            try ConfigFile.check(in: settings.folder, edits)
            let schedules = try await settings.schedules(using: name)
            if !schedules.isEmpty {
                let names = schedules.joined(separator: ", ")
                Terminal.error(
                    terminal.say(
                        "schedules run with \(name), and will fail without it: \(names)\n",
                        "다음 예약이 \(name)(으)로 실행되며, 삭제하면 실패합니다: \(names)\n"))
            }
            let isAgreed = if yes { true } else { await ask(stored.isUsed(by: profile), terminal) }
            guard isAgreed else {
                Terminal.error(terminal.say("nothing was changed\n", "변경된 것이 없습니다\n"))
                throw ExitCode(ExitStatus.denied.code)
            }
            let config = try ConfigFile.edit(in: settings.folder, edits)
            let isKeyGone = stored.removeUnlessUsed(by: config)
            Terminal.error(
                isKeyGone
                    ? terminal.say("\(name) and its key are gone\n", "\(name) 프로필과 키를 삭제했습니다\n")
                    : terminal.say("\(name) is gone\n", "\(name) 프로필을 삭제했습니다\n"))
        }

        private func edits(of config: ConfigFile) throws(UsageError) -> [SettingsText.Edit] {
            guard config.profiles[name] != nil else { throw CloudSession.noProfile(name, config) }
            return [.remove(["profiles", name])] + (config.current == name ? [.remove(["current"])] : [])
        }

        private func ask(_ isStored: Bool, _ terminal: Terminal) async -> Bool {
            guard Terminal.isInteractive else {
                Terminal.error(
                    terminal.say(
                        "this needs a yes, and there is no terminal to ask on; do it with --yes\n",
                        "확인이 필요하지만 물어볼 터미널이 없습니다. --yes를 붙여 실행하세요\n"))
                return false
            }
            let question: TerminalText =
                isStored
                ? terminal.say("Remove \(name) and its key?", "\(name) 프로필과 키를 삭제할까요?")
                : terminal.say("Remove \(name)?", "\(name) 프로필을 삭제할까요?")
            // Nothing is under way: an interruption ends the program.
            return await terminal.ask(question) { false } == .yes
        }
    }
}

extension Settings {
    /// Schedules whose runs use a profile.
    func schedules(using profile: String) async throws(UsageError) -> [String] {
        // Looking makes no state folder.
        guard FileManager.default.fileExists(atPath: StateFolder.path(environment)) else { return [] }
        let ledger = try await schedules()
        let records = try await RunJournals.reporting { () async throws(StoreError) in try await ledger.schedules() }
        return records.filter { $0.definition.options["profile"]?.stringValue == profile }.map(\.definition.name)
    }
}
