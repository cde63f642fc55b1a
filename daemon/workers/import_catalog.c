#include "daemon/workers/import_catalog.h"

#include "daemon/base/hash.h"
#include "daemon/catalog/catalog_read.h"
#include "daemon/workers/import_templates.h"
#include "daemon/workers/list_file.h"

#include <stdio.h>
#include <string.h>

static enum err_code read_file(int fd, const struct catalog_kind *kind, const char *sheet,
                               struct js **out, struct err *err)
{
    AUTO(list_file) struct list_file file = {0};
    enum err_code code = list_file_read(fd, sheet, &file, err);
    if (!code && strcmp(kind->name, "templates") == 0)
        return import_templates(file.text, file.size, out, err);
    if (!code)
        code = catalog_read(kind, file.format, file.text, file.size, out, err);
    if (!code && file.sheets && !js_set(*out, "sheet_names", js_ref(file.sheets)))
        code = err_set(err, ERR_NO_MEMORY, "sheets");
    return code;
}

/* What clerks are told of a picture or an upload that is refused does not help with a catalogue. */
static enum err_code say_unfit(enum err_code code, struct err *err)
{
    char why[sizeof err->detail];
    if (code != ERR_TOO_LARGE && code != ERR_FORMAT_UNKNOWN && code != ERR_NOT_FOUND)
        return code;
    snprintf(why, sizeof why, "%s", err->detail);
    return err_set(err, ERR_CATALOG_BAD, "%s", why);
}

static enum err_code make_answer(struct worker_answer *answer, struct js *read, const char *sha256,
                                 struct err *err)
{
    const struct js *rows = js_at(read, "rows");
    int fd;
    enum err_code code = js_to_memfd(rows, "catalog", &fd, err);
    if (code)
        return code;
    answer->fds[answer->fd_count++] = fd;
    bool fits = js_set(read, "row_count", js_int((int64_t)js_count(rows))) &&
                js_set(read, "sha256", js_text(sha256)) && js_remove(read, "rows");
    answer->ok = fits ? js_ref(read) : NULL;
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

enum err_code import_catalog(struct worker_call *call, struct worker_answer *answer,
                             struct err *err)
{
    AUTO(fd) int fd = -1;
    AUTO(js) struct js *read = NULL;
    char sha256[HASH_HEX_SIZE];
    uint64_t size;
    const struct catalog_kind *kind = catalog_kind_find(js_text_or(call->args, "kind", ""));
    if (!kind)
        return err_set(err, ERR_NOT_FOUND, "no such catalogue; there are %s", catalog_kind_names);
    enum err_code code = ipc_take_fd(call->message, 0, &fd, err);
    if (!code)
        code = hash_fd(fd, sha256, &size, err);
    if (!code)
        code =
            say_unfit(read_file(fd, kind, js_text_or(call->args, "sheet", NULL), &read, err), err);
    return code ? code : make_answer(answer, read, sha256, err);
}
