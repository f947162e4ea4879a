-- expect: killed memory
-- why: 2 GB
return ("x"):rep((1 << 31) - 10)
