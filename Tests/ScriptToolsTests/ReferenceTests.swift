import Foundation
import IwinvCatalog
import LuaRuntime
import ScriptHost
import ScriptTools
import Testing

@Suite struct ReferencePagesTests {
    private static let references = Language.allCases.map { Reference(language: $0) }

    @Test func `every operation has help in two languages, a page in each, and a stub`() throws {
        let stubs = try #require(EditorFiles().files.first { $0.path.hasSuffix("iwinv.lua") }).text
        var count = 0
        for operation in Catalog.iwinv.operations {
            count += 1
            #expect(!operation.help.english.isEmpty && !operation.help.korean.isEmpty, "\(operation.name)")
            #expect(operation.help.english != operation.help.korean, "\(operation.name)")
            for reference in Self.references {
                let page = try #require(reference.page(of: operation), "\(operation.name)")
                #expect(page.summary == operation.help(reference.language))
                for parameter in operation.parameters {
                    #expect(
                        page.text.contains(parameter.name) && page.text.contains(parameter.help(reference.language)))
                }
                for field in operation.row?.fields ?? [] {
                    #expect(page.text.contains(field.name) && page.text.contains(field.help(reference.language)))
                }
                #expect(reference.pages(named: "\(operation.name)").contains { $0.note == page.note })
                #expect(reference.pages(named: "iwinv.\(operation.name)").contains { $0.note == page.note })
            }
            #expect(stubs.contains("function iwinv.\(operation.name)("), "\(operation.name)")
        }
        #expect(count == 47)
    }

    @Test func `every row, function, error code, exit code and library function is found by name`() {
        for reference in Self.references {
            for row in CloudSurface(.iwinv).rows {
                #expect(reference.pages(named: row.name).map(\.kind) == [.row], "\(row.name)")
            }
            for function in CloudSurface(.iwinv).functions {
                #expect(!reference.pages(named: "\(function.name)").isEmpty, "\(function.name)")
            }
            for function in ScriptLibrary.functions {
                #expect(reference.pages(named: function.name).count == 1, "\(function.name)")
            }
            for entry in LuaLibrary.entries { #expect(reference.pages(named: entry.name).count == 1, "\(entry.name)") }
            for entry in ErrorEntry.all {
                for name in [entry.wireCode, entry.name, entry.name.lowercased(), "\(entry.number)"] {
                    #expect(reference.pages(named: name).map(\.name) == [entry.wireCode], "\(name)")
                }
            }
            let topics = ["header", "sandbox", "exit codes", "exit-codes", "grants", "outcomes", "error values"]
            for topic in topics {
                #expect(reference.pages(named: topic).count == 1, "\(topic)")
            }
            #expect(reference.pages(named: "nothing of the kind").isEmpty)
            #expect(reference.pages(named: "instance:reboot").map(\.name) == ["instances.reboot"])
        }
    }

    @Test func `the page of the sandbox says where __concat is refused`() throws {
        for reference in Self.references {
            let page = try #require(reference.pages(named: "sandbox").first)
            let rows = page.blocks.flatMap { block -> [[String]] in
                if case .table(_, let rows) = block { rows } else { [] }
            }
            let row = try #require(rows.first { $0.first == "setmetatable" })
            #expect(row[1].contains("__concat where the system's Lua library has a memory fault in '..' behind it"))
        }
    }

    @Test func `no name means two different things`() {
        for reference in Self.references {
            let named = Dictionary(grouping: reference.pages, by: \.name)
            for (name, pages) in named where pages.count > 1 {
                #expect(Set(pages.map(\.note)).count == pages.count, "\(name)")
            }
        }
    }

    @Test func `the index lists every name that a written reference has`() {
        for reference in Self.references {
            let words = Set(reference.index.split(whereSeparator: \.isWhitespace).map(String.init))
            for page in reference.pages where page.isListed { #expect(words.contains(page.name), "\(page.name)") }
        }
    }

    @Test func `every example is Lua`() async {
        let examples = Self.references[0].pages.flatMap(\.blocks).compactMap { block -> String? in
            if case .code(let text) = block { text } else { nil }
        }
        #expect(examples.count > 80)
        // A bare signature, with `?` for what may be left out, is a call.
        for example in Set(examples) where !example.contains("?") && !example.contains("...") {
            #expect(await LuaText.problem(in: example) == nil, "\(example)")
        }
    }

    @Test func `tables of the written reference keep their columns`() throws {
        for file in ReferenceFiles.files {
            var columns: Int?
            for line in file.text.split(separator: "\n", omittingEmptySubsequences: false) {
                guard line.hasPrefix("|") else {
                    columns = nil
                    continue
                }
                let bars = line.replacing("\\|", with: "").count { $0 == "|" }
                #expect(bars == columns ?? bars, "\(file.name): \(line)")
                columns = bars
            }
        }
    }

    @Test func `the reference in the repository is what the program writes; iwlua doc --format markdown mends it`()
        throws
    {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/ScriptHost/ScriptHost.docc/Reference")
        let present = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
        #expect(present == Set(ReferenceFiles.files.map(\.name)))
        for file in ReferenceFiles.files {
            let text = String(
                decoding: try Data(contentsOf: folder.appendingPathComponent(file.name)), as: UTF8.self)
            #expect(text == file.text, "\(file.name)")
        }
    }
}
