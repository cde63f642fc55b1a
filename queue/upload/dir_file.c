#include "queue/upload/dir_file.h"

#include "daemon/base/file.h"
#include "daemon/base/id.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FILE_MODE 0640
#define CHUNK (1 << 16)

enum err_code dir_fail(struct err *err, int number, const char *what)
{
    enum err_code code = ERR_TARGET_UNREACHABLE;
    if (number == ENOSPC || number == EDQUOT || number == EFBIG)
        code = ERR_TARGET_FULL;
    else if (number == EROFS || number == EACCES || number == EPERM)
        code = ERR_TARGET_READ_ONLY;
    err_set(err, code, "%s: %s", what, strerror(number));
    if (err)
        err->sys_errno = number;
    return code;
}

/* The same for a failure that daemon/base/file.h has already described. */
static enum err_code translate(struct err *err, const char *what)
{
    return dir_fail(err, err && err->sys_errno ? err->sys_errno : EIO, what);
}

/* Gives the finished temp file its name unless that is taken. Links first: they work on NFS, where
 * NOREPLACE does not; FAT and some SMB servers have NOREPLACE and no links. */
static enum err_code publish(int folder, const char *temp, const char *file, bool *out_created,
                             struct err *err)
{
    int failed = 0;
    if (sys_linkat(folder, temp, folder, file, 0) < 0)
        failed = errno;
    if (failed == EPERM || failed == EOPNOTSUPP || failed == ENOSYS || failed == EMLINK) {
        failed = renameat2(folder, temp, folder, file, RENAME_NOREPLACE) < 0 ? errno : 0;
        if (failed == EINVAL)
            return err_set(err, ERR_TARGET_READ_ONLY,
                           "the warehouse's file system has neither links nor exclusive renames");
    }
    if (failed && failed != EEXIST)
        return dir_fail(err, failed, "naming the file in the warehouse");
    *out_created = !failed;
    return ERR_OK;
}

AUTO_DEFINE(hash_object, struct hash *, hash_free);

/* A mounted share lies behind the same line as everything else. */
static enum err_code copy_paced(int from_fd, int to_fd, struct flow *flow, struct err *err)
{
    AUTO(mem) char *chunk = mem_alloc(CHUNK);
    if (!chunk)
        return err_set(err, ERR_NO_MEMORY, "copy");
    for (off_t offset = 0;;) {
        ssize_t got = pread(from_fd, chunk, flow_bite(flow, CHUNK), offset);
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
        flow_add(flow, (uint64_t)got);
        flow_pace(flow, (uint64_t)got);
    }
}

static enum err_code write_temp(int folder, const char *temp, int from_fd, struct flow *flow,
                                struct err *err)
{
    AUTO(fd) int fd = openat(folder, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return dir_fail(err, errno, "creating a file in the warehouse");
    struct err copying = ERR_INIT;
    if (copy_paced(from_fd, fd, flow, &copying)) {
        translate(&copying, "writing to the warehouse");
        if (err)
            *err = copying;
        return copying.code;
    }
    if (sys_fsync(fd) < 0)
        return dir_fail(err, errno, "flush of a file in the warehouse");
    return ERR_OK;
}

enum err_code dir_file_put(int folder, const char *file, const char *owner, int from_fd,
                           struct flow *flow, bool *out_created, struct err *err)
{
    char temp[NAME_MAX + 1], random[REF_SIZE];
    bool created = false;
    if (faccessat(folder, file, F_OK, AT_SYMLINK_NOFOLLOW) < 0) {
        ref_new(random);
        snprintf(temp, sizeof temp, DIR_TEMP_PREFIX "%s-%s", owner, random);
        enum err_code code = write_temp(folder, temp, from_fd, flow, err);
        if (!code)
            code = publish(folder, temp, file, &created, err);
        unlinkat(folder, temp, 0);
        if (code)
            return code;
    }
    /* Also when it was there: its writer may have been killed before this. */
    if (sys_fsync(folder) < 0)
        return dir_fail(err, errno, "flush of a folder of the warehouse");
    *out_created = created;
    return ERR_OK;
}

enum err_code dir_file_hash(int fd, struct flow *flow, char out_sha256[HASH_HEX_SIZE],
                            uint64_t *out_size, struct err *err)
{
    AUTO(mem) char *chunk = mem_alloc(CHUNK);
    AUTO(hash_object) struct hash *hash = hash_new();
    if (!chunk || !hash)
        return err_set(err, ERR_NO_MEMORY, "hash");
    for (uint64_t offset = 0;;) {
        ssize_t got = pread(fd, chunk, flow_bite(flow, CHUNK), (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set_errno(err, ERR_IO, errno, "read");
        if (got == 0) {
            hash_finish(hash, out_sha256);
            *out_size = offset;
            return ERR_OK;
        }
        hash_update(hash, chunk, (size_t)got);
        offset += (uint64_t)got;
        flow_add(flow, (uint64_t)got);
        flow_pace(flow, (uint64_t)got);
    }
}
