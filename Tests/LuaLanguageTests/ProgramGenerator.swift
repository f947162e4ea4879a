/// A small generator whose numbers follow from a seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// Writes Lua programs from a grammar. A tame program ends by itself and shows only what the manual fixes, so it must
/// print the same under `lua5.4`; a wild one may do anything.
struct ProgramGenerator {
    private var random: SeededGenerator
    private let wild: Bool
    private var budget: Int
    private var locals: [String] = []
    private var functions: [String] = []
    private var names = 0
    private var loops = 0
    private var inVararg = true

    init(seed: UInt64, wild: Bool, size: Int = 60) {
        random = SeededGenerator(seed: seed)
        self.wild = wild
        budget = size
    }

    static func program(seed: UInt64, wild: Bool) -> String {
        var generator = ProgramGenerator(seed: seed, wild: wild)
        return generator.program()
    }

    private mutating func program() -> String {
        var text = "local t, s, n, obj = {3, 1, 2, x = 'y'}, 'key=value; 12 and 0x1f', 7, setmetatable({v = 1}, M)\n"
        locals = ["t", "s", "n", "obj"]
        while budget > 0 { text += statement(depth: 0) + "\n" }
        return text + "show(\(value(depth: 0)), t[1], #t, s, n)\n"
    }

    private mutating func pick<T>(_ items: [T]) -> T { items[Int(random.next() % UInt64(items.count))] }
    private mutating func chance(_ percent: Int) -> Bool { random.next() % 100 < UInt64(percent) }
    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func name() -> String {
        names += 1
        return "v\(names)"
    }

    /// An expression whose error does not end a tame program.
    private mutating func value(depth: Int) -> String {
        let text = expression(depth: depth)
        return wild ? text : "val(function() return \(text) end)"
    }

    private mutating func block(depth: Int) -> String {
        let kept = (locals, functions)
        var lines: [String] = []
        for _ in 0..<number(1...3) { lines.append(statement(depth: depth + 1)) }
        (locals, functions) = kept
        return lines.joined(separator: " ")
    }

    // MARK: - Statements

    private mutating func statement(depth: Int) -> String {
        budget -= 1
        if depth > 4 || budget < 0 { return "show(\(value(depth: 3)))" }
        if wild && chance(12) { return wildStatement(depth: depth) }
        switch number(0...19) {
        case 0...3: return "show(\(value(depth: 0)), \(value(depth: 1)))"
        case 4...5:
            let text = value(depth: 0), variable = name()
            locals.append(variable)
            return "local \(variable)\(chance(10) ? " <const>" : "") = \(text)".replacing(" <const>", with: "")
        case 6...7: return "\(variable()) = \(value(depth: 0))"
        case 8: return "if \(value(depth: 0)) then \(block(depth: depth)) else \(block(depth: depth)) end"
        case 9...10:
            if loops >= 3 { return "show(\(expression(depth: 1)))" }
            loops += 1
            defer { loops -= 1 }
            let index = name(), body = block(depth: depth), from = number(-3...3)
            let step = pick(["1", "2", "-1", "0.5", "3"])
            return "for \(index) = \(from), \(from + number(-4...4)), \(step) do show(\(index)) \(body) end"
        case 11:
            let counter = name(), body = block(depth: depth)
            return "do local \(counter) = 0 while \(counter) < \(number(1...4)) do \(counter) = \(counter) + 1 "
                + "if \(value(depth: 1)) then \(pick(["break", "goto continue"])) end \(body) "
                + "::continue:: end end"
        case 12:
            let counter = name(), body = block(depth: depth)
            return "do local \(counter) = 0 repeat local inner = \(counter) \(counter) = \(counter) + 1 \(body) "
                + "until inner >= \(number(0...3)) end"
        case 13...14:
            let function = name()
            let kept = (locals, inVararg)
            locals += ["a", "b"]
            inVararg = true
            let body = block(depth: depth)
            let result = value(depth: 1)
            (locals, inVararg) = kept
            functions.append(function)
            return "local function \(function)(a, b, ...) \(body) return \(result), select('#', ...) end"
        case 15: return "show(pcall(function(...) \(block(depth: depth)) return \(expression(depth: 1)) end, 1, 'x'))"
        case 16:
            return "for k, v in ipairs({\(list(3))}) do show(k, v) \(block(depth: depth)) end"
        case 17:
            return "do local c <close> = setmetatable({}, {__close = function(_, e) show('closed', e) end}) "
                + "\(block(depth: depth)) end"
        case 18:
            return "do local co = coroutine.wrap(function(a, ...) local b = coroutine.yield(\(value(depth: 1))) "
                + "show(a, b) \(block(depth: depth)) return 'end' end) show(pcall(co, 1)) show(pcall(co, 2)) "
                + "show(pcall(co, 3)) end"
        default: return "show(pcall(\(libraryCall()), \(expression(depth: 1))))".replacing("), )", with: "))")
        }
    }

    private mutating func wildStatement(depth: Int) -> String {
        pick([
            "while true do \(block(depth: depth)) end",
            "local function r(...) return r(\(expression(depth: 2)), ...) end pcall(r, \(expression(depth: 2)))",
            "setmetatable(t, {__index = function(...) \(block(depth: depth)) return obj end, __close = print, "
                + "__call = t, __eq = rawequal, __lt = next, __len = \(expression(depth: 3))})",
            "getmetatable(obj).\(pick(["__gc", "__mode", "__index", "__newindex", "__call", "__concat", "__name"])) = "
                + "\(expression(depth: 2))",
            "t[#t + 1] = coroutine.create(function(...) \(block(depth: depth)) coroutine.yield(...) end)",
            "pcall(coroutine.\(pick(["resume", "close", "wrap", "status", "running"])), t[#t], \(expression(depth: 2)))",
            "task.spawn(function() \(block(depth: depth)) error(\(expression(depth: 3))) end)",
            "pcall(task.map, t, function(x) \(block(depth: depth)) return x end)",
            "xpcall(function() error(\(expression(depth: 2))) end, function(e) \(block(depth: depth)) error(e) end)",
            "s = s .. s .. tostring(\(expression(depth: 2)))",
            "pcall(load, function() \(block(depth: depth)) return s end)",
            "pcall(load(\(pick(["s", "'return ' .. s", "('do '):rep(n)", "('x.'):rep(n) .. 'y=1'"])), 'c', nil, t) or print)",
            "table.sort(t, function(a, b) \(block(depth: depth)) return n > 3 end)",
            "pcall(table.\(pick(["move", "concat", "insert", "remove", "unpack"])), t, \(list(3)))",
            "for k in pairs(\(pick(["t", "_G", "obj", "string"]))) do t[k] = nil \(block(depth: depth)) end",
            "next(t, \(expression(depth: 2)))",
            "s = s:rep(\(number(0...100_000)))", "n = n * \(number(-99...99_999_999))",
            "pcall(wait, t, s, n)", "pcall(answer, t, obj, print)", "pcall(refuse, \(expression(depth: 2)))",
            "_ENV = setmetatable({}, {__index = _G})", "string.\(pick(["rep", "format", "find", "gsub"])) = t",
            "pcall(require, s)", "pcall(error, setmetatable({}, {__tostring = function() \(block(depth: depth)) end}))",
        ])
    }

    // MARK: - Expressions

    private mutating func variable() -> String {
        if chance(20) { return "t[\(number(1...6))]" }
        return pick(wild ? locals : locals.filter { !["t", "s", "n", "obj"].contains($0) } + ["t.x", "obj.v", "G"])
    }

    private mutating func list(_ most: Int) -> String {
        (0..<number(1...most)).map { _ in expression(depth: 2) }.joined(separator: ", ")
    }

    private mutating func expression(depth: Int) -> String {
        if depth > 3 { return atom() }
        switch number(0...11) {
        case 0...2: return atom()
        case 3...5:
            let operators = [
                "+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or", "&", "|", "~",
                "<<", ">>",
            ]
            return "(\(expression(depth: depth + 1)) \(pick(operators)) \(expression(depth: depth + 1)))"
        case 6: return "(\(pick(["-", "not ", "#", "~"]))\(expression(depth: depth + 1)))"
        case 7: return "{\(list(3))}"
        case 8 where !functions.isEmpty: return "\(pick(functions))(\(list(2)))"
        case 9: return "(function(a, ...) return \(atom()), a, ... end)(\(list(2)))"
        default: return call()
        }
    }

    private mutating func atom() -> String {
        switch number(0...9) {
        case 0: return pick(["nil", "true", "false"])
        case 1: return "\(number(-9...99))"
        case 2:
            return pick([
                "0.5", "-1.5e3", "1e308", "0x7fffffffffffffff", "math.mininteger", "1e15", "2^53", "-0.0", "3.0",
                "0x.8p1",
                "123456789012", "1e100",
            ])
        case 3...4: return string()
        case 5: return "#t"
        default: return pick(locals)
        }
    }

    private mutating func string() -> String {
        pick([
            "'a'", "'abc'", "''", "'10'", "'0x1p4'", "' 12 '", "'1e1'", "'x=1, y=22; z'", "'hello world'", "'\\0\\1z'",
            "'äöü'", "'THE (quick) fox'", "'aaab'", "'\\u{1F600}x'", "'f(a(b)c)d'", "'%d'", "s",
        ])
    }

    private mutating func pattern() -> String {
        if chance(30) {
            var text = ""
            for _ in 0..<number(1...6) {
                text += pick([
                    "a", "x", ".", "%a", "%d", "%s", "%w", "%p", "[a-z]", "[^%s]", "[%w_]", "%u", "%b()", "%f[%w]", "(",
                    ")",
                    "()", "%1", "^", "$", "*", "+", "-", "?", "%", "[", "]", "=",
                ])
            }
            return "'\(text)'"
        }
        return pick([
            "'%a+'", "'(%w+)=(%w+)'", "'.-'", "'^%s*(.-)%s*$'", "'()'", "'%b()'", "'%f[%a]%a+'", "'[^,]*'", "'a*b'",
            "'x?'",
            "'(a)(b)(c)'", "'%d+'", "'[]]'", "'.'", "'(.)%1'", "'$'", "'%z'", "'[%a-z]'", "'^a'", "s",
        ])
    }

    private mutating func call() -> String {
        let (s, a, b) = (string(), expression(depth: 3), expression(depth: 3))
        return pick([
            "try(string.find, \(s), \(pattern()), \(atom()))", "try(string.match, \(s), \(pattern()))",
            "try(string.gsub, \(s), \(pattern()), \(pick(["'<%0>'", "'%1'", "''", "{a = 'A'}", "string.upper", "'%2%1'", "'%'"])))",
            "try(string.gsub, \(s), \(pattern()), 'x', \(number(-1...3)))",
            "try(all, \(s), \(pattern()))", "try(string.rep, \(s), \(number(-1...5)), \(s))",
            "try(string.sub, \(s), \(number(-5...5)), \(number(-5...5)))",
            "try(string.byte, \(s), \(number(-3...3)), \(number(-3...5)))",
            "try(format, \(format()), \(a), \(b))", "text(\(atom()))", "try(tonumber, \(s), \(number(2...36)))",
            "try(tonumber, \(a))",
            "try(math.\(pick(["floor", "ceil", "abs", "sqrt", "tointeger", "type", "exp"])), \(a))",
            "try(math.\(pick(["max", "min", "fmod", "ult", "log"])), \(a), \(b))",
            "try(select, \(number(-2...3)), \(a), \(b))",
            "try(table.concat, {\(a), \(b), \(s)}, \(s), \(number(0...3)))",
            "try(table.unpack, {\(a), \(b)}, \(number(-1...2)), \(number(0...4)))",
            "try(sorted, {\(number(0...9)), \(number(0...9)), \(number(0...9)), \(b)})",
            "try(utf8.len, \(s), \(number(-3...3)))",
            "try(utf8.codepoint, \(s), \(number(-2...3)), \(number(-1...3)))",
            "try(utf8.offset, \(s), \(number(-3...3)))",
            "try(utf8.char, \(number(0...70000)), \(number(0...300)))",
            "try(string.\(pick(["upper", "lower", "reverse", "len"])), \(s))",
            "try(rawequal, \(a), \(b))", "try(rawlen, \(a))", "type(\(a))",
            "try(removed, {\(a), \(b)}, \(number(-1...4)))",
            "try(inserted, {\(a), 1}, \(number(-1...4)), \(b))",
            "try(moved, {1, 2, 3, \(a)}, \(number(-1...4)), \(number(-1...4)), \(number(-2...5)))",
            "try(string.pack, \(pick(["'i4'", "'<d'", "'z'", "'s1'", "'>I2'", "'bBhH'", "'!4 i3 j'"])), \(a), \(b))",
            "try(string.unpack, \(pick(["'i4'", "'<d'", "'z'", "'s1'", "'>I2'", "'b'"])), \(s))", "obj.v", "obj[\(a)]",
            "try(function() return obj + \(a) end)", "try(function() return obj .. \(s) end)",
            "try(function() return obj(\(a)) end)",
            "try(error, \(a), \(number(0...2)))", "try(load, 'return ' .. \(s))", "try(count, {\(a), \(b), x = \(a)})",
        ])
    }

    private mutating func libraryCall() -> String {
        pick([
            "string.find", "string.rep", "string.format", "string.gsub", "table.concat", "table.insert", "table.remove",
            "table.unpack", "math.floor", "math.max", "utf8.len", "utf8.char", "tonumber", "setmetatable", "ipairs",
            "select",
            "string.char", "string.byte", "table.sort", "string.gmatch", "table.move", "string.sub", "assert", "rawget",
        ])
    }

    private mutating func format() -> String {
        pick([
            "'%d'", "'%5.2f|%s'", "'%q'", "'%x %X'", "'%-8s|%8s'", "'%i%%'", "'%g'", "'%s %s'", "'%c'", "'%05d'",
            "'%a'", "'%+.3d'",
            "'%10.4s|'", "'%'", "'%y'", "'%.20s'", "'%o'", "'%e'",
        ])
    }

    /// What programs stand on; the same text under `lua5.4`.
    static let prelude = """
        local raw = print
        local plain = {number = true, string = true, boolean = true, ["nil"] = true}
        function text(v) if plain[type(v)] then return tostring(v) end return type(v) end
        function show(...)
            local out = {}
            for i = 1, select('#', ...) do out[i] = text((select(i, ...))) end
            local line = table.concat(out, ' '):gsub('(%a+: )0x%x+', '%1'):gsub("#1 to 'remove'", "#2 to 'remove'"):gsub('(%a+: )%d+', '%1'):gsub('(function: )builtin[:%w ]*', '%1')
            raw((line:gsub('[%c\\128-\\255]', function(c) return ('\\\\%d'):format(c:byte()) end)))
        end
        function try(f, ...)
            local r = table.pack(pcall(f, ...))
            if not r[1] then return 'error ' .. text(r[2]) end
            for i = 2, r.n do r[i] = text(r[i]) end
            return table.concat(r, ',', 2, r.n)
        end
        function val(f)
            local r = table.pack(pcall(f))
            if not r[1] then return 'error ' .. text(r[2]) end
            return table.unpack(r, 2, r.n)
        end
        function format(f, a, b)
            if type(a) == 'table' then a = 'table' end
            if type(b) == 'table' then b = 'table' end
            return f:format(a, b)
        end
        function all(s, p) local out = {} for a, b in s:gmatch(p) do out[#out + 1] = text(a) .. text(b) end return table.concat(out, ';') end
        function sorted(list) if type(list[4]) == 'table' then list[4] = 5 end table.sort(list) return table.unpack(list) end
        function removed(list, at) local v = table.remove(list, at) return v, #list end
        function inserted(list, at, v) table.insert(list, at, v) return #list, list[at] end
        function moved(list, ...) table.move(list, ...) return list[-1], list[0], list[1], list[2], list[3], list[4], list[5] end
        function count(list) local n = 0 for k, v in pairs(list) do n = n + 1 end return n end
        M = {
            __index = function(_, k) return k end, __add = function(a, b) return 'sum' end,
            __call = function(self, a) return a end, __len = function() return 3 end, __eq = function() return true end,
            __lt = function() return true end, __le = function() return false end, __unm = function() return 'minus' end,
            __name = 'thing', __newindex = function(t, k, v) rawset(t, tostring(k), v) end,
        }
        """
}
