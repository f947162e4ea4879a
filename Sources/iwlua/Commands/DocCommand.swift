import ArgumentParser
import Foundation
import IwinvCatalog
import LuaRuntime
import ScriptTools

struct DocCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doc",
        abstract: "Explain an operation, a row, a function, an error code, the sandbox, …",
        discussion: """
            Without a name: what there is.

              iwlua doc instances.edit        iwlua doc Instance
              iwlua doc firewall              iwlua doc text.sub
              iwlua doc 0x13                  iwlua doc CHECK_IP
              iwlua doc header                iwlua doc exit codes
              iwlua doc sandbox               iwlua doc string.rep

            All of it as files, in every language: iwlua doc --format markdown -o DIR
            """)

    enum Format: String, Choice {
        case text, markdown
    }

    @Argument(
        help: "An operation, a table, a row, a function, an error code (0x13 or its name), or a topic.",
        completion: ShellCompletions.topics)
    var name: [String] = []

    @Option(help: "text for a person; markdown for a page, or with -o for files.")
    var format = Format.text

    @Option(
        name: [.customShort("o"), .customLong("directory")],
        help: ArgumentHelp("With --format markdown: write the whole reference here.", valueName: "dir"),
        completion: .directory)
    var directory: String?

    @OptionGroup var display: DisplayOptions

    func validate() throws {
        guard directory != nil else { return }
        if format != .markdown { throw ValidationError("-o goes with --format markdown only") }
        if !name.isEmpty { throw ValidationError("-o writes the whole reference: leave the name out") }
    }

    func run() throws {
        let settings = try Settings()
        let terminal = try display.terminal(settings)
        if let directory {
            do { try ReferenceFiles.write(to: URL(fileURLWithPath: directory)) } catch {
                throw UsageError("\(directory): \(error.localizedDescription)", as: error)
            }
            return
        }
        let reference = Reference(language: terminal.language)
        let isJSON = try display.format(settings) == .json
        if name.isEmpty {
            let listed = reference.pages.filter(\.isListed)
            if isJSON {
                Terminal.out(json: .array(listed.map(Self.json)))
            } else {
                Terminal.out("\(lines: reference.index)")
            }
        } else {
            let pages = try pages(reference, name.joined(separator: " "))
            if isJSON {
                Terminal.out(json: Self.document(pages))
            } else {
                let texts = pages.map {
                    format == .markdown ? $0.markdown(level: 1) : $0.text(width: Terminal.columns)
                }
                Terminal.out("\(lines: texts.joined(separator: "\n"))")
            }
        }
        try Terminal.checkOutput()
    }

    private func pages(_ reference: Reference, _ name: String) throws -> [ReferencePage] {
        let pages = reference.pages(named: name)
        guard pages.isEmpty else { return pages }
        let known = reference.names + ErrorEntry.all.map(\.name)
        let hint = Suggestion.nearest(to: name, among: known).map { "; did you mean `\($0)`?" }
        throw UsageError("nothing is called `\(name)`\(hint ?? "; `iwlua doc` lists what there is")")
    }

    /// A list for what has many entries, and one object for what is one thing.
    private static func document(_ pages: [ReferencePage]) -> JSONValue {
        let operations = Catalog.iwinv.operations.filter { operation in
            pages.contains {
                $0.kind == .operation && $0.name == "\(operation.name)" && $0.note == operation.family?.rawValue
            }
        }
        if !operations.isEmpty { return .array(operations.map(OperationText.json)) }
        switch pages.first?.name {
        case "errors": return .array(ErrorEntry.all.map(\.json))
        case "sandbox": return .array(LuaLibrary.entries.map(\.json))
        default: break
        }
        if let page = pages.first, let entry = ErrorEntry.of(page) { return entry.json }
        return pages.count == 1 ? json(pages[0]) : .array(pages.map(json))
    }

    private static func json(_ page: ReferencePage) -> JSONValue {
        [
            "name": .string(page.name), "kind": .string(page.kind.rawValue), "summary": .string(page.summary),
            "text": .string(page.text),
        ]
    }
}

extension LuaLibrary.Entry {
    fileprivate var json: JSONValue {
        switch status {
        case .same: ["name": .string(name), "status": "same", "text": .null]
        case .changed(let text): ["name": .string(name), "status": "changed", "text": .string(text)]
        case .absent(let text): ["name": .string(name), "status": "absent", "text": .string(text)]
        }
    }
}

extension ErrorEntry {
    fileprivate var json: JSONValue {
        [
            "code": .string(wireCode), "number": .integer(Int64(number)), "error_code": .string(name),
            "status": .integer(Int64(status)),
            "meaning": ["en": .string(meaning.english), "ko": .string(meaning.korean)],
        ]
    }
}
