/// The `task` library: `spawn` and `wait` are native, the rest stands on them.
let taskLibrary = """
    local data, native = ...
    local spawn, pcall, type, raise = native.spawn, pcall, type, raise
    local error = error

    local function limit_of(options)
        if options == nil then return 4 end
        if type(options) ~= "table" then raise("task.map: the options must be a table") end
        local limit = options.limit
        if limit == nil then return 4 end
        if math.type(limit) ~= "integer" or limit < 1 then raise("task.map: limit must be an integer from 1") end
        return limit
    end

    local function map(list, fn, options)
        if type(list) ~= "table" then raise("task.map: the list must be a table, got " .. type(list)) end
        if type(fn) ~= "function" then raise("task.map: a function is needed, got " .. type(fn)) end
        local limit, count = limit_of(options), #list
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
        if type(functions) ~= "table" then raise("task.all: a list of functions is needed") end
        return map(functions, call, { limit = #functions > 0 and #functions or 1 })
    end

    return { spawn = spawn, map = map, all = all }
    """
