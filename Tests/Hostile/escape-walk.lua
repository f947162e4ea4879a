-- expect: ok
-- why: a walk over everything reachable finds nothing that opens doors
local seen, queue, count = {}, {_G, getmetatable(task.spawn(print)) or {}}, 0
while #queue > 0 do
    local t = table.remove(queue)
    if type(t) == "table" and not seen[t] then
        seen[t] = true
        for k, v in pairs(t) do
            count = count + 1
            assert(type(v) ~= "userdata" and type(k) ~= "userdata", tostring(k))
            if type(v) == "table" then queue[#queue + 1] = v end
            if type(getmetatable(v)) == "table" then queue[#queue + 1] = getmetatable(v) end
        end
    end
end
return count < 400
