#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "CSystem.h"

#if defined(__linux__)
#include <sys/syscall.h>

// Called by number: glibc has the function only since 2.28, other C libraries not at all.
enum { noreplace = 1, exchange = 2 };

int grf_rename_exchange(const char *left, const char *right) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, left, AT_FDCWD, right, exchange);
}

int grf_rename_exclusive(const char *from, const char *to) {
    int result = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, noreplace);
    if (result == 0 || (errno != ENOSYS && errno != EINVAL)) return result;
    if (access(to, F_OK) == 0) return errno = EEXIST, -1;
    return rename(from, to);
}
#else
int grf_rename_exchange(const char *left, const char *right) { return renamex_np(left, right, RENAME_SWAP); }
int grf_rename_exclusive(const char *from, const char *to) { return renamex_np(from, to, RENAME_EXCL); }
#endif
