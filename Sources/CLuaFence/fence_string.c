/* Functions that need a bound or a look at the kill flag. All but rep stand on the stock function in upvalue 1. */
#include "fence.h"

#include <limits.h>

#define FORMAT_CAP (64 << 10)
#define QUOTE_CAP (1 << 20)
#define CONVERSION_CAP 2000

static int string_rep(lua_State *L) {
    size_t ls, lp;
    const char *s = luaL_checklstring(L, 1, &ls);
    lua_Integer n = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &lp);
    if (n <= 0 || ls + lp == 0) {
        lua_pushstring(L, "");
        return 1;
    }
    if (ls + lp < ls || ls + lp > (size_t)INT_MAX / (size_t)n) /* liblua's own limit */
        return luaL_error(L, "resulting string too large");
    size_t total = (size_t)n * ls + (size_t)(n - 1) * lp;
    luaL_Buffer out;
    char *at = luaL_buffinitsize(L, &out, total);
    if (ls == 1 && lp == 0) {
        memset(at, *s, total);
        n = 0;
    }
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
static int string_format(lua_State *L) {
    size_t length;
    const char *f = luaL_checklstring(L, 1, &length), *end = f + length;
    int argument = 1;
    if (length > FORMAT_CAP) return luaL_error(L, "the format is too long (more than %d bytes)", FORMAT_CAP);
    while (f < end) {
        if (*f++ != '%') continue;
        if (f < end && *f == '%') { f++; continue; }
        /* One is up to 11 us of work: "%.99f" of a great number. */
        if (argument++ > CONVERSION_CAP)
            return luaL_error(L, "the format has too many conversions (more than %d)", CONVERSION_CAP);
        while (f < end && strchr("-+ #0123456789.", *f) != NULL && *f != 0) f++;
        if (f >= end) break;
        if (*f == 'p') return luaL_error(L, "invalid conversion '%%p' to 'format'");
        int type = lua_type(L, argument);
        if (*f == 's' && type != LUA_TNONE && type != LUA_TSTRING && type != LUA_TNUMBER) {
            fence_tostring_value(L, argument);
            lua_replace(L, argument);
        }
        if (*f == 'q' && type == LUA_TSTRING && lua_rawlen(L, argument) > QUOTE_CAP)
            return luaL_error(L, "%%q: the text is too long (more than %d bytes)", QUOTE_CAP);
        f++;
    }
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int capped(lua_State *L) {
    if (lua_type(L, 1) == LUA_TSTRING && lua_rawlen(L, 1) > FORMAT_CAP)
        return luaL_error(L, "the text is too long (more than %d bytes)", FORMAT_CAP);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* ---- utf8.len: as the manual says, in a loop that can be stopped ---- */

/* The length of the sequence at s, or 0: not one (RFC 2279 up to 6 bytes if `lax`). The byte at `end` is a zero. */
static size_t sequence(const unsigned char *s, bool lax) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000};
    if (*s < 0x80) return 1;
    if (*s < 0xc0 || *s >= 0xfe) return 0;
    size_t n = *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : *s < 0xf8 ? 4 : *s < 0xfc ? 5 : 6;
    uint32_t code = *s & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0;
        code = code << 6 | (s[i] & 0x3f);
    }
    if (code < least[n]) return 0;
    return lax || (code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) ? n : 0;
}

static int utf8_length(lua_State *L) {
    size_t length;
    const char *s = luaL_checklstring(L, 1, &length);
    lua_Integer size = (lua_Integer)length, from = luaL_optinteger(L, 2, 1), to = luaL_optinteger(L, 3, -1), n = 0;
    bool lax = lua_toboolean(L, 4);
    if (from < 0) from = -from > size ? 0 : size + from + 1;
    if (to < 0) to = -to > size ? 0 : size + to + 1;
    luaL_argcheck(L, 1 <= from && from - 1 <= size, 2, "initial position out of bounds");
    luaL_argcheck(L, to <= size, 3, "final position out of bounds");
    for (lua_Integer at = from - 1; at < to; n++) {
        if ((n & 1023) == 0) fence_poll(VM(L));
        size_t step = sequence((const unsigned char *)s + at, lax);
        if (step == 0) {
            lua_pushnil(L);
            lua_pushinteger(L, at + 1);
            return 2;
        }
        at += (lua_Integer)step;
    }
    lua_pushinteger(L, n);
    return 1;
}

const luaL_Reg fence_string[] = {
    {"rep", string_rep}, {"format", string_format}, {"pack", capped}, {"packsize", capped}, {"unpack", capped},
    {"tonumber", capped}, {"len", utf8_length}, {NULL, NULL},
};
