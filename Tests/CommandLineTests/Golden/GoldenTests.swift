import Foundation
import Testing

/// What every command says and how it ends, in English and in Korean, as text and as JSON.
///
/// The golden files are in `Tests/Golden`, one for each command and language; the cases are data in `Golden/Cases`. After
/// a wanted change of a text, write them anew and read the difference:
///
/// ```
/// scripts/build debug --build-tests
/// IWLUA_GOLDEN=write swift test --skip-build --filter CommandLineTests.GoldenTests
/// git diff Tests/Golden
/// ```
///
/// A new command, or a new exit code, needs an entry in ``GoldenTable`` first.
@Suite struct GoldenTests {
    @Test(arguments: GoldenTable.commands)
    func `a command says what is recorded`(_ command: GoldenCommand) async throws {
        let recorded = await Self.record(GoldenLanguage.allCases.flatMap(command.runs))
        for language in GoldenLanguage.allCases {
            let name = command.fileName(language)
            let sections = recorded.filter { $0.language == language }.map(\.section)
            if GoldenStore.isWriting {
                try GoldenStore.write(sections, name)
                continue
            }
            let golden = Dictionary(
                GoldenStore.read(name).map { ($0.title, $0.lines) }, uniquingKeysWith: { first, _ in first })
            for section in sections {
                // What is lacking is the business of the test below.
                guard let lines = golden[section.title],
                    Self.promised(lines, of: section.title)
                        != Self.promised(
                            section.lines, of: section.title)
                else { continue }
                let difference = GoldenStore.difference(lines, section.lines)
                Issue.record("Tests/Golden/\(name), \(section.title), \(difference)")
            }
        }
    }

    /// What the program promises of a section: all of it, but where Ctrl-C or a limit meets a script at an instant of its own,
    /// and where changes that do not depend on each other are taken back side by side. There it is the exit code.
    private static func promised(_ lines: [String], of title: String) -> [String] {
        guard ["Ctrl-C", "processor time", "taken back"].contains(where: title.hasPrefix) else { return lines }
        let end = lines.firstIndex { $0.hasPrefix("exit ") } ?? lines.count - 1
        return Array(lines.prefix(through: end))
    }

    /// Runs of one command; those of a setup share its world.
    private static func record(
        _ runs: [GoldenRun]
    ) async -> [(language: GoldenLanguage, section: GoldenSection)] {
        let groups = Dictionary(grouping: runs.indices) { runs[$0].example.setup.name }.values
        let recorded = await withTaskGroup(of: [(Int, GoldenSection)].self) { tasks in
            for group in groups {
                tasks.addTask {
                    await GoldenTable.slots.with {
                        do {
                            let world = try await GoldenWorld.make(runs[group[0]].example.setup)
                            let sections = try await world.sections(of: group.map { runs[$0] })
                            try await world.remove()
                            return Array(zip(group, sections))
                        } catch {
                            Issue.record("\(runs[group[0]].command), \(runs[group[0]].example.setup.name): \(error)")
                            return []
                        }
                    }
                }
            }
            return await tasks.reduce(into: []) { $0 += $1 }
        }
        return recorded.sorted { $0.0 < $1.0 }.map { (runs[$0].language, $1) }
    }

    @Test func `every command of the tree has an entry, and every entry a command`() async throws {
        let tree = try await CommandTree.read().command.walk()
        let entries = Dictionary(GoldenTable.commands.map { ($0.words, $0) }, uniquingKeysWith: { first, _ in first })
        #expect(entries.count == GoldenTable.commands.count, "a command has two entries")
        for (words, command) in tree {
            let name = (["iwlua"] + words).joined(separator: " ")
            guard let entry = entries[words] else {
                Issue.record("`\(name)` has no entry in GoldenTable")
                continue
            }
            #expect(entry.hasDisplayOptions == command.has("output"), "\(name): --output")
            #expect(entry.hasDisplayOptions == command.has("lang"), "\(name): --lang")
        }
        let known = Set(tree.map(\.words))
        for words in entries.keys where !known.contains(words) {
            Issue.record("GoldenTable has `iwlua \(words.joined(separator: " "))`, which is no command")
        }
    }

    @Test(arguments: GoldenTable.commands)
    func `every exit code of a command has a case, and every case a golden in each language and format`(
        _ command: GoldenCommand
    ) throws {
        let names = command.cases.map(\.name)
        #expect(Set(names).count == names.count, "\(command): two cases have one name")
        let codes = command.cases.compactMap { example -> Int32? in
            if case .code(let code) = example.exit { code } else { nil }
        }
        for code in command.codes {
            let examples = command.cases.filter { $0.exit == .code(code) }
            if examples.isEmpty { Issue.record("\(command): no case ends with \(code)") }
            let isInBoth = examples.contains { $0.formats == .textAndJSON }
            #expect(
                isInBoth != command.codesOfOneFormat.contains(code),
                "\(command): \(code) needs a case in both formats, or is to be declared as one of one format")
        }
        for code in Set(codes).subtracting(command.codes) { Issue.record("\(command): \(code) is not declared") }
        guard !GoldenStore.isWriting else { return }
        for language in GoldenLanguage.allCases {
            let recorded = GoldenStore.read(command.fileName(language)).map(\.title)
            #expect(Set(recorded).count == recorded.count, "\(command.fileName(language)): two sections have one title")
            let wanted = command.runs(language).map(\.title)
            for title in wanted where !recorded.contains(title) {
                Issue.record("Tests/Golden/\(command.fileName(language)) lacks `\(title)`: IWLUA_GOLDEN=write")
            }
            for title in recorded where !wanted.contains(title) {
                Issue.record("Tests/Golden/\(command.fileName(language)) has `\(title)`, which is no case")
            }
        }
    }

    @Test func `every golden file is a command's`() throws {
        let wanted = Set(GoldenTable.commands.flatMap { command in GoldenLanguage.allCases.map(command.fileName) })
        for name in try GoldenStore.names() where !wanted.contains(name) {
            if GoldenStore.isWriting {
                try GoldenStore.remove(name)
            } else {
                Issue.record("Tests/Golden/\(name) belongs to no command")
            }
        }
    }
}
