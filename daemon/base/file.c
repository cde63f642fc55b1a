#include "daemon/base/file.h"

#include "daemon/base/id.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum err_code file_write_all(int fd, const void *bytes, size_t size, struct err *err)
{
    const char *next = bytes;
    while (size > 0) {
        ssize_t done = sys_write(fd, next, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return err_set_errno(err, ERR_IO, errno, "write");
        next += done;
        size -= (size_t)done;
    }
    return ERR_OK;
}

enum err_code file_flush_folder(int dir_fd, const char *path, struct err *err)
{
    char folder[PATH_MAX];
    if (strlen(path) >= sizeof folder)
        return err_set(err, ERR_BAD_ARGUMENT, "path too long");
    strcpy(folder, path);
    char *slash = strrchr(folder, '/');
    if (!slash)
        strcpy(folder, ".");
    else if (slash == folder)
        folder[1] = 0;
    else
        *slash = 0;
    AUTO(fd) int fd = openat(dir_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_set_errno(err, ERR_IO, errno, "open folder '%s'", folder);
    if (sys_fsync(fd) != 0)
        return err_set_errno(err, ERR_IO, errno, "flush folder '%s'", folder);
    return ERR_OK;
}

static enum err_code write_and_flush(int fd, const void *bytes, size_t size, struct err *err)
{
    enum err_code code = file_write_all(fd, bytes, size, err);
    if (code)
        return code;
    if (sys_fsync(fd) != 0)
        return err_set_errno(err, ERR_IO, errno, "flush");
    return ERR_OK;
}

enum err_code file_replace_durably(int dir_fd, const char *name, const void *bytes, size_t size,
                                   struct err *err)
{
    char ref[REF_SIZE];
    ref_new(ref);
    AUTO(mem) char *temp = mem_printf("%s.%s.tmp", name, ref);
    if (!temp)
        return err_set(err, ERR_NO_MEMORY, "replace '%s'", name);
    AUTO(fd) int fd = openat(dir_fd, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set_errno(err, ERR_IO, errno, "create '%s'", temp);
    enum err_code code = write_and_flush(fd, bytes, size, err);
    if (!code && sys_renameat(dir_fd, temp, dir_fd, name) != 0)
        code = err_set_errno(err, ERR_IO, errno, "rename to '%s'", name);
    if (code) {
        unlinkat(dir_fd, temp, 0);
        return err_context(err, code, "replace '%s'", name);
    }
    return file_flush_folder(dir_fd, name, err);
}

enum err_code file_read_fd(int fd, size_t max_bytes, char **out_bytes, size_t *out_size,
                           struct err *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return err_set_errno(err, ERR_IO, errno, "stat");
    if (!S_ISREG(info.st_mode))
        return err_set(err, ERR_IO, "not a regular file");
    if ((uint64_t)info.st_size > max_bytes)
        return err_set(err, ERR_TOO_LARGE, "%lld bytes, at most %zu", (long long)info.st_size,
                       max_bytes);
    size_t size = (size_t)info.st_size, done = 0;
    AUTO(mem) char *bytes = mem_alloc(size + 1);
    if (!bytes)
        return err_set(err, ERR_NO_MEMORY, "read %zu bytes", size);
    while (done < size) {
        ssize_t got = pread(fd, bytes + done, size - done, (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set_errno(err, ERR_IO, errno, "read");
        if (got == 0)
            break;
        done += (size_t)got;
    }
    bytes[done] = 0;
    *out_size = done;
    *out_bytes = TAKE(bytes);
    return ERR_OK;
}

enum err_code file_read(int dir_fd, const char *path, size_t max_bytes, char **out_bytes,
                        size_t *out_size, struct err *err)
{
    AUTO(fd) int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno, "open '%s'",
                             path);
    enum err_code code = file_read_fd(fd, max_bytes, out_bytes, out_size, err);
    return code ? err_context(err, code, "'%s'", path) : ERR_OK;
}

enum err_code file_copy_fd(int from_fd, int to_fd, struct err *err)
{
    enum { CHUNK = 1 << 16 };
    AUTO(mem) char *chunk = mem_alloc(CHUNK);
    if (!chunk)
        return err_set(err, ERR_NO_MEMORY, "copy");
    for (off_t offset = 0;;) {
        ssize_t got = pread(from_fd, chunk, CHUNK, offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set_errno(err, ERR_IO, errno, "read");
        if (got == 0)
            return ERR_OK;
        enum err_code code = file_write_all(to_fd, chunk, (size_t)got, err);
        if (code)
            return code;
        offset += got;
    }
}

enum err_code file_memfd(const char *name, const void *bytes, size_t size, int *out_fd,
                         struct err *err)
{
    AUTO(fd) int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return err_set_errno(err, ERR_NO_MEMORY, errno, "memfd");
    enum err_code code = file_write_all(fd, bytes, size, err);
    if (code)
        return code;
    *out_fd = TAKE_FD(fd);
    return ERR_OK;
}

enum err_code file_memfd_seal(int fd, struct err *err)
{
    if (lseek(fd, 0, SEEK_SET) < 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
        return err_set_errno(err, ERR_IO, errno, "seal memory file");
    return ERR_OK;
}

enum err_code file_make_folders(const char *path, mode_t mode, struct err *err)
{
    char partial[PATH_MAX];
    size_t size = strlen(path);
    if (size == 0 || size >= sizeof partial)
        return err_set(err, ERR_BAD_ARGUMENT, "folder path of %zu bytes", size);
    memcpy(partial, path, size + 1);
    for (size_t i = 1; i <= size; i++) {
        if (partial[i] != '/' && partial[i] != 0)
            continue;
        char kept = partial[i];
        partial[i] = 0;
        bool made = mkdir(partial, mode) == 0;
        if (!made && errno != EEXIST)
            return err_set_errno(err, ERR_IO, errno, "make folder '%s'", partial);
        enum err_code code = made ? file_flush_folder(AT_FDCWD, partial, err) : ERR_OK;
        if (code)
            return code;
        partial[i] = kept;
    }
    /* made by somebody who was killed before its name was flushed; not all may open its parent */
    file_flush_folder(AT_FDCWD, path, NULL);
    return ERR_OK;
}

enum err_code file_free_bytes(int fd, uint64_t *out_bytes, struct err *err)
{
    struct statvfs info;
    if (fstatvfs(fd, &info) != 0)
        return err_set_errno(err, ERR_IO, errno, "statvfs");
    *out_bytes = (uint64_t)info.f_bavail * info.f_frsize;
    return ERR_OK;
}

static enum err_code overwrite(int fd, off_t size, struct err *err)
{
    static const char nothing[1 << 16];
    enum err_code code = ERR_OK;
    for (off_t left = size; !code && left > 0;) {
        size_t part = left < (off_t)sizeof nothing ? (size_t)left : sizeof nothing;
        code = file_write_all(fd, nothing, part, err);
        left -= (off_t)part;
    }
    if (!code && sys_fdatasync(fd) != 0)
        code = err_set_errno(err, ERR_IO, errno, "flush what was overwritten");
    return code;
}

enum err_code file_wipe(int dir_fd, const char *name, struct err *err)
{
    struct stat info;
    if (fstatat(dir_fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? ERR_OK : err_set_errno(err, ERR_IO, errno, "file to be removed");
    if (S_ISREG(info.st_mode) && info.st_nlink == 1) {
        if (fchmodat(dir_fd, name, 0600, 0) != 0)
            return err_set_errno(err, ERR_IO, errno, "file to be removed");
        AUTO(fd) int fd = openat(dir_fd, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
            return err_set_errno(err, ERR_IO, errno, "open a file to be removed");
        enum err_code code = overwrite(fd, info.st_size, err);
        if (code)
            return code;
    }
    if (unlinkat(dir_fd, name, 0) != 0 && errno != ENOENT)
        return err_set_errno(err, ERR_IO, errno, "remove a file");
    return ERR_OK;
}
