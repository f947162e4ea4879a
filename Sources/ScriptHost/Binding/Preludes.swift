/// The Lua halves of the small modules. Each is called with its data and its private host functions.
enum Preludes {
    /// `params`: its metatable makes a slip of the finger an error instead of a nil.
    static let params = #"""
        local values, host = ...
        local refuse, tostring = host.refuse, tostring
        return setmetatable(values, {
            __name = "params", __metatable = "params",
            __index = function(_, key) refuse("params", "params", tostring(key), false) end,
        })
        """#

    /// `store.get("last", "none")`, `store.set("last", vm.name)`, `store.delete("last")`, `store.keys("seen.")`,
    /// `store.update("runs", function(n) return (n or 0) + 1 end)`
    static let store = #"""
        local _, host = ...
        local get, set, keys = host["store.get"], host["store.set"], host["store.keys"]
        local read, replace, raise, type = host["store.read"], host["store.replace"], raise, type
        local store = { set = set, keys = keys }
        function store.get(key, default)
            local value = get(key)
            if value == nil then return default end
            return value
        end
        function store.delete(key) set(key) end
        function store.update(key, fn)
            if type(fn) ~= "function" then raise("store.update takes a key and a function") end
            for _ = 1, 100 do
                local value, seen = read(key)
                value = fn(value)
                if replace(key, seen, value) then return value end
            end
            raise("store.update: others changed the value 100 times while the function ran; make it shorter")
        end
        return store
        """#

    /// `log.info("moved", {id = vm.instance_id})`
    static let log = #"""
        local _, host = ...
        local write, tostring = host.write, tostring
        local log = {}
        for _, level in ipairs { "debug", "info", "warn", "error" } do
            log[level] = function(message, fields) write(level, tostring(message), fields) end
        end
        return log
        """#

    /// `ui.table(rows, {"name", "status"})`, `ui.bars(bills, {label = "bill_date", value = "price", unit = "KRW"})`,
    /// `ui.progress(3, 10, "web-03")`, `ui.show_secret(handle)`
    static let ui = #"""
        local _, host = ...
        local type, tostring, ipairs = type, tostring, ipairs
        local render, chart, progress, show = host.render, host.chart, host.progress, host["ui.show_secret"]
        local print = print
        local ui = {}

        -- A column is a key, a key with a path ("zone.name"), or {heading, key or function}.
        local function cell(row, key)
            if type(key) == "function" then return key(row) end
            local value = row
            for part in key:gmatch("[^.]+") do
                if type(value) ~= "table" then return nil end
                value = value[part]
            end
            return value
        end

        function ui.table(rows, columns)
            if type(rows) ~= "table" or type(columns) ~= "table" then
                raise("ui.table takes a list of rows and a list of columns")
            end
            local headings, lines = {}, {}
            for i, column in ipairs(columns) do
                headings[i] = type(column) == "table" and column[1] or column
            end
            for r, row in ipairs(rows) do
                local line = {}
                for i, column in ipairs(columns) do
                    local key = type(column) == "table" and column[2] or column
                    if type(key) ~= "string" and type(key) ~= "function" then
                        raise("ui.table: a column is a key, or {heading, key or function}")
                    end
                    local value = cell(row, key)
                    if value == nil then value = "" end
                    line[i] = type(value) == "number" and value or tostring(value)
                end
                lines[r] = line
            end
            print(render(headings, lines))
        end

        -- Each entry is {label, value}, or a row of which `label` and `value` (keys or functions) tell.
        function ui.bars(list, options)
            options = options or {}
            if type(list) ~= "table" or type(options) ~= "table" then
                raise("ui.bars takes a list, and a table of label, value, unit and width")
            end
            local bars = {}
            for i, entry in ipairs(list) do
                if type(entry) ~= "table" then raise("ui.bars: entry " .. i .. " is no table") end
                local label, value
                if options.label then label = cell(entry, options.label) else label = entry[1] end
                if options.value then value = cell(entry, options.value) else value = entry[2] end
                if type(value) ~= "number" then raise("ui.bars: the value of entry " .. i .. " is no number") end
                bars[i] = { tostring(label), value }
            end
            if #bars > 0 then print(chart(bars, options.unit, options.width)) end
        end

        ui.progress = progress
        ui.show_secret = show
        return ui
        """#

    /// `fail("text", result)` ends the script.
    static let fail = #"""
        local _, host = ...
        local stop, tostring = host.stop, tostring
        return function(message, result) stop(tostring(message), result) end
        """#
}
