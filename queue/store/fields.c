#include "queue/store/fields.h"

#include "queue/store/inside.h"

#include <string.h>

static enum err_code store_one(struct store *store, const char *document_id, const struct field *f,
                               struct err *err)
{
    return db_run(store->db,
                  "INSERT INTO field (document_id, name, value, raw, confidence, page, box_x_mm, "
                  "box_y_mm, box_w_mm, box_h_mm, source, needs_person, handwritten) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  DB_BIND(DB_TEXT(document_id), DB_TEXT(field_key(f->name)), DB_TEXT(f->value),
                          DB_TEXT(f->raw), DB_REAL(f->confidence), DB_INT(f->page),
                          DB_REAL(f->box.x), DB_REAL(f->box.y), DB_REAL(f->box.w),
                          DB_REAL(f->box.h), DB_TEXT(field_source_name(f->source)),
                          DB_INT(f->needs_person), DB_INT(f->handwritten)),
                  err);
}

enum err_code fields_store_proposal(struct store *store, const char *document_id,
                                    const struct fields *fields, struct err *err)
{
    enum err_code code = db_run(store->db, "DELETE FROM field WHERE document_id = ?",
                                DB_BIND(DB_TEXT(document_id)), err);
    for (size_t i = 0; !code && i < fields->count; i++)
        code = store_one(store, document_id, &fields->item[i], err);
    return code;
}

static enum field_source source_from_name(const char *name)
{
    enum field_source source = FIELD_FROM_QR;
    while (source < FIELD_FROM_NOTHING && strcmp(field_source_name(source), name) != 0)
        source++;
    return source;
}

/* What was read stays as it is stored; the register only changes what is proposed and asked. */
static void hear_register(struct field *field, const char *value, const char *how)
{
    if (!how)
        return;
    if (strcmp(how, "settles") == 0)
        field->needs_person = false;
    else if (strcmp(how, "same") != 0)
        field->needs_person = true;
    if (strcmp(how, "fills") != 0)
        return;
    field->value = (char *)value;
    field->source = FIELD_FROM_REGISTER;
    field->confidence = 0;
}

enum err_code fields_load_proposal(struct store *store, const char *document_id, struct fields *out,
                                   struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    bool row = true;
    *out = (struct fields){0};
    enum err_code code = db_query(store->db,
                                  "SELECT name, value, raw, confidence, page, box_x_mm, box_y_mm, "
                                  "box_w_mm, box_h_mm, source, needs_person, handwritten, "
                                  "register_value, CASE register_late WHEN 0 THEN register_how "
                                  "END FROM field "
                                  "WHERE document_id = ? AND proposed = 1",
                                  DB_BIND(DB_TEXT(document_id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        struct field field = {
            .name = field_from_key(query_text(q, 0)),
            .value = (char *)query_text(q, 1), /* copied by fields_put */
            .raw = (char *)query_text(q, 2),
            .confidence = query_real(q, 3),
            .page = (int)query_int(q, 4),
            .box = {query_real(q, 5), query_real(q, 6), query_real(q, 7), query_real(q, 8)},
            .source = source_from_name(query_text(q, 9)),
            .needs_person = query_int(q, 10) != 0,
            .handwritten = query_int(q, 11) != 0,
        };
        hear_register(&field, query_text(q, 12), query_text(q, 13));
        if (field.name != FIELD_COUNT)
            code = fields_put(out, &field, err);
    }
    return code;
}

/* "register": {"value", "how", "differs"} beside what was read. */
static enum err_code add_register(struct store *store, const char *document_id, struct js *fields,
                                  struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db,
                                  "SELECT name, register_value, register_how FROM field "
                                  "WHERE document_id = ? AND register_how IS NOT NULL",
                                  DB_BIND(DB_TEXT(document_id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        struct js *field = js_ref(js_at(fields, query_text(q, 0)));
        const char *how = query_text(q, 2);
        bool differs = strcmp(how, "differs") == 0 || strcmp(how, "text") == 0;
        if (field && !js_set(field, "register",
                             js_pack("{s:s, s:s, s:b}", "value", query_text(q, 1), "how", how,
                                     "differs", (int)differs)))
            code = err_set(err, ERR_NO_MEMORY, "fields");
        js_free(field);
    }
    return code;
}

enum err_code fields_view_proposal(struct store *store, const char *document_id, struct js **out,
                                   struct err *err)
{
    AUTO(fields)
    struct fields fields = {0};
    enum err_code code = fields_load_proposal(store, document_id, &fields, err);
    if (code)
        return code;
    AUTO(js) struct js *object = fields_to_js(&fields);
    if (!object)
        return err_set(err, ERR_NO_MEMORY, "fields");
    code = add_register(store, document_id, object, err);
    if (code)
        return code;
    *out = TAKE(object);
    return ERR_OK;
}

enum err_code fields_store_confirmed(struct store *store, const char *document_id,
                                     const struct confirmation *item, const char *by, int64_t at_us,
                                     struct err *err)
{
    return db_run(store->db,
                  "INSERT INTO field (document_id, name, proposed, confirmed, confirmed_value, "
                  "answered, confirmed_by, confirmed_us) VALUES (?1, ?2, 0, 1, ?3, ?4, ?5, ?6) "
                  "ON CONFLICT (document_id, name) DO UPDATE SET confirmed = 1, "
                  "confirmed_value = ?3, answered = ?4, confirmed_by = ?5, confirmed_us = ?6",
                  DB_BIND(DB_TEXT(document_id), DB_TEXT(field_key(item->name)),
                          DB_TEXT(item->value), DB_INT(item->answered), DB_TEXT(by), DB_INT(at_us)),
                  err);
}

enum err_code fields_view_confirmed(struct store *store, const char *document_id, struct js **out,
                                    struct err *err)
{
    AUTO(js)
    struct js *object = js_object();
    enum err_code code = ERR_OK;
    for (int name = 0; !code && name < FIELD_COUNT; name++) { /* in the order of people */
        AUTO(query)
        struct query *q = NULL;
        bool row;
        code = db_query(store->db,
                        "SELECT confirmed_value FROM field "
                        "WHERE document_id = ? AND name = ? AND confirmed = 1",
                        DB_BIND(DB_TEXT(document_id), DB_TEXT(field_key((enum field_name)name))),
                        &q, err);
        if (!code)
            code = query_next(q, &row, err);
        if (code || !row)
            continue;
        const char *text = query_text(q, 0);
        bool flag = name == FIELD_no_expiry && text;
        if (!js_set(object, field_key((enum field_name)name),
                    flag ? js_bool(strcmp(text, "true") == 0) : js_text(text)))
            code = err_set(err, ERR_NO_MEMORY, "fields");
    }
    if (code)
        return code;
    *out = TAKE(object);
    return ERR_OK;
}

enum err_code fields_confirmed_text(struct store *store, const char *document_id,
                                    enum field_name name, char **out, struct err *err)
{
    return db_text(store->db,
                   "SELECT confirmed_value FROM field "
                   "WHERE document_id = ? AND name = ? AND confirmed = 1",
                   DB_BIND(DB_TEXT(document_id), DB_TEXT(field_key(name))), out, err);
}
