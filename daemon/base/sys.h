#ifndef SOHOA_BASE_SYS_H
#define SOHOA_BASE_SYS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Clock and disk as seams: the durable writers call these instead of the system, and tests can make
 * the n-th call of a kind fail or stand still. In production they are the plain system calls.
 * The environment variable SOHOA_FDATASYNC_DELAY_MS delays each flush (test of a slow disk).
 */

enum sys_call { SYS_WRITE, SYS_FSYNC, SYS_RENAME, SYS_LINK, SYS_CALL_COUNT };

/* Tests: the n-th call of that kind from now (1 = next) and all after it fail with `error`; 0 =
 * off. */
void sys_fail_from(enum sys_call call, unsigned long nth, int error);
/* Calls of that kind since the last sys_fail_from for it. */
unsigned long sys_calls(enum sys_call call);
/* Tests: the wall clock stands at that time; 0 = real again. */
void sys_clock_set(int64_t utc_us);

int64_t sys_now_us(void);       /* wall clock, UTC, microseconds since 1970 */
int64_t sys_monotonic_us(void); /* for deadlines and durations */
uint32_t sys_random(void);      /* not for secrets: spreads retries */

ssize_t sys_write(int fd, const void *bytes, size_t size);
int sys_fdatasync(int fd);
int sys_fsync(int fd);
int sys_renameat(int from_dir, const char *from, int to_dir, const char *to);
int sys_linkat(int from_dir, const char *from, int to_dir, const char *to, int flags);

#endif
