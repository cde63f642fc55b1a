#include "daemon/base/hash.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "queue/store/catalog.h"
#include "queue/store/inside.h"

#include <string.h>

/* Lists of packaging/catalog, compiled in: headings are the keys of their columns. */
static const struct shipped {
    const char *kind, *valid_from, *source, *text;
} shipped[] = {
    {
        "provinces",
        "2025-07-01",
        "QĐ 19/2025/QĐ-TTg, QĐ 20/2020/QĐ-TTg, QĐ 09/2025/QĐ-TTg",
#include "queue/store/provinces.inc"
    },
    {
        "document-kinds",
        "2020-03-05",
        "NĐ 30/2020/NĐ-CP, TT 01/2011/TT-BNV",
#include "queue/store/document-kinds.inc"
    },
};

static const struct principal package = {CATALOG_PACKAGE, "machine"};

/* Cells of a line in `headings`' order; an empty one is absent. Both are cut up. */
static struct js *row_of(char *headings, char *line)
{
    AUTO(js) struct js *row = js_object();
    char *heading, *cell;
    while (row && (heading = strsep(&headings, "\t")) && (cell = strsep(&line, "\t")))
        if (*cell && !js_set(row, heading, js_text(cell)))
            return NULL;
    return TAKE(row);
}

static struct js *rows_of(const char *text)
{
    AUTO(js) struct js *rows = js_array();
    AUTO(mem) char *copy = mem_strdup(text);
    char *rest = copy, *first = strsep(&rest, "\n"), *line;
    while (rows && first && (line = strsep(&rest, "\n"))) {
        AUTO(mem) char *headings = mem_strdup(first);
        struct js *row = *line && headings ? row_of(headings, line) : NULL;
        if (*line && !js_push(rows, row))
            return NULL;
    }
    return TAKE(rows);
}

static enum err_code is_there(struct store *store, const struct shipped *list, const char *sha256,
                              int64_t *out, struct err *err)
{
    return db_number(store->db,
                     "SELECT count(*) FROM catalog_version WHERE kind = ? AND imported_by = ? "
                     "AND valid_from = ? AND file_sha256 = ?",
                     DB_BIND(DB_TEXT(list->kind), DB_TEXT(CATALOG_PACKAGE),
                             DB_TEXT(list->valid_from), DB_TEXT(sha256)),
                     0, out, err);
}

static enum err_code ship(struct store *store, const struct shipped *list, struct err *err)
{
    AUTO(js) struct js *rows = NULL;
    AUTO(js) struct js *told = NULL;
    char sha256[HASH_HEX_SIZE];
    int64_t there;
    hash_bytes(list->text, strlen(list->text), sha256);
    enum err_code code = is_there(store, list, sha256, &there, err);
    if (code || there)
        return code;
    rows = rows_of(list->text);
    if (!rows)
        return err_set(err, ERR_NO_MEMORY, "catalogue");
    struct catalog_import import = {.kind = catalog_kind_find(list->kind),
                                    .valid_from = list->valid_from,
                                    .source = list->source,
                                    .file = list->kind,
                                    .file_sha256 = sha256,
                                    .rows = rows,
                                    .insist = true};
    return catalog_import(store, &import, package, &told, err);
}

void catalog_ship(struct store *store)
{
    for (size_t i = 0; i < sizeof shipped / sizeof *shipped; i++) {
        struct err err = ERR_INIT;
        if (ship(store, &shipped[i], &err))
            log_err(&err, NULL, "a catalogue of the product is not there, continuing");
    }
}
