-- ==Script==
-- @name     firewall-audit
-- @summary  Find rules that are open to the world, equal or shadowed; ends with exit 1 if there are any
-- @param    public  list     default "80,443"  Ports that may be open to the world
-- @param    json    boolean  default false     Print the findings as JSON instead of a table
-- @needs    firewall:read
-- ==/Script==

local iwinv = require "iwinv"
local cidr = require "cidr"

local allowed = {}
for _, port in ipairs(params.public) do
    local number = math.tointeger(tonumber(port))
    if not number then fail("public: `" .. port .. "` is no port") end
    allowed[number] = true
end

-- How many ports of a rule may not be open to the world; nil if none.
local function exposed(rule)
    local first, last = cidr.ports(rule.port)
    local count, example = 0, nil
    for port = first, last do
        if not allowed[port] then
            count = count + 1
            example = example or port
        end
    end
    if count > 0 then return count, example end
end

local findings = {}
local function found(kind, firewall, rule, text)
    findings[#findings + 1] = {
        kind = kind, firewall = firewall.title, firewall_id = firewall.firewall_id, rule_id = rule.rule_id,
        rule = rule.bound .. " " .. rule.protocol .. " " .. rule.port .. " " .. rule.ip, title = rule.title, text = text,
    }
end

local groups, checked = iwinv.firewall.list(), 0
for position, firewall in ipairs(groups) do
    local rules = iwinv.firewall.rules.list(firewall)
    for index, rule in ipairs(rules) do
        checked = checked + 1
        local first, last = cidr.range(rule.ip)
        if not first then
            found("unreadable", firewall, rule, "its range cannot be read")
        elseif rule.bound == "IN" and last - first >= 0x7FFFFFFF then
            -- Two halves are the world too.
            local count, example = exposed(rule)
            if count then
                local ports = count == 1 and "port " .. example or count .. " ports, such as " .. example .. ","
                local from = last - first == 0xFFFFFFFF and "everywhere" or "half of the world"
                found("open", firewall, rule, ports .. " can be reached from " .. from)
            end
        end
        for other_index, other in ipairs(rules) do
            if other_index ~= index and cidr.covers(other, rule) then
                local is_equal = cidr.covers(rule, other)
                -- Of two equal rules the later one is told; a rule is shadowed by the first that covers it.
                if not is_equal then
                    found("shadowed", firewall, rule, "rule " .. other.rule_id .. " lets all of it through already")
                    break
                elseif other_index < index then
                    found("equal", firewall, rule, "does the same as rule " .. other.rule_id)
                    break
                end
            end
        end
    end
    ui.progress(position, #groups, firewall.title)
end

if params.json then
    print(json.encode({ firewalls = #groups, rules = checked, findings = findings }, { pretty = true }))
elseif #findings > 0 then
    ui.table(findings, { "kind", "firewall", "rule_id", "rule", { "what", "text" } })
end
if #findings > 0 then
    fail(#findings .. " findings in " .. #groups .. " firewalls with " .. checked .. " rules",
        { firewalls = #groups, rules = checked, findings = findings })
end
if not params.json then print(#groups .. " firewalls with " .. checked .. " rules: nothing found") end
return { firewalls = #groups, rules = checked, findings = findings }
