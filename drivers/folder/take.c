#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "daemon/base/sys.h"
#include "drivers/folder/copy_exception.h"
#include "drivers/folder/file_name.h"
#include "drivers/folder/file_open.h"
#include "drivers/folder/folder_private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_BLOCK (256 << 10)

struct taking {
    struct watched_folder *folder;
    const char *path; /* bytes */
    const struct take_expected *expected;
    int to_fd;
};

static bool is_expected(const struct stat *info, const struct take_expected *expected)
{
    return (uint64_t)info->st_size == expected->size_bytes &&
           folder_time_ns(&info->st_mtim) / 1000 == expected->mtime_us;
}

static enum err_code copy_block(int from, int to, char *block, off_t at, struct hash *hash,
                                ssize_t *out_got, struct err *err)
{
    ssize_t got;
    do
        got = pread(from, block, COPY_BLOCK, at);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return file_error(errno, ERR_IO, "reading a file", err);
    hash_update(hash, block, (size_t)got);
    *out_got = got;
    bounded_progress(got);
    return file_write_all(to, block, (size_t)got, err);
}

/* Not one byte more than was seen: a file that grows while it is read must not fill the disk. */
static enum err_code copy_all(int from, int to, uint64_t size, char out_hex[HASH_HEX_SIZE],
                              struct err *err)
{
    AUTO(mem) char *block = mem_alloc(COPY_BLOCK);
    struct hash *hash = block ? hash_new() : NULL;
    if (!hash)
        return err_set(err, ERR_NO_MEMORY, "copying a file");
    uint64_t done = 0;
    ssize_t got = 1;
    enum err_code code = ERR_OK;
    while (!code && got > 0 && done <= size) {
        code = copy_block(from, to, block, (off_t)done, hash, &got, err);
        done += code ? 0 : (uint64_t)got;
    }
    if (!code)
        hash_finish(hash, out_hex);
    hash_free(hash);
    return !code && done != size ? err_set(err, ERR_STATE_CHANGED, "its size changed meanwhile")
                                 : code;
}

static enum err_code copy_file(const struct taking *taking, char out_hex[HASH_HEX_SIZE],
                               struct err *err)
{
    AUTO(fd) int root = -1;
    AUTO(fd) int from = -1;
    struct stat info, after;
    const struct take_expected *expected = taking->expected;
    enum err_code code = folder_open(taking->folder, &root, err);
    if (!code)
        code = file_open_below(root, taking->path, &from, &info, err);
    if (code)
        return code;
    if (!is_expected(&info, expected) || file_is_being_written(from))
        return err_set(err, ERR_STATE_CHANGED, "not the file that was looked at");
    if (info.st_size == 0)
        return err_set(err, ERR_IMAGE_EMPTY, "the file has no bytes");
    if ((uint64_t)info.st_size > taking->folder->max_bytes)
        return err_set(err, ERR_TOO_LARGE, "%lld bytes, at most %llu", (long long)info.st_size,
                       (unsigned long long)taking->folder->max_bytes);
    code = copy_all(from, taking->to_fd, (uint64_t)info.st_size, out_hex, err);
    if (code)
        return code;
    if (fstat(from, &after) != 0)
        return file_error(errno, ERR_IO, "looking at a file", err);
    if (!is_expected(&after, expected) ||
        (expected->sha256 && strcmp(expected->sha256, out_hex) != 0))
        return err_set(err, ERR_STATE_CHANGED, "changed while it was read");
    if (sys_fdatasync(taking->to_fd) != 0)
        return err_set_errno(err, ERR_IO, errno, "flush");
    return ERR_OK;
}

/* What is no image has no facts here; a damaged image is the business of whoever opens it. */
static struct js *facts_of(int fd, int *out_count)
{
    AUTO(image_rows) struct image_rows *rows = NULL;
    if (image_rows_open(fd, 0, &rows, NULL))
        return js_null();
    *out_count = image_rows_info(rows)->count;
    return copy_facts_to_js(image_rows_info(rows));
}

static enum err_code take_in_child(void *work, struct js **out, struct err *err)
{
    const struct taking *taking = work;
    char sha256[HASH_HEX_SIZE];
    int count = 0;
    enum err_code code = copy_file(taking, sha256, err);
    if (code)
        return code;
    enum file_kind kind = file_kind_of(taking->to_fd);
    struct js *facts = facts_of(taking->to_fd, &count);
    *out = js_pack("{s:s, s:I, s:s, s:o, s:o}", "sha256", sha256, "size_bytes",
                   (long long)taking->expected->size_bytes, "kind", file_kind_name(kind), "pages",
                   count ? js_int(count) : js_null(), "facts", facts);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

enum err_code watched_folder_take(struct watched_folder *folder, const char *path,
                                  const struct take_expected *expected, int to_fd, struct js **out,
                                  struct err *err)
{
    AUTO(mem) char *bytes = NULL;
    enum err_code code = file_path_from_text(path, &bytes, err);
    struct taking taking = {folder, bytes, expected, to_fd};
    if (!code)
        code = bounded_call(&folder->call, take_in_child, &taking, out, err);
    return code ? err_context(err, code, "folder '%s'", folder->name) : ERR_OK;
}
