-- expect: ok
-- why: CVE-2022-28805
return (load("local _ENV <const> = 1; function x() y() end") == nil)
