/* Storage that stands still: loaded with LD_PRELOAD, it holds up opening, reading and asking for files below SLOW_STORAGE for as long as
   the file that SLOW_STORAGE_SWITCH names is there. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NEXT(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

static int is_off(void)
{
    const char *path = getenv("SLOW_STORAGE_SWITCH");
    return path == NULL || syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
}

static void wait_for(const char *path)
{
    const char *folder = getenv("SLOW_STORAGE");
    struct timespec pause = {0, 5000000};
    if (folder == NULL || path == NULL || strncmp(path, folder, strlen(folder)) != 0)
        return;
    while (!is_off())
        nanosleep(&pause, NULL);
}

static void wait_for_number(int number)
{
    char link[64], path[PATH_MAX];
    if (is_off())
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", number);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length > 0) {
        path[length] = 0;
        wait_for(path);
    }
}

static mode_t mode_of(int flags, va_list more)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
}

#define OPEN(name)                                \
    int name(const char *path, int flags, ...)    \
    {                                             \
        va_list more;                             \
        va_start(more, flags);                    \
        mode_t mode = mode_of(flags, more);       \
        va_end(more);                             \
        wait_for(path);                           \
        return NEXT(name)(path, flags, mode);     \
    }

#define OPENAT(name)                                        \
    int name(int folder, const char *path, int flags, ...)  \
    {                                                       \
        va_list more;                                       \
        va_start(more, flags);                              \
        mode_t mode = mode_of(flags, more);                 \
        va_end(more);                                       \
        wait_for(path);                                     \
        return NEXT(name)(folder, path, flags, mode);       \
    }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

ssize_t read(int number, void *into, size_t size)
{
    wait_for_number(number);
    return NEXT(read)(number, into, size);
}

#define PREAD(name, offset)                                           \
    ssize_t name(int number, void *into, size_t size, offset at)      \
    {                                                                 \
        wait_for_number(number);                                      \
        return NEXT(name)(number, into, size, at);                    \
    }

PREAD(pread, off_t)
PREAD(pread64, off64_t)

#define STAT(name, kind)                              \
    int name(const char *path, struct kind *found)    \
    {                                                 \
        wait_for(path);                               \
        return NEXT(name)(path, found);               \
    }

#define STATAT(name, kind)                                                   \
    int name(int folder, const char *path, struct kind *found, int flags)    \
    {                                                                        \
        wait_for(path);                                                      \
        return NEXT(name)(folder, path, found, flags);                       \
    }

STAT(stat, stat)
STAT(lstat, stat)
STAT(stat64, stat64)
STAT(lstat64, stat64)
STATAT(fstatat, stat)
STATAT(fstatat64, stat64)

int statx(int folder, const char *restrict path, int flags, unsigned int mask, struct statx *restrict found)
{
    wait_for(path);
    return NEXT(statx)(folder, path, flags, mask, found);
}

int access(const char *path, int mode)
{
    wait_for(path);
    return NEXT(access)(path, mode);
}

ssize_t readlink(const char *path, char *into, size_t size)
{
    wait_for(path);
    return syscall(SYS_readlinkat, AT_FDCWD, path, into, size);
}
