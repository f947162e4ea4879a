-- ==Script==
-- @name     resize-fleet
-- @summary  Give servers another size, a few at a time, and say what it costs
-- @param    prefix    string    default ""     Servers whose name begins with this
-- @param    flavor    string                   The new flavor, such as vgna_4_n
-- @param    limit     integer   default 1      How many at the same time
-- @param    patience  duration  default "15m"  How long one may take
-- @param    dry       boolean   default false  Only say what would be done
-- @needs    instances:read instances:create
-- @limit    changes 100
-- ==/Script==

local iwinv = require "iwinv"
if params.limit < 1 then fail("limit: at least 1") end
if params.prefix == "" then fail("say which servers: --param prefix=web-") end

local wanted = iwinv.flavors.get(params.flavor)
local in_zone = {}
for _, zone in ipairs(wanted.zone) do in_zone[zone] = true end

local prices = {}
for flavor in iwinv.flavors.each() do prices[flavor.flavor_id] = flavor.price.full.KRW end

-- What cannot be resized is found before the first server is touched.
local plan, problems, difference = {}, {}, 0
for vm in iwinv.instances.each { name = params.prefix } do
    if text.starts_with(vm.name, params.prefix) and vm.flavor.flavor_id ~= params.flavor then
        local problem
        if not in_zone[vm.zone.zone_id] then
            problem = params.flavor .. " is not offered in " .. vm.zone.zone_id
        elseif wanted.spec.disk < vm.flavor.disk then
            problem = "its disk of " .. vm.flavor.disk .. " GB would have to shrink to " .. wanted.spec.disk
        elseif vm.status ~= "active" and vm.status ~= "off" then
            problem = "it is " .. vm.status
        end
        if problem then
            problems[#problems + 1] = vm.name .. ": " .. problem
        else
            local before = prices[vm.flavor.flavor_id]
            local more = before and prices[params.flavor] and prices[params.flavor] - before
            plan[#plan + 1] = { vm = vm, name = vm.name, before = vm.flavor.flavor_id, more = more, status = vm.status }
            if more then difference = difference + more end
        end
    end
end
if #problems > 0 then fail("nothing was resized:\n  " .. table.concat(problems, "\n  ")) end
if #plan == 0 then
    print("no server to resize")
    return { resized = 0, planned = 0, monthly_difference = 0 }
end

ui.table(plan, {
    { "server", "name" }, { "status", "status" }, { "before", "before" },
    { "after", function() return params.flavor end },
    { "KRW a month", function(step) return step.more and text.pad(text.number(step.more), 10, true) or "?" end },
})
print("together " .. text.number(difference) .. " KRW a month more, without VAT")
if params.dry then return { resized = 0, planned = #plan, monthly_difference = difference } end

local done = 0
task.map(plan, function(step)
    iwinv.retry(function() step.vm:resize { flavor_id = params.flavor } end)
    -- It works for a while, then it is what it was before: on or off.
    step.vm:wait(step.status, params.patience)
    done = done + 1
    log.info("resized", { name = step.name })
    ui.progress(done, #plan, step.name)
end, { limit = params.limit })

print(done .. " servers resized")
return { resized = done, planned = #plan, monthly_difference = difference }
