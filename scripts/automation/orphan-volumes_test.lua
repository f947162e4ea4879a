before_each(function()
    cloud.add {
        servers = { { name = "db-01" } },
        volumes = {
            { name = "data", size = 100, server = "db-01" },
            { name = "old-data", size = 50 }, { name = "older-data", size = 200, type = "sata" },
        },
    }
end)

it("finds the volumes that are attached to nothing, the largest first", function()
    local run = script.run("orphan-volumes.lua")
    expect(run.ended):equals("done")
    local names = {}
    for i, volume in ipairs(run.result.orphans) do names[i] = volume.name end
    expect(names):equals({ "older-data", "old-data" })
    expect(run.result.gigabytes):equals(250)
    expect(run.changes):equals({})
end)

it("looks twice, and does not believe what has changed meanwhile", function()
    task.spawn(function()
        time.sleep("30s")
        -- Somebody takes one of them into use.
        local iwinv = require "iwinv"
        iwinv.storage.list { name = "older-data" }[1]:attach(iwinv.instances.list()[1])
    end)
    local run = script.run("orphan-volumes.lua", { params = { gap = "5m" } })
    expect(run.result.gigabytes):equals(50)
    expect(run.log):contains({ level = "info", message = "not free any more", fields = { volume = "older-data" } })
    expect(cloud.calls("storage.list")):has_length(2)
end)

it("says so if none is free", function()
    local iwinv = require "iwinv"
    for _, name in ipairs { "old-data", "older-data" } do
        iwinv.storage.list { name = name }[1]:attach(iwinv.instances.list()[1])
        cloud.advance("5m")
    end
    expect(script.run("orphan-volumes.lua").output):equals("no volume is free")
end)

it("does not call anything an orphan if the second look fails", function()
    cloud.fault { "storage.list: after 1 html-502" }
    local run = script.run("orphan-volumes.lua")
    expect(run.ended):equals("refused")
    expect(run.result):is_nil()
end)

it("believes a server that claims a volume", function()
    local iwinv = require "iwinv"
    local volume, vm = iwinv.storage.list { name = "older-data" }[1], iwinv.instances.list()[1]
    -- The second answer is under way for so long that the volume is taken meanwhile.
    cloud.fault { "storage.list: after 1 delay(20s)" }
    task.spawn(function()
        time.sleep("70s")
        volume:attach(vm)
    end)
    local run = script.run("orphan-volumes.lua", { params = { gap = "1m" } })
    expect(run.result.gigabytes):equals(50)
    expect(run.log):contains({ level = "warn", fields = { volume = "older-data", server = "db-01" } })
end)
