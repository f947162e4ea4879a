-- The findings about a firewall with these rules.
local function audit(rules, params)
    cloud.add { firewalls = { { title = "web-public", content = "web", rules = rules } } }
    return script.run("firewall-audit.lua", { params = params })
end

local function kinds(run)
    local list = {}
    for i, finding in ipairs(run.error and run.result.findings or {}) do list[i] = finding.kind end
    return list
end

it("is content with what may be open", function()
    local run = audit { { port = 443, ip = "0.0.0.0/0" }, { port = 22, ip = "203.0.113.0/24" } }
    expect(run.ended):equals("done")
    expect(run.output):contains("1 firewalls with 2 rules: nothing found")
end)

it("finds what is open to the world, also in two halves", function()
    local run = audit { { port = 22, ip = "0.0.0.0/0" }, { port = 3306, ip = "0.0.0.0/1" }, { port = 3306, ip = "128.0.0.0/1" } }
    expect(run.exit_code):equals(1)
    expect(kinds(run)):equals({ "open", "open", "open" })
    expect(run.result.findings[1].text):equals("port 22 can be reached from everywhere")
end)

it("counts the ports of a range", function()
    local run = audit({ { port = "440-445", ip = "0.0.0.0/0" } }, { public = { "443", "444" } })
    expect(run.result.findings[1].text):equals("4 ports, such as 440, can be reached from everywhere")
end)

it("finds rules that another makes superfluous", function()
    local run = audit {
        { port = "8000-8100", ip = "10.0.0.0/8" },
        { port = 8080, ip = "10.1.0.0/16", title = "inner" },
        { port = 9000, ip = "10.0.0.0/8", title = "a" },
        { port = 9000, ip = "10.0.0.0/8", title = "b" },
    }
    expect(kinds(run)):equals({ "shadowed", "equal" })
    expect(run.result.findings[1].title):equals("inner")
    expect(run.result.findings[2].title):equals("b")
end)

it("changes nothing, and prints JSON when asked", function()
    local run = audit({ { port = 22, ip = "0.0.0.0/0" } }, { json = true })
    expect(json.decode(run.output).findings):has_length(1)
    expect(run.changes):equals({})
end)

it("has nothing to say about an account without firewalls", function()
    expect(script.run("firewall-audit.lua").output):contains("0 firewalls with 0 rules")
end)
