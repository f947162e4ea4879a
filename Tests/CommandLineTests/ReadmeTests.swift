import Foundation
import Testing

/// What the README shows is what happens.
@Suite struct ReadmeTests {
    private func blocks(_ language: String) throws -> [String] {
        let text = try String(contentsOf: Iwlua.repository.appendingPathComponent("README.md"), encoding: .utf8)
        return text.components(separatedBy: "```\(language)\n").dropFirst().map { block in
            block.components(separatedBy: "```")[0]
        }
    }

    @Test func `its first command renames the web servers`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let command = try #require(try blocks("sh").first).split(separator: "\n")[0]
        let arguments = command.split(separator: " ").dropFirst().map { word in
            word.hasPrefix("scripts/") ? Iwlua.repository.appendingPathComponent(String(word)).path : String(word)
        }
        let result = try await iwlua.run(arguments)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "12 servers renamed\n")
    }

    @Test func `its script prints what it says, and its mistake too`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let source = try #require(try blocks("lua").first)
        let shown = try blocks("console")
        let arguments = ["--simulate", "--param", "prefix=batch-", "--allow", "instances:edit", "--yes"]
        let good = try await iwlua.run(["run", try iwlua.file("tidy-names.lua", source)] + arguments)
        #expect(good.errors == shown[0].split(separator: "\n").dropFirst().map { $0 + "\n" }.joined())
        let slip = source.replacing("description =", with: "descripton =")
        let bad = try await iwlua.run(["run", try iwlua.file("tidy-names.lua", slip)] + arguments)
        #expect(bad.errors == shown[1])
    }

    @Test func `it shows the embedding program as it is`() throws {
        let program = Iwlua.repository.appendingPathComponent("Tests/Embedding/Sources/embedding/main.swift")
        #expect(try blocks("swift").first == String(contentsOf: program, encoding: .utf8))
    }
}
