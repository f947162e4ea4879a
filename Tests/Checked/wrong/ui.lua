-- ==Script==
-- @name     ui
-- @needs    instances:read bill:read
-- ==/Script==
local iwinv = require "iwinv"
local vms = iwinv.instances.list()
ui.table(vms, { "name", "stauts", { "Zone", function(vm) return vm.zon end } })   --! unknown-field status ;; unknown-field zone
ui.table(vms, { "name", { "State", "stat" } })   --! unknown-field status
ui.table(iwinv.bill.list(), { "bill_date", "price_total" })   --! unknown-field
ui.bars(iwinv.bill.list(), { label = "bil_date", value = "price" })   --! unknown-field bill_date
ui.bars(iwinv.bill.list(), { label = "bill_date", valeu = "price" })  --! unknown-argument value
ui.tabel(vms)                                    --! unknown-function ui.table
ui.progress("1", 2)                              --! wrong-argument
print(json.encode(vms, { prety = true }))        --! unknown-argument pretty
log.info("x", "y")                               --! wrong-argument
log.warning("x")                                 --! unknown-function log.warn
print(time.format(time.now(), "Asia/Soul", "yyyy-MM-dd"))   --! wrong-argument Asia/Seoul
local w = time.window("SUN 04:00-06:00", "Asia/Seoul")
print(w.opne)                                    --! unknown-field open
print(text.starts_with("x"))                     --! missing-argument
print(text.pad("x", "5"))                        --! wrong-argument
print(store.gt("x"))                             --! unknown-function store.get
