it("adds up the bills and shows them", function()
    cloud.add {
        servers = { { name = "web-%d", count = 2 } },
        bills = { { month = "2025-12", price = 100000 }, { month = "2026-01", price = 200000 }, { month = "2024-01", price = 1 } },
    }
    local run = script.run("cost-report.lua", { params = { months = 6 } })
    expect(run.ended):equals("done")
    expect(run.result.net):equals(300000)
    expect(run.result.vat):equals(30000)
    expect(run.result.total):equals(330000)
    expect(run.result.bills):has_length(2)
    expect(run.result.live.total):equals(run.result.live.net + run.result.live.vat)
    expect(run.output):contains("330,000")
    expect(run.output):contains("█")
end)

it("takes a refund off", function()
    cloud.add { bills = { { month = "2025-12", price = 100000 }, { month = "2026-01", price = -30000 } } }
    expect(script.run("cost-report.lua").result.net):equals(70000)
end)

it("looks back as far as it is told", function()
    cloud.add { servers = { { name = "web-1" } }, bills = 12 }
    expect(script.run("cost-report.lua", { params = { months = 3 } }).result.bills):has_length(3)
    expect(cloud.calls("bill.list")[1].arguments):contains({ start_date = "2025-12-01", end_date = "2026-03-01" })
end)

it("says so where there are no bills, in both of the cloud's manners", function()
    for _, profile in ipairs { "documented", "live" } do
        cloud.profile(profile)
        local run = script.run("cost-report.lua")
        expect(run.ended):equals("done")
        expect(run.output):contains("no bills since 2025-09-01")
    end
end)

it("refuses a number of months that makes no sense", function()
    expect(script.run("cost-report.lua", { params = { months = 0 } }).error.message):contains("1 to 60")
end)
