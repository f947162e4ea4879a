/* Patterns: an own matcher after the reference manual (6.4.1), which looks at the kill flag at each step. */
#include "fence.h"

#define CAPTURES 32
#define OPEN (-1)
#define POSITION (-2)
#define NESTING 200

typedef struct {
    clf_vm *vm;
    lua_State *L;
    const char *text, *text_end, *pattern_end;
    int nesting, count;
    struct { const char *at; ptrdiff_t length; } captures[CAPTURES];
} matcher;

static const char *match(matcher *m, const char *s, const char *p);

static _Noreturn void fail(matcher *m, const char *why) {
    luaL_error(m->L, "%s", why);
    abort();
}

static int check_capture(matcher *m, int digit) {
    int index = digit - '1';
    if (index < 0 || index >= m->count || m->captures[index].length == OPEN) {
        luaL_error(m->L, "invalid capture index %%%d", index + 1);
    }
    return index;
}

static int capture_to_close(matcher *m) {
    for (int i = m->count - 1; i >= 0; i--)
        if (m->captures[i].length == OPEN) return i;
    fail(m, "invalid pattern capture");
}

/* The end of the single-character class that begins at p. */
static const char *class_end(matcher *m, const char *p) {
    if (*p == '%') {
        if (p + 1 >= m->pattern_end) fail(m, "malformed pattern (ends with '%')");
        return p + 2;
    }
    if (*p++ != '[') return p;
    if (p < m->pattern_end && *p == '^') p++;
    do {
        if (p >= m->pattern_end) fail(m, "malformed pattern (missing ']')");
        if (*p++ == '%') {
            if (p >= m->pattern_end) fail(m, "malformed pattern (missing ']')");
            p++;
        }
    } while (p >= m->pattern_end || *p != ']');
    return p + 1;
}

/* The classes as they are in the C locale, whatever the program's is: a script's result depends on no setting. */
enum {
    ALPHA = 1, CONTROL = 2, DIGIT = 4, GRAPHIC = 8, LOWER = 16, PUNCTUATION = 32, SPACE = 64, UPPER = 128, WORD = 256,
    HEXADECIMAL = 512, ZERO = 1024
};

static const uint16_t kinds[256] = {
    [0] = CONTROL | ZERO,
    [1 ... 8] = CONTROL,
    ['\t' ... '\r'] = CONTROL | SPACE,
    [14 ... 31] = CONTROL,
    [' '] = SPACE,
    ['!' ... '/'] = GRAPHIC | PUNCTUATION,
    ['0' ... '9'] = DIGIT | GRAPHIC | WORD | HEXADECIMAL,
    [':' ... '@'] = GRAPHIC | PUNCTUATION,
    ['A' ... 'F'] = ALPHA | UPPER | GRAPHIC | WORD | HEXADECIMAL,
    ['G' ... 'Z'] = ALPHA | UPPER | GRAPHIC | WORD,
    ['[' ... '`'] = GRAPHIC | PUNCTUATION,
    ['a' ... 'f'] = ALPHA | LOWER | GRAPHIC | WORD | HEXADECIMAL,
    ['g' ... 'z'] = ALPHA | LOWER | GRAPHIC | WORD,
    ['{' ... '~'] = GRAPHIC | PUNCTUATION,
    [127] = CONTROL,
};

/* What a letter after '%' stands for; 0 if for itself. */
static const uint16_t classes[256] = {
    ['a'] = ALPHA, ['A'] = ALPHA, ['c'] = CONTROL, ['C'] = CONTROL, ['d'] = DIGIT, ['D'] = DIGIT,
    ['g'] = GRAPHIC, ['G'] = GRAPHIC, ['l'] = LOWER, ['L'] = LOWER, ['p'] = PUNCTUATION, ['P'] = PUNCTUATION,
    ['s'] = SPACE, ['S'] = SPACE, ['u'] = UPPER, ['U'] = UPPER, ['w'] = WORD, ['W'] = WORD,
    ['x'] = HEXADECIMAL, ['X'] = HEXADECIMAL, ['z'] = ZERO, ['Z'] = ZERO,
};

static inline bool in_class(int c, int letter) {
    unsigned wanted = classes[letter];
    if (wanted == 0) return letter == c;
    /* A capital letter stands for the others. */
    return ((kinds[c] & wanted) != 0) == (letter >= 'a');
}

/* p is at the '[', last at the ']'. */
static bool in_set(int c, const char *p, const char *last) {
    bool found = true;
    if (p[1] == '^') { found = false; p++; }
    while (++p < last) {
        if (*p == '%') {
            p++;
            if (in_class(c, (unsigned char)*p)) return found;
        } else if (p[1] == '-' && p + 2 < last) {
            p += 2;
            if ((unsigned char)p[-2] <= c && c <= (unsigned char)*p) return found;
        } else if ((unsigned char)*p == c) {
            return found;
        }
    }
    return !found;
}

static inline bool matches_one(matcher *m, const char *s, const char *p, const char *end) {
    if (s >= m->text_end) return false;
    int c = (unsigned char)*s;
    switch (*p) {
    case '.': return true;
    case '%': return in_class(c, (unsigned char)p[1]);
    case '[': return in_set(c, p, end - 1);
    default: return (unsigned char)*p == c;
    }
}

static const char *match_balance(matcher *m, const char *s, const char *p) {
    if (p + 1 >= m->pattern_end) fail(m, "malformed pattern (missing arguments to '%b')");
    if (s >= m->text_end || *s != *p) return NULL;
    int open = *p, close = p[1], depth = 1;
    while (++s < m->text_end) {
        if (((uintptr_t)s & 4095) == 0) fence_poll(m->vm);
        if (*s == close) {
            if (--depth == 0) return s + 1;
        } else if (*s == open) {
            depth++;
        }
    }
    return NULL;
}

static const char *expand_most(matcher *m, const char *s, const char *p, const char *end) {
    ptrdiff_t i = 0, often = end - p > 64 ? 0 : 1023; /* a set of a megabyte takes its time at every letter */
    unsigned wanted = *p == '%' ? classes[(unsigned char)p[1]] : 0;
    if (wanted != 0) {
        bool found = p[1] >= 'a';
        ptrdiff_t length = m->text_end - s;
        for (; i < length && ((kinds[(unsigned char)s[i]] & wanted) != 0) == found; i++)
            if ((i & often) == 0) fence_poll(m->vm);
    } else {
        for (; matches_one(m, s + i, p, end); i++)
            if ((i & often) == 0) fence_poll(m->vm);
    }
    if (end + 1 == m->pattern_end) return s + i;
    for (; i >= 0; i--) {
        fence_poll(m->vm);
        const char *found = match(m, s + i, end + 1);
        if (found != NULL) return found;
    }
    return NULL;
}

static const char *expand_least(matcher *m, const char *s, const char *p, const char *end) {
    for (;;) {
        fence_poll(m->vm);
        const char *found = match(m, s, end + 1);
        if (found != NULL) return found;
        if (!matches_one(m, s, p, end)) return NULL;
        s++;
    }
}

static const char *open_capture(matcher *m, const char *s, const char *p, ptrdiff_t what) {
    if (m->count >= CAPTURES) fail(m, "too many captures");
    m->captures[m->count].at = s;
    m->captures[m->count].length = what;
    m->count++;
    const char *found = match(m, s, p);
    if (found == NULL) m->count--;
    return found;
}

static const char *close_capture(matcher *m, const char *s, const char *p) {
    int index = capture_to_close(m);
    m->captures[index].length = s - m->captures[index].at;
    const char *found = match(m, s, p);
    if (found == NULL) m->captures[index].length = OPEN;
    return found;
}

static const char *match_again(matcher *m, const char *s, int digit) {
    int index = check_capture(m, digit);
    size_t length = (size_t)m->captures[index].length;
    if (m->captures[index].length == POSITION) return NULL; /* a place is no text that could come again */
    if ((size_t)(m->text_end - s) >= length && memcmp(m->captures[index].at, s, length) == 0) return s + length;
    return NULL;
}

static const char *match_frontier(matcher *m, const char **s, const char *p) {
    if (p >= m->pattern_end || *p != '[') fail(m, "missing '[' after '%f' in pattern");
    const char *end = class_end(m, p);
    int before = *s == m->text ? 0 : (unsigned char)(*s)[-1], after = *s < m->text_end ? (unsigned char)**s : 0;
    return !in_set(before, p, end - 1) && in_set(after, p, end - 1) ? end : NULL;
}

static const char *match(matcher *m, const char *s, const char *p) {
    if (--m->nesting == 0) fail(m, "pattern too complex");
    fence_poll(m->vm);
    while (s != NULL && p < m->pattern_end) {
        const char *end;
        switch (*p) {
        case '(':
            s = p + 1 < m->pattern_end && p[1] == ')' ? open_capture(m, s, p + 2, POSITION)
                                                       : open_capture(m, s, p + 1, OPEN);
            goto done;
        case ')': s = close_capture(m, s, p + 1); goto done;
        case '$':
            if (p + 1 == m->pattern_end) {
                if (s != m->text_end) s = NULL;
                goto done;
            }
            break;
        case '%':
            if (p + 1 >= m->pattern_end) break;
            if (p[1] == 'b') { s = match_balance(m, s, p + 2); p += 4; continue; }
            if (p[1] == 'f') {
                p = match_frontier(m, &s, p + 2);
                if (p == NULL) { s = NULL; goto done; }
                continue;
            }
            if (kinds[(unsigned char)p[1]] & DIGIT) { s = match_again(m, s, (unsigned char)p[1]); p += 2; continue; }
            break;
        default: break;
        }
        end = class_end(m, p);
        int repeat = end < m->pattern_end ? *end : 0;
        if (repeat == '*') { s = expand_most(m, s, p, end); goto done; }
        if (repeat == '-') { s = expand_least(m, s, p, end); goto done; }
        bool one = matches_one(m, s, p, end);
        if (repeat == '+') { s = one ? expand_most(m, s + 1, p, end) : NULL; goto done; }
        if (repeat == '?') {
            const char *found = one ? match(m, s + 1, end + 1) : NULL;
            if (found != NULL) { s = found; goto done; }
            p = end + 1;
            continue;
        }
        if (one) { s++; p = end; }
        else s = NULL;
    }
done:
    m->nesting++;
    return s;
}

/* ---- captures ---- */

static void push_capture(matcher *m, int i, const char *s, const char *end) {
    if (i >= m->count) {
        if (i != 0) luaL_error(m->L, "invalid capture index %%%d", i + 1);
        lua_pushlstring(m->L, s, (size_t)(end - s));
        return;
    }
    ptrdiff_t length = m->captures[i].length;
    if (length == OPEN) fail(m, "unfinished capture");
    if (length == POSITION) lua_pushinteger(m->L, m->captures[i].at - m->text + 1);
    else lua_pushlstring(m->L, m->captures[i].at, (size_t)length);
}

static int push_captures(matcher *m, const char *s, const char *end) {
    int n = m->count == 0 && s != NULL ? 1 : m->count;
    luaL_checkstack(m->L, n, "too many captures");
    for (int i = 0; i < n; i++) push_capture(m, i, s, end);
    return n;
}

static void prepare(matcher *m, lua_State *L, const char *text, size_t lt, const char *pattern, size_t lp) {
    m->vm = VM(L);
    m->L = L;
    m->text = text;
    m->text_end = text + lt;
    m->pattern_end = pattern + lp;
}

static const char *try_match(matcher *m, const char *s, const char *p) {
    m->count = 0;
    m->nesting = NESTING;
    return match(m, s, p);
}

/* Where a match of the pattern may begin at the earliest, from s on: the place of its first letter, if that is one. */
static inline const char *first_place(const matcher *m, const char *s, int letter) {
    if (letter < 0 || s >= m->text_end) return s;
    const char *at = memchr(s, letter, (size_t)(m->text_end - s));
    return at != NULL ? at : m->text_end;
}

/* The letter that every match begins with, or -1. */
static int first_letter(const matcher *m, const char *p) {
    if (p >= m->pattern_end || strchr("^$*+?.([%-)", *p) != NULL) return -1;
    if (p + 1 < m->pattern_end && (p[1] == '*' || p[1] == '?' || p[1] == '-')) return -1;
    return (unsigned char)*p;
}

/* ---- find, match ---- */

static const char *find_plain(clf_vm *vm, const char *s, size_t ls, const char *p, size_t lp) {
    if (lp == 0) return s;
    const char *end = s + ls;
    while ((size_t)(end - s) >= lp) {
        fence_poll(vm);
        const char *at = memchr(s, *p, (size_t)(end - s) - lp + 1);
        if (at == NULL) return NULL;
        if (memcmp(at, p, lp) == 0) return at;
        s = at + 1;
    }
    return NULL;
}

static bool has_specials(clf_vm *vm, const char *p, size_t length) {
    static const char special[256] = {
        ['^'] = 1, ['$'] = 1, ['*'] = 1, ['+'] = 1, ['?'] = 1, ['.'] = 1, ['('] = 1, ['['] = 1, ['%'] = 1, ['-'] = 1,
    };
    for (size_t i = 0; i < length; i++) {
        if ((i & 4095) == 0) fence_poll(vm);
        if (special[(unsigned char)p[i]]) return true;
    }
    return false;
}

static size_t start_at(lua_Integer i, size_t length) {
    if (i > 0) return (size_t)i - 1;
    if (i == 0) return 0;
    if (i < -(lua_Integer)length) return 0;
    return length + (size_t)i;
}

static int search(lua_State *L, bool find) {
    size_t ls, lp;
    const char *s = luaL_checklstring(L, 1, &ls), *p = luaL_checklstring(L, 2, &lp);
    size_t from = start_at(luaL_optinteger(L, 3, 1), ls);
    if (from > ls) {
        lua_pushnil(L);
        return 1;
    }
    if (find && (lua_toboolean(L, 4) || !has_specials(VM(L), p, lp))) {
        const char *at = find_plain(VM(L), s + from, ls - from, p, lp);
        if (at != NULL) {
            lua_pushinteger(L, at - s + 1);
            lua_pushinteger(L, at - s + (lua_Integer)lp);
            return 2;
        }
    } else {
        matcher m;
        bool anchored = lp > 0 && *p == '^';
        prepare(&m, L, s, ls, p, lp);
        if (anchored) p++;
        int letter = anchored ? -1 : first_letter(&m, p);
        for (const char *at = s + from; at <= m.text_end; at++) {
            at = first_place(&m, at, letter);
            const char *end = try_match(&m, at, p);
            if (end != NULL) {
                if (!find) return push_captures(&m, at, end);
                lua_pushinteger(L, at - s + 1);
                lua_pushinteger(L, end - s);
                return push_captures(&m, NULL, NULL) + 2;
            }
            if (anchored) break;
        }
    }
    lua_pushnil(L);
    return 1;
}

static int string_find(lua_State *L) { return search(L, true); }
static int string_match(lua_State *L) { return search(L, false); }

/* ---- gmatch: upvalues: text, pattern, where to go on, the end of the last match ---- */

static int gmatch_step(lua_State *L) {
    size_t ls, lp;
    const char *s = lua_tolstring(L, lua_upvalueindex(1), &ls), *p = lua_tolstring(L, lua_upvalueindex(2), &lp);
    size_t from = (size_t)lua_tointeger(L, lua_upvalueindex(3));
    lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
    matcher m;
    prepare(&m, L, s, ls, p, lp);
    int letter = first_letter(&m, p);
    for (; from <= ls; from++) {
        from = (size_t)(first_place(&m, s + from, letter) - s);
        const char *end = try_match(&m, s + from, p);
        if (end == NULL || end - s == last) continue;
        lua_pushinteger(L, end - s);
        lua_copy(L, -1, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return push_captures(&m, s + from, end);
    }
    lua_pushinteger(L, (lua_Integer)ls + 1);
    lua_replace(L, lua_upvalueindex(3));
    return 0;
}

static int string_gmatch(lua_State *L) {
    size_t ls;
    luaL_checklstring(L, 1, &ls);
    luaL_checkstring(L, 2);
    size_t from = start_at(luaL_optinteger(L, 3, 1), ls);
    lua_settop(L, 2);
    lua_tolstring(L, 1, NULL);
    lua_tolstring(L, 2, NULL);
    lua_pushinteger(L, (lua_Integer)(from > ls ? ls + 1 : from));
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, gmatch_step, 4);
    return 1;
}

/* ---- gsub ---- */

static void add_template(matcher *m, luaL_Buffer *out, const char *s, const char *end) {
    size_t length;
    const char *t = lua_tolstring(m->L, 3, &length), *stop = t + length;
    while (t < stop) {
        fence_poll(m->vm);
        const char *percent = memchr(t, '%', (size_t)(stop - t));
        if (percent == NULL) { luaL_addlstring(out, t, (size_t)(stop - t)); return; }
        luaL_addlstring(out, t, (size_t)(percent - t));
        char c = percent + 1 < stop ? percent[1] : 0;
        if (c == '%') luaL_addchar(out, '%');
        else if (c == '0') luaL_addlstring(out, s, (size_t)(end - s));
        else if (kinds[(unsigned char)c] & DIGIT) {
            push_capture(m, c - '1', s, end);
            lua_tolstring(m->L, -1, NULL);
            luaL_addvalue(out);
        } else luaL_error(m->L, "invalid use of '%%' in replacement string");
        t = percent + 2;
    }
}

/* True: something was put in place of the match. */
static bool add_replacement(matcher *m, luaL_Buffer *out, const char *s, const char *end, int type) {
    lua_State *L = m->L;
    if (type == LUA_TTABLE) {
        push_capture(m, 0, s, end);
        lua_gettable(L, 3);
    } else if (type == LUA_TFUNCTION) {
        lua_pushvalue(L, 3);
        int n = push_captures(m, s, end);
        lua_call(L, n, 1);
    } else {
        add_template(m, out, s, end);
        return true;
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(out, s, (size_t)(end - s));
        return false;
    }
    if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    luaL_addvalue(out);
    return true;
}

static int string_gsub(lua_State *L) {
    size_t ls, lp;
    const char *s = luaL_checklstring(L, 1, &ls), *p = luaL_checklstring(L, 2, &lp), *last = NULL;
    int type = lua_type(L, 3);
    luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
                     "string/function/table");
    if (type == LUA_TNUMBER) lua_tolstring(L, 3, NULL);
    lua_Integer limit = luaL_optinteger(L, 4, (lua_Integer)ls + 1), count = 0;
    bool anchored = lp > 0 && *p == '^', changed = false;
    matcher m;
    luaL_Buffer out;
    prepare(&m, L, s, ls, p, lp);
    if (anchored) p++;
    luaL_buffinit(L, &out);
    int letter = anchored ? -1 : first_letter(&m, p);
    while (count < limit) {
        const char *from = s;
        s = first_place(&m, s, letter);
        if (s != from) luaL_addlstring(&out, from, (size_t)(s - from));
        const char *end = try_match(&m, s, p);
        if (end != NULL && end != last) {
            count++;
            changed = add_replacement(&m, &out, s, end, type) || changed;
            s = last = end;
        } else if (s < m.text_end) {
            luaL_addchar(&out, *s++);
        } else {
            break;
        }
        if (anchored) break;
    }
    if (!changed) {
        lua_pushvalue(L, 1);
    } else {
        luaL_addlstring(&out, s, (size_t)(m.text_end - s));
        luaL_pushresult(&out);
    }
    lua_pushinteger(L, count);
    return 2;
}

const luaL_Reg fence_match[] = {
    {"find", string_find}, {"match", string_match}, {"gmatch", string_gmatch}, {"gsub", string_gsub}, {NULL, NULL},
};
