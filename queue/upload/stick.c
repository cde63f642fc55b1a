#include "queue/upload/stick.h"

#include "daemon/base/file.h"
#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "queue/upload/dir_file.h"
#include "queue/upload/target_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "sohoa-"
#define MANIFEST "manifest.json"
#define RECEIPTS "receipts.json"
#define FOLDER_MODE 0750
#define JSON_MAX (16u << 20)

struct stick {
    int top;    /* the folder a new one is made in */
    int folder; /* sohoa-<id>; -1: not made yet */
    char id[ID_SIZE];
};

static void open_dir_auto(DIR **place)
{
    if (*place)
        closedir(*place);
}

void stick_free(struct stick *stick)
{
    if (!stick)
        return;
    fd_close(stick->top);
    fd_close(stick->folder);
    mem_free(stick);
}

static enum err_code open_top(const char *folder, int *out_fd, struct err *err)
{
    if (folder[0] != '/')
        return err_set(err, ERR_BAD_ARGUMENT, "the folder of a stick needs an absolute path");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return dir_fail(err, errno, "opening the stick");
    *out_fd = fd;
    return ERR_OK;
}

static enum err_code make_folder(int parent, const char *name, int *out_fd, struct err *err)
{
    if (mkdirat(parent, name, FOLDER_MODE) < 0 && errno != EEXIST)
        return dir_fail(err, errno, "making a folder on the stick");
    if (sys_fsync(parent) < 0)
        return dir_fail(err, errno, "flush of the stick");
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return dir_fail(err, errno, "opening a folder of the stick");
    *out_fd = fd;
    return ERR_OK;
}

/* Descriptors are taken over. */
static enum err_code new_stick(int top, int folder, const char *id, struct stick **out,
                               struct err *err)
{
    struct stick *stick = mem_alloc(sizeof *stick);
    if (!stick) {
        fd_close(top);
        fd_close(folder);
        return err_set(err, ERR_NO_MEMORY, "stick");
    }
    *stick = (struct stick){.top = top, .folder = folder};
    memcpy(stick->id, id, strnlen(id, ID_SIZE - 1));
    *out = stick;
    return ERR_OK;
}

enum err_code stick_create(const char *folder, const char *id, struct stick **out, struct err *err)
{
    int top = -1;
    enum err_code code = open_top(folder, &top, err);
    return code ? code : new_stick(top, -1, id, out, err);
}

/* With the first file: an export of nothing leaves nothing. */
static enum err_code need_folder(struct stick *stick, struct err *err)
{
    char name[sizeof PREFIX + ID_SIZE];
    if (stick->folder >= 0)
        return ERR_OK;
    snprintf(name, sizeof name, PREFIX "%s", stick->id);
    return make_folder(stick->top, name, &stick->folder, err);
}

static bool has_manifest(int folder)
{
    return faccessat(folder, MANIFEST, R_OK, 0) == 0;
}

static enum err_code find_only(int top, char out_name[sizeof PREFIX + ID_SIZE], struct err *err)
{
    int fd = fcntl(top, F_DUPFD_CLOEXEC, 0), found = 0;
    AUTO(open_dir) DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (!folder) {
        fd_close(fd);
        return dir_fail(err, errno, "listing the stick");
    }
    for (struct dirent *entry; (entry = readdir(folder));)
        if (text_starts(entry->d_name, PREFIX) && id_is_valid(entry->d_name + strlen(PREFIX))) {
            AUTO(fd) int one = openat(top, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            if (one < 0 || !has_manifest(one))
                continue;
            memcpy(out_name, entry->d_name, strlen(PREFIX) + ID_SIZE);
            found++;
        }
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "no whole export of Sohoa lies in that folder");
    return found == 1
               ? ERR_OK
               : err_set(err, ERR_CONFLICT, "%d exports lie in that folder: name one", found);
}

enum err_code stick_open(const char *folder, struct stick **out, struct err *err)
{
    AUTO(fd) int top = -1;
    char name[sizeof PREFIX + ID_SIZE];
    enum err_code code = open_top(folder, &top, err);
    if (!code && has_manifest(top))
        return new_stick(-1, TAKE_FD(top), "", out, err);
    if (!code)
        code = find_only(top, name, err);
    if (code)
        return code;
    int fd = openat(top, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return dir_fail(err, errno, "opening the stick");
    return new_stick(-1, fd, name + strlen(PREFIX), out, err);
}

/* ---- records ---- */

static enum err_code folder_of(const char *dossier_code, char out[TARGET_CODE_MAX + 1],
                               struct err *err)
{
    snprintf(out, TARGET_CODE_MAX + 1, "backlog");
    return dossier_code ? target_dir_folder(dossier_code, out, TARGET_CODE_MAX + 1, err) : ERR_OK;
}

static enum err_code check_source(int fd, const char *sha256, uint64_t size, struct err *err)
{
    char found[HASH_HEX_SIZE];
    uint64_t found_size = 0;
    enum err_code code = hash_fd(fd, found, &found_size, err);
    if (!code && (found_size != size || strcmp(found, sha256) != 0))
        code = err_set(err, ERR_BLOB_DAMAGED, "a file for the stick is not what was queued");
    return code;
}

static enum err_code put_file(int folder, const char *id, const char *suffix, int from,
                              struct err *err)
{
    char name[ID_SIZE + 8];
    bool created = false;
    snprintf(name, sizeof name, "%s%s", id, suffix);
    return dir_file_put(folder, name, id, from, NULL, &created, err);
}

enum err_code stick_put(struct stick *stick, const struct target_record *record, struct err *err)
{
    char name[TARGET_CODE_MAX + 1];
    AUTO(fd) int folder = -1;
    if (!id_is_valid(record->record_id))
        return err_set(err, ERR_BAD_ARGUMENT, "record id is not an id");
    enum err_code code =
        check_source(record->pdf_fd, record->pdf_sha256, record->pdf_size_bytes, err);
    if (!code)
        code = check_source(record->json_fd, record->json_sha256, record->json_size_bytes, err);
    if (!code)
        code = folder_of(record->dossier_code, name, err);
    if (!code)
        code = need_folder(stick, err);
    if (!code)
        code = make_folder(stick->folder, name, &folder, err);
    if (!code)
        code = put_file(folder, record->record_id, ".pdf", record->pdf_fd, err);
    return code ? code : put_file(folder, record->record_id, ".json", record->json_fd, err);
}

static enum err_code put_json(struct stick *stick, const char *name, const struct js *value,
                              struct err *err)
{
    AUTO(fd) int fd = -1;
    bool created = false;
    AUTO(mem) char *text = js_dump_pretty(value);
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "stick");
    enum err_code code = file_memfd("stick", text, strlen(text), &fd, err);
    return code ? code : dir_file_put(stick->folder, name, "json", fd, NULL, &created, err);
}

enum err_code stick_put_manifest(struct stick *stick, const struct js *manifest, struct err *err)
{
    return put_json(stick, MANIFEST, manifest, err);
}

enum err_code stick_put_receipts(struct stick *stick, const struct js *receipts, struct err *err)
{
    if (unlinkat(stick->folder, RECEIPTS, 0) < 0 && errno != ENOENT)
        return dir_fail(err, errno, "replacing the receipts on the stick");
    return put_json(stick, RECEIPTS, receipts, err);
}

enum err_code stick_read_manifest(struct stick *stick, struct js **out, struct err *err)
{
    AUTO(mem) char *text = NULL;
    AUTO(js) struct js *manifest = NULL;
    const struct js *records;
    const char *schema, *id;
    size_t size = 0;
    enum err_code code = file_read(stick->folder, MANIFEST, JSON_MAX, &text, &size, err);
    if (code)
        return err_set(err, ERR_TARGET_UNREACHABLE, "the manifest of the stick cannot be read");
    code = js_parse(text, size, &manifest, err);
    if (!code)
        code = js_get_text(manifest, "schema", &schema, err);
    if (!code && strcmp(schema, "sohoa.stick/1") != 0)
        code = err_set(err, ERR_BAD_JSON, "manifest: schema is not sohoa.stick/1");
    if (!code)
        code = js_get_text(manifest, "stick", &id, err);
    if (!code && (!id_is_valid(id) || (*stick->id && strcmp(id, stick->id) != 0)))
        code = err_set(err, ERR_BAD_JSON, "manifest: of another stick");
    if (!code)
        code = js_get_array(manifest, "records", &records, err);
    if (!code)
        *out = TAKE(manifest);
    return code;
}

static enum err_code open_file(int folder, const char *id, const char *suffix, int *out_fd,
                               struct err *err)
{
    char name[ID_SIZE + 8];
    struct stat info;
    snprintf(name, sizeof name, "%s%s", id, suffix);
    AUTO(fd) int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "a file of the manifest is not on the stick");
    if (fd < 0 || fstat(fd, &info) < 0)
        return dir_fail(err, errno, "opening a file of the stick");
    if (!S_ISREG(info.st_mode))
        return err_set(err, ERR_NOT_FOUND, "what should be a file of the stick is none");
    *out_fd = TAKE_FD(fd);
    return ERR_OK;
}

enum err_code stick_open_record(struct stick *stick, const char *record_id,
                                const char *dossier_code, int *out_pdf, int *out_json,
                                struct err *err)
{
    char name[TARGET_CODE_MAX + 1];
    AUTO(fd) int pdf = -1;
    if (!id_is_valid(record_id))
        return err_set(err, ERR_BAD_JSON, "manifest: a record without an id");
    enum err_code code = folder_of(dossier_code, name, err);
    if (code)
        return code;
    AUTO(fd)
    int folder = openat(stick->folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        return errno == ENOENT ? err_set(err, ERR_NOT_FOUND, "a folder of the manifest is missing")
                               : dir_fail(err, errno, "opening a folder of the stick");
    code = open_file(folder, record_id, ".pdf", &pdf, err);
    if (!code)
        code = open_file(folder, record_id, ".json", out_json, err);
    if (!code)
        *out_pdf = TAKE_FD(pdf);
    return code;
}
