#include "daemon/workers/confine_parts.h"

#include <errno.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define DENY SCMP_ACT_ERRNO(EPERM)
#define LOW_HALF 0xffffffffu /* the kernel reads an int from these arguments */

/* What no worker does. Most of it the kernel keeps for root anyway; here it is gone for root, too,
 * and with it the calls in which most ways out of a process are found. */
static const int never[] = {
#ifndef __SANITIZE_ADDRESS__ /* its leak check traces the process */
    SCMP_SYS(ptrace),
#endif
    /* other processes */
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(process_madvise),
    SCMP_SYS(process_mrelease), SCMP_SYS(pidfd_getfd), SCMP_SYS(kcmp), SCMP_SYS(migrate_pages),
    SCMP_SYS(move_pages),
    /* file systems and name spaces; truncate by path is what Landlock before version 3 lets pass */
    SCMP_SYS(mount), SCMP_SYS(umount), SCMP_SYS(umount2), SCMP_SYS(move_mount), SCMP_SYS(open_tree),
    SCMP_SYS(fsopen), SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fspick),
    SCMP_SYS(mount_setattr), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(setns),
    SCMP_SYS(unshare), SCMP_SYS(open_by_handle_at), SCMP_SYS(fanotify_init), SCMP_SYS(quotactl),
    SCMP_SYS(quotactl_fd), SCMP_SYS(truncate), SCMP_SYS(truncate64),
    /* the kernel itself */
    SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register), SCMP_SYS(keyctl), SCMP_SYS(add_key),
    SCMP_SYS(request_key), SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(reboot), SCMP_SYS(swapon),
    SCMP_SYS(swapoff), SCMP_SYS(acct), SCMP_SYS(syslog), SCMP_SYS(lookup_dcookie),
    SCMP_SYS(vhangup),
    /* the machine's clock and name */
    SCMP_SYS(clock_settime), SCMP_SYS(clock_settime64), SCMP_SYS(clock_adjtime),
    SCMP_SYS(clock_adjtime64), SCMP_SYS(settimeofday), SCMP_SYS(adjtimex), SCMP_SYS(stime),
    SCMP_SYS(sethostname), SCMP_SYS(setdomainname)};

static const uint64_t namespaces[] = {CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                      CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};

static int deny_for_all(scmp_filter_ctx filter)
{
    int failed = 0;
    for (size_t i = 0; !failed && i < sizeof never / sizeof *never; i++)
        failed = seccomp_rule_add(filter, DENY, never[i], 0);
    for (size_t i = 0; !failed && i < sizeof namespaces / sizeof *namespaces; i++)
        failed = seccomp_rule_add(filter, DENY, SCMP_SYS(clone), 1,
                                  SCMP_A0(SCMP_CMP_MASKED_EQ, namespaces[i], namespaces[i]));
    /* Its flags lie in memory; libc falls back to clone. */
    if (!failed)
        failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    /* Typing into the terminal that the command line was started from. */
    if (!failed)
        failed = seccomp_rule_add(filter, DENY, SCMP_SYS(ioctl), 1,
                                  SCMP_A1(SCMP_CMP_MASKED_EQ, LOW_HALF, TIOCSTI));
    if (!failed)
        failed = seccomp_rule_add(filter, DENY, SCMP_SYS(ioctl), 1,
                                  SCMP_A1(SCMP_CMP_MASKED_EQ, LOW_HALF, TIOCLINUX));
    if (!failed) /* limits of others */
        failed = seccomp_rule_add(filter, DENY, SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_NE, 0));
    return failed;
}

/* A datagram to the journal still gets out; nothing can be connected to, the daemon's own socket
 * among it. */
static int deny_network(scmp_filter_ctx filter)
{
    int failed = seccomp_rule_add(filter, DENY, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_NE, AF_UNIX));
    if (!failed)
        failed = seccomp_rule_add(filter, DENY, SCMP_SYS(connect), 0);
    if (!failed)
        failed = seccomp_rule_add(filter, DENY, SCMP_SYS(listen), 0);
    return failed;
}

static int deny_programs(scmp_filter_ctx filter)
{
    int failed = seccomp_rule_add(filter, DENY, SCMP_SYS(execve), 0);
    return failed ? failed : seccomp_rule_add(filter, DENY, SCMP_SYS(execveat), 0);
}

/* 0 or -errno. */
static int fill(scmp_filter_ctx filter, const struct confine_profile *profile)
{
    /* System calls of another machine (32-bit on 64-bit) are refused, not deadly. */
    int failed = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, DENY);
    if (!failed) /* a search tree instead of a list */
        failed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (!failed) /* kernels before 5.16 would slow down the whole program */
        failed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
    if (!failed) /* the kernel's own errno from seccomp_load */
        failed = seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1);
    if (!failed)
        failed = deny_for_all(filter);
    if (!failed && !profile->network)
        failed = deny_network(filter);
    if (!failed && !profile->runs)
        failed = deny_programs(filter);
    return failed;
}

int confine_load_calls(const struct confine_profile *profile)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int failed = filter ? fill(filter, profile) : -ENOMEM;
    if (!failed)
        failed = seccomp_load(filter);
    seccomp_release(filter);
    bool kernel_has_none = failed == -EINVAL || failed == -ENOSYS;
    return kernel_has_none ? ENOSYS : -failed;
}
