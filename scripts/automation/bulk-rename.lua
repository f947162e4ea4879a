-- ==Script==
-- @name     bulk-rename
-- @summary  Rename servers: by prefix, or from a table of old and new names
-- @param    from     string   default ""      Rename servers whose name begins with this …
-- @param    to       string   default ""      … so that it begins with this
-- @param    renames  table    default "[]"    Or a CSV or JSON file with the columns `from` and `to` (--param renames=@names.csv)
-- @param    dry      boolean  default false   Print before → after and change nothing
-- @needs    instances:read instances:edit
-- @limit    changes 500
-- ==/Script==

local iwinv = require "iwinv"

-- What shall be called what: first the decisions, then the changes.
local plan = {}

if #params.renames > 0 then
    if params.from ~= "" then fail("give --param renames or --param from, not both") end
    -- A spreadsheet: one row for each server. Every name must exist exactly once, so that a
    -- typing mistake renames nothing rather than the wrong server.
    local by_name = {}
    for vm in iwinv.instances.each() do
        local known = by_name[vm.name]
        if known then known.count = known.count + 1 else by_name[vm.name] = { vm = vm, count = 1 } end
    end
    for line, row in ipairs(params.renames) do
        if not row.from or not row.to then fail("row " .. line .. " needs the columns `from` and `to`") end
        local found = by_name[row.from]
        if not found then fail("row " .. line .. ": no server is called " .. row.from) end
        if found.count > 1 then fail("row " .. line .. ": " .. found.count .. " servers are called " .. row.from) end
        if found.line then fail("rows " .. found.line .. " and " .. line .. " both rename " .. row.from) end
        found.line = line
        plan[#plan + 1] = { vm = found.vm, before = row.from, after = row.to }
    end
elseif params.from ~= "" then
    -- `name` is a filter of the cloud that finds the text anywhere; text.starts_with makes sure
    -- that it stands at the beginning ("web-" is text here, never a pattern).
    for vm in iwinv.instances.each { name = params.from } do
        if text.starts_with(vm.name, params.from) then
            local rest = text.sub(vm.name, text.len(params.from) + 1)
            plan[#plan + 1] = { vm = vm, before = vm.name, after = params.to .. rest }
        end
    end
else
    fail("say what to rename: --param from=web- --param to=www-, or --param renames=@names.csv")
end

-- A name that the cloud would refuse is found here, before the first server is touched; so is one
-- that another server has, or will have.
local wanted, taken, renamed = {}, {}, {}
for _, step in ipairs(plan) do renamed[step.vm.instance_id] = true end
for vm in iwinv.instances.each { fields = { "name" } } do
    if not renamed[vm.instance_id] then taken[vm.name] = vm.name end
end
for _, step in ipairs(plan) do
    if step.before ~= step.after then
        local ok, problem = pcall(iwinv.check, "instances.edit", { instance_id = step.vm.instance_id, name = step.after })
        if not ok then fail(step.before .. " → " .. step.after .. ": " .. problem.message) end
        if taken[step.after] then fail(taken[step.after] .. " and " .. step.before .. " would both be " .. step.after) end
        taken[step.after] = step.before
        wanted[#wanted + 1] = step
    end
end
plan = wanted

if params.dry then
    ui.table(plan, { { "before", "before" }, { "after", "after" } })
    print(#plan .. " servers would be renamed")
    return { renamed = 0, planned = #plan }
end

-- Four at a time; the results keep the list's order, and the first error starts no further one. What the cloud refuses
-- for a moment (a busy server), or what a lost reply turns out not to have done, is asked for again: iwinv.retry never
-- repeats a change of which nobody knows whether it was made.
local done = 0
task.map(plan, function(step)
    iwinv.retry(function() step.vm:edit { name = step.after } end)
    done = done + 1
    ui.progress(done, #plan, step.after)
end, { limit = 4 })

print(done .. " servers renamed")
return { renamed = done, planned = #plan }
