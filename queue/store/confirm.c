#include "queue/store/confirm.h"

#include "daemon/base/sys.h"
#include "daemon/base/when.h"
#include "daemon/model/doc_type.h"
#include "queue/store/advance.h"
#include "queue/store/component.h"
#include "queue/store/fields.h"
#include "queue/store/inside.h"
#include "queue/store/question.h"
#include "queue/store/required.h"
#include "queue/store/revision.h"
#include "queue/store/submitted_form.h"

#include <stdio.h>
#include <string.h>

struct answers {
    struct {
        bool given;  /* by the person */
        bool stands; /* the proposal, unanswered */
        char *value; /* canonical; NULL: the paper does not have it */
    } item[FIELD_COUNT];
    int answered, standing;
    int today; /* YYYYMMDD */
};

static void answers_auto(struct answers *answers)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        mem_free(answers->item[i].value);
}

static enum err_code read_answer(struct answers *answers, const char *key, const struct js *value,
                                 struct err *err)
{
    enum field_name name = field_from_key(key);
    if (name == FIELD_COUNT)
        return err_set(err, ERR_BAD_ARGUMENT, "'fields.%.40s' is not a field", key);
    bool flag;
    const char *text = NULL;
    if (js_is_text(value))
        text = js_text_or(value, "", "");
    else if (!js_get_bool(value, "", &flag, NULL))
        text = flag ? "true" : "false";
    else if (!js_is_null(value))
        return err_set(err, ERR_BAD_ARGUMENT, "'fields.%s' is not text, true, false or null", key);
    answers->item[name].given = true;
    answers->answered++;
    if (!text || !*text)
        return ERR_OK;
    return field_check(name, text, answers->today, &answers->item[name].value, err);
}

static enum err_code read_answers(const struct js *object, struct answers *out, struct err *err)
{
    enum err_code code = ERR_OK;
    if (object && !js_is_object(object))
        return err_set(err, ERR_BAD_ARGUMENT, "'fields' is not an object");
    for (void *it = object ? js_iter(object) : NULL; !code && it; it = js_iter_next(object, it))
        code = read_answer(out, js_iter_key(it), js_iter_value(it), err);
    return code;
}

static bool never_expires(const struct answers *answers)
{
    const char *value = answers->item[FIELD_no_expiry].value;
    return value && strcmp(value, "true") == 0;
}

/* A date of expiry and "no expiry" answer for one another. */
static bool answered_by_partner(const struct answers *answers, enum field_name name)
{
    if (name == FIELD_valid_until)
        return never_expires(answers);
    return name == FIELD_no_expiry && answers->item[FIELD_valid_until].value;
}

static bool is_settled(const struct answers *answers, enum field_name name)
{
    return answers->item[name].given || answers->item[name].stands;
}

static enum err_code missing(enum field_name name, struct err *err)
{
    return err_set(err, ERR_FIELD_MISSING, "field '%s' has to be answered", field_key(name));
}

/* What was read surely needs no answer. */
static enum err_code let_stand(struct answers *answers, const struct field *field, struct err *err)
{
    if (is_settled(answers, field->name) || field->needs_person || !field->value ||
        answered_by_partner(answers, field->name))
        return ERR_OK;
    answers->item[field->name].stands = true;
    answers->standing++;
    return field_check(field->name, field->value, answers->today, &answers->item[field->name].value,
                       err);
}

static enum err_code want_answer(struct answers *answers, enum field_name name, struct err *err)
{
    if (is_settled(answers, name))
        return ERR_OK;
    if (!answered_by_partner(answers, name))
        return missing(name, err);
    answers->item[name].stands = true;
    return ERR_OK;
}

static enum err_code merge_proposal(struct store *store, const char *id, struct answers *answers,
                                    struct err *err)
{
    AUTO(fields)
    struct fields proposal = {0};
    enum err_code code = fields_load_proposal(store, id, &proposal, err);
    for (size_t i = 0; !code && i < proposal.count; i++)
        code = let_stand(answers, &proposal.item[i], err);
    for (size_t i = 0; !code && i < proposal.count; i++)
        code = want_answer(answers, proposal.item[i].name, err);
    return code;
}

static enum err_code want_required(struct store *store, const char *id, const char *chosen,
                                   struct answers *answers, struct err *err)
{
    AUTO(mem)
    char *proposed = NULL;
    bool required[FIELD_COUNT];
    enum err_code code = db_text(store->db, "SELECT type FROM document WHERE id = ?",
                                 DB_BIND(DB_TEXT(id)), &proposed, err);
    if (!code)
        code = required_fields(chosen ? chosen : proposed, required, err);
    for (int i = 0; !code && i < FIELD_COUNT; i++)
        if (required[i])
            code = want_answer(answers, (enum field_name)i, err);
    return code;
}

/* Both as whole dates, which compare as text. */
static bool ends_before_it_began(const struct answers *answers)
{
    const size_t whole = strlen("2026-03-05");
    const char *issued = answers->item[FIELD_issue_date].value;
    const char *until = answers->item[FIELD_valid_until].value;
    return issued && until && strlen(issued) == whole && strlen(until) == whole &&
           strcmp(until, issued) < 0;
}

static enum err_code check_sense(const struct answers *answers, struct err *err)
{
    if (is_settled(answers, FIELD_doc_name) && !answers->item[FIELD_doc_name].value)
        return missing(FIELD_doc_name, err);
    if (answers->item[FIELD_valid_until].value && never_expires(answers))
        return err_set(err, ERR_FIELD_INVALID, "field '%s' contradicts '%s'",
                       field_key(FIELD_valid_until), field_key(FIELD_no_expiry));
    if (ends_before_it_began(answers))
        return err_set(err, ERR_FIELD_INVALID, "field '%s' is before '%s'",
                       field_key(FIELD_valid_until), field_key(FIELD_issue_date));
    return ERR_OK;
}

static enum err_code store_answers(struct store *store, const char *id,
                                   const struct answers *answers, struct principal by,
                                   int64_t at_us, struct err *err)
{
    enum err_code code = ERR_OK;
    for (int i = 0; !code && i < FIELD_COUNT; i++) {
        struct confirmation item = {.name = (enum field_name)i,
                                    .value = answers->item[i].value,
                                    .answered = answers->item[i].given};
        if (answers->item[i].given || answers->item[i].stands)
            code = fields_store_confirmed(store, id, &item, by.id, at_us, err);
    }
    return code;
}

static enum err_code set_type(struct store *store, const char *id, const char *type,
                              struct err *err)
{
    if (!type)
        return ERR_OK;
    if (doc_type_from_slug(type) == DOC_TYPE_unknown && strcmp(type, "unknown") != 0)
        return err_set(err, ERR_BAD_ARGUMENT, "'type' is not a document type");
    return store_run_one(
        store, "document",
        "UPDATE document SET type_score = CASE WHEN type = ?1 THEN type_score END, "
        "type = ?1 WHERE id = ?2",
        DB_BIND(DB_TEXT(type), DB_TEXT(id)), err);
}

static enum err_code check_may_confirm(struct store *store, const char *id,
                                       const struct comparison *comparison, struct err *err)
{
    struct subject document;
    char revision[REVISION_SIZE];
    enum err_code code = subject_get(store, MACHINE_document, id, &document, err);
    if (!code && strcmp(document.state, "read") != 0)
        return err_set(err, ERR_STATE_CHANGED, "document is %s, not read", document.state);
    if (!code && !comparison->compared)
        return err_set(err, ERR_NOT_COMPARED, "not confirmed as compared with the paper");
    if (!code)
        code = document_revision(store, id, revision, err);
    if (!code && (!comparison->revision || strcmp(comparison->revision, revision) != 0))
        return err_set(err, ERR_STATE_CHANGED, "the document is no longer what was compared");
    return code ? code : questions_check_answered(store, id, err);
}

enum err_code document_confirm(struct store *store, const char *id,
                               const struct comparison *comparison, struct principal by,
                               struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    int64_t now_us = sys_now_us();
    __attribute__((cleanup(answers_auto))) struct answers answers = {.today =
                                                                         when_today_local(now_us)};
    char detail[80];
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = check_may_confirm(store, id, comparison, err);
    if (!code)
        code = form_check(store, id, err);
    if (!code)
        code = read_answers(comparison->answers, &answers, err);
    if (!code)
        code = merge_proposal(store, id, &answers, err);
    if (!code)
        code = want_required(store, id, comparison->type, &answers, err);
    if (!code)
        code = check_sense(&answers, err);
    if (!code)
        code = store_answers(store, id, &answers, by, now_us, err);
    if (!code)
        code = set_type(store, id, comparison->type, err);
    if (!code) /* by the title and type it has now */
        code = component_settle_around(store, id, err);
    if (!code)
        code = store_run_one(
            store, "document",
            "UPDATE document SET copied_us = ?1, copied_by = ?2, confirmed_us = ?1, "
            "confirmed_by = ?2, copier = coalesce(?3, ?2) WHERE id = ?4",
            DB_BIND(DB_INT(now_us), DB_TEXT(by.id), DB_TEXT(comparison->copier), DB_TEXT(id)), err);
    snprintf(detail, sizeof detail, "fields answered %d, left as read %d", answers.answered,
             answers.standing);
    if (!code)
        code = store_advance(store,
                             &(struct advance){.machine = MACHINE_document,
                                               .id = id,
                                               .from = "read",
                                               .to = "copied",
                                               .event = "compare",
                                               .detail = detail,
                                               .by = by},
                             err);
    return code ? code : tx_commit(&tx, err);
}
