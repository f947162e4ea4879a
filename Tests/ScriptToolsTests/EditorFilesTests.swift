import Foundation
import IwinvCatalog
import IwinvWire
import LuaRuntime
import ScriptHost
import ScriptTools
import Testing

@Suite struct EditorFilesTests {
    private static func text(_ path: String, _ language: Language = .english) throws -> String {
        try #require(EditorFiles(language: language).files.first { $0.path.hasSuffix(path) }).text
    }

    @Test(arguments: Language.allCases) func `definition files and the luacheck standard are Lua`(
        language: Language
    ) async throws {
        for file in EditorFiles(language: language).files where !file.path.hasSuffix(".json") {
            #expect(await LuaText.problem(in: file.text) == nil, "\(file.path)")
        }
    }

    @Test func `settings name Lua 5.4, the library and every global`() throws {
        let settings = try JSONCodec.decode(Array(try Self.text(".luarc.json").utf8))
        #expect(settings["runtime.version"]?.stringValue == "Lua 5.4")
        #expect(settings["workspace.library"]?.arrayValue == [".iwlua/types"])
        let globals = settings["diagnostics.globals"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(Set(ScriptLibrary.globals).isSubset(of: globals))
    }

    @Test func `every operation has a stub that names every argument, with its help in the language`() throws {
        for language in Language.allCases {
            let text = try Self.text("iwinv.lua", language)
            let lines = text.split(separator: "\n")
            var count = 0
            for operation in Catalog.iwinv.interface {
                #expect(text.contains("function iwinv.\(operation.name)("), "\(operation.name)")
                for parameter in operation.parameters {
                    count += 1
                    let isSubject = parameter.name == operation.subject?.name
                    let line = lines.first {
                        ($0.hasPrefix("---@field \(parameter.name) ") || $0.hasPrefix("---@field \(parameter.name)? ")
                            || $0.hasPrefix("---@param \(parameter.name) "))
                            && $0.contains(parameter.help(language))
                    }
                    #expect(line != nil, "\(operation.name).\(parameter.name)")
                    guard !isSubject else { continue }
                    let members = try Self.members(of: "iwinv.\(operation.name).Arguments", in: text)
                    let isOptional = !parameter.isRequired || parameter.name == operation.partner
                    #expect(members[parameter.name]?.isOptional == isOptional, "\(operation.name).\(parameter.name)")
                    if let unit = parameter.unit {
                        #expect(members[parameter.name]?.rest.contains("(\(unit))") == true)
                    }
                }
            }
            #expect(count == Catalog.iwinv.interface.map(\.parameters.count).reduce(0, +))
            #expect(count > 100)
        }
    }

    @Test func `every word of every choice stands in an alias`() throws {
        let text = try Self.text("iwinv.lua")
        var count = 0
        func check(_ parameter: Parameter) {
            switch parameter.type {
            case .choice(let words, _), .choiceList(let words, _):
                for word in words {
                    count += 1
                    #expect(text.contains("---| \"\(word)\""), "\(parameter.name): \(word)")
                }
            case .records(let members, _): members.forEach(check)
            default: break
            }
        }
        for operation in Catalog.iwinv.interface { operation.parameters.forEach(check) }
        for row in CloudSurface(.iwinv).rows {
            for state in row.states { #expect(text.contains("---| \"\(state)\"")) }
        }
        #expect(count > 20)
    }

    @Test func `every row is a class with every field, and has its methods`() throws {
        let text = try Self.text("iwinv.lua")
        let surface = CloudSurface(.iwinv)
        var count = 0
        func check(_ fields: [RowField], _ owner: String) throws {
            let members = try Self.members(of: owner, in: text)
            #expect(members.count == fields.count, "\(owner)")
            for field in fields {
                count += 1
                let member = try #require(members[field.name], "\(owner).\(field.name)")
                #expect(member.isOptional == field.isOptional)
                #expect(member.rest.hasSuffix(field.help(.english)), "\(owner).\(field.name)")
                switch field.type {
                case .object(let inner), .list(.object(let inner)): try check(inner, "\(owner).\(field.name)")
                default: break
                }
            }
        }
        for row in surface.rows {
            try check(row.fields, "iwinv.\(row.name)")
            for method in surface.methods(of: row) {
                #expect(text.contains("function \(row.name):\(method.name.verb)("), "\(row.name):\(method.name.verb)")
            }
        }
        #expect(count > 130)
        #expect(text.contains("function Instance:reboot()"))
        #expect(text.contains("function Instance:edit(arguments)"))
        #expect(text.contains("function Volume:attach(instance_id)"))
        #expect(text.contains("function FirewallRule:edit(arguments)"))
    }

    @Test func `what a password or a link is read as is a secret`() throws {
        let text = try Self.text("iwinv.lua")
        #expect(
            try Self.members(of: "iwinv.Instance.default_account", in: text)["password"]?.rest
                .hasPrefix("iwlua.Secret") == true)
        #expect(
            try Self.members(of: "iwinv.Instance.default_account", in: text)["username"]?.rest.hasPrefix("string")
                == true)
    }

    @Test func `every class that a stub names is there`() throws {
        let text = try Self.text("iwinv.lua") + Self.text("iwlua.lua")
        let named = text.matches(of: /(?:iwinv|iwlua)(?:\.[A-Za-z_]+)+/).map { String($0.output) }
        let annotations = text.split(separator: "\n").filter {
            $0.hasPrefix("---@class") || $0.hasPrefix("---@alias") || $0.hasPrefix("---@param")
                || $0.hasPrefix("---@field") || $0.hasPrefix("---@return") || $0.hasPrefix("---@overload")
        }
        var known: Set<String> = []
        var used: Set<String> = []
        for line in annotations {
            let words = line.split(separator: " ")
            if line.hasPrefix("---@class") || line.hasPrefix("---@alias") {
                let name = words[1] == "(exact)" ? words[2] : words[1]
                known.insert(name.trimmingCharacters(in: [":"]))
                used.formUnion(words.dropFirst(words[1] == "(exact)" ? 3 : 2).joined(separator: " ").names)
            } else if line.hasPrefix("---@field") || line.hasPrefix("---@param") {
                used.formUnion(String(words.dropFirst(2).first ?? "").names)
            } else {
                used.formUnion(line.dropFirst("---@overload".count).names)
            }
        }
        #expect(!named.isEmpty)
        #expect(used.count > 40)
        #expect(used.subtracting(known).isEmpty, "\(used.subtracting(known).sorted())")
    }

    @Test func `writing again changes nothing, and settings of a person's own are kept`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("types-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = EditorFiles()
        #expect(try files.write(to: folder).allSatisfy { $0.outcome == .written })
        #expect(try files.write(to: folder).allSatisfy { $0.outcome == .unchanged })
        let settings = folder.appendingPathComponent(".luarc.json")
        try Data("{}".utf8).write(to: settings)
        let again = try files.write(to: folder)
        #expect(again.first { $0.path == ".luarc.json" }?.outcome == .kept)
        #expect(try Data(contentsOf: settings) == Data("{}".utf8))
        #expect(try files.write(to: folder, replacing: true).first { $0.path == ".luarc.json" }?.outcome == .written)
    }

    private struct Member {
        var isOptional: Bool
        /// Type and description.
        var rest: String
    }

    /// The fields of a class of a definition file.
    private static func members(of name: String, in text: String) throws -> [String: Member] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(
            lines.firstIndex { $0 == "---@class \(name)" || $0 == "---@class (exact) \(name)" }, "\(name)")
        var members: [String: Member] = [:]
        for line in lines[(start + 1)...] {
            guard line.hasPrefix("---@field ") else { break }
            let words = line.split(separator: " ", maxSplits: 2)
            let isOptional = words[1].hasSuffix("?")
            members[String(isOptional ? words[1].dropLast() : words[1])] = Member(
                isOptional: isOptional, rest: String(words[2]))
        }
        return members
    }
}

extension StringProtocol {
    /// The names of this project's types in an annotation.
    fileprivate var names: [String] {
        String(self).matches(of: /(?:iwinv|iwlua)(?:\.[A-Za-z_]+)+/).map { String($0.output) }
    }
}
