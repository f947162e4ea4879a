-- expect: error time.format: the format is longer
-- why: a format of megabytes
time.format(0, "UTC", ("yyyy EEEE MMMM zzzz "):rep(200000))
