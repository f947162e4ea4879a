-- ==Script==
-- @name     cost-report
-- @summary  This month's charges so far, and the bills of the last months as bars
-- @param    months  integer  default 6    How many months back
-- @needs    bill:read
-- ==/Script==

local iwinv = require "iwinv"
if params.months < 1 or params.months > 60 then fail("months: 1 to 60") end

-- Bills are found by the day they were made.
local today = time.format(time.now(), "Asia/Seoul", "yyyy-MM-dd")
local index = tonumber(today:sub(1, 4)) * 12 + tonumber(today:sub(6, 7)) - 1 - params.months
local since = string.format("%04d-%02d-01", index // 12, index % 12 + 1)

-- The live bill is an estimate without VAT; Korean VAT is a tenth.
local live = iwinv.bill.live()
local live_vat = live.price // 10
print("this month so far (" .. live.start_date .. " – " .. live.end_date .. "), an estimate:")
print("  " .. text.number(live.price) .. " " .. live.currency .. ", with VAT " .. text.number(live.price + live_vat))

local bills = iwinv.bill.list { start_date = since, end_date = today }
table.sort(bills, function(a, b) return a.bill_date < b.bill_date end)

local months, net, vat, total, currencies = {}, 0, 0, 0, {}
for _, bill in ipairs(bills) do
    months[#months + 1] = {
        bill = bill.bill_date:sub(1, 7), name = bill.name, status = bill.payment_status, currency = bill.currency,
        net = bill.price, vat = bill.vat, total = bill.payment_price,
    }
    currencies[bill.currency] = true
    net, vat, total = net + bill.price, vat + bill.vat, total + bill.payment_price
end

if #months == 0 then
    print("no bills since " .. since)
else
    local currency = next(currencies)
    local is_single = next(currencies, currency) == nil
    print("\nbills since " .. since .. (is_single and " (" .. currency .. ", without VAT)" or ""))
    ui.bars(months, { label = "bill", value = "net", unit = is_single and currency or nil })
    print("")
    ui.table(months, {
        { "bill", "bill" }, { "name", "name" }, { "status", "status" },
        { "without VAT", function(row) return text.pad(text.number(row.net), 11, true) end },
        { "VAT", function(row) return text.pad(text.number(row.vat), 9, true) end },
        { "to pay", function(row) return text.pad(text.number(row.total), 11, true) end },
    })
    -- Adding up won and dollars would be a number without a meaning.
    if is_single then
        print(string.format("\ntogether %s %s, with VAT %s", text.number(net), currency, text.number(total)))
    end
end

return {
    live = { from = live.start_date, to = live.end_date, net = live.price, vat = live_vat, total = live.price + live_vat },
    bills = months, net = net, vat = vat, total = total,
}
