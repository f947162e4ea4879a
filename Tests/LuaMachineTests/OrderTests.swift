import LuaMachine
import Testing

/// The fixed order of `pairs`, `next` and `table.sort`, whatever the size of the table.
@Suite struct OrderTests {
    /// Below and above the number of keys that are kept without a table.
    @Test(arguments: [1, 39, 40, 41, 1000]) func namesComeBytewise(_ count: Int) throws {
        let script = """
            local count, t, names = ..., {}, {}
            for i = 1, count do names[i] = ("k"):rep(i % 11) .. "\\0" .. i * 7919 % 10007 t[names[i]] = i end
            table.sort(names, function(a, b) return a < b end)
            local at = 0
            for name, value in pairs(t) do
                at = at + 1
                if name ~= names[at] or t[name] ~= value then error("pairs, at " .. at) end
            end
            local last
            for i = 1, count do
                last = next(t, last)
                if last ~= names[i] then error("next, at " .. i) end
            end
            return at, next(t, last)
            """
        #expect(try run(script, arguments: [.integer(Int64(count))]) == [.integer(Int64(count)), .nil])
    }

    @Test func numbersComeByValueAlsoBeyondTheirDoubles() throws {
        let script = """
            local big, t, out = 1 << 53, {}, {}
            for _, key in ipairs {
                math.huge, 2^63, math.maxinteger, big + 1, big, 0.5, 0, -0.5, -1, math.mininteger, -math.huge, -2^63 * 2
            } do t[key] = 1 end
            for key in pairs(t) do out[#out + 1] = string.format(math.type(key) == "float" and "%g" or "%d", key) end
            return out
            """
        let order: LuaValue = [
            "-inf", "-1.84467e+19", "-9223372036854775808", "-1", "-0.5", "0", "0.5", "9007199254740992",
            "9007199254740993", "9223372036854775807", "9.22337e+18", "inf",
        ]
        #expect(try run(script) == [order])
    }

    @Test(arguments: [10, 100]) func aLoopOfPairsSeesTheKeysOfItsBeginning(_ count: Int) throws {
        let script = """
            local count, t, seen, sum = ..., {}, 0, 0
            for i = 1, count do t["k" .. i] = i end
            for key in pairs(t) do
                seen = seen + 1
                t["k" .. count - 1], t["z" .. seen] = nil, 1
            end
            local list = {}
            for i = 1, count do list[i] = i end
            for i, value in pairs(list) do
                sum = sum + value
                list[i + 1], list[count + 2 * i] = nil, 1
            end
            return seen, sum
            """
        let odd = stride(from: 1, through: count, by: 2).reduce(0, +)
        #expect(
            try run(script, arguments: [.integer(Int64(count))]) == [.integer(Int64(count - 1)), .integer(Int64(odd))])
    }

    @Test func nextGoesOnBehindAKeyThatIsGoneAndInTwoTablesInTurn() throws {
        let script = """
            local a, b, out = {}, {}, {}
            for i = 1, 60 do a["a" .. i] = i b[i * 2] = i end
            local x, y = next(a), next(b)
            while x do
                out[#out + 1] = x .. y
                a[x], b[y] = nil, nil
                x, y = next(a, x), next(b, y)
            end
            return #out, out[1], out[60], y, next(a), next(b)
            """
        #expect(try run(script) == [60, "a12", "a9120", .nil, .nil, .nil])
    }

    @Test func sortKeepsEqualNumbersInTheirOrder() throws {
        let script = """
            local t = {}
            for i = 1, 500 do t[i] = i % 2 == 0 and i * 7919 % 50 // 1 or (i * 7919 % 50) * 1.0 end
            t[501], t[502], t[503] = math.maxinteger, math.mininteger, -0.0
            local expected = {}
            for i = 1, #t do expected[i] = {t[i], i} end
            table.sort(expected, function(a, b) return a[1] < b[1] end)
            table.sort(t)
            for i = 1, #t do
                assert(t[i] == expected[i][1] and math.type(t[i]) == math.type(expected[i][1]), i)
            end
            local texts = {"b", "a\\0b", "", "a", "abcdefghi", "abcdefgh", "a\\0", "\\255"}
            table.sort(texts)
            assert(table.concat(texts, "|") == "|a|a\\0|a\\0b|abcdefgh|abcdefghi|b|\\255")
            local nan = {3, 0/0, 1}
            return pcall(table.sort, nan), pcall(table.sort, {1, "x", 2}), (pcall(table.sort, {"x", 2}))
            """
        #expect(try run(script) == [true, false, false])
    }

    /// Keys that make a quicksort slow, in the shapes that are known for it.
    @Test func sortTakesNoLongerForChosenItems() throws {
        let script = """
            local n = 50000
            local shapes = {
                function(i) return i end, function(i) return -i end, function() return 1 end,
                function(i) return i % 2 end, function(i) return i < n / 2 and i or n - i end,
                function(i) return i % 3 * n + i end,
            }
            for _, shape in ipairs(shapes) do
                local t = {}
                for i = 1, n do t[i] = shape(i) end
                table.sort(t)
                for i = 2, n do if t[i - 1] > t[i] then error(i) end end
            end
            """
        #expect(try run(script) == [])
    }
}
