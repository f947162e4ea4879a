-- expect: error time.window: the window is longer
-- why: a window of a hundred thousand spans
time.window(("SUN 00:00-01:00;"):rep(200000))
