#include "daemon/pipeline/output_owner.h"

#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "daemon/base/js.h"
#include "daemon/pipeline/alto.h"
#include "daemon/pipeline/inputs.h"
#include "daemon/pipeline/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK (256u << 10)
#define JSON_HEAD 4096 /* of an ALTO, too */

/* XMP of a PDF composed for `sohoa process`: its document id is a digest; the daemon's documents
 * have UUIDs. */
static const char id_tag[] = "<sohoa:documentId>";
#define ID_DIGITS (HASH_HEX_SIZE - 1)
/* Longest thing looked for, less one: what a chunk hands to the next. */
#define OVERLAP (sizeof id_tag + ID_DIGITS)

static bool has_our_id(const char *bytes, size_t size)
{
    const char *end = bytes + size;
    for (const char *at = bytes; (at = memmem(at, (size_t)(end - at), id_tag, sizeof id_tag - 1));
         at += sizeof id_tag - 1) {
        const char *id = at + sizeof id_tag - 1;
        size_t digits = 0;
        while (id + digits < end && strchr("0123456789abcdef", id[digits]) && id[digits])
            digits++;
        if (digits == ID_DIGITS && id + digits < end && id[digits] == '<')
            return true;
    }
    return false;
}

/* Whole words, so that none counts twice where chunks overlap: counts those that end behind
 * `from`. */
static size_t count_word(const char *bytes, size_t size, size_t from, const char *word)
{
    size_t count = 0, length = strlen(word);
    for (const char *at = bytes;
         (at = memmem(at, (size_t)(bytes + size - at), word, length)) != NULL; at += length)
        count += (size_t)(at - bytes) + length > from;
    return count;
}

/* Composed by us, and no more than that: signing or editing appends a second `startxref`. */
static bool is_composed_by_us(int fd)
{
    AUTO(mem) char *bytes = mem_alloc(CHUNK + OVERLAP);
    size_t kept = 0, ends = 0;
    bool ours = false;
    if (!bytes)
        return false;
    for (off_t offset = 0;;) {
        ssize_t got = pread(fd, bytes + kept, CHUNK, offset);
        if (got <= 0)
            return got == 0 && ours && ends <= 1;
        size_t size = kept + (size_t)got;
        ours = ours || has_our_id(bytes, size);
        ends += count_word(bytes, size, kept, "startxref");
        offset += got;
        kept = size < OVERLAP ? size : OVERLAP;
        memmove(bytes, bytes + size - kept, kept);
    }
}

static bool has_hash(int fd, const char *sha256)
{
    char own[HASH_HEX_SIZE];
    return !hash_fd(fd, own, NULL, NULL) && strcmp(own, sha256) == 0;
}

static bool is_recorded(int dir_fd, const char *json_name, int pdf)
{
    AUTO(mem) char *text = NULL;
    AUTO(js) struct js *json = NULL;
    size_t size;
    if (file_read(dir_fd, json_name, JS_MAX_BYTES, &text, &size, NULL) ||
        js_parse(text, size, &json, NULL))
        return false;
    return has_hash(pdf, js_text_or(json, "pdf_sha256", ""));
}

static bool is_copy_of(const char *source, int pdf)
{
    char sha256[HASH_HEX_SIZE];
    AUTO(fd) int fd = source ? open(source, O_RDONLY | O_CLOEXEC) : -1;
    return fd >= 0 && !hash_fd(fd, sha256, NULL, NULL) && has_hash(pdf, sha256);
}

/* *out_fd -1: there is none. *out_strange: something that is no plain file, a link too. */
static enum err_code open_plain(int dir_fd, const char *name, int *out_fd, bool *out_strange,
                                struct err *err)
{
    struct stat info;
    *out_fd = -1;
    *out_strange = false;
    if (fstatat(dir_fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? ERR_OK : err_set_errno(err, ERR_IO, errno, "'%s'", name);
    *out_strange = !S_ISREG(info.st_mode);
    if (*out_strange)
        return ERR_OK;
    *out_fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    *out_strange = *out_fd < 0 && errno != ENOENT;
    return ERR_OK;
}

static enum err_code refuse(const char *dir_path, const char *name, struct err *err)
{
    char shown[sizeof err->detail];
    input_show_name(name, shown, sizeof shown);
    return err_set(err, ERR_USAGE,
                   "'%s' in '%s' is there already and not a result of sohoa process; "
                   "move it away or choose another --out",
                   shown, dir_path);
}

static bool is_our_alto(int fd)
{
    char head[JSON_HEAD + 1];
    ssize_t size = pread(fd, head, JSON_HEAD, 0);
    if (size <= 0)
        return size == 0;
    head[size] = 0;
    return alto_is_ours(head);
}

static bool is_our_json(int fd)
{
    char head[JSON_HEAD + 1];
    ssize_t size = pread(fd, head, JSON_HEAD, 0);
    if (size <= 0)
        return size == 0;
    head[size] = 0;
    return head[0] == '{' &&
           (strstr(head, "\"sohoa.document/1\"") || strstr(head, "\"pdf_sha256\""));
}

enum err_code output_may_replace(int dir_fd, const char *dir_path, const char *name,
                                 const char *source_pdf, struct err *err)
{
    AUTO(mem) char *pdf_name = mem_printf("%s.pdf", name);
    AUTO(mem) char *json_name = mem_printf("%s.json", name);
    AUTO(fd) int json = -1;
    AUTO(fd) int pdf = -1;
    bool strange_pdf, strange_json;
    if (!pdf_name || !json_name)
        return err_set(err, ERR_NO_MEMORY, "'%s'", name);
    enum err_code code = open_plain(dir_fd, json_name, &json, &strange_json, err);
    if (!code)
        code = open_plain(dir_fd, pdf_name, &pdf, &strange_pdf, err);
    if (code)
        return code;
    if (strange_json || (json >= 0 && !is_our_json(json)))
        return refuse(dir_path, json_name, err);
    bool ours = pdf < 0 || is_composed_by_us(pdf) ||
                (json >= 0 && is_recorded(dir_fd, json_name, pdf)) || is_copy_of(source_pdf, pdf);
    return strange_pdf || !ours ? refuse(dir_path, pdf_name, err) : ERR_OK;
}

enum err_code output_may_replace_alto(int dir_fd, const char *dir_path, const char *name,
                                      struct err *err)
{
    AUTO(mem) char *file_name = mem_printf("%s" OUTPUT_ALTO, name);
    AUTO(fd) int fd = -1;
    bool strange;
    if (!file_name)
        return err_set(err, ERR_NO_MEMORY, "'%s'", name);
    enum err_code code = open_plain(dir_fd, file_name, &fd, &strange, err);
    if (code)
        return code;
    return strange || (fd >= 0 && !is_our_alto(fd)) ? refuse(dir_path, file_name, err) : ERR_OK;
}
