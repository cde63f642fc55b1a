#include "queue/store/document_code.h"

#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "queue/store/audit.h"
#include "queue/store/dossier.h"
#include "queue/store/fields.h"
#include "queue/store/handover.h"
#include "queue/store/inside.h"
#include "queue/store/result_code.h"

#include <stdio.h>
#include <string.h>

/* ---- what goes into a code ---- */

struct code_texts {
    char *owner, *number, *procedure, *dossier, *slug, *type, *stage, *paper;
};

static void code_texts_auto(struct code_texts *t)
{
    char *const texts[] = {t->owner, t->number, t->procedure, t->dossier,
                           t->slug,  t->type,   t->stage,     t->paper};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        mem_free(texts[i]);
}

static enum err_code of_document(struct store *store, const char *id, const char *sql, char **out,
                                 struct err *err)
{
    return db_text(store->db, sql, DB_BIND(DB_TEXT(id)), out, err);
}

static enum err_code read_texts(struct store *store, const char *id, struct code_texts *t,
                                struct err *err)
{
#define OF_DOSSIER(column)                                                                         \
    "SELECT s." column " FROM dossier s JOIN document d ON d.dossier_id = s.id WHERE d.id = ?"
    enum err_code code = fields_confirmed_text(store, id, FIELD_owner_id, &t->owner, err);
    if (!code)
        code = fields_confirmed_text(store, id, FIELD_number_symbol, &t->number, err);
    if (!code)
        code = of_document(store, id, OF_DOSSIER("procedure_code"), &t->procedure, err);
    if (!code && !t->procedure) /* nobody said it; the paper may */
        code = fields_confirmed_text(store, id, FIELD_procedure_code, &t->procedure, err);
    if (!code)
        code = of_document(store, id, OF_DOSSIER("code"), &t->dossier, err);
    if (!code)
        code = of_document(store, id, "SELECT type FROM document WHERE id = ?", &t->slug, err);
    if (!code)
        code = of_document(store, id, "SELECT stage FROM document WHERE id = ?", &t->stage, err);
    if (!code)
        code =
            of_document(store, id, "SELECT paper_code FROM document WHERE id = ?", &t->paper, err);
    if (code)
        return code;
    t->type = text_upper(t->slug ? t->slug : "unknown");
    return t->type ? ERR_OK : err_set(err, ERR_NO_MEMORY, "result code");
}

/* A result has its type in the national catalogue (KQ.G15.000031); what has none goes by our own.
 */
static struct code_parts parts_of(const struct code_texts *t)
{
    const char *stage = t->stage ? t->stage : "";
    bool is_result = t->paper && strcmp(stage, "result") == 0;
    bool is_component = t->paper && t->procedure && strcmp(stage, "component") == 0;
    return (struct code_parts){.owner = t->owner,
                               .type = is_result ? t->paper : t->type,
                               .number = t->number,
                               .procedure = t->procedure,
                               .dossier = t->dossier,
                               .paper = is_component ? t->paper : NULL};
}

/* ---- */

static enum err_code bear(struct store *store, const char *id, const char *text, bool provisional,
                          struct principal by, struct err *err)
{
    enum err_code code =
        db_run(store->db,
               "INSERT INTO result_code (code, document_id, provisional, given_us, given_by) "
               "VALUES (?, ?, ?, ?, ?)",
               DB_BIND(DB_TEXT(text), DB_TEXT(id), DB_INT(provisional), DB_INT(sys_now_us()),
                       DB_TEXT(by.id)),
               err);
    return code ? code
                : store_run_one(store, "document",
                                "UPDATE document SET result_code = ? WHERE id = ?",
                                DB_BIND(DB_TEXT(text), DB_TEXT(id)), err);
}

static enum err_code make_code(struct store *store, const char *id, char out[RESULT_CODE_MAX],
                               struct err *err)
{
    __attribute__((cleanup(code_texts_auto))) struct code_texts t = {0};
    if (store->codes_are_provisional) {
        char unique[ID_SIZE];
        id_new(unique);
        snprintf(out, RESULT_CODE_MAX, RESULT_CODE_PROVISIONAL "%s", unique);
        return ERR_OK;
    }
    enum err_code code = read_texts(store, id, &t, err);
    struct code_parts parts = parts_of(&t);
    return code ? code : result_code_next(store, &parts, out, err);
}

enum err_code document_give_code(struct store *store, const char *document_id, struct principal by,
                                 struct err *err)
{
    char text[RESULT_CODE_MAX];
    enum err_code code = make_code(store, document_id, text, err);
    return code ? code : bear(store, document_id, text, store->codes_are_provisional, by, err);
}

/* ---- the real one ---- */

/* One word of print: no spaces, no signs that a code list or a file name could not carry. */
static bool is_code(const char *text)
{
    size_t size = strlen(text);
    bool ok = size > 0 && size < RESULT_CODE_MAX && text_is_utf8(text, size) &&
              !text_starts(text, RESULT_CODE_PROVISIONAL);
    for (const char *c = text; ok && *c; c++)
        ok = (unsigned char)*c > ' ' && *c != 0x7f;
    return ok;
}

static enum err_code check_may_take(struct store *store, const char *id, const char *text,
                                    struct err *err)
{
    int64_t waits, taken = 0;
    enum err_code code = db_number(store->db,
                                   "SELECT count(*) FROM result_code "
                                   "WHERE document_id = ? AND provisional = 1 AND ended_us IS NULL",
                                   DB_BIND(DB_TEXT(id)), 0, &waits, err);
    if (!code && !waits)
        return err_set(err, ERR_RESULT_CODE_FINAL, "no provisional result code");
    if (!code)
        code = db_number(store->db, "SELECT count(*) FROM result_code WHERE code = ?",
                         DB_BIND(DB_TEXT(text)), 0, &taken, err);
    return !code && taken ? err_set(err, ERR_RESULT_CODE_TAKEN, "another document's") : code;
}

static enum err_code take_real(struct store *store, const char *id, const char *dossier,
                               const char *text, struct principal by, struct err *err)
{
    enum err_code code = check_may_take(store, id, text, err);
    if (!code)
        code = store_run_one(store, "result code",
                             "UPDATE result_code SET ended_us = ?, ended_by = ? "
                             "WHERE document_id = ? AND ended_us IS NULL",
                             DB_BIND(DB_INT(sys_now_us()), DB_TEXT(by.id), DB_TEXT(id)), err);
    if (!code)
        code = bear(store, id, text, false, by, err);
    if (!code)
        code = dossier_rewrite_records(store, dossier, err);
    if (!code)
        code = handover_code_is_real(store, id, by, err);
    return code ? code : audit_change(store, "document", id, "set-code", NULL, by, err);
}

enum err_code document_set_code(struct store *store, const char *document_id, const char *text,
                                struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(mem) char *now = NULL;
    struct subject document;
    if (!is_code(text))
        return err_set(err, ERR_BAD_ARGUMENT, "code: not the form of a result code");
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = subject_get(store, MACHINE_document, document_id, &document, err);
    if (!code)
        code = of_document(store, document_id, "SELECT result_code FROM document WHERE id = ?",
                           &now, err);
    if (!code && (!now || strcmp(now, text) != 0))
        code = take_real(store, document_id, document.dossier_id, text, by, err);
    return code ? code : tx_commit(&tx, err);
}
