#include "queue/store/demand.h"

#include "daemon/base/id.h"
#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/catalog.h"
#include "queue/store/inside.h"

#include <stdio.h>
#include <string.h>

static bool is_one_of(const char *text, const char *const *words)
{
    while (*words && (!text || strcmp(*words, text) != 0))
        words++;
    return *words != NULL;
}

static enum err_code check(const struct demand *demand, char out_day[11], struct err *err)
{
    static const char *const who[] = {"owner", "presenter", "other", NULL};
    static const char *const fees[] = {"yes", "no", "exempt", NULL};
    char today[11];
    catalog_today(today);
    if (!is_one_of(demand->asked_by, who))
        return err_set(err, ERR_BAD_ARGUMENT, "asked_by: owner, presenter or other");
    if (!is_one_of(demand->fee, fees))
        return err_set(err, ERR_BAD_ARGUMENT, "fee: yes, no or exempt");
    if (strcmp(demand->asked_by, "other") == 0 && !demand->asked_name)
        return err_set(err, ERR_BAD_ARGUMENT, "asked_name: missing for somebody else");
    if (!demand->asked_on) {
        memcpy(out_day, today, 11);
        return ERR_OK;
    }
    if (!catalog_date(demand->asked_on, false, out_day) || strcmp(out_day, today) > 0)
        return err_set(err, ERR_BAD_ARGUMENT, "asked_on: must be a day, not ahead");
    return ERR_OK;
}

static enum err_code note(struct store *store, const char *dossier_id, const struct js *paper,
                          const char *event, const char *how, struct principal by, struct err *err)
{
    char detail[160];
    snprintf(detail, sizeof detail, "%s %s%s", js_text_or(paper, "stage", ""),
             js_text_or(paper, "code", ""), how);
    return audit_change(store, "dossier", dossier_id, event, detail, by, err);
}

static enum err_code end_former(struct store *store, const char *dossier_id, const struct js *paper,
                                struct principal by, struct err *err)
{
    return db_run(store->db,
                  "UPDATE demand SET ended_us = ?, ended_by = ? WHERE dossier_id = ? "
                  "AND stage = ? AND paper_code = ? AND ended_us IS NULL",
                  DB_BIND(DB_INT(sys_now_us()), DB_TEXT(by.id), DB_TEXT(dossier_id),
                          DB_TEXT(js_text_or(paper, "stage", "")),
                          DB_TEXT(js_text_or(paper, "code", ""))),
                  err);
}

static enum err_code insert(struct store *store, const char *dossier_id, const struct js *paper,
                            const struct demand *demand, const char *day, struct principal by,
                            struct err *err)
{
    char id[ID_SIZE];
    id_new(id);
    return db_run(
        store->db,
        "INSERT INTO demand (id, dossier_id, stage, paper_code, asked_by, asked_name, asked_on, "
        "fee, noted_us, noted_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        DB_BIND(DB_TEXT(id), DB_TEXT(dossier_id), DB_TEXT(js_text_or(paper, "stage", "")),
                DB_TEXT(js_text_or(paper, "code", "")), DB_TEXT(demand->asked_by),
                DB_TEXT(demand->asked_name), DB_TEXT(day), DB_TEXT(demand->fee),
                DB_INT(sys_now_us()), DB_TEXT(by.id)),
        err);
}

enum err_code demand_note(struct store *store, const struct paper_key *key,
                          const struct demand *demand, struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(js) struct js *wanted = NULL;
    const struct js *paper = NULL;
    char day[11], how[60];
    enum err_code code = check(demand, day, err);
    if (!code)
        code = tx_begin(&tx, store->db, err);
    if (!code)
        code = component_get(store, key, &wanted, &paper, err);
    if (!code && strcmp(js_text_or(paper, "duty", ""), "on_demand") != 0)
        code = err_set(err, ERR_PAPER_NOT_ON_DEMAND, "duty %s", js_text_or(paper, "duty", ""));
    if (!code)
        code = end_former(store, key->dossier_id, paper, by, err);
    if (!code)
        code = insert(store, key->dossier_id, paper, demand, day, by, err);
    if (code)
        return code;
    snprintf(how, sizeof how, ", by %s, fee %s", demand->asked_by, demand->fee);
    code = note(store, key->dossier_id, paper, "demand", how, by, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code demand_end(struct store *store, const struct paper_key *key, struct principal by,
                         struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(js) struct js *wanted = NULL;
    const struct js *paper = NULL;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = component_get(store, key, &wanted, &paper, err);
    if (!code)
        code = end_former(store, key->dossier_id, paper, by, err);
    if (!code && db_changes(store->db))
        code = note(store, key->dossier_id, paper, "demand-end", "", by, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code demand_end_all(struct store *store, const char *dossier_id, struct principal by,
                             int64_t *out_count, struct err *err)
{
    enum err_code code = db_run(
        store->db,
        "UPDATE demand SET ended_us = ?, ended_by = ? WHERE dossier_id = ? AND ended_us IS NULL",
        DB_BIND(DB_INT(sys_now_us()), DB_TEXT(by.id), DB_TEXT(dossier_id)), err);
    if (!code)
        *out_count = db_changes(store->db);
    return code;
}

enum err_code demand_add(struct store *store, const char *dossier_id, const struct js *papers,
                         struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(
        store->db,
        "SELECT stage, paper_code, asked_by, asked_name, asked_on, fee, noted_us, noted_by "
        "FROM demand WHERE dossier_id = ? AND ended_us IS NULL",
        DB_BIND(DB_TEXT(dossier_id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        AUTO(js)
        struct js *paper = js_ref(component_find(papers, query_text(q, 0), query_text(q, 1)));
        if (paper && !js_set(paper, "demand",
                             js_pack("{s:s, s:s?, s:s, s:s, s:I, s:s}", "asked_by",
                                     query_text(q, 2), "asked_name", query_text(q, 3), "asked_on",
                                     query_text(q, 4), "fee", query_text(q, 5), "noted_us",
                                     query_int(q, 6), "noted_by", query_text(q, 7))))
            code = err_set(err, ERR_NO_MEMORY, "demands");
    }
    return code;
}
