import Foundation
import Testing

/// A way in which a script says something.
struct HostileScript: Sendable, CustomTestStringConvertible {
    var name: String
    /// `H` is the hostile text in it, `L` the same on one line, and `LITERAL` that as it may stand in a source.
    var source: String
    /// A text of several lines is shown as such.
    var keepsLines = false

    var testDescription: String { name }
    var text: String { Self.names + source }

    /// The script as a test.
    var test: String { Self.names + "it(H, function() \(source) expect('QUFB'):equals(H) end)" }

    private static let names =
        "local H, L = \(HostileText.lua(HostileText.text)), \(HostileText.lua(HostileText.line))\n"

    init(_ name: String, keepsLines: Bool = false, _ source: String) {
        (self.name, self.keepsLines) = (name, keepsLines)
        self.source = source.replacing("LITERAL", with: HostileText.lua(HostileText.line))
    }

    static let all: [HostileScript] =
        [
            HostileScript("print", keepsLines: true, "print(H, {H})"),
            HostileScript("ui.table", "ui.table({{[H] = H, name = H}}, {'name', H})"),
            HostileScript("ui.table with headings", "ui.table({{name = H}}, {{H, 'name'}})"),
            HostileScript("ui.bars", "ui.bars({{H, 3}, {'b', 2}}, {unit = '\\27]52;c;QUFB\\7\\27[2J'})"),
            HostileScript("ui.progress", "ui.progress(1, 2, H) ui.progress(2, 2, H) print('QUFB')"),
            HostileScript("fail", keepsLines: true, "fail(H, {a = H})"),
            HostileScript("error", keepsLines: true, "error(H)"),
            HostileScript("error at no place", keepsLines: true, "error(H, 0)"),
            HostileScript(
                "an error table", keepsLines: true,
                "error({kind = 'api', status = 500, operation = H, message = H, code = H, error_code = H, advice = H})"),
            HostileScript("an error's operation", "error({kind = 'api', status = 500, operation = H, message = 'm'})"),
            HostileScript("an error's code", "error({kind = 'api', status = 500, error_code = H, message = 'QUFB'})"),
            HostileScript("an error's kind", "error({kind = H, message = 'QUFB'})"),
            HostileScript(
                "an error with a text of its own", keepsLines: true,
                "print('QUFB') error(setmetatable({}, {__tostring = function() return H end, __name = H}))"),
            HostileScript("a chunk's name", "load(\"error('boom')\", '=' .. H)()"),
            HostileScript("a chunk's name that fails", "load(\"fail('boom')\", '=' .. H)()"),
            HostileScript("a chunk's file", "load(\"error('boom')\", '@' .. H)()"),
            HostileScript("a chunk's text", "load(\"error('boom') -- \" .. L)()"),
            HostileScript(
                "a chunk's name in a traceback",
                "load('local f = ... f() return 1', '=' .. H)(function() error('QUFB') end)"),
            HostileScript("a chunk that is no Lua", "assert(load(L, '=' .. H))"),
            HostileScript("a function's name", "_G[H] = function() error('QUFB') end _G[H]()"),
            HostileScript("a field's name", "local t = {} t[LITERAL].x = 1"),
            HostileScript("a global's name", "_ENV[LITERAL]()"),
            HostileScript("a method's name", "local t = {} t[LITERAL](t)"),
            HostileScript("a module's name", keepsLines: true, "require(H)"),
            HostileScript("JSON", keepsLines: true, "json.decode('{\"QUFB' .. L)"),
            HostileScript("a task", keepsLines: true, "task.spawn(function() error(H) end, H):wait()"),
            HostileScript("a server's name", keepsLines: true, "require('iwinv').instances.get(H)"),
            HostileScript(
                "an argument's name", keepsLines: true,
                "print('QUFB') require('iwinv').instances.edit('INSTANCE-a', {[H] = H})"),
            HostileScript("a filter", keepsLines: true, "require('iwinv').instances.list{[H] = H}"),
            HostileScript("a choice of fields", keepsLines: true, "require('iwinv').instances.list{fields = {H}}"),
            HostileScript("an operation's name", keepsLines: true, "require('iwinv').check(H, {[H] = H})"),
            HostileScript("a table of the cloud", keepsLines: true, "require('iwinv')[H].list()"),
            HostileScript("the store", "store.set('QUFB', H) print(json.encode(store.get('QUFB')))"),
        ]
        + ["debug", "info", "warn", "error"].map {
            HostileScript("log.\($0)", "log.\($0)(H, {[H] = H, more = {[H] = {H}}})")
        }
}

/// A way in which the head of a script says something; the host reads it before anything runs.
struct HostileHeader: Sendable, CustomTestStringConvertible {
    var entry: String

    var testDescription: String { entry.replacing(HostileText.line, with: "…") }
    var text: String { "-- ==Script==\n-- \(entry)\n-- ==/Script==\nprint(\"\(HostileText.begin)\")\n" }

    /// The keys are the program's own list.
    static let all: [HostileHeader] = {
        let (line, begin) = (HostileText.line, HostileText.begin)
        var entries = ["@\(line)", "@\(line) \(line)"]
        let more = [
            "param": [
                "p \(line)", "p string \(line)", "p string default \(line) \(line)", "p string default \"\(line)",
                "p integer default \(line)", "p duration default \(line)", "p table default \(line)", "p list \(line)",
            ],
            "limit": ["changes \(line)", "time \(line)", "\(line) 5"],
            "needs": ["instances:\(line)", "instances:edit \(line)=3", "instances:edit name=\(line)", "\(line):read"],
            "name": [line], "summary": [line],
        ]
        for key in keys {
            let forms = more[key] ?? []
            // A key that the program has and nobody has thought of here.
            if forms.isEmpty { Issue.record("@\(key) has no hostile text: add it to HostileHeader") }
            entries += ["@\(key) \(line)"] + forms.map { "@\(key) \($0)" }
        }
        return entries.map { HostileHeader(entry: $0) }
    }()

    private static let keys: [String] = {
        let file = Iwlua.repository.appendingPathComponent("Sources/ScriptHost/Script/ScriptHeader.swift")
        guard let source = try? String(contentsOf: file, encoding: .utf8),
            let list = source.firstMatch(of: #/static let keys = \[(.*)\]/#)?.1
        else { return [] }
        return list.matches(of: #/"(\w+)"/#).map { String($0.1) }
    }()
}
