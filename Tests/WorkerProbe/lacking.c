/* A system that lacks what the jail is made of: its calls are refused as a kernel does that has never heard of them. */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int refuse(scmp_filter_ctx filter, const char *what) {
    int status = 0;
    if (strcmp(what, "seccomp") == 0) {
        status |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(seccomp), 0);
        status |= seccomp_rule_add(
            filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP));
        return status;
    }
    if (strcmp(what, "landlock") != 0) return -1;
    status |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0);
    status |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_restrict_self), 0);
    return status;
}

/* arguments: what is lacking, "--", the program's path and its arguments. */
int run_lacking(char *const arguments[]) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int status = filter == NULL ? -1 : 0;
    for (; status == 0 && *arguments != NULL && strcmp(*arguments, "--") != 0; arguments++)
        status = refuse(filter, *arguments);
    if (status == 0) status = seccomp_load(filter);
    seccomp_release(filter);
    if (status != 0 || arguments[0] == NULL || arguments[1] == NULL) {
        fprintf(stderr, "the system cannot be made to lack that\n");
        return 125;
    }
    execv(arguments[1], arguments + 1);
    perror(arguments[1]);
    return 126;
}
