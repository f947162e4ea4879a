import Clocks
import Foundation
import IwinvCatalog
import LuaRuntime
import LuaSyntax
import RunStore
import Testing

@testable import ScriptHost
@testable import ScriptTools

/// One mistake in a script, and what is to be said of it.
struct Mistake: CustomTestStringConvertible {
    var rule: ScriptFinding.Rule
    var source: String
    /// The text that the carets are under.
    var marked: String
    var suggestion: String?
    var severity = ScriptFinding.Severity.error

    init(
        _ rule: ScriptFinding.Rule, _ source: String, at marked: String, meant suggestion: String? = nil,
        _ severity: ScriptFinding.Severity = .error
    ) {
        (self.rule, self.source, self.marked, self.suggestion) = (rule, source, marked, suggestion)
        self.severity = severity
    }

    var testDescription: String { "\(rule.rawValue): \(source.suffix(60))" }
}

@Suite struct CheckTests {
    static func findings(_ source: String, modules: [String: String] = [:], named name: String = "s.lua")
        -> [ScriptFinding]
    {
        do {
            return ScriptCheck().findings(in: try Script(name: name, source: source, modules: modules), named: name)
        } catch {
            return ScriptCheck().findings(inText: source, named: name, folder: nil)
        }
    }

    /// A script that may do everything, with this in it.
    static func whole(_ body: String, header: String = "") -> String {
        """
        -- ==Script==
        -- @name     test
        \(header)-- @limit    changes 10
        -- ==/Script==
        local iwinv = require "iwinv"
        iwinv.zones.list()
        \(body)
        """
    }

    static let edit = "-- @needs instances:read instances:edit\n"
    static let read = "-- @needs instances:read\n"
    static let power = "-- @needs instances:read instances:power\n"
    static let create = "-- @needs instances:create\n"
    static let walls = "-- @needs firewall:read firewall:edit\n"
    static let disks = "-- @needs storage:read storage:edit\n"

    static let mistakes: [Mistake] = [
        // Operations
        Mistake(.unknownOperation, whole("iwinv.instances.lst()"), at: "lst", meant: "list"),
        Mistake(.unknownOperation, whole("iwinv.instance.list()"), at: "instance", meant: "instances"),
        Mistake(.unknownOperation, whole("iwinv[\"instances\"].lisst()"), at: "lisst", meant: "list"),
        Mistake(.unknownOperation, whole("local vms = iwinv.instances; vms.eahc()"), at: "eahc", meant: "each"),
        Mistake(.unknownOperation, whole("iwinv.firewall.rule.list('a')"), at: "rule", meant: "rules"),
        Mistake(
            .unknownOperation, whole("for vm in iwinv.instances.each() do vm:rebot() end", header: read), at: "rebot",
            meant: "reboot"),
        Mistake(
            .unknownOperation, whole("local vm = iwinv.instances.get('a')\nvm:name()", header: read), at: "name"),
        Mistake(
            .unknownOperation, whole("iwinv.check('instances.edti', {})"), at: "'instances.edti'",
            meant: "instances.edit"),
        Mistake(.colon, whole("iwinv.instances:list{}", header: read), at: ":list"),
        Mistake(.colon, whole("log:info('x')"), at: ":info"),
        // Arguments
        Mistake(
            .unknownArgument, whole("iwinv.instances.list { nmae = 'web' }", header: read), at: "nmae", meant: "name"),
        Mistake(
            .unknownArgument,
            whole("for vm in iwinv.instances.each { stauts = 'off' } do print(vm.name) end", header: read),
            at: "stauts",
            meant: "status"),
        Mistake(
            .unknownArgument,
            whole(
                "local rows = iwinv.instances.list()\nfor _, vm in ipairs(rows) do vm:edit { nam = 'web-1' } end",
                header: edit),
            at: "nam", meant: "name"),
        Mistake(
            .wrongArgument, whole("iwinv.instances.list { status = 'of' }", header: read), at: "'of'", meant: "off"),
        Mistake(.wrongArgument, whole("iwinv.instances.list { min_vcpu = 'two' }", header: read), at: "'two'"),
        Mistake(.wrongArgument, whole("iwinv.instances.edit('a', { name = 'ab' })", header: edit), at: "'ab'"),
        Mistake(.wrongArgument, whole("iwinv.instances.edit('a/b', { name = 'abcd' })", header: edit), at: "'a/b'"),
        Mistake(
            .wrongArgument, whole("iwinv.instances.edit({ name = 'abcd' })", header: edit), at: "{ name = 'abcd' }"),
        Mistake(
            .wrongArgument,
            whole(
                "iwinv.instances.create { zone_id = 'z', image_id = 'i', flavor_id = 'f', count = 11 }", header: create),
            at: "11"),
        Mistake(
            .wrongArgument,
            whole(
                "iwinv.instances.create{zone_id='z', image_id='i', flavor_id='f', block_storage={{size=15}}}",
                header: create),
            at: "{{size=15}}"),
        Mistake(
            .wrongArgument, whole("iwinv.instances.list { fields = { 'name', 'adress' } }", header: read),
            at: "{ 'name', 'adress' }"),
        Mistake(
            .wrongArgument, whole("for vm in iwinv.instances.each() do vm:wait('activ', '5m') end", header: read),
            at: "'activ'", meant: "active"),
        Mistake(
            .wrongArgument, whole("for vm in iwinv.instances.each() do vm:wait('actived') end", header: read),
            at: "'actived'", meant: "active"),
        Mistake(
            .wrongArgument,
            whole(
                "for v in iwinv.storage.each() do iwinv.instances.reboot(v) end",
                header: power + "-- @needs storage:read\n"), at: "v"),
        Mistake(
            .wrongArgument, whole("iwinv.firewall.rules.list('a')\niwinv.instances.list 'web'", header: walls + read),
            at: "'web'"),
        Mistake(
            .wrongArgument,
            whole(
                "iwinv.firewall.rules.add('f', {bound='IN', protocol='TCP', port='99999', ip='192.0.2.0/24', title='a', content='b'})",
                header: walls), at: "'99999'"),
        Mistake(
            .wrongArgument,
            whole("local ok = pcall(iwinv.instances.edit, 'a', { name = 'ab' })\nreturn ok", header: edit), at: "'ab'"),
        Mistake(
            .wrongArgument,
            whole("local q = { status = 'none' }\nq.status = 'gone'\niwinv.instances.list(q)", header: read),
            at: "'gone'"),
        Mistake(
            .wrongArgument,
            whole(
                "local q = { status = 'none' }\nq.status = nil\nq.status = 'of'\niwinv.instances.list(q)", header: read),
            at: "'of'", meant: "off"),
        Mistake(
            .wrongArgument,
            whole("local q = { name = 'a', fields = {} }\nq.name = 'b'\niwinv.instances.list(q)", header: read),
            at: "{}"),
        Mistake(
            .wrongArgument,
            whole("local c = ...\niwinv.instances.list { status = c and 'stop' or 'active' }", header: read),
            at: "'stop'"),
        Mistake(
            .wrongArgument,
            whole(
                "local c = ...\niwinv.instances.list { status = c == 'on' and 'active' or (c and 'off' or 'stop') }",
                header: read), at: "'stop'"),
        Mistake(.missingArgument, whole("iwinv.instances.resize('a')", header: create), at: "('a')"),
        Mistake(.missingArgument, whole("iwinv.instances.reboot()", header: power), at: "()"),
        // Fields
        Mistake(
            .unknownField, whole("for vm in iwinv.instances.each() do print(vm.nmae) end", header: read), at: "nmae",
            meant: "name"),
        Mistake(
            .unknownField,
            whole("task.map(iwinv.instances.list(), function(vm) print(vm.stat) end)", header: read), at: "stat",
            meant: "status"),
        Mistake(
            .unknownField, whole("print(iwinv.instances.list()[1].zone.naem)", header: read), at: "naem", meant: "name",
            .warning),
        Mistake(
            .unknownField,
            whole(
                "local vm = iwinv.instances.list { name = 'a' }[1] or fail('none')\nprint(vm.nmae)", header: read),
            at: "nmae", meant: "name"),
        Mistake(
            .unknownOperation,
            whole("local vm = iwinv.instances.list { name = 'a' }[1] or error('none')\nvm:rebot()", header: power),
            at: "rebot", meant: "reboot"),
        Mistake(
            .unreadField, whole("for vm in iwinv.instances.each() do print(vm.ip) end", header: read), at: "ip"),
        Mistake(
            .unreadField,
            whole(
                "for vm in iwinv.instances.each { fields = {'name'} } do print(vm.name, vm.status) end", header: read),
            at: "status"),
        // Header
        Mistake(.missingNeed, whole("iwinv.instances.reboot('a')"), at: "reboot", meant: "instances:power"),
        Mistake(
            .missingNeed, "local iwinv = require 'iwinv'\niwinv.instances.reboot('a')", at: "reboot",
            meant: "instances:power", .warning),
        Mistake(.unusedNeed, whole("print(1)", header: "-- @needs storage:edit\n"), at: "storage:edit", .warning),
        Mistake(
            .unknownParameter, whole("print(params.prefx, params.prefix)", header: "-- @param prefix string Names\n"),
            at: "prefx",
            meant: "prefix"),
        Mistake(.unusedParameter, whole("print(1)", header: "-- @param prefix string Names\n"), at: "prefix", .warning),
        Mistake(.header, "-- ==Script==\n-- @parm x string\n-- ==/Script==\n", at: "-- @parm x string"),
        Mistake(.header, "-- ==Script==\n-- @name a\nprint(1)", at: "-- ==Script=="),
        Mistake(
            .unlimitedChanges,
            "-- ==Script==\n-- @needs instances:read instances:power\n-- ==/Script==\nlocal iwinv = require 'iwinv'\n"
                + "for vm in iwinv.instances.each() do vm:reboot() end", at: "reboot", .warning),
        // Names
        Mistake(.undefinedGlobal, whole("local names = {}\nprint(nmaes)\nreturn names"), at: "nmaes", meant: "names"),
        Mistake(.undefinedGlobal, whole("pritn('a')"), at: "pritn", meant: "print"),
        Mistake(.undefinedGlobal, "print(#iwinv.zones.list())", at: "iwinv"),
        Mistake(.globalAssignment, whole("count = 1\nprint(count)"), at: "count", .warning),
        Mistake(.globalAssignment, whole("function helper() end\nhelper()"), at: "helper", .warning),
        Mistake(.globalAssignment, whole("string = 'a'\nprint(string)"), at: "string", .warning),
        Mistake(.sandbox, whole("io.open('a')"), at: "io.open"),
        Mistake(.sandbox, whole("os.execute('ls')"), at: "os.execute"),
        Mistake(.sandbox, whole("local t = os.time()\nreturn t"), at: "os.time"),
        Mistake(.sandbox, whole("return string.dump(print)"), at: "dump"),
        Mistake(.sandbox, whole("dofile('a.lua')"), at: "dofile"),
        Mistake(.sandbox, whole("return debug.traceback()"), at: "debug.traceback"),
        Mistake(.unknownFunction, whole("print(string.lenght('a'))"), at: "lenght", meant: "string.len"),
        Mistake(.unknownFunction, whole("log.inf('a')"), at: "inf", meant: "log.info"),
        Mistake(
            .unknownFunction, whole("print(text.start_with('a', 'b'))"), at: "start_with", meant: "text.starts_with"),
        Mistake(.unknownModule, whole("local c = require 'cdir'\nreturn c"), at: "'cdir'"),
        Mistake(.unusedLocal, whole("local unused = 1"), at: "unused", .warning),
        Mistake(.unusedLocal, whole("local function unused() end"), at: "unused", .warning),
        Mistake(.unreachable, whole("while true do break; print(1) end"), at: "print", .warning),
        Mistake(.unreachable, whole("fail('x')\nprint(1)"), at: "print", .warning),
        // Rows and lists
        Mistake(
            .wrongComparison,
            whole("for vm in iwinv.instances.each() do print(vm.status == 'activ') end", header: read),
            at: "'activ'", meant: "active", .warning),
        Mistake(
            .rowAssignment, whole("for vm in iwinv.instances.each() do vm.name = 'abcd' end", header: read), at: "name",
            .warning),
        Mistake(.colon, whole("for vm in iwinv.instances.each() do vm.reboot() end", header: power), at: ".reboot"),
        Mistake(.colon, whole("iwinv.instances.list():reboot()", header: power), at: "reboot"),
        Mistake(
            .wrongLoop, whole("for vm in iwinv.instances.list() do print(vm) end", header: read),
            at: "iwinv.instances.list()"),
        Mistake(
            .wrongLoop, whole("for vm in iwinv.instances.each do print(vm) end", header: read),
            at: "iwinv.instances.each"),
        Mistake(.wrongLoop, whole("for _, vm in iwinv.instances.each() do print(vm) end", header: read), at: "vm"),
        Mistake(
            .wrongLoop, whole("for _, vm in ipairs(iwinv.instances.each()) do print(vm) end", header: read),
            at: "(iwinv.instances.each())"),
        Mistake(
            .unknownField, whole("for vm in ipairs(iwinv.instances.list()) do print(vm.name) end", header: read),
            at: "name"),
        Mistake(
            .unknownField,
            whole(
                "local found = {}\nfor vm in iwinv.instances.each() do found[#found + 1] = vm end\nprint(found[1].nmae)",
                header: read), at: "nmae", meant: "name"),
        Mistake(
            .unknownOperation,
            whole(
                "local found = {}\nfor vm in iwinv.instances.each() do table.insert(found, vm) end\nfound[1]:rebot()",
                header: read), at: "rebot", meant: "reboot"),
        Mistake(.duplicateKey, whole("print({ a = 1, ['a'] = 2 })"), at: "'a'", .warning),
        // The libraries
        Mistake(.wrongArgument, whole("time.sleep('1x')"), at: "'1x'"),
        Mistake(.wrongArgument, whole("time.sleep({})"), at: "{}"),
        Mistake(.missingArgument, whole("time.sleep()"), at: "()"),
        Mistake(.wrongArgument, whole("print(time.window('SON 04:00-06:00'))"), at: "'SON 04:00-06:00'"),
        Mistake(
            .wrongArgument, whole("for vm in iwinv.instances.each() do vm:wait('active', '5x') end", header: read),
            at: "'5x'"),
        Mistake(.missingArgument, whole("print(json.decode())"), at: "()"),
        Mistake(.unknownFunction, whole("print(('x'):lenn())"), at: "lenn", meant: "len"),
        Mistake(
            .unknownFunction, whole("for vm in iwinv.instances.each() do print(vm.name:uper()) end", header: read),
            at: "uper", meant: "upper"),
        Mistake(.globalAssignment, whole("math.twice = 1"), at: ".twice"),
        Mistake(
            .unlimitedChanges,
            "-- ==Script==\n-- @needs instances:power\n-- ==/Script==\nlocal iwinv = require 'iwinv'\n"
                + "local function go(id) iwinv.instances.reboot(id) end\nfor _, id in ipairs(task.map({ 'a' }, tostring)) do go(id) end",
            at: "reboot", .warning),
        // Header
        Mistake(.header, whole("print(1)", header: "-- @limit chnges 5\n"), at: "-- @limit chnges 5"),
        Mistake(.header, whole("print(1)", header: "-- @limit time 5x\n"), at: "-- @limit time 5x"),
        Mistake(.header, whole("print(1)", header: "-- @needs instances:raed\n"), at: "-- @needs instances:raed"),
        Mistake(
            .header, whole("print(params.x)", header: "-- @param x integer default \"a\"\n"),
            at: "-- @param x integer default \"a\""),
        // Syntax
        Mistake(.syntax, whole("if 1 != 2 then end"), at: "!="),
        Mistake(.syntax, whole("goto nowhere"), at: "nowhere"),
        Mistake(.syntax, whole("break"), at: "break"),
        Mistake(.syntax, whole("return 1 print(2)"), at: "print"),
        Mistake(.syntax, whole("if true the\nend"), at: "the"),
        Mistake(.syntax, whole("local x <const> = 1\nx = 2"), at: "x"),
        Mistake(.syntax, whole("print('abc"), at: "'abc"),
    ]

    @Test func everyRuleHasAMistake() {
        let rules = Set(Self.mistakes.map(\.rule))
        #expect(Set(ScriptFinding.Rule.allCases).subtracting(rules) == [.file])
    }

    @Test(arguments: mistakes)
    func aMistakeIsFoundAndNothingElse(_ mistake: Mistake) throws {
        let found = Self.findings(mistake.source).filter {
            // What the mistake makes of the rest of a broken script is another matter.
            ![.unusedLocal, .unusedNeed].contains($0.rule) || mistake.rule == $0.rule
        }
        #expect(found.map(\.rule) == [mistake.rule], "\(found.map(\.message))")
        let finding = try #require(found.first { $0.rule == mistake.rule })
        #expect(finding.severity == mistake.severity)
        let bytes = Array(mistake.source.utf8)[finding.start.offset..<finding.end.offset]
        #expect(String(decoding: bytes, as: UTF8.self) == mistake.marked)
        #expect(finding.suggestion == mistake.suggestion, "\(finding.message)")
        if let suggestion = finding.suggestion { #expect(finding.message.contains("\(suggestion)`")) }
    }

    /// What looks like a mistake and is none.
    @Test(arguments: [
        whole("local vm = iwinv.instances.get('a', { fields = { 'ip' } })\nprint(vm.ip)", header: read),
        whole("for vm in iwinv.instances.each() do vm.seen = true; print(vm.seen, vm.name) end", header: read),
        whole("local vm = { name = 'a' }\nprint(vm.anything)"),
        whole("local vm = iwinv.instances.get('a')\nvm = vm or { other = 1 }\nprint(vm.other)", header: read),
        whole(
            "for vm in iwinv.instances.each { name = params.x } do print(vm.name) end",
            header: read + "-- @param x string X\n"),
        whole("local options = {}\niwinv.instances.list(options)", header: read),
        whole("for k, v in pairs(params) do print(k, v) end", header: "-- @param x string X\n"),
        whole("local verb = 'reboot'\niwinv.instances[verb]('a')", header: power),
        whole("local m = 'reboot'\nlocal vm = iwinv.instances.get('a')\nvm[m](vm)", header: power),
        whole(
            "local act = { on = 'start', off = 'shutdown' }\n"
                + "for vm in iwinv.instances.each() do vm[act[params.to]](vm) end",
            header: power + "-- @param to string To\n"),
        whole(
            "local c = ...\nprint(iwinv.instances.list { status = c and 'off' or nil, min_vcpu = c == 'none' and 1 or 2 })",
            header: read),
        whole(
            "local function error() return { other = 1 } end\n"
                + "local vm = iwinv.instances.list()[1] or error()\nprint(vm.other)", header: read),
        whole("print(iwinv.check('instances.edit', { instance_id = 'a', name = 'x' }))"),
        whole("local change = { instance_id = 'a', name = 'x' }\nprint(iwinv.check('instances.edit', change))"),
        whole(
            "local q = { name = 'a', status = 'off' }\nprint(iwinv.instances.list(q))\n"
                + "q.total, q.status = 5, 'old'\nprint(q)", header: read),
        whole("for rule in iwinv.zones.each() do print(rule.zone_name) end", header: "-- @needs zones:read\n"),
        whole(
            "for _, r in ipairs(iwinv.firewall.rules.list('f')) do print(r.firewall_id, r.port) end",
            header: "-- @needs firewall:read\n"),
        whole("for _, r in ipairs(iwinv.firewall.rules.list('f')) do r:edit { port = 80 } end", header: walls),
        whole("local volume = iwinv.storage.get('v')\nvolume:attach('INSTANCE-1')", header: disks),
        whole(
            "local made = iwinv.instances.create { zone_id = 'z', image_id = 'i', flavor_id = 'f' }\nmade:wait('active')",
            header: create + read),
        whole(
            "local by = {}\nfor vm in iwinv.instances.each() do by[vm.name] = vm end\nby.total = 1\nprint(by.total)",
            header: read),
        whole(
            "local mixed = {}\nfor vm in iwinv.instances.each() do mixed[1] = vm; mixed[1] = { x = 1 } end\nprint(mixed[1].x)",
            header: read),
        whole("for vm in iwinv.instances.each() do print(pcall(vm.reboot, vm)) end", header: power),
        whole("for vm in iwinv.instances.each() do print(vm.status == nil, vm.name:upper()) end", header: read),
        whole("local function f(...) return time.seconds(...) end\ntime.sleep(f('5m'))\ntime.sleep('3s')"),
        whole(
            "local class = {}\nclass.__index = class\nfunction class:go() return 1 end\n"
                + "print(setmetatable({}, class):go())"),
        whole("for i = 1, 3 do\n  if i == 2 then goto continue end\n  print(i)\n  ::continue::\nend"),
        whole("local print = function(x) return x end\nprint(print(1))"),
        whole("local s = 'a'\nif s:find('a', 1, true) then print(#s, s:rep(2)) end"),
        whole("local t = { 1, 2, [3] = 3, a = 1, b = 1 }\nfor k, v in pairs(t) do print(k, v) end"),
        whole("local _, b = 1, 2\nlocal function f(unused) return b end\nreturn f"),
        whole("if math.pi > 3 then goto done end\ndo print(1) end\n::done::"),
        whole("local _ENV = { print = print }\nx = 1\nprint(x)"),
        whole("count = count or 0\ncount = count + 1").replacing("count", with: "_G.count"),
        "return 1", "", "#!/usr/bin/env iwlua\nprint(1)", "print(#require('iwinv').zones.list())",
    ])
    func whatIsRightIsLeftAlone(_ source: String) {
        #expect(Self.findings(source).map(\.message) == [])
    }

    /// All ways in which a key is written, and what the carets are under.
    @Test(arguments: [
        ("return setmetatable({}, { __concat = function() return '' end })", "__concat"),
        ("return setmetatable({}, { ['__concat'] = function() return '' end })", "'__concat'"),
        ("local meta = {}\nmeta.__concat = function() return '' end\nreturn meta", "__concat"),
        ("local meta = {}\nmeta['__concat'] = function() return '' end\nreturn meta", "'__concat'"),
        ("local meta = {}\nfunction meta.__concat() return '' end\nreturn meta", "__concat"),
        ("local meta = {}\nfunction meta:__concat() return '' end\nreturn meta", "__concat"),
        ("local class = { meta = {} }\nfunction class.meta.__concat() return '' end\nreturn class", "__concat"),
    ])
    func `__concat is an error where the library has the fault, and nothing where it has not`(
        _ source: String, _ marked: String
    ) async throws {
        for isRefused in [true, false] {
            var check = ScriptCheck()
            check.refusesConcat = isRefused
            let found = check.findings(in: try Script(source: source), named: "s.lua")
            #expect(found.map(\.rule) == (isRefused ? [.sandbox] : []), "\(found.map(\.message))")
            guard isRefused, let finding = found.first else { continue }
            #expect(finding.severity == .error)
            #expect(finding.message.hasPrefix("`__concat` is refused: the system's Lua library has a memory fault"))
            let bytes = Array(source.utf8)[finding.start.offset..<finding.end.offset]
            #expect(String(decoding: bytes, as: UTF8.self) == marked)
        }
        #expect(ScriptCheck().refusesConcat == LuaLibrary.refusesConcat)
    }

    /// What `check` says is what happens: the library that is linked decides both.
    @Test func `a metatable with __concat is refused in a run where check says so`() async throws {
        var host = LuaHost()
        host.execution = .inProcess
        let source = "return setmetatable({}, { __concat = function() return 'joined' end }) .. 'x'"
        let isRefused = !Self.findings(source).isEmpty
        #expect(isRefused == LuaLibrary.refusesConcat)
        do {
            let values = try await host.run(source)
            #expect(!isRefused && values == ["joined"])
        } catch let error as LuaError {
            #expect(isRefused && error.message.contains("a metatable with '__concat' is not allowed"))
        }
    }

    @Test func everyWrongLineOfAHeaderIsTold() {
        let source = Self.whole(
            "print(params.x)", header: "-- @param x integr\n-- @needs instances:raed\n-- @limit chnges 5\n")
        #expect(
            Self.findings(source).map { "\($0.rule.rawValue) \($0.start.line)" } == [
                "header 3", "header 4", "header 5",
            ])
    }

    @Test func modulesAreCheckedWithTheScript() throws {
        let script = Self.whole("local helper = require 'helper'\nhelper.go()", header: Self.power)
        let module =
            "local iwinv = require 'iwinv'\nlocal m = {}\nfunction m.go() iwinv.instances.rebot('a') end\nreturn m"
        let found = Self.findings(script, modules: ["helper": module])
        #expect(found.map(\.file) == ["s.lua", "helper.lua"])
        #expect(found.map(\.rule) == [.unusedNeed, .unknownOperation])
        #expect(
            Self.findings(script, modules: ["helper": module.replacing("rebot", with: "reboot")]).map(\.rule) == [
                .unusedNeed
            ])
    }

    @Test func aScriptMayNameItself() {
        let source = "local me = require 'me'\npritn(me)"
        #expect(Self.findings(source, modules: ["me": source], named: "me.lua").map(\.place) == ["me.lua:2:1"])
    }

    @Test func everyShippedScriptIsWithoutFindings() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "scripts/automation")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "lua" }
        #expect(files.count >= 9)
        for file in files {
            let found = ScriptCheck().findings(in: file, named: file.lastPathComponent)
            #expect(found.map { "\($0.place): \($0.message)" } == [])
        }
    }

    @Test func aTestFileMayUseWhatTestsHave() {
        let source = "describe('a', function() it('b', function() expect(1):equals(1) end) end)"
        #expect(Self.findings(source, named: "a_test.lua").isEmpty)
        #expect(!Self.findings(source, named: "a.lua").isEmpty)
    }

    @Test func placesCountCharactersAndCaretsColumns() throws {
        let finding = try #require(Self.findings("local t = '한글'; pritn('웹', t)").first)
        #expect(finding.place == "s.lua:1:17")
        #expect(
            finding.excerpt == [
                "   1 │ local t = '한글'; pritn('웹', t)", "     │ " + String(repeating: " ", count: 18) + "^^^^^",
            ])
    }

    @Test func controlCharactersOfAScriptStayInIt() throws {
        let finding = try #require(Self.findings("pritn('\u{1B}[31m')").first)
        #expect(finding.excerpt.allSatisfy { !$0.contains("\u{1B}") })
    }

    @Test func theReportIsJSON() throws {
        let report = CheckReport(files: ["s.lua"], findings: Self.findings("pritn(1)\nx = 1"))
        #expect(report.json["errors"] == 1 && report.json["warnings"] == 1)
        let first = try #require(report.json["findings"]?.arrayValue?.first)
        #expect(
            first == [
                "file": "s.lua", "line": 1, "column": 1, "end_line": 1, "end_column": 6, "rule": "undefined-global",
                "severity": "error", "message": "no variable is called `pritn`: it is nil; did you mean `print`?",
                "suggestion": "print", "text": "pritn(1)",
            ])
    }

    /// The list of names is what a run finds.
    @Test func theVocabularyIsWhatScriptsHave() async throws {
        let script = """
            local found = {}
            for name, value in pairs(_G) do
                found[#found + 1] = name
                if type(value) == "table" and name ~= "_G" and name ~= "params" then
                    for key in pairs(value) do found[#found + 1] = name .. "." .. tostring(key) end
                end
            end
            return found
            """
        let host = RunBinding(
            world: RunWorld(gate: nil, clock: SystemClock(), planner: nil, recorder: nil), run: "r1",
            owner: StateOwner(fileName: "a.lua"),
            applied: nil,
            catalog: .iwinv, parameters: [:], showsSecrets: false, meter: OutputMeter(limit: 1 << 20, stop: {}),
            tape: nil,
            undecided: { _ in }, emit: { _ in }
        ).host(limits: LuaLimits())
        let found = try await host.run(script).first?.arrayValue?.compactMap(\.stringValue) ?? []
        let vocabulary = CheckVocabulary(isTest: false)
        let names = vocabulary.tables.flatMap { table, names in names.map { "\(table).\($0)" } } + vocabulary.names
        #expect(Set(names).subtracting(found) == [])
        #expect(Set(found).subtracting(names) == [])
    }
}
