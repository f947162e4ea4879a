-- expect: error only "count"
-- why: the collector is not for scripts
collectgarbage("stop")
