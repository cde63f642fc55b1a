#include "daemon/workers/upload_mapping.h"

#include "daemon/base/file.h"
#include "daemon/base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static enum err_code read_one(const char *path, struct mapping **out, char **out_text,
                              size_t *out_size, struct err *err)
{
    AUTO(mem) char *text = NULL;
    size_t size = 0;
    struct err reason = ERR_INIT;
    if (file_read(AT_FDCWD, path, MAPPING_MAX_BYTES, &text, &size, &reason))
        return err_set(err, ERR_MAPPING_BAD, "'%s': %s", path, reason.detail);
    enum err_code code = mapping_parse(path, text, size, out, err);
    if (!code && out_text) {
        *out_text = TAKE(text);
        *out_size = size;
    }
    return code;
}

/* One that cannot be kept is in use all the same. */
static void keep(const char *kept, const char *text, size_t size)
{
    AUTO(mem) char *old = NULL;
    size_t old_size = 0;
    struct err err = ERR_INIT;
    file_read(AT_FDCWD, kept, MAPPING_MAX_BYTES, &old, &old_size, NULL);
    if (old && old_size == size && memcmp(old, text, size) == 0)
        return;
    if (file_replace_durably(AT_FDCWD, kept, text, size, &err))
        log_err(&err, NULL, "a mapping could not be kept, continuing");
}

enum err_code upload_mapping_load(const char *path, const char *kept, struct mapping **out,
                                  struct err *err)
{
    AUTO(mem) char *text = NULL;
    size_t size = 0;
    struct err problem = ERR_INIT;
    enum err_code code = read_one(path, out, &text, &size, &problem);
    if (!code) {
        keep(kept, text, size);
        return ERR_OK;
    }
    if (code == ERR_MAPPING_BAD && read_one(kept, out, NULL, NULL, NULL) == ERR_OK) {
        log_err(&problem, NULL, "a mapping is bad, continuing with the last good one");
        return ERR_OK;
    }
    return err_set(err, code, "%s", problem.detail);
}

int upload_mapping_check(const char *path)
{
    AUTO(mapping) struct mapping *mapping = NULL;
    struct err err = ERR_INIT;
    if (read_one(path, &mapping, NULL, NULL, &err) == ERR_OK)
        return 0;
    fprintf(stderr, "%s\n", err.detail);
    return 1;
}
