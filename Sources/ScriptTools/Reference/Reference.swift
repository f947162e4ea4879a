package import IwinvCatalog
import LuaRuntime
import ScriptHost

/// All that `iwlua doc` knows, in one language. Everything but the topics follows from the catalog, from the list of
/// script functions and from the sandbox's allow-list.
package struct Reference: Sendable {
    package let language: Language
    package let sections: [ReferenceSection]

    package init(catalog: Catalog = .iwinv, language: Language) {
        self.language = language
        let surface = CloudSurface(catalog)
        let cloud = CloudPages(catalog: catalog, surface: surface, language: language)
        let topics = TopicPages(catalog: catalog, language: language)
        func say(_ english: String, _ korean: String) -> String { LocalizedText(english, korean)(language) }
        var sections = [
            ReferenceSection(
                name: "scripts", title: say("Scripts", "스크립트"),
                summary: say(
                    "What a script declares, what a run may do, and how it ends.", "스크립트의 선언, 실행의 권한과 종료를 설명합니다."),
                pages: topics.pages)
        ]
        for root in catalog.grantResources {
            sections.append(
                ReferenceSection(
                    name: root, title: "iwinv.\(root)", summary: cloud.summary(of: root),
                    pages: cloud.pages(of: root)))
        }
        sections.append(
            ReferenceSection(
                name: "rows", title: say("Rows", "행"),
                summary: say(
                    "What calls answer. Rows have the functions that take their identifier as methods; reading a key that "
                        + "was not asked for is an error that names it.",
                    "호출의 결과입니다. 행의 ID를 받는 함수는 메서드로 쓸 수 있고, 요청하지 않은 항목을 읽으면 오류입니다."),
                pages: surface.rows.map(cloud.page)))
        sections.append(
            ReferenceSection(
                name: "library", title: say("Library", "라이브러리"),
                summary: say("What scripts have besides the cloud and Lua itself.", "클라우드와 Lua 외에 스크립트가 쓸 수 있는 것입니다."),
                pages: LibraryPages(language: language).pages))
        sections.append(
            ReferenceSection(
                name: "sandbox", title: say("Sandbox", "샌드박스"),
                summary: say("Where the Lua of scripts differs from its manual.", "스크립트의 Lua가 설명서와 다른 점입니다."),
                pages: SandboxPages(language: language).pages))
        sections.append(
            ReferenceSection(
                name: "errors", title: say("Error codes", "오류 코드"),
                summary: say("What the cloud's error codes mean.", "클라우드 오류 코드의 뜻입니다."),
                pages: ErrorPages(language: language).pages))
        self.sections = sections
    }

    package var pages: [ReferencePage] { sections.flatMap(\.pages) }

    /// The names that ``pages(named:)`` knows, each once.
    package var names: [String] {
        var seen: Set<String> = []
        return pages.map(\.name).filter { seen.insert($0).inserted }
    }

    /// What is called so: `instances.edit`, `iwinv.instances.edit`, `vm`'s class `Instance`, `0x13`, `exit codes`. The older
    /// firewall family makes two of some names.
    package func pages(named name: String) -> [ReferencePage] {
        let exact = pages.filter { $0.name == name }
        if !exact.isEmpty { return exact }
        let word = name.lowercased().replacing(" ", with: "-").replacing(":", with: ".")
        return pages.filter { $0.name.lowercased() == word || $0.aliases.contains(word) }
    }

    /// The page of an operation.
    package func page(of operation: CloudOperation) -> ReferencePage? {
        pages.first { $0.name == "\(operation.name)" && $0.note == operation.family?.rawValue }
    }

    /// What there is, in short.
    package var index: String {
        sections.map { section in
            let names = section.pages.filter(\.isListed).map(\.name)
            var seen: Set<String> = []
            return "\(section.title)\n"
                + Self.lines(names.filter { seen.insert($0).inserted }, width: 96).map { "  \($0)\n" }.joined()
        }.joined(separator: "\n")
            + "\n"
            + LocalizedText(
                "iwlua doc NAME explains one; error codes are found by number and by name, Lua's own functions by name.\n",
                "iwlua doc 이름: 설명을 봅니다. 오류 코드는 번호나 이름으로, Lua 함수는 이름으로 찾을 수 있습니다.\n")(language)
    }

    private static func lines(_ names: [String], width: Int) -> [String] {
        var lines: [String] = []
        for name in names {
            if let last = lines.last, last.count + name.count + 2 <= width {
                lines[lines.count - 1] = last + "  " + name
            } else {
                lines.append(name)
            }
        }
        return lines
    }
}
