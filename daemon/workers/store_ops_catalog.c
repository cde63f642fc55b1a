#include "daemon/workers/store_ops.h"

#include "daemon/base/hash.h"
#include "daemon/model/procedure_code.h"
#include "queue/store/catalog.h"
#include "queue/store/wanted.h"

#include <string.h>

#define WORDS_MAX_BYTES 300
#define FOUND_DEFAULT 20

static enum err_code arg_kind(const struct js *args, const struct catalog_kind **out,
                              struct err *err)
{
    const char *name;
    enum err_code code = arg_text(args, "kind", TEXT_MAX, &name, err);
    if (!code && !(*out = catalog_kind_find(name)))
        code = err_set(err, ERR_NOT_FOUND, "no such catalogue; there are %s", catalog_kind_names);
    return code;
}

/* Missing: `fallback`. */
static enum err_code arg_day(const struct js *args, const char *key, const char *fallback,
                             char out[11], struct err *err)
{
    const char *text = js_text_or(args, key, NULL);
    if (!text)
        memcpy(out, fallback, 11);
    else if (!catalog_date(text, false, out))
        return err_set(err, ERR_BAD_ARGUMENT, "%s: must be a day, 2025-07-01", key);
    return ERR_OK;
}

static enum err_code take_rows(struct store_call *call, struct js **out, struct err *err)
{
    AUTO(fd) int fd = -1;
    enum err_code code = ipc_take_fd(call->message, 0, &fd, err);
    if (!code)
        code = js_read_fd(fd, out, err);
    if (!code && !js_is_array(*out))
        code = err_set(err, ERR_BAD_ARGUMENT, "rows are no list");
    return code;
}

static enum err_code catalog_import_op(struct store_call *call, struct js **out, struct err *err)
{
    struct catalog_import import = {.source = js_text_or(call->args, "source", NULL),
                                    .dry_run = js_bool_or(call->args, "dry_run", false),
                                    .insist = js_bool_or(call->args, "insist", false)};
    AUTO(js) struct js *rows = NULL;
    char day[11], today[11];
    catalog_today(today);
    enum err_code code = arg_kind(call->args, &import.kind, err);
    if (!code)
        code = arg_day(call->args, "valid_from", today, day, err);
    if (!code)
        code = arg_text(call->args, "file", TEXT_MAX, &import.file, err);
    if (!code)
        code = js_get_text(call->args, "sha256", &import.file_sha256, err);
    if (!code && !hash_is_hex(import.file_sha256))
        code = err_set(err, ERR_BAD_ARGUMENT, "'sha256' is not a SHA-256");
    if (!code)
        code = take_rows(call, &rows, err);
    import.valid_from = day;
    import.rows = rows;
    return code ? code : catalog_import(call->store, &import, call->by, out, err);
}

static enum err_code catalog_list_op(struct store_call *call, struct js **out, struct err *err)
{
    const struct catalog_kind *kind = NULL;
    struct js *versions = NULL;
    enum err_code code = js_has(call->args, "kind") ? arg_kind(call->args, &kind, err) : ERR_OK;
    if (!code)
        code = catalog_versions(call->store, kind ? kind->name : NULL, &versions, err);
    return code ? code : answer_with("versions", versions, out, err);
}

/* Where a unit of before 2025 lies today is told beside it: its own text stays as it is. */
static enum err_code add_successors(struct store *store, struct js *rows, struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < js_count(rows); i++) {
        struct js *row = js_ref(js_item(rows, i)), *now = NULL;
        code = catalog_successor(store, js_text_or(row, "province", ""), &now, err);
        if (!code && !js_set(row, "province_now", now))
            code = err_set(err, ERR_NO_MEMORY, "units");
        js_free(row);
    }
    return code;
}

/* A procedure's code by its short form, however long it was typed. */
static const char *short_or_typed(const struct catalog_kind *kind, const char *typed,
                                  char out[PROCEDURE_CODE_SIZE])
{
    bool procedure = kind->columns[0].check == CATALOG_PROCEDURE;
    return procedure && typed && procedure_code_short(typed, out) ? out : typed;
}

static enum err_code find_rows(struct store_call *call, const struct catalog_kind *kind,
                               struct js **out, bool *out_empty, struct err *err)
{
    const char *row_code = js_text_or(call->args, "code", NULL), *words;
    char day[11], today[11], version[ID_SIZE], whole[PROCEDURE_CODE_SIZE];
    int64_t limit;
    catalog_today(today);
    enum err_code code = arg_day(call->args, "on", today, day, err);
    if (!code)
        code = arg_int_or(call->args, "limit", 1, CATALOG_FOUND_MAX, FOUND_DEFAULT, &limit, err);
    if (!code)
        code = catalog_version_on(call->store, kind->name, day, version, err);
    if (code)
        return code;
    *out_empty = !*version;
    if (row_code)
        return catalog_of_version(call->store, version, short_or_typed(kind, row_code, whole), day,
                                  out, err);
    code = arg_text(call->args, "q", WORDS_MAX_BYTES, &words, err);
    return code ? code
                : catalog_search(call->store, kind, short_or_typed(kind, words, whole),
                                 (size_t)limit, out_empty, out, err);
}

static enum err_code catalog_rows_op(struct store_call *call, struct js **out, struct err *err)
{
    const struct catalog_kind *kind;
    AUTO(js) struct js *rows = NULL;
    bool empty = false;
    enum err_code code = arg_kind(call->args, &kind, err);
    if (!code)
        code = find_rows(call, kind, &rows, &empty, err);
    if (!code && strcmp(kind->name, "units-before-2025") == 0)
        code = add_successors(call->store, rows, err);
    if (code)
        return code;
    if (empty)
        catalog_note_gap(call->store, kind->name, "");
    *out = js_pack("{s:O, s:b}", "rows", rows, "gap", (int)empty);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "rows");
}

/* A whole code that is in no catalogue is a gap; words that are in no name are only words. */
static enum err_code procedure_find_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *words;
    char whole[PROCEDURE_CODE_SIZE];
    int64_t limit;
    bool empty = false;
    AUTO(js) struct js *rows = NULL;
    enum err_code code = arg_text(call->args, "q", WORDS_MAX_BYTES, &words, err);
    if (!code)
        code = arg_int_or(call->args, "limit", 1, CATALOG_FOUND_MAX, FOUND_DEFAULT, &limit, err);
    if (code)
        return code;
    bool is_code = procedure_code_short(words, whole);
    code = catalog_search(call->store, catalog_kind_find("procedures"), is_code ? whole : words,
                          (size_t)limit, &empty, &rows, err);
    if (code)
        return code;
    bool gap = empty || (is_code && !js_count(rows));
    if (gap)
        catalog_note_gap(call->store, "procedures", is_code ? whole : "");
    *out = js_pack("{s:O, s:b}", "procedures", rows, "gap", (int)gap);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "procedures");
}

static enum err_code procedure_papers_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *typed;
    char procedure[PROCEDURE_CODE_SIZE], day[11], today[11];
    catalog_today(today);
    enum err_code code = arg_text(call->args, "code", TEXT_MAX, &typed, err);
    if (!code && !procedure_code_short(typed, procedure))
        code = err_set(err, ERR_PROCEDURE_CODE_BAD, "not the form of a procedure code");
    if (!code)
        code = arg_day(call->args, "received", today, day, err);
    struct wanted_of of = {.procedure = procedure, .received = day};
    return code ? code : wanted_papers(call->store, &of, out, err);
}

/* A whole catalogue, as it holds today. */
static enum err_code catalog_all_op(struct store_call *call, struct js **out, struct err *err)
{
    const struct catalog_kind *kind;
    char today[11], version[ID_SIZE];
    AUTO(js) struct js *rows = NULL;
    catalog_today(today);
    enum err_code code = arg_kind(call->args, &kind, err);
    if (!code)
        code = catalog_version_on(call->store, kind->name, today, version, err);
    if (!code)
        code = catalog_all(call->store, version, &rows, err);
    if (code)
        return code;
    *out = js_pack("{s:s, s:O}", "version", version, "rows", rows);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "rows");
}

static enum err_code catalog_verify_op(struct store_call *call, struct js **out, struct err *err)
{
    return catalog_verify(call->store, out, err);
}

static enum err_code catalog_gaps_op(struct store_call *call, struct js **out, struct err *err)
{
    struct js *gaps = NULL;
    enum err_code code = catalog_gaps(call->store, &gaps, err);
    return code ? code : answer_with("gaps", gaps, out, err);
}

const struct store_op store_ops_catalog[] = {
    {.name = "catalog_import", .kind = OP_CHANGES, .run = catalog_import_op},
    {.name = "catalog_list", .kind = OP_ASKS, .run = catalog_list_op},
    {.name = "catalog_rows", .kind = OP_ASKS, .run = catalog_rows_op},
    {.name = "catalog_all", .kind = OP_ASKS, .run = catalog_all_op},
    {.name = "catalog_verify", .kind = OP_ASKS, .run = catalog_verify_op},
    {.name = "catalog_gaps", .kind = OP_ASKS, .run = catalog_gaps_op},
    {.name = "procedure_find", .kind = OP_ASKS, .run = procedure_find_op},
    {.name = "procedure_papers", .kind = OP_ASKS, .run = procedure_papers_op},
    {0},
};
