#include "tests/harness/disk_log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/*
 * Preloaded into every process of a run, it stands before the system calls that change files and
 * writes each into one log (disk_log.h). A call and its record happen under one lock, so that the
 * log has the order of the disk.
 *
 *   DISK_RECORDER_LOG     the log; without it nothing is recorded
 *   DISK_RECORDER_FOLDER  files of its file system are recorded; it is empty at first
 *   DISK_RECORDER_KILL    a file "PROGRAM N", "PROGRAM N half" or "PROGRAM N all": that program
 *                         dies of SIGKILL at its N-th recorded call from when the file was written,
 *                         or having written one half of it, or takes its parent along; the file
 *                         begins with "died" then, and nobody dies of it again. sohoad, which
 *                         writes no page, dies at its N-th message to or from a worker.
 *
 * Both files are opened when a program starts, before it can confine itself.
 */

#define FD_MIN 800
#define DATA_PIECE (64u << 10)
#define SAID_MAX (64u << 10)

static int log_fd = -1;
static dev_t device;
static char program[DISK_PROGRAM_SIZE];
static bool speaks, hears; /* what this process says or hears is recorded */
static bool asks;          /* its messages are what it can die at */
static int kill_fd = -1;
static char kill_text[64]; /* of the file, as last seen */
static unsigned long kill_at, calls;
static bool kill_half, kill_parent;

/* Far up, out of the way of what a program does with its own. */
static int open_far_up(const char *path, int flags)
{
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
    int far = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FD_MIN);
    if (fd >= 0)
        close(fd);
    return far;
}

/* A program that lives on can be told to die at any time: its calls count from then. */
static void read_kill_file(void)
{
    char text[sizeof kill_text] = "", name[32], how[8] = "";
    unsigned long at;
    if (kill_fd < 0 || pread(kill_fd, text, sizeof text - 1, 0) < 0 || strcmp(text, kill_text) == 0)
        return;
    memcpy(kill_text, text, sizeof text);
    kill_at = calls = 0;
    if (sscanf(text, "%31s %lu %7s", name, &at, how) < 2 ||
        strncmp(name, program_invocation_short_name, sizeof name) != 0)
        return;
    kill_at = at;
    kill_half = strcmp(how, "half") == 0;
    kill_parent = strcmp(how, "all") == 0;
}

/* ---- records ---- */

/* A record lock belongs to the process: a child between fork and exec cannot give it up. */
static void lock(short type)
{
    struct flock whole = {.l_type = type, .l_whence = SEEK_SET};
    int before = errno;
    while (fcntl(log_fd, F_SETLKW, &whole) != 0 && errno == EINTR)
        ;
    errno = before;
}

static void put(struct disk_record record, const char *first, const char *second, const void *data)
{
    int before = errno;
    record.magic = DISK_MAGIC;
    record.pid = (uint32_t)getpid();
    record.first_size = first ? (uint8_t)strlen(first) : 0;
    record.second_size = second ? (uint8_t)strlen(second) : 0;
    memcpy(record.program, program, sizeof program);
    struct iovec parts[] = {
        {&record, sizeof record},
        {(void *)first, record.first_size},
        {(void *)second, record.second_size},
        {(void *)data, data ? record.size : 0},
    };
    (void)!syscall(SYS_writev, log_fd, parts, 4);
    errno = before;
}

__attribute__((constructor)) static void start(void)
{
    const char *log = getenv("DISK_RECORDER_LOG"), *folder = getenv("DISK_RECORDER_FOLDER");
    const char *kill_file = getenv("DISK_RECORDER_KILL");
    struct stat info;
    if (!log || !folder || stat(folder, &info) != 0)
        return;
    log_fd = open_far_up(log, O_WRONLY | O_APPEND | O_CREAT);
    if (log_fd < 0)
        return;
    device = info.st_dev;
    strncpy(program, program_invocation_short_name, sizeof program - 1);
    hears = strcmp(program_invocation_short_name, "sohoa-store-worker") == 0;
    asks = strcmp(program_invocation_short_name, "sohoad") == 0;
    speaks = hears || asks;
    kill_fd = kill_file ? open_far_up(kill_file, O_RDWR) : -1;
    lock(F_WRLCK);
    put((struct disk_record){.kind = DISK_START, .inode = info.st_ino}, NULL, NULL, NULL);
    lock(F_UNLCK);
}

/* At the n-th recorded call the process is gone; true: when one half of it has happened. */
static bool comes_to_its_end(void)
{
    static const char died[] = "died";
    read_kill_file();
    if (!kill_at || ++calls != kill_at)
        return false;
    (void)!syscall(SYS_pwrite64, kill_fd, died, sizeof died, 0);
    if (kill_parent)
        kill(getppid(), SIGKILL);
    if (!kill_half)
        raise(SIGKILL);
    return true;
}

static bool is_recorded(int fd, struct stat *out)
{
    int before = errno;
    bool yes = log_fd >= 0 && fd != log_fd && fstat(fd, out) == 0 && out->st_dev == device &&
               (S_ISREG(out->st_mode) || S_ISDIR(out->st_mode));
    errno = before;
    return yes;
}

/* The folder a path ends in, and the last part of the path. */
static bool place_of(int folder_fd, const char *path, uint64_t *out_folder, const char **out_name)
{
    char folder[PATH_MAX];
    struct stat info;
    const char *slash = strrchr(path, '/');
    size_t size = slash ? (size_t)(slash - path) + 1 : 0;
    if (log_fd < 0 || size >= sizeof folder)
        return false;
    memcpy(folder, path, size);
    strcpy(folder + size, size ? "" : ".");
    int before = errno;
    bool yes = fstatat(folder_fd, folder, &info, 0) == 0 && info.st_dev == device;
    errno = before;
    *out_folder = info.st_ino;
    *out_name = slash ? slash + 1 : path;
    return yes && strlen(*out_name) <= UINT8_MAX;
}

static uint64_t inode_at(int folder_fd, const char *path)
{
    struct stat info;
    int before = errno;
    bool there = fstatat(folder_fd, path, &info, AT_SYMLINK_NOFOLLOW) == 0;
    errno = before;
    return there ? info.st_ino : 0;
}

/* ---- open ---- */

static int recorded_open(int folder_fd, const char *path, int flags, mode_t mode)
{
    uint64_t folder;
    const char *name;
    if (!(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE ||
        !place_of(folder_fd, path, &folder, &name))
        return (int)syscall(SYS_openat, folder_fd, path, flags, mode);
    lock(F_WRLCK);
    uint64_t earlier = inode_at(folder_fd, path);
    if (!earlier && comes_to_its_end())
        raise(SIGKILL);
    int fd = (int)syscall(SYS_openat, folder_fd, path, flags, mode);
    struct stat info;
    if (fd >= 0 && is_recorded(fd, &info) && S_ISREG(info.st_mode)) {
        struct disk_record record = {.inode = info.st_ino, .folder = folder};
        record.kind = earlier ? DISK_TRUNCATE : DISK_CREATE;
        if (!earlier || flags & O_TRUNC)
            put(record, earlier ? NULL : name, NULL, NULL);
    }
    lock(F_UNLCK);
    return fd;
}

static mode_t mode_of(int flags, va_list list)
{
    return flags & O_CREAT ? va_arg(list, mode_t) : 0;
}

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        mode_t mode = mode_of(flags, list);                                                        \
        va_end(list);                                                                              \
        return recorded_open(AT_FDCWD, path, flags, mode);                                         \
    }
#define OPENAT(name)                                                                               \
    int name(int folder_fd, const char *path, int flags, ...)                                      \
    {                                                                                              \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        mode_t mode = mode_of(flags, list);                                                        \
        va_end(list);                                                                              \
        return recorded_open(folder_fd, path, flags, mode);                                        \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int folder_fd, const char *path, int flags);
int __openat64_2(int folder_fd, const char *path, int flags);

int __open_2(const char *path, int flags)
{
    return recorded_open(AT_FDCWD, path, flags, 0);
}

int __open64_2(const char *path, int flags)
{
    return recorded_open(AT_FDCWD, path, flags, 0);
}

int __openat_2(int folder_fd, const char *path, int flags)
{
    return recorded_open(folder_fd, path, flags, 0);
}

int __openat64_2(int folder_fd, const char *path, int flags)
{
    return recorded_open(folder_fd, path, flags, 0);
}

int creat(const char *path, mode_t mode)
{
    return recorded_open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* ---- content ---- */

static void put_write(const struct stat *info, off_t offset, const void *bytes, size_t size)
{
    put((struct disk_record){.kind = DISK_WRITE,
                             .inode = info->st_ino,
                             .offset = (uint64_t)offset,
                             .size = (uint32_t)size},
        NULL, NULL, bytes);
}

static off_t offset_of(int fd, const struct stat *info)
{
    return fcntl(fd, F_GETFL) & O_APPEND ? info->st_size : lseek(fd, 0, SEEK_CUR);
}

static void put_said(uint8_t kind, const void *bytes, size_t size)
{
    lock(F_WRLCK);
    put((struct disk_record){.kind = kind, .size = (uint32_t)(size < SAID_MAX ? size : SAID_MAX)},
        NULL, NULL, bytes);
    lock(F_UNLCK);
}

static bool is_socket(int fd)
{
    struct stat info;
    int before = errno;
    bool yes = log_fd >= 0 && fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode);
    errno = before;
    return yes;
}

static ssize_t recorded_write(int fd, const void *bytes, size_t size, off_t offset, bool at)
{
    struct stat info;
    lock(F_WRLCK);
    bool recorded = is_recorded(fd, &info) && size > 0;
    off_t from = recorded && !at ? offset_of(fd, &info) : offset;
    bool dies = recorded && comes_to_its_end();
    if (dies)
        size /= 2;
    ssize_t wrote =
        at ? syscall(SYS_pwrite64, fd, bytes, size, offset) : syscall(SYS_write, fd, bytes, size);
    if (recorded && wrote > 0)
        put_write(&info, from, bytes, (size_t)wrote);
    if (dies)
        raise(SIGKILL);
    lock(F_UNLCK);
    return wrote;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    struct stat info;
    if (speaks && is_socket(fd))
        put_said(DISK_SAY, bytes, size);
    if (!is_recorded(fd, &info))
        return syscall(SYS_write, fd, bytes, size);
    return recorded_write(fd, bytes, size, 0, false);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    struct stat info;
    if (!is_recorded(fd, &info))
        return syscall(SYS_pwrite64, fd, bytes, size, offset);
    return recorded_write(fd, bytes, size, offset, true);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
    return pwrite(fd, bytes, size, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    struct stat info;
    if (!is_recorded(fd, &info)) {
        for (int i = 0; speaks && i < count && is_socket(fd); i++)
            put_said(DISK_SAY, parts[i].iov_base, parts[i].iov_len);
        return syscall(SYS_writev, fd, parts, count);
    }
    ssize_t done = 0;
    for (int i = 0; i < count; i++) {
        ssize_t wrote = recorded_write(fd, parts[i].iov_base, parts[i].iov_len, 0, false);
        if (wrote < 0)
            return done ? done : wrote;
        done += wrote;
        if ((size_t)wrote < parts[i].iov_len)
            break;
    }
    return done;
}

/* Copies inside the kernel are made here by reading and writing. */
static ssize_t copy_by_hand(int from, off_t *from_offset, int to, off_t *to_offset, size_t size)
{
    char piece[DATA_PIECE];
    if (size > sizeof piece)
        size = sizeof piece;
    ssize_t got = from_offset ? pread(from, piece, size, *from_offset) : read(from, piece, size);
    if (got <= 0)
        return got;
    ssize_t wrote = recorded_write(to, piece, (size_t)got, to_offset ? *to_offset : 0, to_offset);
    if (wrote > 0 && from_offset)
        *from_offset += wrote;
    if (wrote > 0 && to_offset)
        *to_offset += wrote;
    return wrote;
}

ssize_t copy_file_range(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t size,
                        unsigned flags)
{
    struct stat info;
    return is_recorded(to, &info)
               ? copy_by_hand(from, from_offset, to, to_offset, size)
               : syscall(SYS_copy_file_range, from, from_offset, to, to_offset, size, flags);
}

ssize_t sendfile(int to, int from, off_t *offset, size_t size)
{
    struct stat info;
    return is_recorded(to, &info) ? copy_by_hand(from, offset, to, NULL, size)
                                  : syscall(SYS_sendfile, to, from, offset, size);
}

ssize_t sendfile64(int to, int from, off64_t *offset, size_t size)
{
    return sendfile(to, from, offset, size);
}

int ftruncate(int fd, off_t size)
{
    struct stat info;
    if (!is_recorded(fd, &info))
        return (int)syscall(SYS_ftruncate, fd, size);
    lock(F_WRLCK);
    if (comes_to_its_end())
        raise(SIGKILL);
    int result = (int)syscall(SYS_ftruncate, fd, size);
    if (result == 0)
        put((struct disk_record){.kind = DISK_TRUNCATE,
                                 .inode = info.st_ino,
                                 .offset = (uint64_t)size},
            NULL, NULL, NULL);
    lock(F_UNLCK);
    return result;
}

int ftruncate64(int fd, off64_t size)
{
    return ftruncate(fd, size);
}

int fallocate(int fd, int mode, off_t offset, off_t size)
{
    struct stat info;
    if (is_recorded(fd, &info)) {
        errno = EOPNOTSUPP; /* as on file systems that have none; callers write instead */
        return -1;
    }
    return (int)syscall(SYS_fallocate, fd, mode, offset, size);
}

int fallocate64(int fd, int mode, off64_t offset, off64_t size)
{
    return fallocate(fd, mode, offset, size);
}

static int recorded_flush(long call, int fd)
{
    struct stat info;
    bool recorded = is_recorded(fd, &info);
    if (!recorded)
        return (int)syscall(call, fd);
    lock(F_WRLCK);
    if (comes_to_its_end())
        raise(SIGKILL);
    int result = (int)syscall(call, fd);
    if (result == 0)
        put((struct disk_record){.kind = DISK_FLUSH, .inode = info.st_ino}, NULL, NULL, NULL);
    lock(F_UNLCK);
    return result;
}

int fsync(int fd)
{
    return recorded_flush(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return recorded_flush(SYS_fdatasync, fd);
}

void *mmap(void *address, size_t size, int access, int flags, int fd, off_t offset)
{
    struct stat info;
    if (flags & MAP_SHARED && access & PROT_WRITE && is_recorded(fd, &info)) {
        lock(F_WRLCK);
        put((struct disk_record){.kind = DISK_MAP, .inode = info.st_ino}, NULL, NULL, NULL);
        lock(F_UNLCK);
    }
    return (void *)syscall(SYS_mmap, address, size, access, flags, fd, offset);
}

void *mmap64(void *address, size_t size, int access, int flags, int fd, off64_t offset)
{
    return mmap(address, size, access, flags, fd, offset);
}

/* ---- names ---- */

int mkdirat(int folder_fd, const char *path, mode_t mode)
{
    struct disk_record record = {.kind = DISK_MAKE_FOLDER};
    const char *name;
    if (!place_of(folder_fd, path, &record.folder, &name))
        return (int)syscall(SYS_mkdirat, folder_fd, path, mode);
    lock(F_WRLCK);
    if (!inode_at(folder_fd, path) && comes_to_its_end())
        raise(SIGKILL);
    int result = (int)syscall(SYS_mkdirat, folder_fd, path, mode);
    record.inode = inode_at(folder_fd, path);
    if (result == 0)
        put(record, name, NULL, NULL);
    lock(F_UNLCK);
    return result;
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
    struct disk_record record = {.kind = DISK_LINK};
    const char *name;
    if (!place_of(to_fd, to, &record.folder, &name))
        return (int)syscall(SYS_linkat, from_fd, from, to_fd, to, flags);
    lock(F_WRLCK);
    if (comes_to_its_end())
        raise(SIGKILL);
    int result = (int)syscall(SYS_linkat, from_fd, from, to_fd, to, flags);
    record.inode = inode_at(to_fd, to);
    if (result == 0)
        put(record, name, NULL, NULL);
    lock(F_UNLCK);
    return result;
}

int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlinkat(int folder_fd, const char *path, int flags)
{
    struct disk_record record = {.kind = DISK_UNLINK};
    const char *name;
    if (!place_of(folder_fd, path, &record.folder, &name))
        return (int)syscall(SYS_unlinkat, folder_fd, path, flags);
    lock(F_WRLCK);
    if (inode_at(folder_fd, path) && comes_to_its_end())
        raise(SIGKILL);
    int result = (int)syscall(SYS_unlinkat, folder_fd, path, flags);
    if (result == 0)
        put(record, name, NULL, NULL);
    lock(F_UNLCK);
    return result;
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int remove(const char *path)
{
    int result = unlink(path);
    return result != 0 && errno == EISDIR ? rmdir(path) : result;
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    struct disk_record record = {.kind = DISK_RENAME};
    const char *first, *second;
    if (!place_of(from_fd, from, &record.folder, &first) ||
        !place_of(to_fd, to, &record.inode, &second))
        return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
    lock(F_WRLCK);
    if (comes_to_its_end())
        raise(SIGKILL);
    int result = (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
    if (result == 0)
        put(record, first, second, NULL);
    lock(F_UNLCK);
    return result;
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    return renameat2(from_fd, from, to_fd, to, 0);
}

int rename(const char *from, const char *to)
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* ---- what is heard and said ---- */

/* A request, or an answer to one; not what a worker tells on the way. */
static void die_at_message(const struct msghdr *message, size_t size)
{
    const struct iovec *part = message->msg_iov;
    if (!asks || size < 4 || !message->msg_iovlen || part->iov_len < size ||
        memcmp(part->iov_base, "SOHI", 4) != 0 || memmem(part->iov_base, size, "\"event\"", 7))
        return;
    lock(F_WRLCK);
    if (comes_to_its_end())
        raise(SIGKILL);
    lock(F_UNLCK);
}

static void put_message(uint8_t kind, const struct msghdr *message, size_t size)
{
    for (size_t i = 0; size && i < message->msg_iovlen; i++) {
        size_t part = message->msg_iov[i].iov_len < size ? message->msg_iov[i].iov_len : size;
        put_said(kind, message->msg_iov[i].iov_base, part);
        size -= part;
    }
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    if (speaks && is_socket(fd))
        put_message(DISK_SAY, message, SIZE_MAX);
    if (message->msg_iovlen == 1)
        die_at_message(message, message->msg_iov->iov_len);
    return syscall(SYS_sendmsg, fd, message, flags);
}

ssize_t send(int fd, const void *bytes, size_t size, int flags)
{
    if (speaks && is_socket(fd))
        put_said(DISK_SAY, bytes, size);
    return syscall(SYS_sendto, fd, bytes, size, flags, NULL, 0);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    ssize_t got = syscall(SYS_recvmsg, fd, message, flags);
    if (got > 0 && hears && is_socket(fd))
        put_message(DISK_HEAR, message, (size_t)got);
    if (got > 0)
        die_at_message(message, (size_t)got);
    return got;
}
