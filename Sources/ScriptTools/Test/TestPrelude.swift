/// The Lua half of what a test can use, and the script that runs one.
enum TestPrelude {
    /// What tests call, besides what every script has.
    static let names = ["describe", "it", "before_each", "after_each", "expect", "cloud", "script"]

    /// What positions in ``driver`` would call it; people never see them.
    static let driverName = "iwlua test"

    /// Loads a file's tests, and runs the one that is asked for.
    static let driver = #"""
        local suite = require "iwlua.test"
        describe, it, before_each, after_each = suite.describe, suite.it, suite.before_each, suite.after_each
        expect, cloud, script = suite.expect, suite.cloud, suite.script
        require "iwlua.test.file"
        suite.run()
        """#

    static let source = #"""
        local data, host = ...
        local type, tostring, ipairs, pcall, rawequal, setmetatable = type, tostring, ipairs, pcall, rawequal, setmetatable
        local rawget, find, concat = rawget, string.find, table.concat

        -- Tests, with the hooks of all that they stand in.

        local tests, names, hooks, running = {}, {}, { { before = {}, after = {} } }, false

        local function describe(name, fn)
            if running then raise("describe: tests are declared before one of them runs") end
            if type(name) ~= "string" or type(fn) ~= "function" then raise("describe takes a name and a function") end
            names[#names + 1], hooks[#hooks + 1] = name, { before = {}, after = {} }
            fn()
            names[#names], hooks[#hooks] = nil, nil
        end

        local function it(name, fn)
            if running then raise("it: a test cannot have tests in it; use describe") end
            if type(name) ~= "string" or (fn ~= nil and type(fn) ~= "function") then
                raise("it takes a name and a function")
            end
            local own = {}
            for i, list in ipairs(hooks) do own[i] = list end
            names[#names + 1] = name
            host.declare(concat(names, " › "), fn == nil)
            names[#names] = nil
            tests[#tests + 1] = { hooks = own, fn = fn }
        end

        local function hook(name, place, fn)
            if running then raise(name .. " stands outside of tests") end
            if type(fn) ~= "function" then raise(name .. " takes a function") end
            local list = hooks[#hooks][place]
            list[#list + 1] = fn
        end

        local function before_each(fn) hook("before_each", "before", fn) end
        local function after_each(fn) hook("after_each", "after", fn) end

        -- The innermost and latest first. What a test failed of is told, not what failed because of it.
        local function after(hooks, failure)
            for i = #hooks, 1, -1 do
                local list = hooks[i].after
                for k = #list, 1, -1 do
                    if failure == nil then list[k]() else pcall(list[k]) end
                end
            end
        end

        local function run()
            local test = tests[data.index]
            if not test then return end
            running = true
            host.begin()
            local _ <close> = setmetatable({}, { __close = function(_, failure) after(test.hooks, failure) end })
            for _, list in ipairs(test.hooks) do
                for _, fn in ipairs(list.before) do fn() end
            end
            test.fn()
        end

        -- What is expected.

        local function show(value)
            local ok, text = pcall(host.show, value)
            return ok and text or tostring(value)
        end

        local function miss(text) raise({ kind = "expectation", message = text }) end

        -- Equal by what they hold; what no table of data can hold, a function for one, is equal to itself.
        local function difference(actual, expected)
            if rawequal(actual, expected) then return nil end
            local ok, text = pcall(host.compare, actual, expected)
            if ok then return text end
            if type(actual) == "table" and type(expected) == "table" then
                return "these cannot be compared: " .. tostring(text)
            end
            return "expected " .. tostring(expected) .. ", got " .. tostring(actual)
        end

        local function judge(self, ok, text, never)
            if self.negated then
                if ok then miss("expected " .. show(self.value) .. " " .. never) end
            elseif not ok then
                miss(text)
            end
            return self
        end

        local methods = {}

        function methods.equals(self, expected)
            local text = difference(self.value, expected)
            return judge(self, text == nil, text, "never to equal " .. show(expected))
        end

        function methods.is_true(self)
            return judge(self, self.value == true, "expected true, got " .. show(self.value), "not to be true")
        end

        function methods.is_false(self)
            return judge(self, self.value == false, "expected false, got " .. show(self.value), "not to be false")
        end

        function methods.is_nil(self)
            return judge(self, self.value == nil, "expected nil, got " .. show(self.value), "not to be nil")
        end

        function methods.is_above(self, least)
            if type(self.value) ~= "number" then miss("expected a number, got " .. show(self.value)) end
            local text = "expected more than " .. show(least) .. ", got " .. show(self.value)
            return judge(self, self.value > least, text, "not to be above " .. show(least))
        end

        function methods.is_below(self, most)
            if type(self.value) ~= "number" then miss("expected a number, got " .. show(self.value)) end
            local text = "expected less than " .. show(most) .. ", got " .. show(self.value)
            return judge(self, self.value < most, text, "not to be below " .. show(most))
        end

        function methods.has_length(self, length)
            if type(self.value) ~= "table" and type(self.value) ~= "string" then
                miss("expected a list or a text, got " .. show(self.value))
            end
            local text = "expected a length of " .. show(length) .. ", got " .. #self.value .. ": " .. show(self.value)
            return judge(self, #self.value == length, text, "not to have the length " .. show(length))
        end

        function methods.matches(self, pattern)
            if type(pattern) ~= "string" then raise("matches takes a Lua pattern; contains takes plain text") end
            local ok = type(self.value) == "string" and find(self.value, pattern) ~= nil
            local text = "expected a text that matches " .. show(pattern) .. ", got " .. show(self.value)
            return judge(self, ok, text, "not to match " .. show(pattern))
        end

        function methods.contains(self, part)
            local text = "expected something that contains " .. show(part) .. ", got " .. show(self.value)
            return judge(self, host.contains(self.value, part), text, "not to contain " .. show(part))
        end

        function methods.raises(self, part)
            if type(self.value) ~= "function" then
                raise("raises needs a function: expect(function() … end):raises(\"text\")")
            end
            local ok, problem = pcall(self.value)
            if self.negated then
                if not ok and (part == nil or find(tostring(problem), part, 1, true)) then
                    miss("expected no error, got: " .. tostring(problem))
                end
                return self
            end
            if ok then miss("expected an error" .. (part ~= nil and ": " .. show(part) or "") .. ", and there was none") end
            if type(part) == "table" then
                if not host.contains(problem, part) then
                    miss("expected an error with " .. show(part) .. ", got " .. show(problem))
                end
            elseif part ~= nil and not find(tostring(problem), part, 1, true) then
                miss("expected an error with the text " .. show(part) .. ", got: " .. tostring(problem))
            end
            return self
        end

        local Expectation = {}
        Expectation.__name, Expectation.__metatable = "expectation", "expectation"

        function Expectation.__index(self, key)
            if key == "never" then
                return setmetatable({ value = rawget(self, "value"), negated = not rawget(self, "negated") }, Expectation)
            end
            if key == "value" or key == "negated" then return nil end
            local method = methods[key]
            if not method then host.unknown("expect(…)", tostring(key)) end
            return method
        end

        local function expect(value) return setmetatable({ value = value, negated = false }, Expectation) end

        -- The cloud and the scripts of a test.

        local function guarded(name, functions)
            return setmetatable(functions, {
                __name = name, __metatable = name,
                __index = function(_, key) host.unknown(name, tostring(key)) end,
            })
        end

        local cloud = guarded("cloud", {
            add = host.add, demo = host.demo, profile = host.profile, fault = host.fault, no_faults = host.no_faults,
            set_status = host.set_status, calls = host.calls, world = host.world, instances = host.instances,
            advance = host["test.advance"],
        })
        local script = guarded("script", { run = host["test.run"], replay = host["test.replay"] })

        return {
            describe = describe, it = it, before_each = before_each, after_each = after_each, expect = expect,
            cloud = cloud, script = script, run = run,
        }
        """#

    /// What `expect(…)`, `cloud` and `script` have, for a hint at a slip of the finger.
    static let members = [
        "expect(…)": [
            "never", "equals", "is_true", "is_false", "is_nil", "is_above", "is_below", "has_length", "matches",
            "contains", "raises",
        ],
        "cloud": [
            "add", "demo", "profile", "fault", "no_faults", "set_status", "calls", "world", "instances", "advance",
        ],
        "script": ["run", "replay"],
    ]
}
