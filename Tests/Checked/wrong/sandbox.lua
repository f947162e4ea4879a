local f = io.open("x.csv")                       --! sandbox
print(f, os.getenv("HOME"))                      --! sandbox
os.exit(1)                                       --! sandbox
local ffi = require "ffi"                        --! unknown-module
print(ffi, package.path, debug.getinfo(1))       --! sandbox ;; sandbox
collectgarbage("collect")
local s = require "socket.http"                  --! unknown-module
print(s, loadfile "x", string.dump(print))       --! sandbox ;; sandbox
print(unpack({}), table.getn({}), loadstring "x")   --! undefined-global ;; unknown-function ;; undefined-global
print(string.gfind("x", "y"), math.pow(2, 3))    --! unknown-function ;; sandbox
setfenv(1, {})                                   --! undefined-global
print(coroutine.wrapp(print), utf8.chars)        --! unknown-function coroutine.wrap ;; unknown-function utf8.char
