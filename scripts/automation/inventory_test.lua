before_each(function()
    cloud.add { servers = { { name = "web-%02d", count = 120 }, { name = "batch", status = "off" }, { name = "결제-01" } } }
end)

it("lists every server, sorted, over all pages", function()
    local run = script.run("inventory.lua")
    expect(run.ended):equals("done")
    expect(run.result):equals({ servers = 122, states = { active = 121, off = 1 } })
    expect(run.output):contains("122 servers: 121 active, 1 off")
    expect(run.output:find("batch", 1, true)):is_below(run.output:find("web-01", 1, true))
    for _, vm in ipairs(cloud.instances()) do expect(run.output):contains(vm.name) end
end)

it("lists the servers of a zone together", function()
    cloud.add { servers = { { name = "aaaa-2", zone = "kr2-z01" }, { name = "zzzz-1", zone = "kr1_z09" } } }
    local output = script.run("inventory.lua").output
    expect(output:find("zzzz-1", 1, true)):is_below(output:find("aaaa-2", 1, true))
end)

it("lists servers of a state", function()
    local run = script.run("inventory.lua", { params = { status = "off" } })
    expect(run.result.servers):equals(1)
    expect(run.output):contains("batch")
    expect(run.output).never:contains("web-01")
end)

it("shows addresses, and asks for nothing secret", function()
    local run = script.run("inventory.lua")
    expect(run.output):contains(cloud.instances()[1].ip[1].public.address)
    for _, call in ipairs(cloud.calls()) do
        expect(call.arguments.fields).never:contains("default_account")
        expect(call.arguments.fields).never:contains("vnc")
    end
end)

it("lists a server that is being built, which has no address", function()
    cloud.set_status("web-01", "building")
    expect(script.run("inventory.lua").result.states.building):equals(1)
end)
