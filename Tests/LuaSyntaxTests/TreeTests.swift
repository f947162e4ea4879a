import LuaSyntax
import Testing

@Suite struct TreeTests {
    /// An expression with all its parentheses.
    static func shape(_ expression: LuaExpression) -> String {
        switch expression.kind {
        case .nil: return "nil"
        case .true: return "true"
        case .false: return "false"
        case .varargs: return "..."
        case .number(.integer(let number)): return "\(number)"
        case .number(.float(let number)): return "\(number)"
        case .string(let bytes): return "\"\(String(decoding: bytes, as: UTF8.self))\""
        case .function(let function):
            let names = function.parameters.map(\.text) + (function.isVararg ? ["..."] : [])
            return "function(\(names.joined(separator: ",")))[\(function.body.statements.count)]"
        case .table(let fields):
            return "{"
                + fields.map { field in
                    switch field.kind {
                    case .item(let item): shape(item)
                    case .named(let name, let item): "\(name.text)=\(shape(item))"
                    case .keyed(let key, let item): "[\(shape(key))]=\(shape(item))"
                    }
                }.joined(separator: ",") + "}"
        case .name(let name): return name.text
        case .parenthesized(let inner): return "<\(shape(inner))>"
        case .suffixed(let base, let suffixes):
            return suffixes.reduce(shape(base)) { text, suffix in
                switch suffix.kind {
                case .field(let name): "\(text).\(name.text)"
                case .index(let key): "\(text)[\(shape(key))]"
                case .call(let arguments): "\(text)(\(arguments.map(shape).joined(separator: ",")))"
                case .method(let name, let arguments):
                    "\(text):\(name.text)(\(arguments.map(shape).joined(separator: ",")))"
                }
            }
        case .unary(let sign, let operand): return "(\(sign.rawValue) \(shape(operand)))"
        case .chain(let first, let operations):
            return operations.reduce(shape(first)) { "(\($0) \($1.operator.rawValue) \(shape($1.operand)))" }
        case .missing: return "?"
        }
    }

    private func shape(_ text: String) throws -> String {
        let tree = LuaTree(parsingExpressions: text)
        #expect(tree.problems.isEmpty)
        guard case .return(let values) = try #require(tree.block.statements.first).kind else { return "" }
        return values.map(Self.shape).joined(separator: " ; ")
    }

    /// The manual's table, 3.4.8, from weak to strong.
    static let levels = [
        ["or"], ["and"], ["<", ">", "<=", ">=", "~=", "=="], ["|"], ["~"], ["&"], ["<<", ">>"], [".."], ["+", "-"],
        ["*", "/", "//", "%"], ["^"],
    ]

    @Test func everyOperatorBindsAsTheManualSays() throws {
        for (level, signs) in Self.levels.enumerated() {
            for sign in signs {
                let isRight = sign == ".." || sign == "^"
                #expect(
                    try shape("a \(sign) b \(sign) c")
                        == (isRight ? "(a \(sign) (b \(sign) c))" : "((a \(sign) b) \(sign) c)"))
                for (other, tighter) in Self.levels.enumerated() where other > level {
                    for strong in tighter {
                        #expect(try shape("a \(sign) b \(strong) c") == "(a \(sign) (b \(strong) c))")
                        #expect(try shape("a \(strong) b \(sign) c") == "((a \(strong) b) \(sign) c)")
                    }
                }
                for unary in ["not", "-", "#", "~"] {
                    let expected = sign == "^" ? "(\(unary) (a ^ b))" : "((\(unary) a) \(sign) b)"
                    #expect(try shape("\(unary) a \(sign) b") == expected)
                    #expect(try shape("a \(sign) \(unary) b") == "(a \(sign) (\(unary) b))")
                }
            }
        }
    }

    @Test(arguments: [
        ("2 ^ -3 ^ 2", "(2 ^ (- (3 ^ 2)))"), ("- - a", "(- (- a))"), ("(a)", "<a>"), ("(a.b)", "<a.b>"),
        ("a.b[c]:d(1, 2).e 'x' {y}", "a.b[c]:d(1,2).e(\"x\")({y})"), ("{1, a = 2; [b] = 3, }", "{1,a=2,[b]=3}"),
        ("function(a, b, ...) return a end", "function(a,b,...)[1]"),
        ("nil, true, false, ...", "nil ; true ; false ; ..."),
        ("(f())", "<f()>"), ("a:b'c'", "a:b(\"c\")"), ("#t + 1 // 2", "((# t) + (1 // 2))"), ("{f{}}", "{f({})}"),
    ])
    func expressionsHaveTheirShape(_ text: String, _ expected: String) throws {
        #expect(try shape(text) == expected)
    }

    @Test(
        arguments: [
            ("3", .integer(3)), ("345", .integer(345)), ("0xff", .integer(255)), ("0xBEBADA", .integer(0xBEBADA)),
            ("3.0", .float(3)), ("3.1416", .float(3.1416)), ("314.16e-2", .float(3.1416)),
            ("0.31416E1", .float(3.1416)),
            ("34e1", .float(340)), ("0x0.1E", .float(0.1171875)), ("0xA23p-4", .float(162.1875)), (".5", .float(0.5)),
            ("0X1.921FB54442D18P+1", .float(3.141592653589793)), ("5.", .float(5)), ("0x.8p1", .float(1)),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .float(9_223_372_036_854_775_808)),
            ("0xffffffffffffffff", .integer(-1)), ("0x1ffffffffffffffff", .integer(-1)), ("1e999", .float(.infinity)),
            ("0e12", .float(0)), ("007", .integer(7)), ("0x1p-2", .float(0.25)),
        ] as [(String, LuaNumber)])
    func numeralsHaveTheirValue(_ text: String, _ value: LuaNumber) throws {
        guard case .return(let values) = try #require(LuaTree(parsing: "return " + text).block.statements.first).kind,
            case .number(let number) = try #require(values.first).kind
        else {
            Issue.record("\(text) is not a number")
            return
        }
        #expect(number == value)
    }

    @Test(arguments: [
        (#"'alo\n123"'"#, "alo\n123\""), (#""alo\n123\"""#, "alo\n123\""), (#"'\97lo\10\04923"'"#, "alo\n123\""),
        ("[[alo\n123\"]]", "alo\n123\""), ("[==[\nalo\n123\"]==]", "alo\n123\""), (#"'\x41\u{AC00}\u{1F600}'"#, "A가😀"),
        ("'a\\z  \n\t b'", "ab"), ("'a\\\nb'", "a\nb"), ("'a\\\r\nb'", "a\nb"), ("[[a\r\nb\rc\n\rd]]", "a\nb\nc\nd"),
        (#"'\a\b\f\n\r\t\v\\\"\''"#, "\u{7}\u{8}\u{c}\n\r\t\u{b}\\\"'"), ("[[]]", ""), ("[=[]]]=]", "]]"), ("''", ""),
    ])
    func stringsHaveTheirValue(_ text: String, _ value: String) throws {
        #expect(try shape(text) == "\"\(value)\"")
    }

    @Test func everyStatementIsRead() throws {
        let tree = LuaTree(
            parsing: """
                ; a, b.c = 1, 2
                f(x) ::top:: do end
                while a do break end
                repeat local z until z
                if a then elseif b then else end
                for i = 1, 10, 2 do end
                for k, v in pairs(t) do goto next ::next:: end
                function a.b.c:d(...) end
                local function g() end
                local x <const>, y <close> = 1
                goto top
                """ + "\nreturn 1, 2;")
        #expect(tree.problems.isEmpty, "\(tree.problems)")
        let kinds = tree.block.statements.map { String(describing: $0.kind).prefix { $0.isLetter } }
        #expect(
            kinds == [
                "empty", "assignment", "call", "label", "do", "while", "repeat", "if", "numericFor", "genericFor",
                "function", "localFunction", "local", "goto", "return",
            ])
        guard case .local(let locals, _) = tree.block.statements[12].kind,
            case .function(let path, let method, let body) = tree.block.statements[10].kind
        else {
            Issue.record("a statement is another one")
            return
        }
        #expect(locals.map { $0.attribute?.text } == ["const", "close"])
        #expect(path.map(\.text) == ["a", "b", "c"] && method?.text == "d" && body.isVararg)
    }

    @Test func placesAreLinesAndCharacters() throws {
        let tree = LuaTree(parsing: "local 이 = 1\r\nprint('한글', x y)")
        let problem = try #require(LuaTree(parsing: "x = 1\r\nprint('한글', x y)").problems.first)
        #expect(LuaSource("x = 1\r\nprint('한글', x y)").position(at: problem.range.lowerBound).column == 15)
        #expect(tree.problems.count == 2)
        let source = LuaSource("a\rb\n\rc\r\nd\n\ne")
        #expect((1...6).map(source.text(ofLine:)) == ["a", "b", "c", "d", "", "e"])
        #expect(source.lineCount == 6)
        #expect(source.offset(line: 4, column: 1) == 8)
        let text = "'한글' .. x"
        #expect(LuaSource(text).position(at: 12) == SourcePosition(line: 1, column: 9, offset: 12))
        #expect(LuaSource(text).offset(line: 1, column: 9) == 12)
    }

    @Test func severalMistakesAreReportedAndTheRestIsRead() {
        let tree = LuaTree(
            parsing: """
                local a = = 1
                local b = 2
                if b the
                    print(b)
                end
                for i = 1 do print(i) end
                function f( return 1 end
                local c = "abc
                local d = 4
                """)
        let lines = tree.problems.map { tree.source.line(at: $0.range.lowerBound) }
        #expect(lines == [1, 3, 6, 7, 8])
        #expect(tree.names.topLevelLocals == ["a", "b", "c", "d"])
        #expect(tree.names.references.contains { $0.name == "print" })
    }

    @Test(arguments: [
        ("x += 1", "Lua has no `+=`; write `x = x + …`"), ("if a != b then end", "unequal is `~=`"),
        ("x = 1 && 2", "cannot stand here"), ("function f()", "`end` is missing for the `function`"),
        ("if x then\n\ny()", "`end` is missing for the `if` in line 1"), ("f(1", "`)` is missing for the `(`"),
        ("local end = 1", "`end` is a word of the language"), ("x = “a”", "strings stand in"),
        ("x", "call it or assign it"),
        ("for i 1, 2 do end", "`=` or `in` is missing"), ("return 1\nx = 1", "nothing may follow `return`"),
        ("x = '\\d'", "a backslash is `\\\\`"), ("local x <cost> = 1", "there is no attribute `cost`"),
        ("f() = 1", "only a variable or a field can be assigned"), ("while true do break", "`end` is missing"),
    ])
    func messagesSayWhatIsMissing(_ text: String, _ part: String) throws {
        let problem = try #require(LuaTree(parsing: text).problems.first)
        #expect(problem.message.contains(part), "\(problem.message)")
    }

    @Test func hostileTextsStayOnTheStack() {
        for piece in [
            "(", "{", "f(", "a.", "x[", "- ", "not ", "do ", "if x then ", "function f() ", "1+", "'a'..", "a{", "[=[",
        ] {
            let bytes = Array(String(repeating: piece, count: 100_000).utf8)
            let tree = LuaTree(parsing: LuaSource(bytes: bytes))
            #expect(!tree.problems.isEmpty)
            #expect(tree.bytes == bytes)
        }
        let chain = LuaTree(parsing: "x = a" + String(repeating: ".b", count: 100_000))
        #expect(chain.problems.isEmpty)
    }
}

@Suite struct NamesTests {
    @Test func namesMeanTheInnermostVariable() throws {
        let tree = LuaTree(parsing: "local x = x; do local x = x; y = x end; for x = x, 2 do z = x end; return x")
        let references = tree.names.references
        #expect(references.filter { $0.name == "x" }.map(\.variable) == [nil, 0, 1, 0, 2, 0])
        #expect(tree.names.globals.filter(\.isWrite).map(\.name) == ["y", "z"])
    }

    @Test func aLoopsConditionSeesTheBodysVariables() {
        let tree = LuaTree(parsing: "repeat local done = f() until done; return done")
        #expect(tree.names.references.filter { $0.name == "done" }.map(\.variable) == [0, nil])
    }

    @Test func fieldsOfALocalEnvironmentAreNoGlobals() {
        let tree = LuaTree(parsing: "local print = print; local _ENV = {}; x = 1; print(x)")
        #expect(tree.names.assignedGlobals == [])
        #expect(tree.names.globals.map(\.name) == ["print"])
    }

    @Test func methodsHaveASelf() {
        let tree = LuaTree(parsing: "local t = {} function t:f() return self end function t.g() return self end")
        #expect(tree.names.references.filter { $0.name == "self" }.map { $0.variable == nil } == [false, true])
    }

    @Test func visibleVariablesAreThoseOfThePlace() throws {
        let tree = LuaTree(parsing: "local a do local b = 1; local b = b f() end local c")
        let place = try #require(tree.names.references.first { $0.name == "f" }).token
        #expect(tree.names.visible(atToken: place).map(\.name) == ["a", "b"])
    }
}
