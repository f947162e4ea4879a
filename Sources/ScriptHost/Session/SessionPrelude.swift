/// The Lua half of a session: runs what was typed, keeps the last values, and describes values within bounds.
///
/// What leaves it are descriptions (``ReplValue``): a function, a table with odd keys or one that holds itself can be
/// shown, though none of them could be passed on.
enum SessionPrelude {
    static let source = #"""
        local data, host = ...
        local type, next, tostring, getmetatable, rawget, rawset, rawlen, load, pcall, require, pack, unpack, ipairs, math_type =
            type, next, tostring, getmetatable, rawget, rawset, rawlen, load, pcall, require, table.pack, table.unpack, ipairs,
            math.type
        local sub, sort, gsub = string.sub, table.sort, string.gsub

        local function environment() return load("return _ENV", "=session")() end

        -- Descriptions -------------------------------------------------------------------------------------------------

        local function is_row(value)
            if type(value) ~= "table" then return nil end
            local name = getmetatable(value)
            return type(name) == "string" and data.rows[name] and name or nil
        end

        local function text(value, limit)
            if #value <= limit then return { k = "s", v = value } end
            return { k = "s", v = sub(value, 1, limit), more = #value - limit }
        end

        -- A number that is none cannot leave, and Lua writes the others in its own way.
        local function is_finite(value) return value == value and value - value == 0 end

        -- Functions of the cloud by their names.
        local names = {}

        -- `left` counts what may still be shown.
        local function describe(value, depth, left, above)
            local kind = type(value)
            left.n = left.n - 1
            if kind == "nil" then return { k = "nil" } end
            if math_type(value) == "float" then return { k = "n", v = tostring(value) } end
            if kind == "boolean" or kind == "number" then return { k = "v", v = value } end
            if kind == "string" then return text(value, left.text) end
            if kind == "userdata" then return { k = "v", v = value } end
            if names[value] then return { k = "f", v = "function: " .. names[value] } end
            if kind ~= "table" then return { k = "f", v = tostring(value) } end
            local description = { k = "t", n = 0, name = type(getmetatable(value)) == "string" and getmetatable(value) or nil }
            if above[value] then
                description.k = "loop"
                return description
            end
            local length = rawlen(value)
            local items, count = {}, 0
            -- False when nothing more may be shown.
            local function add(key, item)
                if depth == 0 or left.n <= 0 or count >= left.width then
                    description.cut = true
                    return false
                end
                count = count + 1
                above[value] = true
                items[count] = {
                    key = key ~= nil and describe(key, 0, left, above) or nil, value = describe(item, depth - 1, left, above) }
                above[value] = nil
                return true
            end
            -- By number first: `next` puts the keys of a large table in order, which takes memory.
            local index = 1
            while index <= length and add(nil, rawget(value, index)) do index = index + 1 end
            if index > length and length <= 1000 then
                for key, item in next, value do
                    if math_type(key) ~= "integer" or key < 1 or key > length then
                        if not add(key, item) then break end
                    end
                end
            end
            description.items = items
            description.n = length > count and length or count
            return description
        end

        -- The part of a table that a person would call it by: a name, an address, the first entries of a list, an id.
        local brief
        function brief(value, depth)
            local name = rawget(value, "name") or rawget(value, "address")
            if type(name) == "string" then return name end
            local inner = depth < 4 and function(item)
                if type(item) == "table" then return brief(item, depth + 1) end
                return type(item) == "string" and item or math_type(item) and tostring(item) or nil
            end or function() return nil end
            if rawlen(value) > 0 then
                local list
                for index = 1, rawlen(value) < 3 and rawlen(value) or 3 do
                    local part = inner(rawget(value, index))
                    if not part then return nil end
                    list = list and list .. ", " .. part or part
                end
                return rawlen(value) > 3 and list .. ", …" or list
            end
            local first
            for key, item in next, value do
                if type(item) == "table" then
                    local part = inner(item)
                    if part then return part end
                elseif type(item) == "string" and (not first or gsub(tostring(key), "_id$", "") ~= key) then
                    first = item
                end
            end
            return first
        end

        -- What a cell of a table shows of a value.
        local function cell(value)
            local kind = type(value)
            if math_type(value) == "float" and not is_finite(value) then return tostring(value) end
            if kind == "boolean" or kind == "number" or kind == "userdata" then return value end
            if kind == "string" then return #value <= 1000 and value or sub(value, 1, 1000) .. "…" end
            if kind ~= "table" then return kind end
            return next(value) == nil and "{}" or brief(value, 1) or "{…}"
        end

        -- A list whose entries all have names for what is in them.
        local function is_list_of_rows(value)
            if type(value) ~= "table" or getmetatable(value) ~= nil then return false end
            local count = rawlen(value)
            if count == 0 or type(rawget(value, 1)) ~= "table" then return false end
            if count <= 10000 and (next(value, count) ~= nil or next(value) ~= 1) then return false end
            for index = 1, count < 20 and count or 20 do
                local row = rawget(value, index)
                if type(row) ~= "table" or next(row) == nil then return false end
                if not is_row(row) then
                    for key in next, row do if type(key) ~= "string" then return false end end
                end
            end
            return true
        end

        local shown
        local function page(size)
            local list, from = shown.list, shown.from
            local count = rawlen(list)
            local last = from + size - 1 < count and from + size - 1 or count
            local rows = {}
            for index = from, last do
                local row = {}
                local entry = rawget(list, index)
                if type(entry) == "table" then
                    for key, item in next, entry do if type(key) == "string" then row[key] = cell(item) end end
                end
                rows[#rows + 1] = { cells = row }
            end
            local description = { k = "rows", name = is_row(rawget(list, 1)), from = from, n = count, rows = rows }
            shown.from = last + 1
            if last >= count then shown = nil end
            return description
        end

        local function describe_result(value, size)
            if is_list_of_rows(value) then
                shown = { list = value, from = 1 }
                return page(size)
            end
            return describe(value, is_row(value) and 2 or 5, { n = 300, width = 50, text = 4000 }, {})
        end

        -- Evaluations --------------------------------------------------------------------------------------------------

        local session = {}
        local keep = load("local value = ... _9, _8, _7, _6, _5, _4, _3, _2, _1, _ = _8, _7, _6, _5, _4, _3, _2, _1, _, value",
            "=session")

        -- Text first as an expression, so that its values are shown without `return`.
        function session.run(source, chunk, size)
            local is_expression = load("return " .. source, "=" .. chunk) ~= nil
            -- As arguments, not as `return f()`: that would be a tail call, which leaves no line to name in an error.
            -- The bracket stands on the last line: what reads a field there is at it. A comment swallows it.
            local text = source
            if is_expression then
                local call = "return (...)(" .. gsub(source, "%s+$", "")
                text = load(call .. ")", "=" .. chunk) and call .. ")" or call .. "\n)"
            end
            local f, problem = load(text, "=" .. chunk)
            if not f then return { problem = problem } end
            -- After a `return` nothing can stand.
            local is_end = not is_expression and load(source .. "\nlocal _", "=" .. chunk) == nil
            shown = nil
            local results = is_expression and f(pack) or pack(f())
            if results.n > 0 and results[1] ~= nil then keep(results[1]) end
            local values = {}
            for index = 1, results.n < 20 and results.n or 20 do values[index] = describe_result(results[index], size) end
            local form = is_end and "leaving" or "statements"
            if results.n > 0 then form = is_expression and "expression" or "returning" end
            return { values = values, n = results.n, form = form }
        end

        -- The following rows of the list that was shown last.
        function session.more(size)
            if not shown then return {} end
            return { value = page(size) }
        end

        -- Globals ------------------------------------------------------------------------------------------------------

        local function kind_of(value)
            local row = is_row(value)
            if row then return row end
            if type(value) == "table" and getmetatable(value) == nil then
                row = is_row(rawget(value, 1))
                if row then return "list of " .. row end
            end
            return type(value)
        end

        local function fields(value)
            if type(value) ~= "table" or getmetatable(value) ~= nil or rawlen(value) > 0 then return nil end
            local names = {}
            for key in next, value do
                if #names >= 100 then break end
                if type(key) == "string" then names[#names + 1] = key end
            end
            return names
        end

        local own = {}
        local function is_own(name) return name == "_" or name:match("^_[1-9]$") ~= nil or name == "_err" end

        -- The names that the person made.
        function session.globals()
            local result = {}
            for name, value in next, environment() do
                if #result >= 1000 then break end
                if type(name) == "string" and #name < 100 and own[name] ~= value and not is_own(name) then
                    result[#result + 1] = { name = name, kind = kind_of(value), fields = fields(value) }
                end
            end
            return result
        end

        -- With what they hold.
        function session.variables()
            local result = session.globals()
            for _, entry in ipairs(result) do
                if entry.kind ~= "function" then
                    entry.value = describe(environment()[entry.name], 1, { n = 6, width = 5, text = 60 }, {})
                end
            end
            return result
        end

        -- A plan writes what it foresees into the rows that it changes: those that variables hold are put back after it.
        local saved
        local function save(value)
            if not is_row(value) or #saved >= 10000 then return end
            local copy = {}
            for key, item in next, value do copy[key] = item end
            saved[#saved + 1] = { row = value, copy = copy }
        end

        function session.save()
            saved = {}
            for _, value in next, environment() do
                save(value)
                if is_list_of_rows(value) then for index = 1, rawlen(value) do save(rawget(value, index)) end end
            end
        end

        function session.restore()
            for _, entry in ipairs(saved or {}) do
                for key in next, entry.row do
                    if entry.copy[key] == nil then rawset(entry.row, key, nil) end
                end
                for key, item in next, entry.copy do rawset(entry.row, key, item) end
            end
            saved = nil
        end

        function session.failed(value) environment()._err = value end

        -- Help ---------------------------------------------------------------------------------------------------------

        local found, iwinv = pcall(require, "iwinv")
        if found then
            local function walk(prefix, resource)
                for verb, f in pairs(resource) do
                    if type(f) == "function" then
                        names[f] = names[f] or prefix .. verb
                    elseif type(f) == "table" then
                        walk(prefix .. verb .. ".", f)
                    end
                end
            end
            walk("iwinv.", iwinv)
        end

        local globals = environment()
        function globals.help(topic)
            local name = names[topic] and gsub(names[topic], "^iwinv%.", "") or is_row(topic) or topic
            if type(topic) == "table" and name == topic then
                local title = getmetatable(topic)
                name = type(title) == "string" and title or "table"
                if is_row(rawget(topic, 1)) then name = is_row(rawget(topic, 1)) end
            end
            host.help(type(name) == "string" and name or topic == nil and "" or tostring(topic))
        end
        for name, value in next, globals do own[name] = value end

        return session
        """#
}
