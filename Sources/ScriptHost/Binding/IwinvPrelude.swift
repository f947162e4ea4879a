/// The Lua half of the module `iwinv`, written over the catalog's data.
///
/// `data` describes resources, operations and rows (``CatalogData``); `host` holds the private functions through which
/// calls leave. Locals keep what it uses out of a script's reach.
enum IwinvPrelude {
    static let source = #"""
        local data, host = ...
        local call, page, close_stream, wait, refuse, check =
            host["iwinv.call"], host["iwinv.page"], host.close_stream, host["iwinv.wait"], host.refuse, host.check
        local type, setmetatable, getmetatable, rawget, rawset, next, tostring, select, pcall, error, pack, unpack, sleep, math_type =
            type, setmetatable, getmetatable, rawget, rawset, next, tostring, select, pcall, error, table.pack,
            table.unpack, host["iwinv.sleep"], math.type

        local module = {}
        local row_kinds = {}

        -- Rows are tables whose metatable knows what was asked for: a key that is nil because the cloud says null is nil,
        -- a key that was not read, or does not exist, is an error that names it.
        local function row_metatable(kind, fields)
            local known = {}
            if fields then
                for _, name in next, fields do known[name] = true end
            else
                for name in next, kind.fields do known[name] = true end
            end
            local meta = { __name = kind.name, __metatable = kind.name }
            meta.__index = function(row, key)
                if known[key] then return nil end
                local method = kind.methods[key]
                if method ~= nil then return method end
                refuse("row", kind.name, tostring(key), kind.fields[key] ~= nil)
            end
            return meta
        end

        local function plain_metatable(kind)
            local meta = kind.plain
            if not meta then
                meta = row_metatable(kind)
                kind.plain = meta
            end
            return meta
        end

        local function dress(rows, kind, fields)
            local meta = fields and row_metatable(kind, fields) or plain_metatable(kind)
            for i = 1, #rows do setmetatable(rows[i], meta) end
            return rows
        end

        -- A row, and not just a table with an identifier in it: that may be misplaced arguments.
        local function is_row(value)
            return type(value) == "table" and row_kinds[getmetatable(value)] ~= nil
        end

        -- A filter that is dropped in silence changes the wrong servers: `iwinv.instances:list{…}` hands over the
        -- table itself first and the filter second.
        local locked_tables = {}
        local function expect_no_more(name, args, ...)
            if type(args) == "table" and locked_tables[getmetatable(args)] then refuse("colon", name, "", false) end
            if select("#", ...) > 0 then refuse("surplus", name, "", false) end
        end

        -- Arguments of a list, and what else the script may say about how it is read.
        local function split(args, operation)
            if args == nil then return {}, false end
            if type(args) ~= "table" then return args, false end
            local rest, stream = {}, false
            for key, value in next, args do
                if key == "stream" and operation.paged then stream = value else rest[key] = value end
            end
            return rest, stream
        end

        local function list(operation, kind)
            return function(args, ...)
                expect_no_more(operation.name, args, ...)
                local rows, fields = call(operation.name, args or {}, "all")
                return dress(rows, kind, fields)
            end
        end

        local function each(operation, kind)
            return function(args, ...)
                expect_no_more(operation.name, args, ...)
                local rest, stream = split(args, operation)
                if not stream then
                    local rows, fields = call(operation.name, rest, "all")
                    dress(rows, kind, fields)
                    local index = 0
                    return function()
                        index = index + 1
                        return rows[index]
                    end
                end
                local rows, index, number, more, handle = {}, 0, 0, true, nil
                local function following()
                    index = index + 1
                    while rows[index] == nil and more do
                        number = number + 1
                        local fields
                        rows, more, fields, handle = page(operation.name, rest, number, handle)
                        dress(rows, kind, fields)
                        index = 1
                    end
                    local row = rows[index]
                    if row == nil and handle then close_stream(handle) end
                    return row
                end
                local closer = setmetatable({}, { __close = function()
                    more, rows = false, {}
                    if handle then close_stream(handle) end
                end })
                return following, nil, nil, closer
            end
        end

        -- Writing back what a call answered keeps `vm.name` true after `vm:edit`. What was asked for and is not in the
        -- answer is null now.
        local function refresh(row, answer, kind, fields)
            if fields then
                for _, name in next, fields do if answer[name] == nil then rawset(row, name, nil) end end
            else
                for name in next, kind.fields do if rawget(answer, name) == nil then rawset(row, name, nil) end end
            end
            for key, value in next, answer do rawset(row, key, value) end
        end

        -- An identifier, given as itself or by a row of that kind; nil for anything else. A volume holds the identifier of
        -- its server, and is no server all the same.
        local function identifier(value, key)
            if is_row(value) then
                if row_kinds[getmetatable(value)].key ~= key then return nil end
                value = rawget(value, key)
            end
            local kind = type(value)
            if kind == "string" or kind == "number" then return value end
        end

        local function of_subject(operation, kind)
            local partner_key = operation.partner
            return function(first, second, third, ...)
                expect_no_more(operation.name, first, ...)
                local id = identifier(first, operation.subject)
                if id == nil then refuse("subject", operation.name, operation.subject, false) end
                local partner, args
                if partner_key then partner = identifier(second, partner_key) end
                if partner ~= nil then
                    args = third
                else
                    if third ~= nil then refuse("surplus", operation.name, "", false) end
                    args = second
                end
                if operation.list then
                    local rows, fields = call(operation.name, args or {}, "all", id)
                    return dress(rows, kind, fields)
                end
                local rows, fields = call(operation.name, args or {}, "one", id, partner)
                if rows[1] == nil then return nil end
                -- The row that the answer is about: a rule that was given second, or the first.
                local row = partner_key == kind.key and second or first
                if operation.single and is_row(row) then refresh(row, rows[1], kind, fields) end
                return dress(rows, kind, fields)[1]
            end
        end

        local function without_subject(operation, kind)
            return function(args, ...)
                expect_no_more(operation.name, args, ...)
                local rows, fields = call(operation.name, args or {}, "one")
                dress(rows, kind, fields)
                if #rows == 1 then return rows[1] end
                return rows
            end
        end

        for name, kind in next, data.rows do
            kind.methods = {}
            row_kinds[name] = kind
        end

        local function locked(name, functions)
            locked_tables[name] = true
            return setmetatable({}, {
                __name = name,
                __metatable = name,
                __index = function(_, key)
                    local found = functions[key]
                    if found == nil then refuse("function", name, tostring(key), false) end
                    return found
                end,
                __newindex = function(_, key) refuse("assign", name, tostring(key), false) end,
                __pairs = function() return next, functions, nil end,
            })
        end

        -- Every row that carries the identifier has the functions that take it as methods.
        local function give(key, verb, method)
            for _, kind in next, row_kinds do
                if kind.key == key then kind.methods[verb] = method end
            end
        end

        local tables = {}
        for resource, operations in next, data.resources do
            local functions = {}
            tables[resource] = functions
            for verb, operation in next, operations do
                local kind = row_kinds[operation.row]
                if operation.subject then
                    local f = of_subject(operation, kind)
                    functions[verb] = f
                    if not operation.nested then
                        give(operation.subject, verb, f)
                    elseif operation.partner then
                        local subject = operation.subject
                        give(operation.partner, verb, function(row, args, ...)
                            if not is_row(row) then refuse("method", operation.name, verb, false) end
                            return f(rawget(row, subject), row, args, ...)
                        end)
                    end
                elseif operation.list then
                    functions[verb] = list(operation, kind)
                    if verb == "list" then functions.each = each(operation, kind) end
                else
                    functions[verb] = without_subject(operation, kind)
                end
            end
            local states = data.waits[resource]
            if states then
                local kind = row_kinds[states.row]
                local function await(id, state, timeout, ...)
                    expect_no_more(resource .. ".wait", id, ...)
                    local rows, several = {}, false
                    if is_row(id) then
                        rows[1] = id
                        id = identifier(id, states.key)
                    elseif type(id) == "table" then
                        several = true
                        local ids = {}
                        -- A table with keys would be a wait for nothing.
                        if #id == 0 and next(id) ~= nil then refuse("list", resource .. ".wait", "", false) end
                        for index = 1, #id do
                            local entry = id[index]
                            if is_row(entry) then rows[index] = entry end
                            entry = identifier(entry, states.key)
                            ids[index] = type(entry) == "string" and entry or false
                        end
                        id = ids
                    end
                    local answer = wait(resource, id, state, timeout)
                    for index = 1, #answer do
                        if rows[index] then refresh(rows[index], answer[index], kind, states.fields) end
                    end
                    dress(answer, kind, states.fields)
                    if several then return answer end
                    return rows[1] or answer[1]
                end
                functions.wait = await
                give(states.key, "wait", await)
                functions.wait_all = function(ids, ...)
                    if type(ids) ~= "table" or is_row(ids) then refuse("list", resource .. ".wait_all", "", false) end
                    return await(ids, ...)
                end
            end
        end
        for resource, functions in next, tables do
            local parent, name = resource:match("^(.+)%.([^.]+)$")
            if parent then
                tables[parent][name] = locked("iwinv." .. resource, functions)
            else
                module[resource] = locked("iwinv." .. resource, functions)
            end
        end

        -- Whether the cloud would take these arguments, as far as that is known beforehand; an error if not.
        function module.check(operation, args) return check(operation, args) end

        -- Calls `f` again while it fails with an error that may pass and that says of itself that nothing was done:
        -- the server was busy, or a lost reply was looked up. A change that may have been made is never repeated.
        function module.retry(f, options)
            if type(f) ~= "function" then refuse("function_first", "retry", "", false) end
            if options == nil then options = {} end
            if type(options) ~= "table" then refuse("retry", "retry", "", false) end
            for key in next, options do
                if key ~= "times" and key ~= "pause" then refuse("retry", "retry", "", false) end
            end
            local times, pause = options.times or 5, options.pause or "5s"
            if math_type(times) ~= "integer" or times < 1 or times > 1000 then refuse("retry", "retry", "", false) end
            for attempt = 1, times do
                local results = pack(pcall(f))
                if results[1] then return unpack(results, 2, results.n) end
                local problem = results[2]
                local may_pass = type(problem) == "table" and problem.retryable == true
                    and (problem.outcome == "refused" or problem.outcome == "not-sent")
                if not may_pass or attempt == times then error(problem, 0) end
                sleep(pause)
            end
        end

        return locked("iwinv", module)
        """#
}
