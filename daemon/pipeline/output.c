#include "daemon/pipeline/output.h"

#include "daemon/base/file.h"
#include "daemon/base/id.h"
#include "daemon/base/sys.h"
#include "daemon/pipeline/unread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum err_code output_create(int dir_fd, int *out_fd, struct err *err)
{
    int fd = openat(dir_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
    if (fd < 0)
        return err_set_errno(err, ERR_IO, errno, "create a file in the output folder");
    *out_fd = fd;
    return ERR_OK;
}

/* Over a file that is there already: a second name, moved over the first. */
static enum err_code replace(int dir_fd, const char *name, const char *self, struct err *err)
{
    char ref[REF_SIZE], temp[REF_SIZE + 16];
    ref_new(ref);
    snprintf(temp, sizeof temp, ".sohoa.%s.tmp", ref);
    if (sys_linkat(AT_FDCWD, self, dir_fd, temp, AT_SYMLINK_FOLLOW) != 0)
        return err_set_errno(err, ERR_IO, errno, "link '%s'", name);
    if (sys_renameat(dir_fd, temp, dir_fd, name) != 0) {
        enum err_code code = err_set_errno(err, ERR_IO, errno, "rename to '%s'", name);
        unlinkat(dir_fd, temp, 0);
        return code;
    }
    return ERR_OK;
}

static enum err_code give_name(int dir_fd, const char *name, int fd, struct err *err)
{
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    if (sys_linkat(AT_FDCWD, self, dir_fd, name, AT_SYMLINK_FOLLOW) == 0)
        return ERR_OK;
    return errno == EEXIST ? replace(dir_fd, name, self, err)
                           : err_set_errno(err, ERR_IO, errno, "link '%s'", name);
}

static enum err_code flush(int fd, const char *name, struct err *err)
{
    return sys_fdatasync(fd) == 0 ? ERR_OK : err_set_errno(err, ERR_IO, errno, "flush '%s'", name);
}

static enum err_code create_json(int dir_fd, const struct js *json, int *out_fd, struct err *err)
{
    AUTO(mem) char *text = js_dump_pretty(json);
    AUTO(fd) int fd = -1;
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "document JSON");
    enum err_code code = output_create(dir_fd, &fd, err);
    if (!code)
        code = file_write_all(fd, text, strlen(text), err);
    if (code)
        return code;
    *out_fd = TAKE_FD(fd);
    return ERR_OK;
}

enum err_code output_publish(int dir_fd, const char *name, int pdf_fd, const struct js *json,
                             struct err *err)
{
    AUTO(mem) char *pdf_name = mem_printf("%s.pdf", name);
    AUTO(mem) char *json_name = mem_printf("%s.json", name);
    AUTO(fd) int json_fd = -1;
    if (!pdf_name || !json_name)
        return err_set(err, ERR_NO_MEMORY, "'%s'", name);
    enum err_code code = create_json(dir_fd, json, &json_fd, err);
    if (!code)
        code = flush(pdf_fd, pdf_name, err);
    if (!code)
        code = flush(json_fd, json_name, err);
    if (code)
        return code;
    unlinkat(dir_fd, json_name, 0); /* an old one would vouch for the new PDF */
    code = give_name(dir_fd, pdf_name, pdf_fd, err);
    if (!code)
        code = give_name(dir_fd, json_name, json_fd, err);
    return code ? code : file_flush_folder(dir_fd, json_name, err);
}

enum err_code output_put_alto(int dir_fd, const char *name, const char *text, struct err *err)
{
    AUTO(mem) char *file_name = mem_printf("%s" OUTPUT_ALTO, name);
    AUTO(fd) int fd = -1;
    if (!file_name)
        return err_set(err, ERR_NO_MEMORY, "'%s'", name);
    enum err_code code = output_create(dir_fd, &fd, err);
    if (!code)
        code = file_write_all(fd, text, strlen(text), err);
    if (!code)
        code = flush(fd, file_name, err);
    return code ? code : give_name(dir_fd, file_name, fd, err);
}

static bool has_hash(int dir_fd, const char *name, const char *suffix, const char *wanted)
{
    AUTO(mem) char *file_name = mem_printf("%s%s", name, suffix);
    char sha256[HASH_HEX_SIZE];
    AUTO(fd) int fd = file_name ? openat(dir_fd, file_name, O_RDONLY | O_CLOEXEC) : -1;
    return fd >= 0 && !hash_fd(fd, sha256, NULL, NULL) && strcmp(sha256, wanted) == 0;
}

static struct js *read_json(int dir_fd, const char *name, const char *digest)
{
    AUTO(mem) char *json_name = mem_printf("%s.json", name);
    AUTO(mem) char *text = NULL;
    AUTO(js) struct js *json = NULL;
    size_t size;
    if (!json_name || file_read(dir_fd, json_name, JS_MAX_BYTES, &text, &size, NULL) ||
        js_parse(text, size, &json, NULL) || strcmp(js_text_or(json, "digest", ""), digest) != 0)
        return NULL;
    return TAKE(json);
}

/* A page that was not read in time gets another try. */
static bool is_read(const struct js *json)
{
    const struct js *pages = js_at(json, "pages");
    for (size_t i = 0; i < js_count(pages); i++)
        if (unread_is(js_item(pages, i)))
            return false;
    return true;
}

static struct js *read_done(int dir_fd, const char *name, const char *digest)
{
    AUTO(js) struct js *json = read_json(dir_fd, name, digest);
    const char *alto = js_text_or(json, "alto_sha256", NULL);
    if (!json || !is_read(json) || !has_hash(dir_fd, name, ".pdf", js_text_or(json, "pdf_sha256", "")) ||
        (alto && !has_hash(dir_fd, name, OUTPUT_ALTO, alto)))
        return NULL;
    return TAKE(json);
}

bool output_is_done(int dir_fd, const char *name, const char *digest)
{
    AUTO(js) struct js *whole = read_done(dir_fd, name, digest);
    if (whole)
        return true;
    int64_t parts = 1;
    for (int64_t i = 1; i <= parts; i++) {
        AUTO(mem) char *part_name = mem_printf("%s-%lld", name, (long long)i);
        AUTO(js) struct js *part = part_name ? read_done(dir_fd, part_name, digest) : NULL;
        if (!part)
            return false;
        parts = js_int_or(part, "part.of", 1);
    }
    return true;
}

void output_read_done(int dir_fd, const char *name, const char *digest,
                      char out_type[OUTPUT_TYPE_SIZE], size_t *out_pages)
{
    AUTO(js) struct js *whole = read_json(dir_fd, name, digest);
    int64_t parts = 1;
    *out_pages = js_count(js_at(whole, "pages"));
    snprintf(out_type, OUTPUT_TYPE_SIZE, "%s", js_text_or(whole, "type", ""));
    for (int64_t i = 1; !whole && i <= parts; i++) {
        AUTO(mem) char *part_name = mem_printf("%s-%lld", name, (long long)i);
        AUTO(js) struct js *part = part_name ? read_json(dir_fd, part_name, digest) : NULL;
        if (i == 1)
            snprintf(out_type, OUTPUT_TYPE_SIZE, "%s", js_text_or(part, "type", ""));
        *out_pages += js_count(js_at(part, "pages"));
        parts = js_int_or(part, "part.of", 1);
    }
}
