#include "queue/store/register_join.h"

#include "daemon/model/register_column.h"

#include <string.h>

/*
 * What a paper's row says of its fields, beside what was read. "Settles" is the one case in which
 * it makes the machine ask less: the page's reading is likely, not from handwriting, the very same
 * as in the register, and the row was not found by that value: two sources that know nothing of one
 * another. Never of what names a person or says how long a paper is valid.
 */

#define LIKELY 0.5 /* rather right than wrong */

/* ---- the row ---- */

enum err_code register_row_to_js(struct store *store, const char *register_id, int64_t line,
                                 struct js **out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    AUTO(js) struct js *row = NULL;
    bool there = false;
    enum err_code code = db_query(store->db,
                                  "SELECT r.data, g.file, r.purged_for IS NOT NULL FROM "
                                  "register_row r JOIN register g ON g.id = "
                                  "r.register_id WHERE r.register_id = ? AND r.line = ?",
                                  DB_BIND(DB_TEXT(register_id), DB_INT(line)), &q, err);
    if (!code)
        code = query_next(q, &there, err);
    if (!code && !there)
        code = err_set(err, ERR_NOT_FOUND, "no such row of a register");
    if (!code)
        code = js_parse(query_text(q, 0), strlen(query_text(q, 0)), &row, err);
    if (code)
        return code;
    if (!js_set(row, "register_id", js_text(register_id)) || !js_set(row, "line", js_int(line)) ||
        !js_set(row, "purged", js_bool(query_int(q, 2) != 0)) ||
        !js_set(row, "file", js_text(query_text(q, 1))))
        return err_set(err, ERR_NO_MEMORY, "register");
    *out = TAKE(row);
    return ERR_OK;
}

/* ---- a field ---- */

struct reading {
    char *value; /* NULL: none */
    double confidence;
    bool needs_person, handwritten, there;
};

static void reading_auto(struct reading *reading)
{
    mem_free(reading->value);
}

/* Late: what a person confirmed is compared. */
static enum err_code read_field(struct store *store, const char *id, enum field_name name,
                                bool late, struct reading *out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    enum err_code code = db_query(
        store->db,
        "SELECT CASE WHEN ?3 AND confirmed THEN confirmed_value ELSE value END, confidence, "
        "needs_person, handwritten FROM field WHERE document_id = ?1 AND name = ?2 "
        "AND (proposed OR ?3)",
        DB_BIND(DB_TEXT(id), DB_TEXT(field_key(name)), DB_INT(late)), &q, err);
    if (!code)
        code = query_next(q, &out->there, err);
    if (code || !out->there)
        return code;
    out->value = mem_strdup(query_text(q, 0));
    out->confidence = query_real(q, 1);
    out->needs_person = query_int(q, 2) != 0;
    out->handwritten = query_int(q, 3) != 0;
    return query_is_null(q, 0) || out->value ? ERR_OK : err_set(err, ERR_NO_MEMORY, "field");
}

static bool is_one_of(const char *word, const char *const *list)
{
    while (*list && strcmp(*list, word) != 0)
        list++;
    return *list != NULL;
}

/* The row was found by something else than this value, and by no person who may have looked at it.
 */
static bool is_independent(enum field_name name, const char *why)
{
    static const char *const by_file[] = {"path", "name", "folder", NULL};
    static const char *const not_by_agency[] = {"path", "name", "folder", "number_date", NULL};
    static const char *const by_machine[] = {"path",        "name",        "folder",
                                             "path_number", "name_number", "folder_number",
                                             "number_date", "number",      NULL};
    switch (name) {
    case FIELD_number_symbol:
    case FIELD_issue_date:
        return is_one_of(why, by_file);
    case FIELD_issuer:
    case FIELD_issue_place:
        return is_one_of(why, not_by_agency);
    case FIELD_abstract:
    case FIELD_signer:
    case FIELD_doc_name:
        return is_one_of(why, by_machine);
    default:
        return false;
    }
}

static const char *how_of(enum field_name name, const char *value, const struct reading *reading,
                          const char *why, bool late)
{
    if (!reading->value)
        return late ? "differs" : "fills";
    if (!register_same(name, reading->value, value))
        return "differs";
    bool settles = !late && reading->needs_person && !reading->handwritten &&
                   reading->confidence >= LIKELY && is_independent(name, why);
    return settles ? "settles" : "same";
}

struct comparing {
    struct store *store;
    const char *id, *why;
    bool late;
    int64_t changed;
};

static enum err_code set_field(struct comparing *c, enum field_name name, const char *value,
                               const char *how, struct err *err)
{
    enum err_code code =
        db_run(c->store->db,
               "UPDATE field SET register_value = ?3, register_how = ?4, register_late = ?5 "
               "WHERE document_id = ?1 AND name = ?2 AND (register_value IS NOT ?3 "
               "OR register_how IS NOT ?4 OR register_late IS NOT ?5)",
               DB_BIND(DB_TEXT(c->id), DB_TEXT(field_key(name)), DB_TEXT(value), DB_TEXT(how),
                       DB_INT(how && c->late)),
               err);
    c->changed += db_changes(c->store->db);
    return code;
}

static enum err_code compare_field(struct comparing *c, enum field_name name, const struct js *row,
                                   struct err *err)
{
    const char *key = field_key(name);
    const char *value = js_text_or(js_at(row, "values"), key, NULL);
    const char *text = js_text_or(js_at(row, "texts"), key, NULL);
    __attribute__((cleanup(reading_auto))) struct reading reading = {.value = NULL};
    enum err_code code = read_field(c->store, c->id, name, c->late, &reading, err);
    if (code || !reading.there)
        return code;
    if (!value)
        return set_field(c, name, text, text ? "text" : NULL, err);
    return set_field(c, name, value, how_of(name, value, &reading, c->why, c->late), err);
}

/* ---- a paper ---- */

static enum err_code row_of(struct store *store, const char *id, struct js **out_row,
                            char **out_why, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool there = false;
    enum err_code code = db_query(store->db,
                                  "SELECT register_id, line, why FROM register_document "
                                  "WHERE document_id = ? AND register_id IS NOT NULL",
                                  DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &there, err);
    if (code || !there)
        return code;
    code = register_row_to_js(store, query_text(q, 0), query_int(q, 1), out_row, err);
    *out_why = code ? NULL : mem_strdup(query_text(q, 2));
    return code || *out_why ? code : err_set(err, ERR_NO_MEMORY, "register");
}

static bool is_late(const struct subject *document)
{
    const char *state = subject_stage_state(document);
    return strcmp(state, "open") != 0 && strcmp(state, "read") != 0;
}

/* Whoever compares it sees another proposal now. */
static enum err_code note_change(struct store *store, const char *id, const struct comparing *c,
                                 struct err *err)
{
    if (!c->changed || c->late)
        return ERR_OK;
    return db_run(store->db, "UPDATE document SET readings = readings + 1 WHERE id = ?",
                  DB_BIND(DB_TEXT(id)), err);
}

enum err_code register_apply(struct store *store, const char *document_id, struct err *err)
{
    AUTO(js) struct js *row = NULL;
    AUTO(mem) char *why = NULL;
    struct subject document;
    enum err_code code = subject_get(store, MACHINE_document, document_id, &document, err);
    if (!code)
        code = row_of(store, document_id, &row, &why, err);
    struct comparing c = {
        .store = store, .id = document_id, .why = why ? why : "", .late = is_late(&document)};
    for (int name = 0; !code && name < FIELD_COUNT; name++)
        code = compare_field(&c, (enum field_name)name, row, err);
    return code ? code : note_change(store, document_id, &c, err);
}

/* ---- as people see it ---- */

static enum err_code candidates_of(struct store *store, const char *id, struct js *into,
                                   struct err *err)
{
    AUTO(js) struct js *found = NULL;
    AUTO(js) struct js *list = js_array();
    enum err_code code = register_candidates(store, id, &found, err);
    for (size_t i = 0; !code && i < js_count(found); i++) {
        struct js *row = NULL;
        const struct js *one = js_item(found, i);
        code = register_row_to_js(store, js_text_or(one, "register_id", ""),
                                  js_int_or(one, "line", 0), &row, err);
        if (!code && !js_push(list, row))
            code = err_set(err, ERR_NO_MEMORY, "register");
    }
    if (!code && !js_set(into, "candidates", TAKE(list)))
        code = err_set(err, ERR_NO_MEMORY, "register");
    return code;
}

enum err_code register_view(struct store *store, const char *document_id, struct js **out,
                            struct err *err)
{
    AUTO(query) struct query *q = NULL;
    AUTO(js) struct js *row = NULL;
    bool there = false;
    enum err_code code = db_query(store->db,
                                  "SELECT state, why, said_by, register_id, line "
                                  "FROM register_document WHERE document_id = ?",
                                  DB_BIND(DB_TEXT(document_id)), &q, err);
    if (!code)
        code = query_next(q, &there, err);
    if (!code && there && !query_is_null(q, 3))
        code = register_row_to_js(store, query_text(q, 3), query_int(q, 4), &row, err);
    if (code)
        return code;
    AUTO(js)
    struct js *object = there ? js_pack("{s:s, s:s?, s:s?, s:o}", "state", query_text(q, 0), "why",
                                        query_text(q, 1), "said_by", query_text(q, 2), "row",
                                        row ? js_ref(row) : js_null())
                              : js_null();
    if (!object)
        return err_set(err, ERR_NO_MEMORY, "register");
    if (there && strcmp(query_text(q, 0), "question") == 0)
        code = candidates_of(store, document_id, object, err);
    if (code)
        return code;
    *out = TAKE(object);
    return ERR_OK;
}
