-- Run with `iwlua test scripts/automation`.

local function names()
    local list = {}
    for i, vm in ipairs(cloud.instances()) do list[i] = vm.name end
    return list
end

local function rename(params) return script.run("bulk-rename.lua", { params = params, allow = "instances:edit" }) end

before_each(function()
    cloud.add { servers = { { name = "web-%d", count = 3 }, { name = "my-web-1" }, { name = "결제-01" } } }
end)

it("renames by prefix, and only at the beginning of a name", function()
    local run = rename { from = "web-", to = "www-" }
    expect(run.ended):equals("done")
    expect(run.result):equals({ renamed = 3, planned = 3 })
    expect(names()):equals({ "www-1", "www-2", "www-3", "my-web-1", "결제-01" })
    for _, change in ipairs(run.changes) do expect(change.outcome):equals("confirmed") end
end)

it("counts syllables, not bytes", function()
    expect(rename({ from = "결제-", to = "정산-" }).ended):equals("done")
    expect(names()[5]):equals("정산-01")
end)

it("renames by a table", function()
    local run = rename { renames = { { from = "web-2", to = "blue-2" }, { from = "결제-01", to = "payment" } } }
    expect(run.result.renamed):equals(2)
    expect(names()):equals({ "web-1", "blue-2", "web-3", "my-web-1", "payment" })
end)

it("can give two servers each other's name", function()
    local run = rename { renames = { { from = "web-1", to = "web-2" }, { from = "web-2", to = "web-1" } } }
    expect(run.result.renamed):equals(2)
    expect(names()):equals({ "web-2", "web-1", "web-3", "my-web-1", "결제-01" })
end)

it("only tells, when dry", function()
    local run = rename { from = "web-", to = "www-", dry = true }
    expect(run.result):equals({ renamed = 0, planned = 3 })
    expect(run.output):contains("www-3")
    expect(run.changes):equals({})
end)

describe("renames nothing", function()
    local function refused(params, text)
        local before = names()
        local run = rename(params)
        expect(run.ended):equals("failed")
        expect(run.error.message):contains(text)
        expect(run.changes):equals({})
        expect(names()):equals(before)
    end

    it("if a name is unknown", function()
        refused({ renames = { { from = "web-1", to = "blue-1" }, { from = "wbe-2", to = "blue-2" } } }, "no server is called wbe-2")
    end)
    it("if a name is not unique", function()
        cloud.add { servers = { { name = "web-1" } } }
        refused({ renames = { { from = "web-1", to = "blue-1" } } }, "2 servers are called web-1")
    end)
    it("if a name is taken", function() refused({ from = "web-", to = "my-web-" }, "would both be my-web-1") end)
    it("if the cloud would refuse a name", function() refused({ from = "web-", to = ("x"):rep(200) }, "web-1 → xxx") end)
    it("if both ways are given", function()
        refused({ from = "web-", renames = { { from = "web-1", to = "blue-1" } } }, "not both")
    end)
    it("if nothing is said", function() refused({}, "say what to rename") end)
end)

it("asks again where a lost reply turns out to have done nothing, and never twice", function()
    cloud.fault { "instances.edit: every 2nd reset" }
    local run = rename { from = "web-", to = "www-" }
    expect(run.ended):equals("done")
    expect(names()):equals({ "www-1", "www-2", "www-3", "my-web-1", "결제-01" })
end)
