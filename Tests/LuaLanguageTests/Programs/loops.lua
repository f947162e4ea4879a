-- Random functions of nested scopes, compiled and run, beside a walk over the same tree that does what the manual says:
-- each closing value is closed once, in order, when its scope is left. Returns how many were right.
local seed, rounds = ...
seed, rounds = seed or 1, rounds or 20000
local state = seed
local function random(n) -- 1 to n, the same in every release
  state = (state * 6364136223846793005 + 1442695040888963407)
  return (state >> 33) % n + 1
end

-- ---- the tree ----
local ids, label
local function fresh() ids = ids + 1 return ids end
local block

-- `loops`: inside of a loop of this function; `labels`: names at the ends of the blocks around.
local function statement(depth, loops, labels)
  local what = random(depth > 3 and 7 or 15)
  if what <= 2 then return {"locals", n = random(5)}
  elseif what == 3 then return {"closed", id = fresh()}
  elseif what == 4 then return {"closure"}
  elseif what == 5 then return {"note", id = fresh()}
  elseif what == 6 then
    local exit = random(4)
    if exit == 1 and loops > 0 then return {"exit", kind = "break", chance = random(3)}
    elseif exit == 2 and #labels > 0 then return {"exit", kind = "goto", to = labels[random(#labels)], chance = random(3)}
    elseif exit == 3 then return {"exit", kind = "return", chance = 3 + random(3)}
    elseif exit == 4 then return {"exit", kind = "error", chance = 5 + random(3), id = fresh()} end
    return {"note", id = fresh()}
  elseif what == 7 then return {"last", chance = random(4)}
  elseif what <= 11 then
    return {"generic", id = fresh(), closes = random(4) > 1, times = random(3), captured = random(2) == 1,
            body = block(depth + 1, loops + 1, labels)}
  elseif what == 12 then return {"numeric", times = random(3), body = block(depth + 1, loops + 1, labels)}
  elseif what == 13 then return {"repeat", id = fresh(), times = random(3), body = block(depth + 1, loops + 1, labels)}
  elseif what == 14 then return {"while", times = random(3), body = block(depth + 1, loops + 1, labels)}
  else return {"do", body = block(depth + 1, loops, labels)} end
end

function block(depth, loops, labels)
  local b = {}
  local inner = {}
  for i, name in ipairs(labels) do inner[i] = name end
  if random(3) == 1 then
    label = label + 1
    b.label = "l" .. label
    inner[#inner + 1] = b.label
  end
  for i = 1, random(5) do b[i] = statement(depth, loops, inner) end
  return b
end

-- ---- as text ----
local out, names
local emit

local function put(...) for i = 1, select("#", ...) do out[#out + 1] = (select(i, ...)) end end
local function name() names = names + 1 return "v" .. names end

-- `taken` is a table of what each choice was: the walk reads the same list.
local function emit_statement(s)
  local kind = s[1]
  if kind == "locals" then
    put "local "
    for i = 1, s.n do if i > 1 then put ", " end put(name()) end
    if s.n > 2 then put " = 1, 2" end
    put "\n"
  elseif kind == "closed" then put("local ", name(), " <close> = C(", s.id, ")\n")
  elseif kind == "closure" then put(names > 0 and "keep(function() return v" or "keep(function() return k", names, " end)\n")
  elseif kind == "note" then put("N(", s.id, ")\n")
  elseif kind == "last" then put("if H(", s.chance, ") then do return tail(T(", s.chance, ")) end end\n")
  elseif kind == "exit" then
    put("if H(", s.chance, ") then ")
    if s.kind == "goto" then put("goto ", s.to)
    elseif s.kind == "error" then put("error('e", s.id, "', 0)")
    elseif s.kind == "return" then put("return 'r'")
    else put "break" end
    put " end\n"
  elseif kind == "generic" then
    local v = name()
    put("for ", v, " in upto, ", s.times, ", 0", s.closes and ", C(" .. s.id .. ")" or "", " do\n")
    if s.captured then put("keep(function() return ", v, " end)\n") end
    emit(s.body)
    put "end\n"
  elseif kind == "numeric" then put("for ", name(), " = 1, ", s.times, " do\n") emit(s.body) put "end\n"
  elseif kind == "while" then
    local v = name()
    put("do local ", v, " = 0 while ", v, " < ", s.times, " do ", v, " = ", v, " + 1\n") emit(s.body) put "end end\n"
  elseif kind == "repeat" then
    local v = name()
    put("do local ", v, " = 0 repeat ", v, " = ", v, " + 1 local w <close> = C(", s.id, ") do\n") emit(s.body)
    put("end until w == nil or ", v, " >= ", s.times, " end\n")
  else put "do\n" emit(s.body) put "end\n" end
end

function emit(b)
  local before = names
  for _, s in ipairs(b) do emit_statement(s) end
  if b.label then put("::", b.label, "::\n") end
  names = before
end

-- ---- as the manual says ----
local trace, flips, at
local function H(chance) at = at + 1 return flips(at) % chance == 0 end
local function note(x) trace[#trace + 1] = x end

local walk
local function leave(open, level, why) -- closes what is open above the level, the last first
  for i = #open, level + 1, -1 do note("c" .. open[i]) open[i] = nil end
  return why
end

local function walk_loop(s, open, times, before)
  for i = 1, times do
    local level = #open
    if before then before() end
    local why = walk(s.body, open)
    leave(open, level)
    if why == "break" then return nil elseif why then return why end
  end
end

local function walk_statement(s, open)
  local kind = s[1]
  if kind == "closed" then open[#open + 1] = s.id
  elseif kind == "note" then note(s.id)
  elseif kind == "last" then if H(s.chance) then note("t" .. s.chance) return "tail" end
  elseif kind == "exit" then
    if H(s.chance) then return s.kind == "goto" and s.to or s.kind == "error" and "error" .. s.id or s.kind end
  elseif kind == "generic" then
    local level = #open
    if s.closes then open[#open + 1] = s.id end
    return leave(open, level, walk_loop(s, open, s.times))
  elseif kind == "repeat" then return walk_loop(s, open, s.times, function() open[#open + 1] = s.id end)
  elseif kind == "numeric" or kind == "while" then return walk_loop(s, open, s.times)
  elseif kind == "do" then
    local level = #open
    local why = walk(s.body, open)
    return leave(open, level, why)
  end
end

function walk(b, open)
  local level = #open
  for _, s in ipairs(b) do
    local why = walk_statement(s, open)
    if why then
      if why == b.label then break end
      return leave(open, level, why)
    end
  end
  leave(open, level)
end

-- ---- both ----
local kept
local meta = {__close = function(o) note("c" .. o.id) end}
local env = {
  C = function(id) return setmetatable({id = id}, meta) end, N = note, H = H,
  T = function(chance) note("t" .. chance) return chance end,
  keep = function(f) kept[#kept + 1] = f end, error = error,
  upto = function(n, i) if i < n then return i + 1 end end,
  -- Called last: what was forgotten would be closed below it, or never.
  tail = function(...) local a <close> = nil return select("#", ...) end,
}

local right, doubtful = 0, 0
for round = 1, rounds do
  ids, label, names, out = 0, 0, 0, {}
  local before = state
  local tree = block(1, 0, {})
  put "local k0, tail = 0, tail\n"
  emit(tree)
  local text = table.concat(out)
  if text:find("break", 1, true) or text:find("goto", 1, true) then doubtful = doubtful + 1 end
  local salt = random(1 << 20)
  flips = function(i) return (i * 2654435761 + salt * 40503) >> 7 end
  trace, at = {}, 0
  local why = walk(tree, {})
  local expected = table.concat(trace, " ") .. " " .. (why and tostring(why):sub(1, 5) == "error" and why:sub(5) or "end")
  trace, at, kept = {}, 0, {}
  local f, message = load(text, "=p", "t", env)
  if not f then error("seed " .. before .. ": " .. message .. "\n" .. text, 0) end
  local ok, e = pcall(f)
  local found = table.concat(trace, " ") .. " " .. (ok and "end" or tostring(e):gsub("^e", "r"))
  for _, g in ipairs(kept) do g() end
  if found ~= expected then
    error(("state %d:\nexpected %s\nfound    %s\n%s"):format(before, expected, found, text), 0)
  end
  right = right + 1
end
return right, doubtful
