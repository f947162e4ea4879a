-- ==Script==
-- @name     rotate-firewall-ip
-- @summary  Replace one address by another in all rules of all firewalls
-- @param    old   string                 The address or range to replace, such as 198.51.100.7 or 198.51.100.0/24
-- @param    new   string                 What stands there afterwards
-- @param    dry   boolean  default false Only say what would be done
-- @needs    firewall:read firewall:edit
-- @limit    changes 500
-- ==/Script==

local iwinv = require "iwinv"
local cidr = require "cidr"

local function range(name)
    local text = params[name]
    if not text:find("/", 1, true) then text = text .. "/32" end
    local first, last = cidr.range(text)
    if not first then fail(name .. ": `" .. params[name] .. "` is no IPv4 address or range") end
    return text, first, last
end
local _, old_first, old_last = range "old"
local new, new_first, new_last = range "new"
if old_first == new_first and old_last == new_last then fail("old and new are the same range") end

-- First everything is read and decided, then it is changed.
local plan = {}
for firewall in iwinv.firewall.each() do
    local rules, kept = iwinv.firewall.rules.list(firewall), {}
    local function key(rule, ip) return table.concat({ rule.bound, rule.protocol, rule.port, ip }, " ") end
    for _, rule in ipairs(rules) do kept[key(rule, rule.ip)] = rule.rule_id end
    for _, rule in ipairs(rules) do
        local first, last = cidr.range(rule.ip)
        if first == old_first and last == old_last then
            -- The cloud refuses a rule that equals another: then the old one has only to go.
            local twin = kept[key(rule, new)]
            plan[#plan + 1] = {
                rule = rule, firewall = firewall.title, before = key(rule, rule.ip), twin = twin,
                after = twin and "removed: rule " .. twin .. " is there already" or new,
            }
            kept[key(rule, new)] = kept[key(rule, new)] or rule.rule_id
        end
    end
end

if #plan == 0 then
    print("no rule has the range " .. params.old)
    return { changed = 0, planned = 0 }
end
ui.table(plan, { "firewall", { "rule", "rule.rule_id" }, "before", "after" })
if params.dry then return { changed = 0, planned = #plan } end

-- One after the other: where an edit replaces the whole set of rules, two at once would lose one.
local done = 0
for _, step in ipairs(plan) do
    iwinv.retry(function()
        if step.twin then step.rule:remove() else step.rule:edit { ip = new } end
    end)
    done = done + 1
    ui.progress(done, #plan, step.firewall)
end
print(done .. " rules changed")
return { changed = done, planned = #plan }
