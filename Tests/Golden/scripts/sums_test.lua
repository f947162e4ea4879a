describe("sums", function()
    it("adds", function()
        expect(script.run("sums.lua", { params = { n = 3 } }).result):equals(6)
    end)
    it("has a cloud", function()
        cloud.add { servers = { { name = "web-%02d", count = 2 } } }
        expect(cloud.instances()):has_length(2)
    end)
end)
