#include "daemon/workers/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * confined-probe PROGRAM ATTEMPT [old]: confines itself as that worker ("none": not at all), tries
 * one thing and exits with the errno, 0 when it was allowed; "old" plays a kernel without Landlock.
 * In the folder it is started in: own/ (the caller's folder of the profile), outside/, socket
 * (somebody listens).
 */

static int result(long returned)
{
    return returned < 0 ? errno : 0;
}

static int try_open(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    int failed = result(fd);
    if (fd >= 0)
        close(fd);
    return failed;
}

static int read_own(void)
{
    return try_open("own/file", O_RDONLY);
}

static int read_outside(void)
{
    return try_open("outside/file", O_RDONLY);
}

static int list_outside(void)
{
    return try_open("outside", O_RDONLY | O_DIRECTORY);
}

static int write_own(void)
{
    return try_open("own/file", O_WRONLY);
}

static int write_outside(void)
{
    return try_open("outside/file", O_WRONLY);
}

static int write_passwd(void)
{
    return try_open("/etc/passwd", O_WRONLY);
}

static int create_outside(void)
{
    return try_open("outside/new", O_WRONLY | O_CREAT);
}

static int create_temp(void)
{
    return try_open("temp/new", O_WRONLY | O_CREAT);
}

static int truncate_outside(void)
{
    return result(truncate("outside/file", 0));
}

static int remove_outside(void)
{
    return result(unlink("outside/file"));
}

/* As the store does with a finished blob. */
static int link_own(void)
{
    unlink("own/sub/link");
    return result(link("own/file", "own/sub/link"));
}

static int link_into_own(void)
{
    unlink("own/stolen");
    return result(link("outside/file", "own/stolen"));
}

static int given_outside(void)
{
    char byte;
    return result(read(5, &byte, 1)); /* opened by the caller */
}

static int reopen_given(void)
{
    return try_open("/proc/self/fd/5", O_RDONLY);
}

static int reopen_memory(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", memfd_create("probe", 0));
    return try_open(path, O_RDONLY);
}

static int read_library(void)
{
    return try_open("/usr/bin/pdfinfo", O_RDONLY);
}

static int write_null(void)
{
    return try_open("/dev/null", O_WRONLY);
}

static int open_device(void)
{
    return try_open("/dev/tty", O_RDWR | O_NOCTTY) == EACCES ? EACCES : 0; /* ENXIO: was opened */
}

/* A program that runs ends with 0; errno of the exec comes out as it is. */
static int exec_true(void)
{
    execl("/bin/true", "true", (char *)NULL);
    return errno;
}

static int exec_pdfinfo(void)
{
    close(1);
    close(2);
    execl("/usr/bin/pdfinfo", "pdfinfo", "-v", (char *)NULL);
    return errno;
}

static int open_socket(int family, int type)
{
    return result(socket(family, type | SOCK_CLOEXEC, 0));
}

static int socket_inet(void)
{
    return open_socket(AF_INET, SOCK_STREAM);
}

static int socket_inet6(void)
{
    int failed = open_socket(AF_INET6, SOCK_DGRAM);
    return failed == EAFNOSUPPORT ? 0 : failed; /* the kernel was asked */
}

static int socket_netlink(void)
{
    return open_socket(AF_NETLINK, SOCK_RAW);
}

static int socket_packet(void)
{
    int failed = open_socket(AF_PACKET, SOCK_DGRAM);
    return failed == EPERM && geteuid() != 0 ? ENOTSUP : failed;
}

static int socket_unix(void)
{
    return open_socket(AF_UNIX, SOCK_DGRAM);
}

static int connect_daemon(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return result(connect(fd, (struct sockaddr *)&address, sizeof address));
}

static int fork_child(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid < 0 ? errno : result(waitpid(pid, NULL, 0));
}

static int own_limits(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) ? errno : result(setrlimit(RLIMIT_NOFILE, &limit));
}

/* ---- what no worker may; each is made so that it does no harm where it is allowed ---- */

static int trace(void)
{
#ifdef __SANITIZE_ADDRESS__
    return ENOTSUP;
#else
    return result(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
#endif
}

static int other_limits(void)
{
    return result(prlimit(getppid(), RLIMIT_NOFILE, NULL, &(struct rlimit){0}));
}

static int new_user_namespace(void)
{
    long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0);
    if (pid == 0)
        _exit(0);
    return result(pid);
}

static int type_into_terminal(void)
{
    return result(ioctl(1, TIOCSTI, "x"));
}

static int never(void)
{
    static const struct {
        const char *name;
        long number, a, b, c;
    } calls[] = {
        {"process_vm_readv", SYS_process_vm_readv, 0, 0, 0},
        {"mount", SYS_mount, 0, 0, 0},
        {"umount2", SYS_umount2, 0, 0, 0},
        {"fsopen", SYS_fsopen, 0, -1, 0},
        {"pivot_root", SYS_pivot_root, 0, 0, 0},
        {"chroot", SYS_chroot, 0, 0, 0},
        {"setns", SYS_setns, -1, 0, 0},
        {"unshare", SYS_unshare, 0, 0, 0},
        {"bpf", SYS_bpf, -1, 0, 0},
        {"perf_event_open", SYS_perf_event_open, 0, 0, 0},
        {"userfaultfd", SYS_userfaultfd, -1, 0, 0},
        {"io_uring_setup", SYS_io_uring_setup, 0, 0, 0},
        {"keyctl", SYS_keyctl, -1, 0, 0},
        {"add_key", SYS_add_key, 0, 0, 0},
        {"init_module", SYS_init_module, 0, 0, 0},
        {"kexec_load", SYS_kexec_load, 0, -1, 0},
        {"reboot", SYS_reboot, 0, 0, 0},
        {"swapon", SYS_swapon, 0, 0, 0},
        {"clock_settime", SYS_clock_settime, -1, 0, 0},
        {"sethostname", SYS_sethostname, 0, -1, 0},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        errno = 0;
        syscall(calls[i].number, calls[i].a, calls[i].b, calls[i].c, 0, 0);
        if (errno != EPERM) {
            fprintf(stderr, "%s: %s\n", calls[i].name, strerror(errno));
            return 0;
        }
    }
    return EPERM;
}

static int has_landlock(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 2
               ? 0
               : ENOSYS;
}

#define ATTEMPT(name)                                                                              \
    {                                                                                              \
#name, name                                                                                \
    }

static const struct {
    const char *name;
    int (*run)(void);
} attempts[] = {
    ATTEMPT(read_own),       ATTEMPT(read_outside),       ATTEMPT(list_outside),
    ATTEMPT(write_own),      ATTEMPT(write_outside),      ATTEMPT(write_passwd),
    ATTEMPT(create_outside), ATTEMPT(create_temp),        ATTEMPT(truncate_outside),
    ATTEMPT(remove_outside), ATTEMPT(link_own),           ATTEMPT(link_into_own),
    ATTEMPT(given_outside),  ATTEMPT(reopen_given),       ATTEMPT(reopen_memory),
    ATTEMPT(read_library),   ATTEMPT(write_null),         ATTEMPT(open_device),
    ATTEMPT(exec_true),      ATTEMPT(exec_pdfinfo),       ATTEMPT(socket_inet),
    ATTEMPT(socket_inet6),   ATTEMPT(socket_netlink),     ATTEMPT(socket_packet),
    ATTEMPT(socket_unix),    ATTEMPT(connect_daemon),     ATTEMPT(fork_child),
    ATTEMPT(own_limits),     ATTEMPT(other_limits),       ATTEMPT(trace),
    ATTEMPT(never),          ATTEMPT(new_user_namespace), ATTEMPT(type_into_terminal),
    ATTEMPT(has_landlock),
};

static void play_old_kernel(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_landlock_create_ruleset, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER,
          &(struct sock_fprog){sizeof code / sizeof *code, code});
}

int main(int argc, char **argv)
{
    static const char *const folders[] = {"own", NULL};
    if (argc < 3)
        return 255;
    if (argc > 3)
        play_old_kernel();
    if (strcmp(argv[1], "none") != 0)
        confine_worker(argv[1], folders);
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
        if (strcmp(attempts[i].name, argv[2]) == 0)
            return attempts[i].run();
    return 255;
}
