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

static enum err_code write_temp(int folder, const char *temp, int from_fd, struct err *err)
{
    AUTO(fd) int fd = openat(folder, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return dir_fail(err, errno, "creating a file in the warehouse");
    struct err copying = ERR_INIT;
    if (file_copy_fd(from_fd, fd, &copying)) {
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
                           bool *out_created, struct err *err)
{
    char temp[NAME_MAX + 1], random[REF_SIZE];
    bool created = false;
    if (faccessat(folder, file, F_OK, AT_SYMLINK_NOFOLLOW) < 0) {
        ref_new(random);
        snprintf(temp, sizeof temp, DIR_TEMP_PREFIX "%s-%s", owner, random);
        enum err_code code = write_temp(folder, temp, from_fd, err);
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
