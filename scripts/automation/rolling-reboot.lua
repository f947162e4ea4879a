-- ==Script==
-- @name     rolling-reboot
-- @summary  Reboot servers a few at a time, waiting for each to come back, inside a window
-- @param    prefix  string    default "web-"        Servers whose name begins with this
-- @param    limit   integer   default 1             How many at the same time
-- @param    window  string    default "always"      When it may work, such as "SUN 04:00-06:00; MON-FRI 22:00-02:00"
-- @param    tz      string    default "Asia/Seoul"  The window's time zone
-- @param    pause   duration  default "10s"         Pause after each server
-- @param    patience duration default "10m"         How long a server may take to come back
-- @needs    instances:read instances:power
-- @limit    changes 200
-- ==/Script==

local iwinv = require "iwinv"

if params.limit < 1 then fail("limit: at least 1") end

-- Outside its window this script touches nothing.
local window = time.window(params.window, params.tz)
if not window.open then
    fail("the window " .. params.window .. " is closed" ..
        (window.changes_in and "; it opens in " .. time.duration(window.changes_in) or ""))
end

local servers = {}
for vm in iwinv.instances.each { name = params.prefix, status = "active" } do
    if text.starts_with(vm.name, params.prefix) then servers[#servers + 1] = vm end
end
if #servers == 0 then fail("no active server has a name that begins with " .. params.prefix) end

local rebooted, closed = {}, false

-- task.map starts at most `limit` at once. An error in one of them (a server that does not come back,
-- say) lets those under way finish, starts no other, and ends the script with that error.
task.map(servers, function(vm)
    if not time.window(params.window, params.tz).open then
        closed = true
        return
    end
    iwinv.retry(function() vm:reboot() end)
    vm:wait("active", params.patience)
    rebooted[#rebooted + 1] = vm.name
    log.info("back again", { name = vm.name })
    ui.progress(#rebooted, #servers, vm.name)
    if #rebooted < #servers then time.sleep(params.pause) end
end, { limit = params.limit })

print(#rebooted .. " of " .. #servers .. " servers rebooted")
if closed then fail("the window closed before all servers had their turn") end
return { rebooted = rebooted }
