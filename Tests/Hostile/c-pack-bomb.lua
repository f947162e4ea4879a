-- expect: killed memory
-- why: c2000000000
return string.pack('c2000000000', 'x')
