/* Which Lua this is: what is inside, and what the system would give. */
#define _GNU_SOURCE
#include "fence.h"

#include <dlfcn.h>

const char *clf_lua_ident(void) { return lua_ident; }

const char *clf_system_lua_ident(void) {
    /* Never closed: whoever asks reads the text. Its symbols are its own, so that it meets nothing of the Lua inside. */
    void *library = dlopen("liblua5.4.so.0", RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL) library = dlopen("liblua.so.5.4", RTLD_LAZY | RTLD_LOCAL);
    return library == NULL ? NULL : dlsym(library, "lua_ident");
}
