#include "queue/store/dossier_case.h"

#include "daemon/base/when.h"
#include "daemon/model/dossier_code.h"
#include "daemon/model/procedure_code.h"
#include "daemon/model/rule_set.h"
#include "queue/store/audit.h"
#include "queue/store/catalog.h"
#include "queue/store/component.h"
#include "queue/store/demand.h"
#include "queue/store/dossier.h"
#include "queue/store/inside.h"
#include "queue/store/reuse.h"

#include <stdio.h>
#include <string.h>

struct case_row {
    char procedure[PROCEDURE_CODE_SIZE];
    char received_on[11], received_from[8];
    char code[64];
    int64_t created_us;
};

static void copy_text(struct query *q, int column, char *out, size_t size)
{
    const char *text = query_text(q, column);
    snprintf(out, size, "%s", text ? text : "");
}

static enum err_code read_row(struct store *store, const char *id, struct case_row *out,
                              struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row;
    enum err_code code =
        db_query(store->db,
                 "SELECT procedure_code, received_on, received_from, code, created_us FROM dossier "
                 "WHERE id = ?",
                 DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no such dossier");
    copy_text(q, 0, out->procedure, sizeof out->procedure);
    copy_text(q, 1, out->received_on, sizeof out->received_on);
    copy_text(q, 2, out->received_from, sizeof out->received_from);
    copy_text(q, 3, out->code, sizeof out->code);
    out->created_us = query_int(q, 4);
    return ERR_OK;
}

/* ---- the day of reception ---- */

static void day_of_creation(int64_t created_us, char out[11])
{
    char iso[WHEN_ISO_SIZE];
    when_iso_local(created_us, iso);
    snprintf(out, 11, "%.10s", iso);
}

static enum err_code take_received(const char *typed, struct case_row *row, struct err *err)
{
    char today[11];
    if (!typed)
        return ERR_OK;
    row->received_from[0] = row->received_on[0] = 0;
    if (!*typed)
        return ERR_OK;
    if (!catalog_date(typed, false, row->received_on))
        return err_set(err, ERR_BAD_ARGUMENT, "received_on: must be a day, 2025-07-01");
    catalog_today(today);
    if (strcmp(row->received_on, today) > 0)
        return err_set(err, ERR_BAD_ARGUMENT, "received_on: lies ahead");
    snprintf(row->received_from, sizeof row->received_from, "said");
    return ERR_OK;
}

/* Where nobody says it, and the dossier is about something. */
static void find_received(struct case_row *row)
{
    if (strcmp(row->received_from, "said") == 0)
        return;
    row->received_on[0] = row->received_from[0] = 0;
    if (!*row->procedure)
        return;
    char today[11];
    bool to_check;
    catalog_today(today);
    bool by_code = dossier_code_day(row->code, today, row->received_on, &to_check);
    if (!by_code)
        day_of_creation(row->created_us, row->received_on);
    snprintf(row->received_from, sizeof row->received_from, by_code ? "code" : "created");
}

/* ---- */

static enum err_code take_procedure(struct store *store, const char *typed, struct case_row *row,
                                    struct err *err)
{
    AUTO(js) struct js *known = NULL;
    if (!typed)
        return ERR_OK;
    row->procedure[0] = 0;
    if (!*typed)
        return ERR_OK;
    if (!procedure_code_short(typed, row->procedure))
        return err_set(err, ERR_PROCEDURE_CODE_BAD, "not the form of a procedure code");
    enum err_code code =
        catalog_by_code(store, catalog_kind_find("procedures"), row->procedure, NULL, &known, err);
    if (!code && !js_count(known))
        catalog_note_gap(store, "procedures", row->procedure);
    return code;
}

static struct db_value text_or_null(const char *text)
{
    return *text ? DB_TEXT(text) : DB_NULL;
}

/* Codes of papers are a procedure's own: under another one they mean other papers. */
static enum err_code end_what_was_wanted(struct store *store, const char *id, struct principal by,
                                         char *detail, size_t size, struct err *err)
{
    int64_t reused = 0, demanded = 0, said = 0;
    enum err_code code = reuse_end_all(store, id, by, &reused, err);
    if (!code)
        code = demand_end_all(store, id, by, &demanded, err);
    if (!code)
        code = component_forget_said(store, id, &said, err);
    size_t used = strlen(detail);
    if (!code && reused + demanded + said)
        snprintf(detail + used, size - used, ", ended: reused %lld, demands %lld, papers said %lld",
                 (long long)reused, (long long)demanded, (long long)said);
    return code;
}

static enum err_code write_row(struct store *store, const char *id, const struct case_row *before,
                               const struct case_row *row, struct principal by, struct err *err)
{
    char version[ID_SIZE] = "", detail[240];
    bool is_another = *before->procedure && strcmp(before->procedure, row->procedure) != 0;
    const char *rules = *row->received_on ? rule_set_on(row->received_on)->id : "";
    enum err_code code =
        *rules ? catalog_version_on(store, "rule-sets", row->received_on, version, err) : ERR_OK;
    if (!code)
        code = store_run_one(
            store, "dossier",
            "UPDATE dossier SET procedure_code = ?, received_on = ?, received_from = ?, "
            "rule_set = ?, rules_version = ? WHERE id = ?",
            DB_BIND(text_or_null(row->procedure), text_or_null(row->received_on),
                    text_or_null(row->received_from), text_or_null(rules), text_or_null(version),
                    DB_TEXT(id)),
            err);
    const char *procedure = *row->procedure ? row->procedure : "none";
    if (*row->received_on)
        snprintf(detail, sizeof detail, "procedure %s, received %s (%s), rules %s", procedure,
                 row->received_on, row->received_from, rules);
    else
        snprintf(detail, sizeof detail, "procedure %s", procedure);
    if (!code && is_another)
        code = end_what_was_wanted(store, id, by, detail, sizeof detail, err);
    if (!code)
        code = audit_change(store, "dossier", id, "set-case", detail, by, err);
    if (!code)
        code = component_settle(store, id, err);
    return code ? code : dossier_rewrite_records(store, id, err);
}

static enum err_code settle(struct store *store, const char *id,
                            const struct dossier_change *change, struct principal by,
                            struct err *err)
{
    struct case_row before, row;
    enum err_code code = read_row(store, id, &before, err);
    if (code)
        return code;
    row = before;
    code = take_procedure(store, change->procedure, &row, err);
    if (!code)
        code = take_received(change->received_on, &row, err);
    if (code)
        return code;
    find_received(&row);
    bool same = strcmp(before.procedure, row.procedure) == 0 &&
                strcmp(before.received_on, row.received_on) == 0 &&
                strcmp(before.received_from, row.received_from) == 0;
    return same ? ERR_OK : write_row(store, id, &before, &row, by, err);
}

/* The case comes back months later, with its result: it is about what it was about. */
enum err_code dossier_case_inherit(struct store *store, const char *id, struct principal by,
                                   struct err *err)
{
    AUTO(query) struct query *q = NULL;
    struct case_row row;
    bool found;
    enum err_code code = read_row(store, id, &row, err);
    if (code || *row.procedure || !*row.code)
        return code;
    code = db_query(store->db,
                    "SELECT procedure_code, CASE received_from WHEN 'said' THEN received_on END "
                    "FROM dossier WHERE code = ? AND id <> ? AND procedure_code IS NOT NULL "
                    "ORDER BY created_us DESC LIMIT 1",
                    DB_BIND(DB_TEXT(row.code), DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &found, err);
    if (code || !found)
        return code;
    struct dossier_change change = {.procedure = query_text(q, 0), .received_on = query_text(q, 1)};
    return settle(store, id, &change, by, err);
}

enum err_code dossier_case_show(struct store *store, const char *id, struct js *dossier,
                                struct err *err)
{
    struct case_row row;
    char today[11], day[11];
    bool to_check = false;
    enum err_code code = read_row(store, id, &row, err);
    if (code)
        return code;
    catalog_today(today);
    if (strcmp(row.received_from, "code") == 0)
        dossier_code_day(row.code, today, day, &to_check);
    bool ok =
        js_set(dossier, "received_from", js_text(*row.received_from ? row.received_from : NULL)) &&
        js_set(dossier, "received_to_check", js_bool(to_check));
    return ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "dossier");
}

enum err_code dossier_change(struct store *store, const char *id,
                             const struct dossier_change *change, struct principal by,
                             struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code) /* binds the code, which may say the day */
        code = dossier_update(store, id, change->code, change->papers, change->sides, by, err);
    if (!code)
        code = settle(store, id, change, by, err);
    if (!code && change->code && !change->procedure)
        code = dossier_case_inherit(store, id, by, err);
    if (!code)
        code = dossier_people_change(store, id, &change->people, by, err);
    return code ? code : tx_commit(&tx, err);
}
