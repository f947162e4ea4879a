-- expect: ok
-- session: yes
-- cpu: 2000
-- memory: 64
-- why: the end of an evaluation closes what sleeps below xpcall
local function deep(n)
  if n == 0 then return xpcall(hang, function() end) end
  local a, b, c, d, e, f, g, h = 1, 2, 3, 4, 5, 6, 7, 8
  local r = deep(n - 1)
  return r, a
end
for i = 1, 5 do
  task.spawn(function()
    local c <close> = setmetatable({}, {__close = function()
      for i = 1, 20000 do local t = {("x"):rep(i & 127)} end
      local keep = {}
      for i = 1, 500 do keep[i] = ("A"):rep(4000 + i) end
      error("boom", 0)
    end})
    deep(3000)
  end)
end
local waiting = task.spawn(function() wait() end)
waiting:wait()
stop()
