-- A module has no cloud to do with: it is tested as it is.
local cidr = require "cidr"

it("reads a range", function()
    expect({ cidr.range("192.0.2.1/24") }):equals({ 0xC0000200, 0xC00002FF })
    expect({ cidr.range("0.0.0.0/0") }):equals({ 0, 0xFFFFFFFF })
    expect({ cidr.range("203.0.113.7/32") }):equals({ 0xCB007107, 0xCB007107 })
end)

it("reads nothing else", function()
    for _, text in ipairs { "", "192.0.2.1", "192.0.2.256/24", "192.0.2.1/33", "192.0.02.1/24", "1.2.3/8", "a.b.c.d/8" } do
        expect(cidr.range(text)):is_nil()
    end
end)

it("reads ports", function()
    expect({ cidr.ports("8080") }):equals({ 8080, 8080 })
    expect({ cidr.ports("8000-8010") }):equals({ 8000, 8010 })
end)

describe("covers", function()
    local function rule(ip, port, more)
        local made = { bound = "IN", protocol = "TCP", ip = ip, port = port }
        for key, value in pairs(more or {}) do made[key] = value end
        return made
    end
    local wide = rule("10.0.0.0/8", "80-90")

    it("a smaller range and fewer ports", function()
        expect(cidr.covers(wide, rule("10.1.0.0/16", "85"))):is_true()
        expect(cidr.covers(wide, wide)):is_true()
    end)
    it("nothing that goes beyond it", function()
        expect(cidr.covers(wide, rule("10.0.0.0/7", "85"))):is_false()
        expect(cidr.covers(wide, rule("10.1.0.0/16", "85-91"))):is_false()
        expect(cidr.covers(wide, rule("10.1.0.0/16", "85", { protocol = "UDP" }))):is_false()
        expect(cidr.covers(wide, rule("10.1.0.0/16", "85", { bound = "OUT" }))):is_false()
    end)
end)
