#include "queue/store/submitted_form.h"

#include "daemon/base/sys.h"
#include "daemon/base/when.h"
#include "daemon/model/rule_set.h"
#include "queue/store/audit.h"
#include "queue/store/document.h"
#include "queue/store/inside.h"

#include <stdio.h>
#include <string.h>

/* The first rules that leave copies to the supervisor. */
#define SUPERVISOR_FROM "2025-09-15"

static const char *const forms[] = {"original",        "register_copy",
                                    "certified_ecopy", "ecopy_with_original",
                                    "photocopy",       "certified_copy"};

struct form_row {
    char form[24], received[11];
    int64_t decided; /* -1: not, else 0 or 1 */
    int64_t marks;   /* pages that say something about a copy */
};

static bool is_copy(const char *form)
{
    return strcmp(form, "photocopy") == 0 || strcmp(form, "certified_copy") == 0;
}

static bool supervisor_decides(const struct form_row *row)
{
    return strcmp(row->received, SUPERVISOR_FROM) >= 0;
}

static enum err_code read_row(struct store *store, const char *id, struct form_row *out,
                              struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row;
    enum err_code code = db_query(
        store->db,
        "SELECT coalesce(d.submitted_form, ''), s.received_on, s.created_us, "
        "coalesce(d.copy_allowed, -1), (SELECT count(*) FROM page p WHERE p.document_id = d.id "
        "AND p.state = 'recognized' AND p.copy_mark IS NOT NULL) "
        "FROM document d JOIN dossier s ON s.id = d.dossier_id WHERE d.id = ?",
        DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no such document");
    char begun[WHEN_ISO_SIZE];
    when_iso_local(query_int(q, 2), begun);
    snprintf(out->form, sizeof out->form, "%s", query_text(q, 0));
    snprintf(out->received, sizeof out->received, "%.10s",
             query_is_null(q, 1) ? begun : query_text(q, 1));
    out->decided = query_int(q, 3);
    out->marks = query_int(q, 4);
    return ERR_OK;
}

static bool is_form(const char *form)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i], form) == 0)
            return true;
    return false;
}

enum err_code form_say(struct store *store, const char *document_id, const char *form,
                       struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct form_row row;
    if (*form && !is_form(form))
        return err_set(err, ERR_BAD_ARGUMENT, "'submitted_form' is no form");
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = document_check_changeable(store, document_id, err);
    if (!code)
        code = read_row(store, document_id, &row, err);
    if (code || strcmp(row.form, form) == 0)
        return code ? code : tx_commit(&tx, err);
    code = store_run_one(store, "document",
                         "UPDATE document SET submitted_form = ?, copy_allowed = NULL, "
                         "copy_decider = NULL, copy_reason = NULL, copy_decided_us = NULL, "
                         "copy_decided_by = NULL WHERE id = ?",
                         DB_BIND(*form ? DB_TEXT(form) : DB_NULL, DB_TEXT(document_id)), err);
    if (!code)
        code = audit_change(store, "document", document_id, "set-form", *form ? form : "none", by,
                            err);
    return code ? code : tx_commit(&tx, err);
}

static enum err_code check_decidable(const struct form_row *row,
                                     const struct copy_decision *decision, struct err *err)
{
    if (!is_copy(row->form))
        return err_set(err, ERR_BAD_ARGUMENT, "the paper is not said to be a copy");
    if (!supervisor_decides(row))
        return err_set(err, ERR_COPY_REFUSED, "rules of %s: nobody may allow it", row->received);
    bool who = decision->decider && *decision->decider && decision->reason && *decision->reason;
    return who ? ERR_OK : err_set(err, ERR_BAD_ARGUMENT, "'decider' or 'reason' is missing");
}

enum err_code form_decide(struct store *store, const char *document_id,
                          const struct copy_decision *decision, struct principal by,
                          struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct form_row row;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = document_check_changeable(store, document_id, err);
    if (!code)
        code = read_row(store, document_id, &row, err);
    if (!code)
        code = check_decidable(&row, decision, err);
    if (!code)
        code = store_run_one(store, "document",
                             "UPDATE document SET copy_allowed = ?, copy_decider = ?, "
                             "copy_reason = ?, copy_decided_us = ?, copy_decided_by = ? "
                             "WHERE id = ?",
                             DB_BIND(DB_INT(decision->allowed), DB_TEXT(decision->decider),
                                     DB_TEXT(decision->reason), DB_INT(sys_now_us()),
                                     DB_TEXT(by.id), DB_TEXT(document_id)),
                             err);
    if (!code)
        code = audit_change(store, "document", document_id, "decide-copy",
                            decision->allowed ? "allowed" : "not allowed", by, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code form_check(struct store *store, const char *document_id, struct err *err)
{
    struct form_row row;
    enum err_code code = read_row(store, document_id, &row, err);
    if (code)
        return code;
    if (!*row.form && row.marks)
        return err_set(err, ERR_FORM_NOT_SAID, "%lld pages speak of a copy", (long long)row.marks);
    if (!is_copy(row.form) || row.decided == 1)
        return ERR_OK;
    if (!supervisor_decides(&row) || row.decided == 0)
        return err_set(err, ERR_COPY_REFUSED, "%s, received %s", row.form, row.received);
    return err_set(err, ERR_COPY_UNDECIDED, "%s, received %s", row.form, row.received);
}

/* ---- shown ---- */

static struct js *marks_of(struct store *store, const char *id)
{
    AUTO(mem) char *text = NULL;
    struct js *list = NULL;
    if (db_text(store->db,
                "SELECT json_group_array(json_set(copy_mark, '$.page_id', id)) FROM page WHERE "
                "document_id = ? AND state = 'recognized' AND copy_mark IS NOT NULL",
                DB_BIND(DB_TEXT(id)), &text, NULL) ||
        !text || js_parse(text, strlen(text), &list, NULL))
        return NULL;
    return list;
}

static enum err_code decision_of(struct store *store, const char *id, struct js **out,
                                 struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row;
    enum err_code code = db_query(store->db,
                                  "SELECT copy_allowed, copy_decider, copy_reason, "
                                  "copy_decided_us, copy_decided_by FROM document WHERE id = ?",
                                  DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    *out = query_is_null(q, 0)
               ? js_null()
               : js_pack("{s:b, s:s?, s:s?, s:I, s:s?}", "allowed", query_int(q, 0) != 0, "decider",
                         query_text(q, 1), "reason", query_text(q, 2), "decided_us",
                         query_int(q, 3), "by", query_text(q, 4));
    return ERR_OK;
}

enum err_code form_show(struct store *store, const char *document_id, struct js *object,
                        struct err *err)
{
    struct form_row row;
    struct js *decision = NULL;
    enum err_code code = read_row(store, document_id, &row, err);
    if (!code)
        code = decision_of(store, document_id, &decision, err);
    if (code)
        return code;
    const char *rule = supervisor_decides(&row) ? "supervisor" : "refused";
    bool ok = js_set(object, "copy_decision", decision) &&
              js_set(object, "submitted_form", js_text(*row.form ? row.form : NULL)) &&
              js_set(object, "copy_rule", js_text(is_copy(row.form) ? rule : NULL)) &&
              js_set(object, "copy_marks", marks_of(store, document_id));
    return ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "listing");
}
