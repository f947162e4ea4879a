// The jailed child of `iwlua run`: a blocking shell over one Lua machine. It is started by LuaRuntime, never by a person.
// No Foundation, no threads and no Swift concurrency: the jail forbids threads, and it has to start within milliseconds.

Worker.run()
