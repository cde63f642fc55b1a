#include "daemon/base/hash.h"
#include "queue/store/catalog.h"
#include "queue/store/catalog_results.h"
#include "queue/store/inside.h"

#include <stdio.h>
#include <string.h>

#define TOLD_MAX 500

struct findings {
    struct js *list;
    int64_t count;
    char province[200]; /* the one that was looked for last: neighbours have the same */
    bool province_known;
};

static enum err_code tell(struct findings *findings, const char *kind, const char *version,
                          const char *row_code, const char *why, struct err *err)
{
    if (findings->count++ >= TOLD_MAX)
        return ERR_OK;
    struct js *item = js_pack("{s:s, s:s, s:s?, s:s}", "kind", kind, "version", version, "code",
                              row_code, "why", why);
    return js_push(findings->list, item) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "findings");
}

/* ---- is it what was imported? ---- */

static enum err_code hash_rows(struct store *store, const char *version, char out[HASH_HEX_SIZE],
                               struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    struct hash *hash = hash_new();
    if (!hash)
        return err_set(err, ERR_NO_MEMORY, "hash");
    enum err_code code =
        db_query(store->db, "SELECT data FROM catalog_row WHERE version_id = ? ORDER BY place",
                 DB_BIND(DB_TEXT(version)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        hash_update(hash, query_text(q, 0), strlen(query_text(q, 0)));
        hash_update(hash, "\n", 1);
    }
    hash_finish(hash, out);
    hash_free(hash);
    return code;
}

static enum err_code check_hash(struct store *store, const struct js *version,
                                struct findings *findings, struct err *err)
{
    const char *id = js_text_or(version, "id", "");
    char now[HASH_HEX_SIZE];
    AUTO(mem) char *then = NULL;
    enum err_code code = hash_rows(store, id, now, err);
    if (!code)
        code = db_text(store->db, "SELECT rows_sha256 FROM catalog_version WHERE id = ?",
                       DB_BIND(DB_TEXT(id)), &then, err);
    if (!code && (!then || strcmp(then, now) != 0))
        code = tell(findings, js_text_or(version, "kind", ""), id, NULL,
                    "its rows are not those that were imported", err);
    return code;
}

/* ---- what the catalogues of today say of one another ---- */

static enum err_code is_known(struct store *store, const char *kind, const char *row_code,
                              bool *out, struct err *err)
{
    char version[ID_SIZE], today[11];
    int64_t count;
    catalog_today(today);
    *out = true;
    enum err_code code = catalog_version_on(store, kind, today, version, err);
    if (code || !*version) /* with no catalogue at all every code would be a finding */
        return code;
    code = db_number(store->db, "SELECT count(*) " CATALOG_ROWS_OF_CODE,
                     DB_BIND(DB_TEXT(version), DB_TEXT(row_code)), 0, &count, err);
    *out = count > 0;
    return code;
}

static enum err_code know_province(struct store *store, const char *province,
                                   struct findings *findings, bool *out, struct err *err)
{
    AUTO(js) struct js *successor = NULL;
    char version[ID_SIZE], today[11];
    if (strcmp(province, findings->province) == 0) {
        *out = findings->province_known;
        return ERR_OK;
    }
    catalog_today(today);
    enum err_code code = catalog_version_on(store, "provinces", today, version, err);
    if (!code)
        code = catalog_successor(store, province, &successor, err);
    *out = findings->province_known = !*version || js_is_object(successor);
    snprintf(findings->province, sizeof findings->province, "%s", province);
    return code;
}

static enum err_code check_results(struct store *store, const char *version, const char *row_code,
                                   const struct js *row, struct findings *findings, struct err *err)
{
    AUTO(js) struct js *results = NULL;
    enum err_code code = catalog_results(js_text_or(row, "results", NULL), &results, err);
    for (size_t i = 0; !code && i < js_count(results); i++) {
        const char *result = js_text_or(js_item(results, i), "code", "");
        char why[120];
        bool known;
        code = is_known(store, "result-types", result, &known, err);
        snprintf(why, sizeof why, "its result %.60s is in no catalogue", result);
        if (!code && !known)
            code = tell(findings, "procedures", version, row_code, why, err);
    }
    return code;
}

static enum err_code check_row(struct store *store, const char *kind, const char *version,
                               const char *row_code, const struct js *row,
                               struct findings *findings, struct err *err)
{
    bool known = true;
    enum err_code code = ERR_OK;
    if (strcmp(kind, "procedures") == 0)
        return check_results(store, version, row_code, row, findings, err);
    if (strcmp(kind, "rule-sets") == 0)
        code = is_known(store, "procedures", row_code, &known, err);
    if (!code && !known)
        return tell(findings, kind, version, row_code, "its procedure is in no catalogue", err);
    bool unit = strncmp(kind, "units-", 6) == 0;
    if (!code && unit && !js_has(row, "province"))
        return tell(findings, kind, version, row_code, "has no province", err);
    if (!code && strcmp(kind, "units-before-2025") == 0)
        code = know_province(store, js_text_or(row, "province", ""), findings, &known, err);
    if (!code && !known)
        return tell(findings, kind, version, row_code, "its province is in no catalogue", err);
    if (!code && !js_has(row, "name"))
        return tell(findings, kind, version, row_code, "has no name", err);
    return code;
}

static enum err_code check_rows(struct store *store, const char *kind, const char *version,
                                struct findings *findings, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(
        store->db, "SELECT code, data FROM catalog_row WHERE version_id = ? ORDER BY place",
        DB_BIND(DB_TEXT(version)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        AUTO(js) struct js *data = NULL;
        const char *text = query_text(q, 1);
        if (js_parse(text, strlen(text), &data, NULL))
            code = tell(findings, kind, version, query_text(q, 0), "cannot be read", err);
        else
            code = check_row(store, kind, version, query_text(q, 0), data, findings, err);
    }
    return code;
}

static const char *active_since(const struct js *versions, const char *kind)
{
    for (size_t i = 0; i < js_count(versions); i++) {
        const struct js *version = js_item(versions, i);
        if (js_bool_or(version, "active", false) &&
            strcmp(js_text_or(version, "kind", ""), kind) == 0)
            return js_text_or(version, "valid_from", "");
    }
    return "";
}

/* The site's own goes before it, however old that is: somebody has to know. */
static enum err_code check_newer(const struct js *versions, const struct js *version,
                                 struct findings *findings, struct err *err)
{
    const char *kind = js_text_or(version, "kind", "");
    const char *since = js_text_or(version, "valid_from", "");
    char today[11];
    catalog_today(today);
    bool waits = strcmp(js_text_or(version, "imported_by", ""), CATALOG_PACKAGE) == 0 &&
                 strcmp(since, today) <= 0 && strcmp(since, active_since(versions, kind)) > 0;
    return waits ? tell(findings, kind, js_text_or(version, "id", ""), NULL,
                        "came with the product and is newer than the site's own", err)
                 : ERR_OK;
}

enum err_code catalog_verify(struct store *store, struct js **out, struct err *err)
{
    AUTO(js) struct js *versions = NULL;
    struct findings findings = {.list = js_array()};
    AUTO(js) struct js *list = findings.list;
    enum err_code code = list ? catalog_versions(store, NULL, &versions, err)
                              : err_set(err, ERR_NO_MEMORY, "findings");
    for (size_t i = 0; !code && i < js_count(versions); i++) {
        const struct js *version = js_item(versions, i);
        code = check_hash(store, version, &findings, err);
        if (!code)
            code = check_newer(versions, version, &findings, err);
        if (!code && js_bool_or(version, "active", false))
            code = check_rows(store, js_text_or(version, "kind", ""), js_text_or(version, "id", ""),
                              &findings, err);
    }
    if (code)
        return code;
    *out = js_pack("{s:I, s:O, s:I}", "versions", (int64_t)js_count(versions), "findings", list,
                   "finding_count", findings.count);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "findings");
}
