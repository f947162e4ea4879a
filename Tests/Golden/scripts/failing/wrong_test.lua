it("is right", function() expect(1 + 1):equals(2) end)
it("is wrong", function()
    local run = { ended = "failed", changes = {} }
    expect(run.ended):equals("done")
end)
it("breaks", function() error("out of order") end)
