#include "queue/store/blob.h"

#include "daemon/base/file.h"
#include "daemon/base/id.h"
#include "daemon/base/sys.h"
#include "queue/store/db.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHELVES 256u
#define NAME_SIZE (HASH_HEX_SIZE + 1) /* "ab/cdef…" */

struct blobs {
    char *path; /* absolute, of blobs/ */
    int root_fd, temp_fd;
};

/* blobs/00 … blobs/ff, all at once and flushed, so that a commit only has its own folder to flush
 */
static enum err_code make_shelves(struct blobs *blobs, struct err *err)
{
    for (unsigned i = 0; i < SHELVES; i++) {
        char shelf[8];
        snprintf(shelf, sizeof shelf, "%02x", i);
        if (mkdirat(blobs->root_fd, shelf, 0700) != 0 && errno != EEXIST)
            return err_set_errno(err, ERR_IO, errno, "make blob folder");
    }
    if (sys_fsync(blobs->root_fd) != 0)
        return err_set_errno(err, ERR_IO, errno, "flush blob folder");
    return ERR_OK;
}

enum err_code blobs_open(const char *folder, struct blobs **out, struct err *err)
{
    struct blobs *blobs = mem_alloc(sizeof *blobs);
    if (!blobs)
        return err_set(err, ERR_NO_MEMORY, "open blobs");
    blobs->root_fd = blobs->temp_fd = -1;
    AUTO(mem)
    char *temp = mem_printf("%s/blobs/tmp", folder);
    enum err_code code =
        temp ? file_make_folders(temp, 0700, err) : err_set(err, ERR_NO_MEMORY, "open blobs");
    if (!code) {
        AUTO(mem)
        char *root = mem_strndup(temp, strlen(temp) - strlen("/tmp"));
        char *absolute = root ? realpath(root, NULL) : NULL;
        blobs->path = mem_strdup(absolute);
        free(absolute);
        blobs->root_fd = root ? open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
        blobs->temp_fd = open(temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (!blobs->path || blobs->root_fd < 0 || blobs->temp_fd < 0)
            code = err_set_errno(err, ERR_IO, errno, "open folder '%s'", temp);
    }
    if (!code)
        code = make_shelves(blobs, err);
    if (code) {
        blobs_close(blobs);
        return code;
    }
    *out = blobs;
    return ERR_OK;
}

void blobs_close(struct blobs *blobs)
{
    if (!blobs)
        return;
    fd_close(blobs->root_fd);
    fd_close(blobs->temp_fd);
    mem_free(blobs->path);
    mem_free(blobs);
}

bool blobs_there(const char *folder)
{
    AUTO(mem)
    char *temp = mem_printf("%s/blobs/tmp", folder);
    return temp && access(temp, F_OK) == 0;
}

static DIR *list_folder(int folder_fd, const char *name)
{
    int fd = openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd < 0 ? NULL : fdopendir(fd);
    if (!list)
        fd_close(fd);
    return list;
}

bool blobs_any(const struct blobs *blobs)
{
    bool any = false;
    for (unsigned i = 0; !any && i < SHELVES; i++) {
        char shelf[8];
        snprintf(shelf, sizeof shelf, "%02x", i);
        DIR *list = list_folder(blobs->root_fd, shelf);
        for (struct dirent *entry; list && !any && (entry = readdir(list));)
            any = entry->d_name[0] != '.';
        if (list)
            closedir(list);
    }
    return any;
}

enum err_code blobs_free_bytes(const struct blobs *blobs, uint64_t *out_bytes, struct err *err)
{
    return file_free_bytes(blobs->root_fd, out_bytes, err);
}

static enum err_code check_temp_name(const char *temp, struct err *err)
{
    size_t size = strlen(temp);
    if (size == 0 || size >= BLOB_TEMP_SIZE || temp[0] == '.' ||
        strspn(temp, "abcdefghijklmnopqrstuvwxyz0123456789.-") != size)
        return err_set(err, ERR_BAD_ARGUMENT, "not the name of a temp blob");
    return ERR_OK;
}

enum err_code blob_create(struct blobs *blobs, const char *temp, int *out_fd, struct err *err)
{
    enum err_code code = check_temp_name(temp, err);
    if (code)
        return code;
    int fd = openat(blobs->temp_fd, temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set_errno(err, errno == EEXIST ? ERR_CONFLICT : ERR_IO, errno,
                             "create temp blob");
    *out_fd = fd;
    return ERR_OK;
}

void blob_discard(struct blobs *blobs, const char *temp)
{
    if (temp && !check_temp_name(temp, NULL))
        unlinkat(blobs->temp_fd, temp, 0);
}

static void name_of(const char *sha256, char out[NAME_SIZE])
{
    snprintf(out, NAME_SIZE, "%.2s/%.62s", sha256, sha256 + 2);
}

static enum err_code check_hash_name(const char *sha256, struct err *err)
{
    return hash_is_hex(sha256) ? ERR_OK : err_set(err, ERR_BAD_ARGUMENT, "not a SHA-256");
}

static bool file_has_hash(int folder_fd, const char *name, const char *sha256)
{
    AUTO(fd)
    int fd = openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    char found[HASH_HEX_SIZE];
    uint64_t size;
    return fd >= 0 && hash_fd(fd, found, &size, NULL) == ERR_OK && strcmp(found, sha256) == 0;
}

/* What stands there already: our content (kept), or damage (replaced by a second link and a
 * rename). */
static enum err_code settle_existing(struct blobs *blobs, const char *temp, const char *name,
                                     const char *sha256, struct err *err)
{
    if (file_has_hash(blobs->root_fd, name, sha256))
        return ERR_OK;
    char second[ID_SIZE];
    id_new(second);
    if (sys_linkat(blobs->temp_fd, temp, blobs->temp_fd, second, 0) != 0)
        return err_set_errno(err, ERR_IO, errno, "link blob");
    if (sys_renameat(blobs->temp_fd, second, blobs->root_fd, name) != 0) {
        enum err_code code = err_set_errno(err, ERR_IO, errno, "replace damaged blob");
        unlinkat(blobs->temp_fd, second, 0);
        return code;
    }
    return ERR_OK;
}

static enum err_code put_on_shelf(struct blobs *blobs, const char *temp, const char *sha256,
                                  struct err *err)
{
    char name[NAME_SIZE];
    name_of(sha256, name);
    enum err_code code = ERR_OK;
    if (sys_linkat(blobs->temp_fd, temp, blobs->root_fd, name, 0) != 0) {
        if (errno != EEXIST)
            return err_set_errno(err, ERR_IO, errno, "link blob");
        code = settle_existing(blobs, temp, name, sha256, err);
    }
    return code ? code : file_flush_folder(blobs->root_fd, name, err);
}

enum err_code blob_commit(struct blobs *blobs, struct db *db, const char *temp, const char *sha256,
                          int64_t size_bytes, struct err *err)
{
    enum err_code code = check_temp_name(temp, err);
    if (!code)
        code = check_hash_name(sha256, err);
    if (code)
        return code;
    AUTO(fd)
    int fd = openat(blobs->temp_fd, temp, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return err_set_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno, "temp blob");
    char found[HASH_HEX_SIZE];
    uint64_t size;
    code = hash_fd(fd, found, &size, err);
    if (code)
        return code;
    if (strcmp(found, sha256) != 0 || (size_bytes >= 0 && (uint64_t)size_bytes != size))
        return err_set(err, ERR_BLOB_DAMAGED, "blob of %llu bytes is not what its writer said",
                       (unsigned long long)size);
    if (fchmod(fd, 0400) != 0 || sys_fdatasync(fd) != 0)
        return err_set_errno(err, ERR_IO, errno, "flush blob");
    code = put_on_shelf(blobs, temp, sha256, err);
    if (code)
        return code;
    return db_run(db,
                  "INSERT INTO blob (sha256, size_bytes, created_us) VALUES (?, ?, ?) "
                  "ON CONFLICT (sha256) DO NOTHING",
                  DB_BIND(DB_TEXT(sha256), DB_INT((int64_t)size), DB_INT(sys_now_us())), err);
}

static enum err_code commit_written(struct blobs *blobs, struct db *db, const char *temp, int fd,
                                    char out_sha256[HASH_HEX_SIZE], struct err *err)
{
    char sha256[HASH_HEX_SIZE];
    uint64_t size;
    enum err_code code = hash_fd(fd, sha256, &size, err);
    if (!code)
        code = blob_commit(blobs, db, temp, sha256, (int64_t)size, err);
    if (!code)
        memcpy(out_sha256, sha256, HASH_HEX_SIZE);
    return code;
}

enum err_code blob_put_fd(struct blobs *blobs, struct db *db, int fd, uint64_t max_bytes,
                          char out_sha256[HASH_HEX_SIZE], struct err *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
        return err_set(err, ERR_BAD_MESSAGE, "descriptor is no file");
    if ((uint64_t)info.st_size > max_bytes)
        return err_set(err, ERR_TOO_LARGE, "%lld bytes, at most %llu", (long long)info.st_size,
                       (unsigned long long)max_bytes);
    char temp[ID_SIZE];
    AUTO(fd)
    int copy = -1;
    id_new(temp);
    enum err_code code = blob_create(blobs, temp, &copy, err);
    if (code)
        return code;
    code = file_copy_fd(fd, copy, err);
    if (!code)
        code = commit_written(blobs, db, temp, copy, out_sha256, err);
    blob_discard(blobs, temp);
    return code;
}

enum err_code blob_put_text(struct blobs *blobs, struct db *db, const char *text,
                            char out_sha256[HASH_HEX_SIZE], struct err *err)
{
    AUTO(fd)
    int fd = -1;
    enum err_code code = file_memfd("blob", text, strlen(text), &fd, err);
    return code ? code : blob_put_fd(blobs, db, fd, strlen(text), out_sha256, err);
}

enum err_code blob_put_row(struct db *db, const char *text, char out_sha256[HASH_HEX_SIZE],
                           struct err *err)
{
    char sha256[HASH_HEX_SIZE];
    hash_bytes(text, strlen(text), sha256);
    enum err_code code =
        db_run(db,
               "INSERT INTO blob (sha256, size_bytes, created_us, text) VALUES (?, ?, ?, ?) "
               "ON CONFLICT (sha256) DO NOTHING",
               DB_BIND(DB_TEXT(sha256), DB_INT((int64_t)strlen(text)), DB_INT(sys_now_us()),
                       DB_TEXT(text)),
               err);
    if (!code)
        memcpy(out_sha256, sha256, HASH_HEX_SIZE);
    return code;
}

/* *out_fd stays -1 when it lies in a file. */
static enum err_code open_row(struct db *db, const char *sha256, int *out_fd, int64_t *out_size,
                              struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row;
    enum err_code code = db_query(db, "SELECT size_bytes, text FROM blob WHERE sha256 = ?",
                                  DB_BIND(DB_TEXT(sha256)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        return err_set(err, ERR_NOT_FOUND, "no blob %.12s", sha256);
    if (code)
        return code;
    *out_size = query_int(q, 0);
    const char *text = query_text(q, 1);
    if (!text)
        return ERR_OK;
    AUTO(fd) int fd = -1;
    code = file_memfd("blob", text, strlen(text), &fd, err);
    if (!code)
        code = file_memfd_seal(fd, err);
    if (!code)
        *out_fd = TAKE_FD(fd);
    return code;
}

enum err_code blob_open(struct blobs *blobs, struct db *db, const char *sha256, int *out_fd,
                        int64_t *out_size, struct err *err)
{
    int64_t size = 0;
    int in_row = -1;
    enum err_code code = check_hash_name(sha256, err);
    if (!code)
        code = open_row(db, sha256, &in_row, &size, err);
    if (code)
        return code;
    if (in_row >= 0) {
        *out_fd = in_row;
        if (out_size)
            *out_size = size;
        return ERR_OK;
    }
    char name[NAME_SIZE];
    name_of(sha256, name);
    AUTO(fd)
    int fd = openat(blobs->root_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return err_set_errno(err, errno == ENOENT ? ERR_BLOB_DAMAGED : ERR_IO, errno,
                             "open blob %.12s", sha256);
    struct stat info;
    if (fstat(fd, &info) != 0 || info.st_size != size)
        return err_set(err, ERR_BLOB_DAMAGED, "blob %.12s has not its size of %lld bytes", sha256,
                       (long long)size);
    *out_fd = TAKE_FD(fd);
    if (out_size)
        *out_size = size;
    return ERR_OK;
}

enum err_code blob_check(struct blobs *blobs, struct db *db, const char *sha256, struct err *err)
{
    AUTO(fd)
    int fd = -1;
    char found[HASH_HEX_SIZE];
    uint64_t size;
    enum err_code code = blob_open(blobs, db, sha256, &fd, NULL, err);
    if (!code)
        code = hash_fd(fd, found, &size, err);
    if (!code && strcmp(found, sha256) != 0)
        code = err_set(err, ERR_BLOB_DAMAGED, "blob %.12s has other content", sha256);
    return code;
}

enum err_code blob_path(struct blobs *blobs, const char *sha256, char **out, struct err *err)
{
    enum err_code code = check_hash_name(sha256, err);
    if (code)
        return code;
    char name[NAME_SIZE];
    name_of(sha256, name);
    char *path = mem_printf("%s/%s", blobs->path, name);
    if (!path)
        return err_set(err, ERR_NO_MEMORY, "blob path");
    *out = path;
    return ERR_OK;
}

enum err_code blob_remove(struct blobs *blobs, const char *sha256, struct err *err)
{
    char name[NAME_SIZE];
    enum err_code code = check_hash_name(sha256, err);
    if (code)
        return code;
    name_of(sha256, name);
    code = file_wipe(blobs->root_fd, name, err);
    return code ? code : file_flush_folder(blobs->root_fd, name, err);
}

enum err_code blob_wipe_temp(struct blobs *blobs, const char *temp, struct err *err)
{
    enum err_code code = check_temp_name(temp, err);
    if (!code)
        code = file_wipe(blobs->temp_fd, temp, err);
    return code ? code : file_flush_folder(blobs->temp_fd, temp, err);
}

const char *blob_media_type(int fd)
{
    static const struct {
        const char *start, *type;
        size_t size;
    } known[] = {
        {"II*\0", "image/tiff", 4},        {"MM\0*", "image/tiff", 4},
        {"\xff\xd8\xff", "image/jpeg", 3}, {"\x89PNG", "image/png", 4},
        {"%PDF", "application/pdf", 4},    {"{", "application/json", 1},
    };
    char start[4] = {0};
    if (pread(fd, start, sizeof start, 0) > 0)
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (memcmp(start, known[i].start, known[i].size) == 0)
                return known[i].type;
    return "application/octet-stream";
}

enum err_code blob_each_temp(struct blobs *blobs, bool (*visit)(void *payload, const char *temp),
                             void *payload, struct err *err)
{
    DIR *list = list_folder(blobs->temp_fd, ".");
    bool more = true;
    if (!list)
        return err_set_errno(err, ERR_IO, errno, "list temp blobs");
    for (struct dirent *entry; more && (entry = readdir(list));)
        more = entry->d_name[0] == '.' || visit(payload, entry->d_name);
    closedir(list);
    return ERR_OK;
}
