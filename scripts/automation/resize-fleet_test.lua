local function flavors()
    local list = {}
    for i, vm in ipairs(cloud.instances()) do list[i] = vm.flavor.flavor_id end
    return list
end

local function resize(params) return script.run("resize-fleet.lua", { params = params, allow = "instances:create" }) end

before_each(function()
    cloud.add {
        servers = {
            { name = "web-%d", count = 2, zone = "kr1_z09", flavor = "vgna_2_n" },
            { name = "web-3", zone = "kr1_z09", flavor = "vgna_2_n", status = "off" },
            { name = "db-1", zone = "kr1_z09", flavor = "vgna_2_n" },
        },
    }
end)

it("resizes the servers of the prefix, and says what it costs", function()
    local run = resize { prefix = "web-", flavor = "vgna_4_n" }
    expect(run.ended):equals("done")
    expect(flavors()):equals({ "vgna_4_n", "vgna_4_n", "vgna_4_n", "vgna_2_n" })
    expect(run.result.resized):equals(3)
    -- What the cloud says of its prices is what it costs.
    local iwinv, price = require "iwinv", {}
    for flavor in iwinv.flavors.each() do price[flavor.flavor_id] = flavor.price.full.KRW end
    expect(run.result.monthly_difference):equals(3 * (price.vgna_4_n - price.vgna_2_n))
end)

it("leaves a server on that was on, and off that was off", function()
    expect(resize({ prefix = "web-", flavor = "vgna_4_n" }).ended):equals("done")
    local states = {}
    for i, vm in ipairs(cloud.instances()) do states[i] = vm.status end
    expect(states):equals({ "active", "active", "off", "active" })
end)

it("only says what it would do, when dry", function()
    local run = resize { prefix = "web-", flavor = "vgna_4_n", dry = true }
    expect(run.result.planned):equals(3)
    expect(run.result.monthly_difference):is_above(0)
    expect(run.changes):equals({})
end)

it("resizes nothing if one server cannot be", function()
    cloud.set_status("web-2", "error")
    local run = resize { prefix = "web-", flavor = "vgna_4_n" }
    expect(run.ended):equals("failed")
    expect(run.error.message):contains("web-2: it is error")
    expect(run.changes):equals({})
end)

it("has nothing to do for servers that have the size", function()
    local run = resize { prefix = "db-", flavor = "vgna_2_n" }
    expect(run.output):equals("no server to resize")
end)

it("wants to be told which servers", function()
    expect(resize({ flavor = "vgna_4_n" }).error.message):contains("--param prefix=web-")
end)

it("keeps to the number of changes in its header", function()
    cloud.add { servers = { { name = "many-%03d", count = 101, zone = "kr1_z09", flavor = "vgna_2_n" } } }
    local run = resize { prefix = "many-", flavor = "vgna_4_n", limit = 50 }
    expect(run.ended):equals("denied")
    expect(cloud.calls("instances.resize")):has_length(100)
end)
