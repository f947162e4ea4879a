import Foundation
import LuaSyntax
import Testing

/// Lua's own compiler has the last word about what is Lua.
@Suite struct AgreementTests {
    static let seed = ProcessInfo.processInfo.environment["IWLUA_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

    private func compare(_ sources: [[UInt8]]) throws -> (taken: Int, refused: Int) {
        var counts = (taken: 0, refused: 0)
        for start in stride(from: 0, to: sources.count, by: 500) {
            let part = Array(sources[start..<min(start + 500, sources.count)])
            let verdicts = try RealCompiler.verdicts(part)
            try #require(verdicts.count == part.count)
            for (source, verdict) in zip(part, verdicts) {
                let tree = LuaTree(parsing: LuaSource(bytes: source))
                #expect(tree.bytes == source)
                if verdict == nil { counts.taken += 1 } else { counts.refused += 1 }
                if tree.problems.isEmpty != (verdict == nil) {
                    Issue.record(
                        """
                        here \(tree.problems.first?.message ?? "taken"), Lua \(verdict ?? "takes it"):
                        \(String(decoding: source, as: UTF8.self))
                        """)
                }
            }
        }
        return counts
    }

    @Test func generatedProgramsAreTakenAndRefusedAsByLua() throws {
        let counts = try compare(
            (0..<3000).map { GrammarGenerator.text(GrammarGenerator.chunk(seed: Self.seed + $0), seed: $0) })
        #expect(counts.taken > 500 && counts.refused > 500, "\(counts)")
    }

    @Test func mutatedProgramsAreTakenAndRefusedAsByLua() throws {
        let counts = try compare((0..<6000).map { GrammarGenerator.mutated(seed: Self.seed + $0) })
        #expect(counts.taken > 300 && counts.refused > 3000, "\(counts)")
    }

    /// What a random program seldom meets.
    @Test func rulesOfTheCompilerAgree() throws {
        _ = try compare(Self.cases.map { Array($0.utf8) })
    }

    static let cases: [String] = [
        "goto a; local x; ::a::", "goto a; local x; ::a:: ;", "goto a; local x; ::a:: print(x)",
        "do goto a end; local x; ::a::", "repeat local x; if x then goto c end; local y; ::c:: until y",
        "repeat goto c; local y; ::c:: until true", "::a:: ::a::", "::a:: do ::a:: end", "do ::a:: end ::a::",
        "do ::a:: end goto a", "function f() goto a end ::a::", "::a:: function f() ::a:: goto a end",
        "break", "while 1 do function f() break end end", "while 1 do if 1 then break end end",
        "for i = 1, 2 do break end",
        "repeat break until 1", "break ::break::", "goto break", "::a:: goto a", "goto continue ::continue::",
        "local x <const> = 1; x = 2", "local x <const> = 1; function x() end", "local x <close> = nil; x = 1",
        "local x <const> = 1; return function() x = 2 end", "local x <const>; local x; x = 1",
        "local a <close>, b <close> = 1, 2", "local a <foo> = 1", "local a <const", "local a < const > = 1",
        "local <const> a", "local x <const>, y <close> = 1", "for i = 1, 2 do i = 3 end", "for k <const> in x do end",
        "function f() return ... end", "function f(...) return ... end", "return ...", "function f(..., a) end",
        "function f(a, ...) return function() return ... end end", "function f(a,) end", "function f(,) end",
        "(a) = 1", "(a).b = 1", "f() = 1", "f().x = 1", "f()[1], b = 1", "a.b:c = 1", "a:b().c = 1", "('x').y = 1",
        "(f())", "(f)()", "('x'):rep(2)", "'x':rep(2)", "{}.x = 1", "f'x' 'y' {}", "a.b", "a", "1", "a b", "x = ",
        "= 1", "local function a.b() end", "function a.b.c:d() end", "function a:b.c() end", "local a.b = 1",
        "return return", "return 1 2", "return; x = 1", "return;;", "do return end x = 1", "return 1,", "x = }",
        "if x then else elseif y then end", "if x then elseif y then else end", "else", "end", "until x", "then",
        "for i do end", "for i = 1 do end", "for i, j = 1, 2 do end", "for i = 1, 2, 3, 4 do end", "for in x do end",
        "for a, b, c in x, y, z, w do end", "while x end", "repeat until", "x = function() end()",
        "x = (function() end)()",
        "x = 3e", "x = 0x", "x = 0xp1", "x = 0x.p1", "x = 0x1p", "x = 0x.1", "x = 0xA.8P-3", "x = 1e+5", "x = 1e+",
        "x = .5", "x = 5.", "x = 1..2", "x = 1 ..2", "x = 08", "x = 0xep1", "x = 0xe+1", "x = 3x", "x = 3_0",
        "x = 1e1.5",
        "x = 99999999999999999999", "x = 0xffffffffffffffffff", "x = 1e999", "x = 0x1p99999999999", "x = ...5",
        "x = 0b11", "x = 1i", "x = 1ULL", "x = 12.5.2", "x = '\\x4'", "x = '\\x4g'", "x = '\\xAB'", "x = '\\256'",
        "x = '\\255'", "x = '\\u{}'", "x = '\\u{7FFFFFFF}'", "x = '\\u{80000000}'", "x = '\\u{41'", "x = '\\u41'",
        "x = '\\q'", "x = '\\\n'", "x = '\\\r\n'", "x = 'a\nb'", "x = '\\z  \n  b'", "x = '\\", "x = 'abc", "x = \"'\"",
        "x = [[a]]", "x = [=[a]]", "x = [=[a]=]", "x = [=a", "x = [==", "x = [[a]=]]", "x = [[\n]]", "--[[",
        "--[==[ ]]",
        "--[==[ ]==]", "--[=", "--[=[", "--", "---[[", "x = 1 --[[c]] + 2", "x = a --[==[]==]", "[[x]]", "x = [ [a]]",
        "x = a[[b]]", "x = a[b[1]]", "x = a[ [[b]] ]", "x = #'a'", "x = - - 1", "x = --1", "x = not not a", "x = ~~1",
        "x = 2^-3", "x = -2^2", "x = a == b == c", "x = a < b < c", "x = a // b", "x = a ~ b", "x = a ~= b",
        "x = a != b",
        "x = a && b", "x = a || b", "x += 1", "x++", "a = b = c", "a, b = c, d", "a, f() = 1", "f(), a = 1", "a,",
        "x = {1, 2; 3}", "x = {,}", "x = {1,,2}", "x = {;}", "x = {a = 1, [b] = 2, c}", "x = {a.b = 1}", "x = {[1] 2}",
        "x = {f(), g()}", "x = {...}", "x = {= 1}", "x = f{1}{2}'3'", "f(1,)", "f(,)", "f(", "f)", "f(a b)", "a:b",
        "a:b.c()", "a:b'x'", "a:b{}", "a:1()", "a.1 = 2", "a.end = 1", "a['end'] = 1", "end = 1", "local end",
        "local goto = 1", "goto = 1", "goto 1", "::1::", ":: a ::", "::a", "; ; ;", "", " ", "\n\n", "\u{FEFF}return",
        "x = 1 # comment", "x = @", "x = $", "x = `a`", "x = \"a\\", "x = ?", "한글 = 1", "x = '한글'", "x = 1\0",
        "local _ENV = {}; x = 1", "local function f(_ENV) x = 1 end", "_ENV = nil", "x = a.b.c[1].d:e()(2)[3]",
        "a = function() return end, 1", "return function(...) end", "local x, y, z", "local x =", "local x = 1,",
        "local function f() end = 1", "local function() end", "function() end", "x = function f() end",
        "if x then return end", "while true do end end", "do do do end end", "local a <const> = 1; local b = a; b = 2",
        "for i = 1, 2 do local i <const> = 1; i = 2 end", "repeat local x <const> = 1 until x == 2; x = 1", "a.b.c = 1",
        "if = 1", "x = if", "x = (a", "x = a)", "x = (a,b)", "x = ()", "()", "(a)", "a.b()", "return a.b:c", "a[1]",
        "local " + (0..<200).map { "a\($0)" }.joined(separator: ","),
        "local " + (0..<201).map { "a\($0)" }.joined(separator: ","),
        "for i = 1, 2 do local " + (0..<196).map { "a\($0)" }.joined(separator: ",") + " end",
        "for i = 1, 2 do local " + (0..<197).map { "a\($0)" }.joined(separator: ",") + " end",
        "for i in x do local " + (0..<195).map { "a\($0)" }.joined(separator: ",") + " end",
        "for i in x do local " + (0..<196).map { "a\($0)" }.joined(separator: ",") + " end",
        outer(254), outer(255), outer(256),
    ]

    /// A function that uses so many variables from outside, beside `_ENV`.
    private static func outer(_ count: Int) -> String {
        let half = (0..<150).map { "a\($0)" }
        let rest = (150..<count).map { "a\($0)" }
        return "local \(half.joined(separator: ",")) return function() local \(rest.joined(separator: ",")) "
            + "return function() local x; \((half + rest).map { "x = \($0)" }.joined(separator: " ")) y = 1 end end"
    }

    @Test(arguments: [
        ("(", "1", ")"), ("{", "", "}"), ("- ", "1", ""), ("not ", "1", ""), ("function() return ", "1", " end"),
        ("f(", "1", ")"), ("a[", "1", "]"), ("1 .. ", "1", ""), ("2 ^ ", "1", ""),
    ])
    func depthIsBoundedAsInLua(_ open: String, _ middle: String, _ close: String) throws {
        func source(_ count: Int) -> [UInt8] {
            let open = String(repeating: open, count: count)
            return Array("x = \(open)\(middle)\(String(repeating: close, count: count))".utf8)
        }
        // Lua's own bound depends on how deep its caller stands: it lies a few levels below ours at most.
        let counts = [10, 60, 90, 180, 205, 400, 5000]
        for (count, verdict) in zip(counts, try RealCompiler.verdicts(counts.map(source))) {
            let problems = LuaTree(parsing: LuaSource(bytes: source(count))).problems
            #expect(problems.isEmpty == (verdict == nil), "\(count): \(problems.first?.message ?? "") \(verdict ?? "")")
            if let problem = problems.first { #expect(problem.code == .depth) }
        }
    }
}
