package import Foundation
import IwinvCatalog

/// The reference as Markdown, in every language: `instances.md`, `instances.ko.md`, and an index.
package enum ReferenceFiles {
    package static let files: [(name: String, text: String)] = Language.allCases.flatMap { language in
        let reference = Reference(language: language)
        return [(name("Reference", language), index(reference))]
            + reference.sections.map { section in
                (name(section.name, language), text(section, language))
            }
    }

    /// Writes the files into a folder, which is made if it is not there.
    ///
    /// - Throws: what the file system says.
    package static func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for file in files {
            try Data(file.text.utf8).write(to: folder.appendingPathComponent(file.name), options: .atomic)
        }
    }

    private static func name(_ base: String, _ language: Language) -> String {
        language == .english ? "\(base).md" : "\(base).\(language.rawValue).md"
    }

    private static func index(_ reference: Reference) -> String {
        func say(_ english: String, _ korean: String) -> String { LocalizedText(english, korean)(reference.language) }
        let lines = reference.sections.map {
            "- [\($0.title)](\(name($0.name, reference.language))): \($0.summary)"
        }
        return "# " + say("Reference", "레퍼런스") + "\n\n"
            + say(
                "What `iwlua doc` says, written by `iwlua doc --format markdown`.",
                "`iwlua doc`의 내용이며 `iwlua doc --format markdown`이 만들었습니다.")
            + "\n\n" + lines.joined(separator: "\n") + "\n"
    }

    private static func text(_ section: ReferenceSection, _ language: Language) -> String {
        (["# \(section.title)\n\n\(section.summary)\n"]
            + section.pages.filter(\.isListed).map { $0.markdown(level: 2) }).joined(separator: "\n")
    }
}
