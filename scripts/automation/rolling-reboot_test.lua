-- Run with `iwlua test scripts/automation`.

local function reboot(params, more)
    local options = { params = params, allow = "instances:power" }
    for key, value in pairs(more or {}) do options[key] = value end
    return script.run("rolling-reboot.lua", options)
end

before_each(function()
    cloud.add {
        servers = {
            { name = "web-%02d", count = 3 },
            { name = "web-off", status = "off" },
            { name = "db-web-01" },
        },
    }
end)

it("reboots the active servers of the prefix, and no others", function()
    local run = reboot { prefix = "web-" }
    expect(run.ended):equals("done")
    expect(run.result.rebooted):equals({ "web-01", "web-02", "web-03" })
    local ids = {}
    for i, change in ipairs(run.changes) do
        expect(change.operation):equals("instances.reboot")
        ids[i] = change.id
    end
    local wanted = {}
    for _, vm in ipairs(cloud.instances()) do
        if text.starts_with(vm.name, "web-0") then wanted[#wanted + 1] = vm.instance_id end
    end
    expect(ids):equals(wanted)
end)

it("has one server down at a time", function()
    -- While the script works, somebody counts every five seconds how many are not there.
    local most, over = 0, false
    task.spawn(function()
        while not over do
            local down = 0
            for _, vm in ipairs(cloud.instances()) do
                if vm.status == "work" then down = down + 1 end
            end
            most = math.max(most, down)
            time.sleep(5)
        end
    end)
    expect(reboot({ prefix = "web-", limit = 1 }).ended):equals("done")
    over = true
    expect(most):equals(1)
end)

it("starts no other server when one does not come back", function()
    task.spawn(function()
        time.sleep("5s")
        cloud.set_status("web-01", "work")
    end)
    local run = reboot { prefix = "web-", patience = "5m" }
    expect(run.ended):equals("failed")
    expect(run.error.message):contains("5m")
    expect(run.log):equals({})
    expect(cloud.calls("instances.reboot")):has_length(1)
end)

it("pauses after each server", function()
    local began = time.now()
    expect(reboot({ pause = "10m" }).ended):equals("done")
    expect(time.now() - began):is_above(20 * 60)
end)

it("touches nothing outside of its window", function()
    -- A test begins on a Sunday, at four in the morning in Seoul.
    local run = reboot { window = "MON 04:00-05:00" }
    expect(run.ended):equals("failed")
    expect(run.error.message):contains("it opens in 1d")
    expect(run.changes):equals({})
end)

it("stops when the window closes", function()
    local run = reboot { window = "SUN 04:00-04:10", pause = "6m" }
    expect(run.ended):equals("failed")
    expect(run.error.message):contains("the window closed")
    expect(#run.changes):is_below(3)
end)

it("makes no change without the grant", function()
    local run = script.run("rolling-reboot.lua")
    expect(run.ended):equals("denied")
    expect(run.exit_code):equals(3)
    expect(cloud.calls()):equals({})
end)

it("leaves alone what is protected", function()
    local run = reboot({ prefix = "web-" }, { protect = "web-02" })
    expect(run.ended):equals("denied")
    expect(run.changes):has_length(1)
end)

it("says that it does not know, if no read can tell whether a server was rebooted", function()
    cloud.fault { "instances.reboot: once lost-reply", "instances.list: after 1 html-502", "instances.get: html-502" }
    local run = reboot { prefix = "web-" }
    expect(run.ended):equals("unknown")
    expect(run.exit_code):equals(5)
    expect(run.changes):contains({ operation = "instances.reboot", outcome = "unknown" })
    expect(cloud.calls("instances.reboot")):has_length(1)
end)
