package import IwinvCatalog

/// The cloud's error codes: a table of all, and a page for each in both languages, since who looks one up may have to
/// tell somebody else.
struct ErrorPages {
    let language: Language

    var pages: [ReferencePage] {
        func say(_ english: String, _ korean: String) -> String { LocalizedText(english, korean)(language) }
        let rows = ErrorEntry.all.map { [$0.wireCode, $0.name, "\($0.status)", $0.meaning(language)] }
        let all = ReferencePage(
            name: "errors", kind: .topic, aliases: ["error-codes"],
            summary: say("All error codes of the cloud.", "클라우드의 모든 오류 코드입니다."),
            blocks: [
                .table(
                    [say("code", "코드"), say("name", "이름"), say("usually HTTP", "보통 HTTP"), say("meaning", "뜻")], rows)
            ])
        return [all]
            + ErrorEntry.all.map { entry in
                let other: Language = language == .korean ? .english : .korean
                return ReferencePage(
                    name: entry.wireCode, kind: .error,
                    aliases: [entry.name.lowercased(), "\(entry.number)"] + Self.spellings(entry),
                    note: "\(entry.name), " + say("usually HTTP ", "보통 HTTP ") + "\(entry.status)",
                    summary: entry.meaning(language) + "\n" + entry.meaning(other), isListed: false)
            }
    }

    /// `0x1` and `0x01`, as people write them.
    private static func spellings(_ entry: ErrorEntry) -> [String] {
        let digits = String(entry.number, radix: 16)
        return ["0x\(digits)", "0x" + String(repeating: "0", count: max(0, 2 - digits.count)) + digits]
    }
}

extension ErrorEntry {
    /// The code that a page stands for.
    package static func of(_ page: ReferencePage) -> ErrorEntry? {
        page.kind == .error ? all.first { $0.wireCode == page.name } : nil
    }
}
