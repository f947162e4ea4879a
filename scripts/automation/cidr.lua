-- IPv4 ranges and ports, as firewall rules have them.
local cidr = {}

-- "192.0.2.1/24" → the first and the last address as whole numbers; nil for anything else.
function cidr.range(text)
    local a, b, c, d, bits = text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)/(%d+)$")
    if not a then return nil end
    -- A number without leading zeros, as the cloud wants it.
    local function number(digits, most)
        local value = #digits <= 3 and math.tointeger(digits)
        if value and value <= most and tostring(value) == digits then return value end
    end
    local address, length = 0, number(bits, 32)
    if not length then return nil end
    for _, octet in ipairs { a, b, c, d } do
        local value = number(octet, 255)
        if not value then return nil end
        address = address * 256 + value
    end
    local size = 1 << (32 - length)
    local first = address - address % size
    return first, first + size - 1
end

-- "8080" → 8080, 8080; "8000-8010" → 8000, 8010
function cidr.ports(text)
    local first, last = text:match("^(%d+)-(%d+)$")
    return math.tointeger(first or text), math.tointeger(last or text)
end

-- Whether everything that `inner` lets through, `outer` lets through too.
function cidr.covers(outer, inner)
    if outer.bound ~= inner.bound or outer.protocol ~= inner.protocol then return false end
    local outer_first, outer_last = cidr.range(outer.ip)
    local inner_first, inner_last = cidr.range(inner.ip)
    if not outer_first or not inner_first then return false end
    local port_first, port_last = cidr.ports(outer.port)
    local first, last = cidr.ports(inner.port)
    return outer_first <= inner_first and inner_last <= outer_last and port_first <= first and last <= port_last
end

return cidr
