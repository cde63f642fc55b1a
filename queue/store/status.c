#include "queue/store/status.h"

#include "queue/store/catalog.h"
#include "queue/store/claim.h"
#include "queue/store/delivery_wait.h"
#include "queue/store/inside.h"
#include "queue/store/purge.h"
#include "queue/store/register.h"
#include "queue/store/secret.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum err_code count_states(struct store *store, const char *sql, struct js **out,
                                  struct err *err)
{
    AUTO(js)
    struct js *object = js_object();
    AUTO(query)
    struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db, sql, DB_BIND_NONE, &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_set(object, query_text(q, 0), js_int(query_int(q, 1))))
            code = err_set(err, ERR_NO_MEMORY, "status");
    if (code)
        return code;
    *out = TAKE(object);
    return ERR_OK;
}

static enum err_code total_size(struct store *store, int64_t *out, struct err *err)
{
    return db_number(store->db,
                     "SELECT (SELECT coalesce(sum(size_bytes), 0) FROM blob) + "
                     "(SELECT page_count FROM pragma_page_count()) * "
                     "(SELECT page_size FROM pragma_page_size())",
                     DB_BIND_NONE, 0, out, err);
}

/* What the daemon is to look at without having been told. */
static enum err_code find_due(struct store *store, struct js **out, struct err *err)
{
    char today[11], templates[ID_SIZE];
    bool registers = false, secrets = false, look_ups = false;
    int64_t purges = 0;
    catalog_today(today);
    enum err_code code = catalog_version_on(store, "templates", today, templates, err);
    if (!code)
        code = register_is_due(store, &registers, err);
    if (!code)
        code = secret_is_due(store, &secrets, err);
    if (!code)
        code = delivery_wait_is_due(store, &look_ups, err);
    if (!code)
        code = purge_count_begun(store, &purges, err);
    if (code)
        return code;
    *out = js_pack("{s:s, s:b, s:b, s:b, s:I}", "templates", templates, "registers",
                   (int)registers, "secrets", (int)secrets, "look_ups", (int)look_ups, "purges",
                   purges);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "status");
}

enum err_code store_status(struct store *store, struct js **out, struct err *err)
{
    AUTO(js)
    struct js *pages = NULL;
    AUTO(js)
    struct js *documents = NULL;
    AUTO(js)
    struct js *deliveries = NULL;
    AUTO(js)
    struct js *oldest = NULL;
    AUTO(js)
    struct js *due = NULL;
    uint64_t free_bytes;
    int64_t size_bytes;
    enum err_code code =
        count_states(store, "SELECT state, count(*) FROM page GROUP BY state", &pages, err);
    if (!code)
        code = count_states(store, "SELECT state, count(*) FROM document GROUP BY state",
                            &documents, err);
    if (!code)
        code = count_states(store, "SELECT state, count(*) FROM delivery GROUP BY state",
                            &deliveries, err);
    if (!code)
        code = store_oldest(store, &oldest, err);
    if (!code)
        code = find_due(store, &due, err);
    if (!code)
        code = blobs_free_bytes(store->blobs, &free_bytes, err);
    if (!code)
        code = total_size(store, &size_bytes, err);
    if (code)
        return code;
    struct js *status = js_pack("{s:O, s:O, s:O, s:O, s:O, s:I, s:I}", "pages", pages, "documents",
                                documents, "deliveries", deliveries, "oldest", oldest, "due", due,
                                "free_bytes", (int64_t)free_bytes, "size_bytes", size_bytes);
    if (!status)
        return err_set(err, ERR_NO_MEMORY, "status");
    *out = status;
    return ERR_OK;
}

enum err_code document_file(struct store *store, const char *id, const char *what,
                            struct document_file *out, struct err *err)
{
    static const struct {
        const char *what, *sql;
    } kinds[] = {
        {"signed", "SELECT coalesce(signed_sha256, passed_sha256) FROM document WHERE id = ?"},
        {"composed", "SELECT composed_sha256 FROM document WHERE id = ?"},
        {"record", "SELECT record_sha256 FROM document WHERE id = ?"},
    };
    AUTO(mem)
    char *sha256 = NULL;
    AUTO(mem)
    char *path = NULL;
    AUTO(fd)
    int fd = -1;
    int64_t size;
    size_t i = 0;
    while (i < sizeof kinds / sizeof *kinds && strcmp(kinds[i].what, what) != 0)
        i++;
    if (i == sizeof kinds / sizeof *kinds)
        return err_set(err, ERR_BAD_ARGUMENT, "'what' is not signed, composed or record");
    enum err_code code = db_text(store->db, kinds[i].sql, DB_BIND(DB_TEXT(id)), &sha256, err);
    if (!code && !sha256)
        return err_set(err, ERR_NOT_FOUND, "the document has no %s file", what);
    if (!code)
        code = blob_open(store->blobs, store->db, sha256, &fd, &size, err);
    if (!code)
        code = blob_path(store->blobs, sha256, &path, err);
    if (code)
        return code;
    if (access(path, F_OK) != 0) /* it lies in its row */
        mem_free(TAKE(path));
    snprintf(out->sha256, sizeof out->sha256, "%s", sha256);
    out->size_bytes = size;
    out->path = TAKE(path);
    out->fd = TAKE_FD(fd);
    return ERR_OK;
}
