#include "CSpawn.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(leak_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

void spawn_hide_memory(void) {
#ifndef IS_SANITIZED
    /* The hard limit, too: what this process starts cannot raise it again. */
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    /* A program that is started has this set back by the kernel, so each says it for itself. */
    prctl(PR_SET_DUMPABLE, 0);
#endif
}
