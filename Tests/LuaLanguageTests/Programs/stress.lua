-- Random programs whose metamethods grow the stack, make garbage, fail, yield and close, in every place that liblua calls
-- one. What they compute is of no interest; a sanitizer, or a crash, tells. Returns how many programs ran.
local seed, rounds = ...
seed, rounds = seed or 1, rounds or 1000
local state = seed
local function random(n)
  state = state * 6364136223846793005 + 1442695040888963407
  return (state >> 33) % n + 1
end
local function pick(list) return list[random(#list)] end

-- ---- what a metamethod does ----
local fuel = 0
local objects, meta, threads = {}, {}, {}
local act

local function grow(n)
  if n == 0 then return act() end
  local a, b, c, d, e, f, g = 1, 2, 3, 4, 5, 6, 7
  local r = grow(n - 1)
  return r, a
end

local function spread(n, ...)
  if n == 0 then return select("#", ...), ... end
  return spread(n - 1, n, ...)
end

local function garbage(n)
  local keep = {}
  for i = 1, n do keep[i % 7] = {i, ("x"):rep(i & 63)} end
  return keep
end

local function object() return objects[random(#objects)] end

local function thread()
  local co = coroutine.create(function(...)
    local a <close>, b = object(), object()
    act()
    coroutine.yield(...)
    local c <close> = object()
    return act() or a + b
  end)
  threads[random(8)] = co
  return co
end

-- Each may fail; the one around it catches that, or not.
local acts = {
  function() return grow(random(40) == 1 and 1500 or random(60)) end,
  function() return select(2, spread(random(30))) end,
  function() return table.unpack({}, 1, random(4) == 1 and 300 or 8) end,
  function() return garbage(random(4) == 1 and 2000 or 60) end,
  function() error(object(), 0) end,
  function() error("failed", random(3) - 1) end,
  function() if coroutine.isyieldable() then return coroutine.yield(object(), 1, 2) end end,
  function() return coroutine.resume(thread(), object()) end,
  function() return coroutine.wrap(function(...) local a <close> = object() return act(...) end)(object()) end,
  function() local co = threads[random(8)] if co then return coroutine.resume(co, object()) end end,
  function() local co = threads[random(8)] if co then return coroutine.close(co) end end,
  function() return pcall(act) end,
  function() return xpcall(act, function(e) act() return e end) end,
  function() return pcall(error, object()) end,
  function() local a <close>, b <const> = object(), 1 return act() end,
  function() for k, v in next, {1, 2}, nil, object() do local f = function() return k end if act() then break end end end,
  function() do do local a <close> = object() if act() then goto out end end local b, c, d, e, f ::out:: end return act() end,
  function() return ("a,b,c"):gsub("%a", function(c) return tostring(act()) end) end,
  function() local t = {3, 1, 2, 5, 4} table.sort(t, function(a, b) act() return a < b end) return t end,
  function() return table.concat({1, 2, tostring(object())}, ",") end,
  function() return ("%s %s"):format(object(), object()) end,
  function() return #object(), -object(), object() // 2 end,
  function() return object() == object(), object() < object(), object() <= object() end,
  function() return object() .. "a" .. 1 .. object() .. "b" end,
  function() return "a" .. "b" .. object() end,
  function() object()[random(5)] = object() end,
  function() object().name = act() end,
  function() return object()[object()] end,
  function() return object()(act(), object(), act()) end,
  function() for k, v in pairs(object()) do act() end end,
  function() setmetatable(object(), random(2) == 1 and meta or nil) end,
  function() meta[pick {"__newindex", "__index", "__call", "__eq"}] = random(3) == 1 and meta or act end,
  function() return load(function() act() return nil end) end,
  function() return load("local a <close> = ... return a + 1", "=t")(object()) end,
  function() objects[random(#objects)] = setmetatable({}, meta) end,
  function() return table.move({1, 2, 3}, 1, 3, 2, object()) end,
  function() return next(object()), rawlen(object()) end,
  function() return utf8.char(random(100000)), ("x"):rep(random(3000), ",") end,
}

function act()
  fuel = fuel - 1
  if fuel <= 0 then return nil end
  return acts[random(#acts)]()
end

for _, name in ipairs {"add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "band", "bor", "bxor", "shl", "shr", "bnot",
  "concat", "len", "eq", "lt", "le", "index", "newindex", "call", "close", "tostring", "pairs"} do
  local function event(a, b, c)
    local r = act()
    if name == "tostring" then return tostring(type(r)) end
    if name == "pairs" then return next, {1, 2}, nil end
    return r
  end
  if name ~= "concat" or pcall(setmetatable, {}, {__concat = event}) then meta["__" .. name] = event end
end
local whole = {}
for k, v in pairs(meta) do whole[k] = v end

-- ---- programs ----
local function expression(depth)
  local choice = random(depth > 3 and 3 or 12)
  if choice == 1 then return "o()" elseif choice == 2 then return tostring(random(9)) elseif choice == 3 then return "a" end
  local x, y = expression(depth + 1), expression(depth + 1)
  if choice <= 6 then return "(" .. x .. " " .. pick {"+", "-", "*", "//", "..", "==", "<", "<=", "&", "|", "and", "or"} .. " " .. y .. ")"
  elseif choice == 7 then return "(" .. pick {"-", "#", "not ", "~"} .. x .. ")"
  elseif choice == 8 then return "(o())[" .. x .. "]"
  elseif choice == 9 then return "o()(" .. x .. ", " .. y .. ")"
  elseif choice == 10 then return "{" .. x .. ", " .. y .. ", act()}"
  elseif choice == 11 then return "(" .. x .. " .. " .. y .. " .. a .. 'z')"
  else return "select('#', " .. x .. ", act())" end
end

local statements
local function statement(depth, loops)
  local choice = random(depth > 3 and 6 or 14)
  local x = expression(1)
  if choice == 1 then return "local b <close> = o() "
  elseif choice == 2 then return "a = " .. x .. " "
  elseif choice == 3 then return "local b, c, d = " .. x .. ", act() "
  elseif choice == 4 then return "o()[" .. x .. "] = act() "
  elseif choice == 5 then return "act(" .. x .. ") "
  elseif choice == 6 then return loops > 0 and "if act() then break end " or "if " .. x .. " then return act() end "
  elseif choice == 7 then return "for k, v in next, {1, 2, 3}, nil, o() do local f = function() return k, v end " .. statements(depth + 1, loops + 1) .. "end "
  elseif choice == 8 then return "for i = 1, " .. random(4) .. " do " .. statements(depth + 1, loops + 1) .. "end "
  elseif choice == 9 then return "pcall(function(...) local a = ... " .. statements(depth + 1, 0) .. "end, " .. x .. ") "
  elseif choice == 10 then return "xpcall(function() " .. statements(depth + 1, 0) .. "end, function(e) act() return e end) "
  elseif choice == 11 then return "do local co = coroutine.wrap(function(a) " .. statements(depth + 1, 0) .. "end) pcall(co, o()) pcall(co) end "
  elseif choice == 12 then return "do local co = coroutine.create(function(a) local b <close> = o() coroutine.yield(1) " .. statements(depth + 1, 0) .. "end) coroutine.resume(co, o()) coroutine.close(co) end "
  elseif choice == 13 then return "do do local b <close> = o() if act() then goto l end end local p, q, r, s " .. statements(depth + 1, 0) .. "::l:: end "
  else return "do local function f(...) local a, b <close> = ..., o() " .. statements(depth + 1, 0) .. "return act() end a = f(" .. x .. ", act()) end " end
end

function statements(depth, loops)
  local list = {}
  for i = 1, random(4) do list[i] = statement(depth, loops) end
  -- Nothing may follow a return or a break in a block.
  return "do " .. table.concat(list, " end do ") .. " end "
end

local env = setmetatable({act = act, o = object}, {__index = _G})
local ran = 0
for round = 1, rounds do
  for k in pairs(meta) do meta[k] = nil end
  for k, v in pairs(whole) do meta[k] = v end
  for i = 1, 6 do objects[i] = setmetatable({i}, meta) end
  for i = 1, 8 do threads[i] = nil end
  local text = "local a = ... " .. statements(1, 0)
  local f, message = load(text, "=p", "t", env)
  if not f then error(message .. "\n" .. text) end
  fuel = 150
  local co = coroutine.create(f)
  for i = 1, 10 do
    fuel = fuel + 20
    if not coroutine.resume(co, objects[1]) then break end
    if coroutine.status(co) == "dead" then break end
  end
  if coroutine.status(co) == "suspended" then coroutine.close(co) end
  fuel = 0
  for _, other in pairs(threads) do
    if coroutine.status(other) == "suspended" then coroutine.close(other) end
  end
  ran = ran + 1
end
return ran
