/* Loaded into Redis alone: sets its wall clock off, and lets every fsync take longer, both changeable under way.
 *
 * A file of two 64-bit numbers, mapped by this library and by the test, says by how much, in microseconds. In every
 * other program the calls go through as they are. The monotonic clock is left alone: a real step does not move it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct control {
    volatile int64_t clock_us;
    volatile int64_t fsync_us;
};

static struct control still;
static struct control *control = &still;

static int (*next_gettimeofday)(struct timeval *, void *);
static int (*next_clock_gettime)(clockid_t, struct timespec *);
static int (*next_fsync)(int);
static int (*next_fdatasync)(int);

#define NEXT(name) \
    if (!next_##name) next_##name = (__typeof__(next_##name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("STREAKLINE_CHAOS_CONTROL");
    const char *program = getenv("STREAKLINE_CHAOS_PROGRAM");
    if (!path || !program || strcmp(program_invocation_short_name, program)) return;
    int file = open(path, O_RDONLY);
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof(struct control), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) control = mapped;
}

int gettimeofday(struct timeval *now, void *zone)
{
    NEXT(gettimeofday);
    int answer = next_gettimeofday(now, zone);
    int64_t off = control->clock_us;
    if (answer || !off || !now) return answer;
    int64_t us = (int64_t)now->tv_sec * 1000000 + now->tv_usec + off;
    now->tv_sec = us / 1000000;
    now->tv_usec = us % 1000000;
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    NEXT(clock_gettime);
    int answer = next_clock_gettime(clock, now);
    int64_t off = control->clock_us;
    if (answer || !off || clock != CLOCK_REALTIME) return answer;
    int64_t ns = now->tv_nsec + off % 1000000 * 1000;
    now->tv_sec += off / 1000000 + (ns < 0 ? -1 : ns / 1000000000);
    now->tv_nsec = ns < 0 ? ns + 1000000000 : ns % 1000000000;
    return 0;
}

time_t time(time_t *into)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (into) *into = now.tv_sec;
    return now.tv_sec;
}

static void wait_a_while(void)
{
    int64_t us = control->fsync_us;
    if (us <= 0) return;
    struct timespec left = {us / 1000000, us % 1000000 * 1000};
    while (nanosleep(&left, &left) && errno == EINTR) {
    }
}

int fsync(int file)
{
    NEXT(fsync);
    wait_a_while();
    return next_fsync(file);
}

int fdatasync(int file)
{
    NEXT(fdatasync);
    wait_a_while();
    return next_fdatasync(file);
}
