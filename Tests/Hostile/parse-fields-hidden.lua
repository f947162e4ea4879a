-- expect: ok
-- why: fields in a row behind what a scanner may take for a string or a comment
local fields = ("x." .. ("y."):rep(1500) .. "z")
for name, text in pairs {
  carriage = "-- comment\r local a = " .. fields, long = "--[==\r local a = " .. fields,
  z = "local s = 'a\\z\n   b' local a = " .. fields, zs = 'local s = "a\\z \r\n\t b" local a = ' .. fields,
  crlf = "local s = 'a\\\r\nb' local a = " .. fields, lfcr = "local s = 'a\\\n\rb' local a = " .. fields,
  escaped = "local s = 'a\\\\' local a = " .. fields, level = "local s = [=[ ]] ]=] local a = " .. fields,
} do
  local f, message = load(text)
  assert(f == nil and message:find("more than 1000 fields in a row", 1, true), name .. ": " .. tostring(message))
end
