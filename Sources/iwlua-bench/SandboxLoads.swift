/// Plain Lua that takes the processor.
extension SandboxBenchmarks {
    struct Load {
        var name: String
        /// Of the ratio, where one is promised.
        var limit: Double?
        var source: String
    }

    static let loads = [
        Load(name: "processor-bound: `fib(36)`", limit: 1.05, source: fib),
        Load(name: "processor-bound: tables, sieve", source: sieve),
        Load(name: "processor-bound: objects and closures", source: objects),
        Load(name: "string-heavy: patterns, format, concat", limit: 1.15, source: strings),
        Load(name: "`table.sort`, numbers and strings", source: sorting),
        Load(name: "`table.sort` with a function", source: sortingWithFunction),
        Load(name: "`pairs`, list of 1,000", source: pairs("for i = 1, 1000 do t[i] = i end", rounds: 40_000)),
        Load(
            name: "`pairs`, row of 6 fields",
            source: pairs("t = {id = 1, name = 2, status = 3, ip = 4, zone = 5, flavor = 6}", rounds: 4_000_000)),
        Load(
            name: "`pairs`, 1,000 names",
            source: pairs("for i = 1, 1000 do t['key' .. i * 7919 % 1000] = i end", rounds: 20_000)),
        Load(name: "`next`, 1,000 names", source: nexts),
    ]

    private static let fib = """
        local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
        return fib(36)
        """

    private static let sieve = """
        local n, count = 2000000, 0
        for round = 1, 8 do
            local sieve = {}
            for i = 2, n do sieve[i] = true end
            for i = 2, n do
                if sieve[i] then
                    count = count + 1
                    for j = i * i, n, i do sieve[j] = false end
                end
            end
        end
        return count
        """

    private static let objects = """
        local total = 0
        for i = 1, 4000000 do
            local object = {x = i, y = i + 1}
            local get = function() return object.x end
            total = total + get()
        end
        return total
        """

    private static let strings = """
        local words, total = {}, 0
        for i = 1, 2000 do words[i] = string.format("item-%05d=%s;", i, ("x"):rep(i % 17)) end
        for round = 1, 200 do
            local text = table.concat(words, " ")
            for key, value in text:gmatch("(%w+%-%d+)=(%w*);") do total = total + #key + #value end
            local replaced, count = text:gsub("item%-(%d+)", "row:%1")
            total = total + count + #replaced
            for i = 1, #words do
                local word = words[i]
                local at = word:find("=", 1, true)
                if word:match("^item%-0*(%d+)") then total = total + at end
                total = total + word:byte(-1) + #word:sub(2, -2) + #word:upper()
            end
            local out, parts = "", {}
            for i = 1, 300 do out = out .. i .. "," .. words[i] end
            for i = 1, 2000 do parts[#parts + 1] = ("%d:%s"):format(i, words[i]) end
            for line in table.concat(parts, "\\n"):gmatch("[^\\n]+") do total = total + #line end
            total = total + #out
        end
        return total
        """

    private static let random = """
        local seed = 42
        local function random() seed = (seed * 1103515245 + 12345) % 2147483648 return seed end

        """

    private static let sorting =
        random + """
            for round = 1, 10 do
                local numbers, names = {}, {}
                for i = 1, 100000 do numbers[i] = random() end
                table.sort(numbers)
                for i = 1, 20000 do names[i] = "k" .. random() end
                table.sort(names)
            end
            """

    private static let sortingWithFunction =
        random + """
            for round = 1, 25 do
                local rows = {}
                for i = 1, 30000 do rows[i] = {n = random()} end
                table.sort(rows, function(a, b) return a.n < b.n end)
            end
            """

    private static func pairs(_ filling: String, rounds: Int) -> String {
        """
        local t, total = {}, 0
        \(filling)
        for round = 1, \(rounds) do for k, v in pairs(t) do total = total + v end end
        return total
        """
    }

    private static let nexts = """
        local t, total = {}, 0
        for i = 1, 1000 do t['key' .. i * 7919 % 1000] = i end
        for round = 1, 20000 do
            local k, v = next(t)
            while k do total = total + v k, v = next(t, k) end
        end
        return total
        """
}
