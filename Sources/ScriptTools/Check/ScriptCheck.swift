public import Foundation
public import IwinvCatalog
import LuaRuntime
import LuaSyntax
public import ScriptHost

/// Finds mistakes in a script without running it.
///
/// ```swift
/// for finding in ScriptCheck().findings(in: URL(filePath: "rename.lua"), named: "rename.lua") {
///     print("\(finding.file):\(finding.start.line): \(finding.message)")
/// }
/// ```
///
/// What it says of calls follows from the catalog, and only for what is certain: literals, and rows that come from a call
/// in the same file. What it says of names follows from the list that the sandbox itself is filled from.
public struct ScriptCheck: Sendable {
    var catalog: Catalog
    /// Whether the library that is linked refuses metatables with `__concat`.
    var refusesConcat = LuaLibrary.refusesConcat

    public init(catalog: Catalog = .iwinv) {
        self.catalog = catalog
    }

    /// What is wrong in a script and in the modules that it names, in the order of the files and lines.
    ///
    /// - Parameter path: what the findings call the file.
    public func findings(in file: URL, named path: String) -> [ScriptFinding] {
        do {
            return findings(in: try Script(contentsOf: file), named: path)
        } catch is HeaderProblem {
            guard let data = try? Data(contentsOf: file) else { return [] }
            let text = String(decoding: data, as: UTF8.self)
            return findings(inText: text, named: path, folder: file.deletingLastPathComponent())
        } catch {
            return [Self.unreadable(path, "\(error)", file)]
        }
    }

    /// The same for a text that is in no file, or whose header is wrong; every wrong line of the header is told of.
    ///
    /// - Parameter folder: where modules stand; nil if there can be none.
    public func findings(inText text: String, named path: String, folder: URL?) -> [ScriptFinding] {
        var mended = text
        var problems: [HeaderProblem] = []
        while problems.count < 100 {
            do {
                let script =
                    if let folder {
                        try Script(name: path, source: mended, folder: folder)
                    } else {
                        try Script(name: path, source: mended)
                    }
                let found = findings(in: script, named: path)
                return problems.isEmpty ? found : HeaderMending.join(found, problems, text, path)
            } catch let problem as HeaderProblem {
                let next = HeaderMending.blanking(line: problem.line, of: mended)
                guard let next, !problems.contains(where: { $0.line == problem.line }) else {
                    let found = findings(in: mended, named: path, header: .refused(problem))
                    return problems.isEmpty ? found : HeaderMending.join(found, problems, text, path)
                }
                problems.append(problem)
                mended = next
            } catch {
                return [Self.unreadable(path, "\(error)", folder ?? URL(fileURLWithPath: path))]
            }
        }
        return HeaderMending.join([], problems, text, path)
    }

    /// The same for a script that has been read.
    ///
    /// - Parameter path: what the findings call the file; modules stand beside it.
    public func findings(in script: Script, named path: String) -> [ScriptFinding] {
        findings(in: script.source, named: path, header: .read(script.header), modules: script.modules)
    }

    enum Header {
        case read(ScriptHeader)
        case refused(HeaderProblem)
    }

    func findings(
        in source: String, named path: String, header: Header, modules: [String: String] = [:]
    ) -> [ScriptFinding] {
        let main = LuaTree(parsing: source)
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        var files = [(path, main)]
        for (name, text) in modules.sorted(by: { $0.key < $1.key }) {
            let file = folder + name.replacing(".", with: "/") + ".lua"
            // A script may name itself.
            if file != path { files.append((file, LuaTree(parsing: text))) }
        }
        var context = CheckContext(
            catalog: catalog, refusesConcat: refusesConcat,
            vocabulary: CheckVocabulary(isTest: path.hasSuffix("_test.lua")),
            header: HeaderPlaces(main.source, header), modules: Set(modules.keys),
            assignedGlobals: Set(files.flatMap(\.1.names.assignedGlobals)))
        for (file, tree) in files {
            var walker = CheckWalker(context: context, file: file, tree: tree)
            walker.check()
            context = walker.context
        }
        if case .refused(let problem) = header {
            context.report(.header, .error, path, main, line: problem.line, problem.reason)
        }
        // Without its whole text nobody knows what a script uses.
        if files.allSatisfy(\.1.problems.isEmpty) { context.checkHeader(path, main) }
        let order = Dictionary(
            files.enumerated().map { ($0.element.0, $0.offset) }, uniquingKeysWith: { first, _ in first })
        return context.findings.sorted {
            (order[$0.file] ?? 0, $0.start.offset) < (order[$1.file] ?? 0, $1.start.offset)
        }
    }

    private static func unreadable(_ path: String, _ reason: String, _ file: URL) -> ScriptFinding {
        let start = SourcePosition(line: 1, column: 1, offset: 0)
        let named = file.relativePath + ": "
        let message = reason.hasPrefix(named) ? String(reason.dropFirst(named.count)) : reason
        return ScriptFinding(
            rule: .file, severity: .error, file: path, start: start, end: start, message: message, line: "")
    }
}
