-- The ranges of all rules, a firewall a line.
local function ranges()
    local list = {}
    for i, firewall in ipairs(cloud.world().firewalls) do
        list[i] = {}
        for k, rule in ipairs(firewall.rules) do list[i][k] = rule.port .. " " .. rule.ip end
    end
    return list
end

local function rotate(params) return script.run("rotate-firewall-ip.lua", { params = params, allow = "firewall:edit" }) end

before_each(function()
    cloud.add {
        firewalls = {
            { title = "web-public", content = "web",
                rules = { { port = 443, ip = "0.0.0.0/0" }, { port = 22, ip = "198.51.100.7/32" } } },
            { title = "database", content = "db",
                rules = { { port = 3306, ip = "198.51.100.7/32" }, { port = 22, ip = "198.51.100.0/24" } } },
        },
    }
end)

it("replaces the address in every firewall, and nothing else", function()
    local run = rotate { old = "198.51.100.7", new = "203.0.113.9" }
    expect(run.ended):equals("done")
    expect(run.result):equals({ changed = 2, planned = 2 })
    expect(ranges()):equals({ { "443 0.0.0.0/0", "22 203.0.113.9/32" }, { "3306 203.0.113.9/32", "22 198.51.100.0/24" } })
end)

it("replaces a range", function()
    expect(rotate({ old = "198.51.100.0/24", new = "203.0.113.0/25" }).result.changed):equals(1)
    expect(ranges()[2][2]):equals("22 203.0.113.0/25")
end)

it("removes the old rule where the new one is there already", function()
    local rules = { { port = 22, ip = "198.51.100.7/32" }, { port = 22, ip = "203.0.113.9/32" } }
    cloud.add { firewalls = { { title = "both", content = "both", rules = rules } } }
    local run = rotate { old = "198.51.100.7", new = "203.0.113.9" }
    expect(run.result.changed):equals(3)
    expect(ranges()[3]):equals({ "22 203.0.113.9/32" })
    expect(run.changes):contains({ operation = "firewall.rules.remove" })
end)

it("only tells, when dry", function()
    local before = ranges()
    expect(rotate({ old = "198.51.100.7", new = "203.0.113.9", dry = true }).result):equals({ changed = 0, planned = 2 })
    expect(ranges()):equals(before)
end)

it("says so if no rule has the address", function()
    expect(rotate({ old = "192.0.2.1", new = "203.0.113.9" }).output):contains("no rule has the range 192.0.2.1")
end)

it("refuses what is no address, and an exchange that is none", function()
    expect(rotate({ old = "198.51.100", new = "203.0.113.9" }).error.message):contains("old: `198.51.100` is no IPv4")
    expect(rotate({ old = "198.51.100.7", new = "198.51.100.7/32" }).error.message):contains("the same range")
    expect(cloud.calls()):equals({})
end)
