-- ==Script==
-- @name     orphan-volumes
-- @summary  List volumes that are charged and attached to nothing
-- @param    gap     duration  default "1m"  Time between the two sightings
-- @needs    storage:read instances:read
-- ==/Script==

local iwinv = require "iwinv"

-- A volume is an orphan if it was seen, twice, and both times said itself that it is attached to nothing. That
-- something is missing from a list never counts: lists cover API-enabled zones only, and an answer may be empty.
local function sighting()
    local free = {}
    for volume in iwinv.storage.each() do
        if volume.instance_id == nil and volume.status == "off" then free[volume.block_storage_id] = volume end
    end
    return free
end

local first = sighting()
if next(first) == nil then
    print("no volume is free")
    return { orphans = {}, gigabytes = 0 }
end
time.sleep(params.gap)
local second = sighting()

-- A server that claims the volume has the last word.
local claimed = {}
for vm in iwinv.instances.each { fields = { "name", "block_storage" } } do
    for _, id in ipairs(vm.block_storage) do claimed[id] = vm.name end
end

local orphans, gigabytes = {}, 0
for id, volume in pairs(first) do
    if not second[id] then
        log.info("not free any more", { volume = volume.name, id = id })
    elseif claimed[id] then
        log.warn("says it is free, but a server has it", { volume = volume.name, id = id, server = claimed[id] })
    else
        orphans[#orphans + 1] = {
            id = id, name = volume.name, type = volume.type, size = volume.size, since = volume.start_date,
        }
        gigabytes = gigabytes + (volume.size or 0)
    end
end

if #orphans > 0 then
    table.sort(orphans, function(a, b) return (a.size or 0) > (b.size or 0) end)
    ui.table(orphans, { "id", "name", "type", { "GB", "size" }, { "made", "since" } })
end
print(#orphans .. " volumes with " .. gigabytes .. " GB are attached to nothing and charged")
return { orphans = orphans, gigabytes = gigabytes }
