#include "daemon/pipeline/output.h"

#include "daemon/base/file.h"
#include "daemon/base/id.h"
#include "daemon/base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum err_code output_create(int dir_fd, int *out_fd, struct err *err)
{
    int fd = openat(dir_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0644);
    if (fd < 0)
        return err_set_errno(err, ERR_IO, errno, "create a file in the output folder");
    *out_fd = fd;
    return ERR_OK;
}

static enum err_code link_over(int dir_fd, const char *name, int fd, struct err *err)
{
    char ref[REF_SIZE], self[64];
    ref_new(ref);
    AUTO(mem) char *temp = mem_printf(".%s.%s.tmp", name, ref);
    if (!temp)
        return err_set(err, ERR_NO_MEMORY, "'%s'", name);
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    if (sys_linkat(AT_FDCWD, self, dir_fd, temp, AT_SYMLINK_FOLLOW) != 0)
        return err_set_errno(err, ERR_IO, errno, "link '%s'", name);
    if (sys_renameat(dir_fd, temp, dir_fd, name) != 0) {
        enum err_code code = err_set_errno(err, ERR_IO, errno, "rename to '%s'", name);
        unlinkat(dir_fd, temp, 0);
        return code;
    }
    return ERR_OK;
}

enum err_code output_publish(int dir_fd, const char *name, int pdf_fd, const struct js *json,
                             struct err *err)
{
    AUTO(mem) char *pdf_name = mem_printf("%s.pdf", name);
    AUTO(mem) char *json_name = mem_printf("%s.json", name);
    AUTO(mem) char *text = js_dump_pretty(json);
    if (!pdf_name || !json_name || !text)
        return err_set(err, ERR_NO_MEMORY, "'%s'", name);
    if (sys_fdatasync(pdf_fd) != 0)
        return err_set_errno(err, ERR_IO, errno, "flush '%s'", pdf_name);
    unlinkat(dir_fd, json_name, 0); /* an old one would vouch for the new PDF */
    enum err_code code = link_over(dir_fd, pdf_name, pdf_fd, err);
    return code ? code : file_replace_durably(dir_fd, json_name, text, strlen(text), err);
}

static struct js *read_done(int dir_fd, const char *name, const char *digest)
{
    AUTO(mem) char *json_name = mem_printf("%s.json", name);
    AUTO(mem) char *pdf_name = mem_printf("%s.pdf", name);
    AUTO(mem) char *text = NULL;
    AUTO(js) struct js *json = NULL;
    size_t size;
    char sha256[HASH_HEX_SIZE];
    if (!json_name || !pdf_name || file_read(dir_fd, json_name, JS_MAX_BYTES, &text, &size, NULL) ||
        js_parse(text, size, &json, NULL) || strcmp(js_text_or(json, "digest", ""), digest) != 0)
        return NULL;
    AUTO(fd) int pdf = openat(dir_fd, pdf_name, O_RDONLY | O_CLOEXEC);
    if (pdf < 0 || hash_fd(pdf, sha256, NULL, NULL) ||
        strcmp(sha256, js_text_or(json, "pdf_sha256", "")) != 0)
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
        AUTO(mem) char *part_name = mem_printf("%s-%d", name, (int)i);
        AUTO(js) struct js *part = part_name ? read_done(dir_fd, part_name, digest) : NULL;
        if (!part)
            return false;
        parts = js_int_or(part, "part.of", 1);
    }
    return true;
}
