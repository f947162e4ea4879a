/* A program that plays the worker and says what a test has written down for it, and nothing else: it is started through a
   symbolic link, and the file beside the link, of the same name with `.steps`, holds its steps. A step is a letter, a
   number (8 bytes, host order) and, for those that send, so many bytes. Behind the last step it takes everything that
   still comes and ends. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SOCKET = 3, BROKEN = 99 };

static void say(const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(SOCKET, bytes, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        /* Nobody listens any more. */
        if (sent < 0) _exit(0);
        bytes += sent;
        count -= (size_t)sent;
    }
}

/* Takes so many bytes; false at the end. */
static int take(char *into, size_t count) {
    while (count > 0) {
        ssize_t got = recv(SOCKET, into, count, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return 0;
        into += got;
        count -= (size_t)got;
    }
    return 1;
}

static void take_frame(void) {
    static char chunk[1 << 16];
    uint32_t left;
    if (!take((char *)&left, sizeof left)) _exit(0);
    while (left > 0) {
        size_t some = left < sizeof chunk ? left : sizeof chunk;
        if (!take(chunk, some)) _exit(0);
        left -= (uint32_t)some;
    }
}

static void take_all(void) {
    static char chunk[1 << 16];
    for (;;) {
        ssize_t got = recv(SOCKET, chunk, sizeof chunk, 0);
        if (got == 0 || (got < 0 && errno != EINTR)) return;
    }
}

static void die_of(int number) {
    /* A crash that is meant leaves no core. */
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    signal(number, SIG_DFL);
    raise(number);
    _exit(BROKEN);
}

static char *read_steps(size_t *length) {
    const char *self = (const char *)getauxval(AT_EXECFN);
    char path[4096];
    if (self == NULL || strlen(self) + sizeof ".steps" > sizeof path) _exit(BROKEN);
    strcat(strcpy(path, self), ".steps");
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (file < 0 || fstat(file, &about) != 0) _exit(BROKEN);
    *length = (size_t)about.st_size;
    char *bytes = malloc(*length + 1);
    size_t held = 0;
    while (bytes != NULL && held < *length) {
        ssize_t got = read(file, bytes + held, *length - held);
        if (got <= 0) _exit(BROKEN);
        held += (size_t)got;
    }
    if (bytes == NULL) _exit(BROKEN);
    close(file);
    return bytes;
}

int main(void) {
    size_t length, at = 0;
    char *steps = read_steps(&length);
    while (at + 9 <= length) {
        char step = steps[at];
        uint64_t number;
        memcpy(&number, steps + at + 1, sizeof number);
        const char *bytes = steps + at + 9;
        at += 9;
        if (step == 's' || step == 'f') {
            if (number > length - at) _exit(BROKEN);
            at += number;
        }
        switch (step) {
        case 's': say(bytes, number); break;
        case 'f':
            for (;;) say(bytes, number);
        case 'z': {
            static char chunk[1 << 16];
            memset(chunk, 'A', sizeof chunk);
            for (; number > 0; number -= number < sizeof chunk ? number : sizeof chunk)
                say(chunk, number < sizeof chunk ? number : sizeof chunk);
            break;
        }
        case 't':
            while (number-- > 0) take_frame();
            break;
        case 'c': close(SOCKET); break;
        case 'h': shutdown(SOCKET, (int)number); break;
        case 'i':
            for (int i = 1; i < NSIG; i++) signal(i, SIG_IGN);
            break;
        case 'l':
            for (volatile uint64_t i = 0;; i++) {}
        case 'w':
            for (;;) pause();
        case 'x': _exit((int)number);
        case 'k': die_of((int)number); break;
        default: _exit(BROKEN);
        }
    }
    take_all();
    return 0;
}
