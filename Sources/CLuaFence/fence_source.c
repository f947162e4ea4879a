/* Text to Lua: text chunks only, and nothing that costs liblua more than its length. */
#define _GNU_SOURCE
#include "fence.h"

#include <ctype.h>
#include <stdio.h>

/* Fields in a row: when the last is nil liblua names it by looking at all instructions again for each field, so 30,000
 * of them cost a second in which no hook runs (and crash some releases, 7923dbbf). */
#define CHAIN 1000
#define LEVELS 250 /* liblua's parser gives up at 200 */

typedef struct { const char *at, *end; int line; } scanner;

static void skip_to(scanner *s, const char *stop) {
    for (; s->at < stop; s->at++) s->line += *s->at == '\n';
}

/* At the '[' of [[ or [==[: moves behind the closing bracket. False: not a long bracket. */
static bool skip_long(scanner *s) {
    const char *p = s->at + 1;
    size_t level = 0;
    while (p < s->end && *p == '=') { p++; level++; }
    if (p >= s->end || *p != '[') return false;
    for (p++; p < s->end; p++) {
        if (*p != ']') continue;
        size_t n = 0;
        while (p + 1 + n < s->end && p[1 + n] == '=') n++;
        if (n == level && p + 1 + n < s->end && p[1 + n] == ']') { skip_to(s, p + n + 2); return true; }
        if (n > 0) p += n;
    }
    skip_to(s, s->end);
    return true;
}

/* At a backslash in a string: moves to the last character of what it begins. One line end may be two characters, and \z
 * takes all white space that follows. */
static void skip_escape(scanner *s) {
    if (s->at + 1 >= s->end) return;
    char c = *++s->at;
    s->line += c == '\n' || c == '\r';
    if (c == 'z') {
        while (s->at + 1 < s->end && isspace((unsigned char)s->at[1])) s->line += *++s->at == '\n';
    } else if ((c == '\n' || c == '\r') && s->at + 1 < s->end && s->at[1] != c && (s->at[1] == '\n' || s->at[1] == '\r')) {
        s->at++;
    }
}

static void skip_string(scanner *s) {
    char quote = *s->at++;
    while (s->at < s->end && *s->at != quote && *s->at != '\n' && *s->at != '\r') {
        if (*s->at == '\\') skip_escape(s);
        s->at++;
    }
    if (s->at < s->end && *s->at == quote) s->at++;
}

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* The line where more than CHAIN fields follow each other, or 0. Counts too much rather than too little. */
static int long_chain(const char *text, size_t length) {
    scanner s = {text, text + length, 1};
    uint16_t chain[LEVELS + 1] = {0};
    int level = 0;
    bool after_dot = false;
    while (s.at < s.end) {
        char c = *s.at;
        if (c == '\n') { s.line++; s.at++; continue; }
        if (isspace((unsigned char)c)) { s.at++; continue; }
        if (c == '-' && s.at + 1 < s.end && s.at[1] == '-') {
            s.at += 2;
            if (s.at < s.end && *s.at == '[' && skip_long(&s)) continue;
            while (s.at < s.end && *s.at != '\n' && *s.at != '\r') s.at++;
            continue;
        }
        if (is_word(c)) {
            if (!after_dot) chain[level] = 0;
            while (s.at < s.end && is_word(*s.at)) s.at++;
            after_dot = false;
            continue;
        }
        if (c == '"' || c == '\'') { skip_string(&s); after_dot = false; continue; }
        if (c == '[' && skip_long(&s)) { after_dot = false; continue; }
        after_dot = false;
        switch (c) {
        case '.':
            if (s.at + 1 < s.end && s.at[1] == '.') {
                while (s.at < s.end && *s.at == '.') s.at++;
                chain[level] = 0;
                continue;
            }
            after_dot = true;
            if (++chain[level] > CHAIN) return s.line;
            break;
        case ':': after_dot = true; break;
        case '[': case '(': case '{':
            if (c == '[' && ++chain[level] > CHAIN) return s.line;
            if (level < LEVELS) chain[++level] = 0;
            break;
        case ']': case ')': case '}':
            if (level > 0) level--;
            break;
        default: chain[level] = 0;
        }
        s.at++;
    }
    return 0;
}

/* ---- compiling: in pieces, so that the end of a run is seen between them (the parser is quadratic) ---- */

#define PIECE 256

typedef struct { clf_vm *vm; const char *at; size_t left; } pieces;

static const char *next_piece(lua_State *L, void *data, size_t *size) {
    pieces *p = data;
    fence_poll(p->vm);
    if (p->vm->cur != NULL && fence_interruption(p->vm) != 0) { /* liblua frees what its parser has first */
        lua_pushnil(L);
        lua_error(L);
    }
    const char *piece = p->at;
    *size = p->left < PIECE ? p->left : PIECE;
    p->at += *size;
    p->left -= *size;
    return piece;
}

/* The parser may have left a scope without closing what it has to close. The words may be anywhere in the text, so nothing
 * that is hidden from a scanner is hidden here. */
static bool is_doubtful(const clf_vm *vm, const char *text, size_t length) {
    return ((vm->faults & FAULT_GOTO) != 0 && memmem(text, length, "goto", 4) != NULL)
           || ((vm->faults & FAULT_BREAK) != 0 && memmem(text, length, "break", 5) != NULL
               && memmem(text, length, "in", 2) != NULL);
}

/* Leaves a function, or a message and a status that is not LUA_OK. */
int fence_load_text(lua_State *L, const char *text, size_t length, const char *chunk) {
    int line = long_chain(text, length);
    if (line > 0) {
        bool plain = *chunk == '=' || *chunk == '@';
        char name[LUA_IDSIZE];
        if (plain) snprintf(name, sizeof name, "%s", chunk + 1);
        else snprintf(name, sizeof name, "[string \"%.*s\"]", (int)strcspn(chunk, "\n") > 40 ? 40 : (int)strcspn(chunk, "\n"), chunk);
        lua_pushfstring(L, "%s:%d: more than %d fields in a row", name, line, CHAIN);
        return LUA_ERRSYNTAX;
    }
    clf_vm *vm = VM(L);
    pieces p = {vm, text, length};
    vm->parsing = true;
    int status = lua_load(L, next_piece, &p, chunk, "t");
    if (status == LUA_OK && is_doubtful(vm, text, length)) status = fence_mend_code(L, chunk);
    vm->parsing = false;
    fence_poll(vm);
    return status;
}

/* ---- words that have no effect ---- */

/* liblua looks for "__gc" and "__mode" in metatables by the addresses of two strings of its own. Those are given other
 * letters here, so no string that a script can make is the same: a field that is set after setmetatable (which refuses
 * both names) has no effect either. A string is looked for in the row of its hash, and liblua's stays in the row of its
 * old letters. There are the fewest rows now, and more only split a row: letters of another row are never found. */
void fence_blind(lua_State *L, const char *name) {
    size_t length = strlen(name);
    lua_pushlstring(L, name, length); /* short strings exist once: this is liblua's */
    char *own = (char *)(uintptr_t)lua_tostring(L, -1);
    uint64_t random = (uint64_t)(uintptr_t)own * 0x9e3779b97f4a7c15u ^ clf_monotonic() * 0xbf58476d1ce4e5b9u;
    bool found;
    do {
        random = random * 6364136223846793005u + 1442695040888963407u;
        for (size_t i = 0; i < length; i++) own[i] = (char)(random >> 8 * (7 - i % 8));
        char letters[16];
        memcpy(letters, own, length);
        found = lua_pushlstring(L, letters, length) == own;
        lua_pop(L, 1);
    } while (found);
    lua_pop(L, 1);
}
