/// The `task` library: `spawn` and `wait` are native, the rest stands on them. Text in the program, not in the
/// heap of each machine.
let taskLibrary: StaticString = """
    local spawn = ...
    local pcall, type, raise, error = pcall, type, raise, error
    local next, tostring, integer = next, tostring, math.type

    local function limit_of(options)
        if options == nil then return 4 end
        if type(options) ~= "table" then raise("task.map: the options must be a table, got " .. type(options)) end
        for name in next, options do
            if name ~= "limit" then raise("task.map has no option `" .. tostring(name) .. "`; it has `limit`") end
        end
        local limit = options.limit
        if limit == nil then return 4 end
        if integer(limit) ~= "integer" or limit < 1 then
            local got = type(limit) == "number" and tostring(limit) or "a " .. type(limit)
            raise("task.map: limit must be an integer of at least 1, got " .. got)
        end
        return limit
    end

    local function map(list, fn, options)
        local needs = "task.map takes a list and a function, but the "
        if type(list) ~= "table" then raise(needs .. "list is a " .. type(list)) end
        if type(fn) ~= "function" then raise(needs .. "function is a " .. type(fn)) end
        local limit, count = limit_of(options), #list
        if integer(count) ~= "integer" then raise("task.map: the length of the list is not an integer") end
        local results, following, failed, failure = {}, 1, false, nil
        local function work()
            while not failed and following <= count do
                local i = following
                following = i + 1
                local ok, result = pcall(fn, list[i], i)
                if ok then
                    results[i] = result
                elseif not failed then
                    failed, failure = true, result
                end
            end
        end
        local workers = {}
        for i = 1, limit < count and limit or count do workers[i] = spawn(work) end
        for i = 1, #workers do workers[i]:wait() end
        if failed then error(failure, 0) end
        return results
    end

    local function call(fn) return fn() end

    local function all(functions)
        local needs = "task.all takes a list of functions"
        if type(functions) ~= "table" then raise(needs .. ", got " .. type(functions)) end
        local count = 0
        for key, fn in next, functions do
            if integer(key) ~= "integer" then raise(needs .. ", but it has a field '" .. tostring(key) .. "'") end
            if type(fn) ~= "function" then raise(needs .. ", but item " .. key .. " is a " .. type(fn)) end
            count = count + 1
        end
        if count ~= #functions then raise(needs .. ", but the list has holes") end
        return map(functions, call, { limit = count > 0 and count or 1 })
    end

    return { map = map, all = all }
    """
