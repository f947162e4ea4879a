import LuaMachine
import Testing

@Suite struct SandboxTests {
    @Test func onlyTheListedGlobalsExist() throws {
        let script = "local names = {} for name in pairs(_G) do names[#names + 1] = name end return names"
        #expect(
            try run(script) == [
                [
                    "_G", "_VERSION", "assert", "collectgarbage", "coroutine", "error", "getmetatable", "ipairs",
                    "load",
                    "math", "next", "pairs", "pcall", "print", "rawequal", "rawget", "rawlen", "rawset", "require",
                    "select",
                    "setmetatable", "string", "table", "task", "tonumber", "tostring", "type", "utf8", "xpcall",
                ]
            ])
        #expect(try run("return string.dump, math.pow, coroutine.wrap ~= nil") == [.nil, .nil, true])
    }

    @Test(arguments: [
        "setmetatable({}, {__gc = function() end})", "setmetatable({}, {__gc = true})",
        "setmetatable({}, {__mode = 'k'})", "setmetatable('', {})", "getmetatable('').__index = {}",
        "collectgarbage()", "collectgarbage('stop')", "string.format('%p', {})", "require('io')",
        "assert(load('\\27Lua'))", "assert(load('x = 1', 'x', 'b'))", "assert(load(('x'):rep(70000)))",
        "table.move({}, 1, 1 << 40, 2)",
        "table.insert(setmetatable({}, {__len = function() return 1 << 40 end}), 1, 1)",
        "table.remove(setmetatable({}, {__len = function() return 1 << 40 end}), 1)",
        "table.concat(setmetatable({}, {__index = function() return '' end}), '', 1, 1 << 40)",
        "table.unpack({}, 1, 1 << 40)", "table.sort(setmetatable({}, {__len = function() return 1 << 40 end}))",
        "('x'):find(('('):rep(33))", "('x'):find('%')", "('x'):find('[a')", "('x'):gsub('x', '%2')", "('x'):find('%f')",
    ])
    func whatIsRefusedIsAnError(_ script: String) throws {
        #expect(throws: LuaError.self) { try run(script) }
    }

    @Test func nothingShowsAnAddress() throws {
        let script = """
            local t, f = {}, function() end
            local texts = {tostring(t), tostring(f), tostring(print), tostring(coroutine.create(f)), string.format('%s', {}),
                tostring(setmetatable({}, {__name = 'thing'})), tostring(setmetatable({}, {__name = ('x'):rep(99)}))}
            return table.concat(texts, ' ')
            """
        let text = try #require(try run(script)[0].stringValue)
        #expect(!text.contains("0x"))
        #expect(text == (try run(script)[0].stringValue))
        #expect(text.contains("function: builtin") && text.contains("thing: "))
    }

    @Test func theOrderOfPairsIsFixed() throws {
        let script = """
            local t = {[3] = 1, x = 1, [1] = 1, a = 1, [2.5] = 1, [true] = 1, ['10'] = 1, [-1] = 1, [false] = 1, B = 1}
            local first, second = {}, {}
            for i = 1, 3 do t[setmetatable({}, {__name = 'k' .. i})] = 1 end
            local out = {}
            for k in pairs(t) do out[#out + 1] = type(k) == 'table' and 'table' or tostring(k) end
            local k = next(t)
            while k ~= nil do first[#first + 1] = type(k) == 'table' and 'table' or tostring(k) k = next(t, k) end
            return out, first
            """
        let order: LuaValue = ["-1", "1", "2.5", "3", "10", "B", "a", "x", "false", "true", "table", "table", "table"]
        #expect(try run(script) == [order, order])
    }

    @Test func fieldsMayBeRemovedWhileTheyAreVisited() throws {
        let script = """
            local t, seen = {}, 0
            for i = 1, 100 do t[i] = i t['k' .. i] = i end
            for k in pairs(t) do seen = seen + 1 t[k] = nil end
            for i = 1, 100 do t[i] = i t['k' .. i] = i end
            for k in next, t do seen = seen + 1 t[k] = nil end
            for i = 1, 10 do t[i] = i end
            local n = 0
            for i in pairs(t) do n = n + 1 for j = 1, 10 do if j ~= i then t[j] = nil end end end
            return seen, next(t), n
            """
        #expect(try run(script) == [400, 1, 1])
    }

    @Test func sortIsStableAndRight() throws {
        let script = """
            local t = {}
            for i = 1, 1000 do t[i] = {key = (i * 7919) % 13, i = i} end
            table.sort(t, function(a, b) return a.key < b.key end)
            for i = 2, 1000 do
                local a, b = t[i - 1], t[i]
                assert(a.key < b.key or a.key == b.key and a.i < b.i)
            end
            local n = {}
            for i = 1, 777 do n[i] = (i * 7919) % 1009 end
            table.sort(n)
            for i = 2, #n do assert(n[i - 1] <= n[i]) end
            local s = {'b', 'a', 'c'}
            table.sort(s, function(a, b) return a > b end)
            return s, pcall(table.sort, {1, 'x'}), (pcall(table.sort, {3, 1, 2}, function() return true end))
            """
        let values = try run(script)
        #expect(values[0] == ["c", "b", "a"] && values[1] == false && values[2] == true)
    }

    @Test func randomNumbersFollowTheSeed() throws {
        let script = "return math.random(1 << 30), math.random(), (math.randomseed()), math.random(1 << 30)"
        func numbers(_ seed: UInt64) throws -> [LuaValue] {
            let machine = try LuaMachine(LuaEnvironment(), seed: seed)
            try machine.start(source: script, chunk: "s")
            return try finish(machine)
        }
        #expect(try numbers(7) == numbers(7))
        #expect(try numbers(7) != numbers(8))
        #expect(try run("return (pcall(math.randomseed)), math.random(100) == math.random(100)").count == 2)
    }

    @Test func whatAScriptDoesToItsLibrariesNoPreludeSees() throws {
        var environment = LuaEnvironment()
        environment.addModule(
            .host(
                name: "shout",
                source:
                    "return function(s) return string.upper(s) .. s:rep(2) .. table.concat({1, 2}, ',') .. tostring(1) end"
            ))
        let script = """
            string.upper, string.rep, table.concat, tostring = nil, error, error, error
            rawset(string, 'rep', error)
            function string.trim(s) return (s:gsub('^%s+', '')) end
            return require('shout')('x'), ('  y'):trim(), getmetatable('')
            """
        #expect(try run(script, environment) == ["Xxx1,21", "y", false])
    }

    @Test(
        arguments: [
            ("('hello world'):find('o w')", [5, 7]), ("('hello'):find('l+')", [3, 4]),
            ("('a.b'):find('.', 1, true)", [2, 2]),
            ("('key = value'):match('^(%w+)%s*=%s*(%w+)$')", ["key", "value"]), ("('abc'):match('()b()')", [2, 3]),
            ("('THE (quick) fox'):find('%((%a+)%)')", [5, 11, "quick"]), ("('f(a(b)c)d'):match('%b()')", ["(a(b)c)"]),
            ("('THE fox'):gsub('%f[%a]%a+', string.lower)", ["the fox", 2]), ("('abc'):gsub('', '-')", ["-a-b-c-", 4]),
            ("('hello'):gsub('l', {l = 'L'})", ["heLLo", 2]), ("('a b'):gsub('(%w) (%w)', '%2 %1')", ["b a", 1]),
            ("('x^2'):gsub('%^', '**')", ["x**2", 1]), ("('aXb'):find('%u')", [2, 2]),
            ("('[]]'):match('[]]+')", ["]]"]),
            ("('a-b'):match('[a%-]+')", ["a-"]), ("('abab'):match('(ab)%1')", ["ab"]),
            ("('abc'):find('()%1')", [.nil]), ("('aa'):gsub('()a%1', '-')", ["aa", 0]), ("('äö'):len()", [4]),
            ("('aaa'):gsub('a', 'b', 2)", ["bba", 2]), ("('  x '):match('^%s*(.-)%s*$')", ["x"]),
            ("('abc'):find('c', -1)", [3, 3]),
            ("('abc'):find('', 10)", [.nil]), ("('abc'):find('', 4)", [4, 3]), ("('ab'):match('a?b?c?')", ["ab"]),
            ("('\\0a'):find('%z')", [1, 1]), ("('0x1F'):match('^0[xX](%x+)$')", ["1F"]),
            ("(' a'):match('[^%s]')", ["a"]),
            ("('x'):rep(3, ',')", ["x,x,x"]), ("(''):rep(1 << 40)", [""]), ("('x'):rep(-1)", [""]),
            ("('%5.1f|%-5s|%05d|%q|%%|%c|%i'):format(1.25, 'a', 42, 'q', 65, 3)", ["  1.2|a    |00042|\"q\"|%|A|3"]),
            ("'10' + 5, '3' * '4'", [15, 12]),
        ] as [(String, [LuaValue])])
    func stringFunctionsDoWhatTheManualSays(_ expression: String, _ result: [LuaValue]) throws {
        #expect(try run("return " + expression) == result)
    }

    @Test func gmatchGoesThroughTheText() throws {
        let script = """
            local out = {}
            for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do out[#out + 1] = k .. v end
            for w in ('one two'):gmatch('%a+') do out[#out + 1] = w end
            for _ in ('abc'):gmatch('') do out[#out + 1] = '.' end
            return out
            """
        #expect(try run(script) == [["a1", "b2", "one", "two", ".", ".", ".", "."]])
    }

    @Test func printGoesToTheHostLineByLine() throws {
        let lines = Lines()
        var environment = LuaEnvironment()
        environment.print = { lines.add($0) }
        _ = try run(
            "print('a', 1, nil, true) print() print(setmetatable({}, {__tostring = function() return 'T' end}))",
            environment)
        #expect(lines.all == ["a\t1\tnil\ttrue", "", "T"])
    }

    @Test func aStateThatDoesNotFitIsRefused() throws {
        var environment = LuaEnvironment()
        environment.limits.memory = 10_000
        let error = try #require(throws: LuaError.self) { try LuaMachine(environment, seed: 1) }
        #expect(error.code == .limit)
    }

    @Test func garbageAloneDoesNotReachTheLimit() throws {
        var environment = LuaEnvironment()
        environment.limits.memory = 8 << 20
        let script = """
            local keep = {}
            for i = 1, 20000 do keep[i] = {i} end
            for i = 1, 300000 do local t = {i, {i}} end
            local s = ''
            for i = 1, 5000 do s = s .. 'x' end
            return #keep, #s
            """
        #expect(try run(script, environment) == [20000, 5000])
    }
}
