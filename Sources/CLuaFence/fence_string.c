/* string.rep and string.format. */
#include "fence.h"

static int string_rep(lua_State *L) {
    size_t ls, lp;
    const char *s = luaL_checklstring(L, 1, &ls);
    lua_Integer n = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &lp);
    if (n <= 0 || ls + lp == 0) {
        lua_pushstring(L, "");
        return 1;
    }
    if (ls + lp < ls || (lua_Integer)(ls + lp) > (LUA_MAXINTEGER >> 2) / n)
        return luaL_error(L, "resulting string too large");
    size_t total = (size_t)n * ls + (size_t)(n - 1) * lp;
    luaL_Buffer out;
    char *at = luaL_buffinitsize(L, &out, total);
    while (n-- > 0) {
        fence_poll(VM(L));
        memcpy(at, s, ls);
        at += ls;
        if (n > 0 && lp > 0) {
            memcpy(at, separator, lp);
            at += lp;
        }
    }
    luaL_pushresultsize(&out, total);
    return 1;
}

/* liblua's format after %s arguments have become text without addresses. */
int fence_string_format(lua_State *L) {
    size_t length;
    const char *f = luaL_checklstring(L, 1, &length), *end = f + length;
    int argument = 1;
    while (f < end) {
        if (*f++ != '%') continue;
        if (f < end && *f == '%') { f++; continue; }
        argument++;
        while (f < end && strchr("-+ #0123456789.", *f) != NULL && *f != 0) f++;
        if (f >= end) break;
        if (*f == 'p') return luaL_error(L, "invalid conversion '%%p' to 'format'");
        int type = lua_type(L, argument);
        if (*f == 's' && type != LUA_TNONE && type != LUA_TSTRING && type != LUA_TNUMBER) {
            fence_tostring_value(L, argument);
            lua_replace(L, argument);
        }
        f++;
    }
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

const luaL_Reg fence_string[] = {{"rep", string_rep}, {"format", fence_string_format}, {NULL, NULL}};
