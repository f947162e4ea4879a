import Clocks
public import Foundation
import Glibc
public import IwinvCatalog
public import RunStore

/// A Lua script with its header and the modules that stand beside it.
public struct Script: Sendable {
    /// What errors call it: `bulk-rename.lua`.
    public var name: String
    public var source: String
    public var header: ScriptHeader
    /// Whose values its `store` has.
    public var owner: StateOwner
    /// Text of the modules that it requires, by name.
    public var modules: [String: String]

    /// A script from text.
    ///
    /// - Throws: ``HeaderProblem``.
    public init(name: String = "script.lua", source: String, modules: [String: String] = [:]) throws(HeaderProblem) {
        self.name = name
        self.source = Self.normalised(source)
        let header = try ScriptHeader(source)
        self.header = header
        owner = StateOwner(name: header.name, fileName: name)
        self.modules = modules.mapValues(Self.normalised)
    }

    /// Reads a script, and the modules inside its folder that it requires by a literal name.
    ///
    /// - Throws: ``ScriptProblem`` if a file cannot be read, ``HeaderProblem`` if the header is wrong.
    public init(contentsOf file: URL) throws {
        self = try Script(
            name: file.lastPathComponent, source: Self.text(of: file), folder: file.deletingLastPathComponent())
        let real = file.resolvingSymlinksInPath()
        owner = StateOwner(file: real.path, name: header.name ?? real.lastPathComponent, fileName: name)
    }

    /// A script from text, whose modules lie in a folder.
    ///
    /// - Throws: ``ScriptProblem`` if a module cannot be read, ``HeaderProblem``.
    package init(name: String, source: String, folder: URL) throws {
        self = try Script(name: name, source: source, modules: Self.modules(required: source, folder: folder))
    }

    /// Lines end as Lua's do, and a `#!` line is a comment, as it is to the program `lua`.
    private static func normalised(_ source: String) -> String {
        let text = source.replacing("\r\n", with: "\n")
        return text.hasPrefix("#!") ? "--" + text : text
    }

    private static let maximumBytes = 64 * 1024

    private static func text(of file: URL) throws(ScriptProblem) -> String {
        guard let text = try textIfPresent(of: file) else {
            throw ScriptProblem("\(file.relativePath): cannot be read: \(InputBytes.Problem.system(ENOENT))")
        }
        return text
    }

    /// Nil if there is no such file; one that cannot be looked for is not absent.
    private static func textIfPresent(of file: URL) throws(ScriptProblem) -> String? {
        let bytes: [UInt8]
        do { bytes = try InputBytes.read(file.path, atMost: maximumBytes) } catch {
            if error.isAbsence { return nil }
            if case .tooLarge(let limit) = error {
                throw ScriptProblem("\(file.relativePath): is larger than \(limit / 1024) KiB")
            }
            throw ScriptProblem("\(file.relativePath): cannot be read: \(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ScriptProblem("\(file.relativePath): is not UTF-8 text")
        }
        return text
    }

    /// Follows `require "name"` through the folder; a name is a path inside it with dots for slashes.
    private static func modules(required source: String, folder: URL) throws(ScriptProblem) -> [String: String] {
        var modules: [String: String] = [:]
        var queue = requires(in: source)
        while let name = queue.popLast() {
            guard modules[name] == nil, isModuleName(name) else { continue }
            let file = folder.appendingPathComponent(name.replacingOccurrences(of: ".", with: "/") + ".lua")
            guard let text = try textIfPresent(of: file) else { continue }
            guard !reservedModules.contains(name) else {
                throw ScriptProblem(
                    "\(file.lastPathComponent) beside the script has the name of a module of iwlua's own")
            }
            let real = file.resolvingSymlinksInPath().path
            guard real.hasPrefix(folder.resolvingSymlinksInPath().path + "/") else {
                throw ScriptProblem("module `\(name)` lies outside the script's folder")
            }
            modules[name] = text
            queue += requires(in: text)
        }
        return modules
    }

    private static let reservedModules: Set = ["iwinv", "log", "json", "time", "task", "text", "ui", "params", "fail"]

    private static func requires(in source: String) -> [String] {
        // To compile the expression takes longer than many a script.
        guard source.utf8.contains("require".utf8) else { return [] }
        return source.matches(of: #/\brequire\s*\(?\s*["']([^"'\n]+)["']/#).map { String($0.output.1) }
    }

    private static func isModuleName(_ name: String) -> Bool {
        name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        }
    }
}

/// Why a script cannot be run at all.
public struct ScriptProblem: Error, Sendable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) {
        self.description = description
    }
}

extension Script {
    /// The values of all declared parameters.
    ///
    /// - Parameters:
    ///   - given: text by name. A value that begins with `@` names a file.
    ///   - read: gives the text of such a file.
    /// - Throws: ``ScriptProblem`` that lists every parameter that is unknown, missing or malformed.
    public func bind(
        _ given: [String: String], read: (String) throws -> String
    ) throws(ScriptProblem) -> [String: JSONValue] {
        var problems: [String] = []
        var values: [String: JSONValue] = [:]
        let names = header.parameters.map(\.name)
        for name in given.keys.sorted() where !names.contains(name) {
            let hint =
                Suggestion.nearest(to: name, among: names).map { "; did you mean `\($0)`?" }
                ?? (names.isEmpty ? "; it takes none" : "; it takes \(names.joined(separator: ", "))")
            problems.append("\(self.name) has no parameter `\(name)`\(hint)")
        }
        for parameter in header.parameters {
            guard var text = given[parameter.name] ?? parameter.defaultText else {
                problems.append(
                    "\(self.name) needs --param \(parameter.name)=… (\(parameter.kind.rawValue)): \(parameter.help)")
                continue
            }
            do {
                if given[parameter.name] != nil, text.hasPrefix("@@") {
                    text.removeFirst()
                } else if given[parameter.name] != nil, text.hasPrefix("@") {
                    text = try Self.fileText(read(String(text.dropFirst())), parameter.kind)
                }
                values[parameter.name] = try ParameterValue.parse(text, as: parameter.kind)
            } catch let problem as ParameterValue.Problem {
                problems.append("--param \(parameter.name) \(problem.reason)")
            } catch {
                problems.append("--param \(parameter.name): \(error)")
            }
        }
        guard problems.isEmpty else {
            // A line each, whatever a value says.
            throw ScriptProblem(problems.map { $0.escapedForTerminal() }.joined(separator: "\n"))
        }
        return values
    }

    /// The line break that ends a file is the file's and not the value's; between lines it is one sign, whoever wrote them.
    private static func fileText(_ text: String, _ kind: ScriptParameter.Kind) -> String {
        guard kind != .table else { return text }
        let text = text.replacing("\r\n", with: "\n")
        return text.last?.isNewline == true ? String(text.dropLast()) : text
    }
}
