#include "queue/store/dossier_people.h"

#include "daemon/model/field.h"
#include "daemon/model/tax_code.h"
#include "queue/store/audit.h"
#include "queue/store/dossier.h"
#include "queue/store/inside.h"
#include "queue/store/reuse.h"

#include <stdio.h>
#include <string.h>

enum kind { KIND_ID, KIND_OLD_ID, KIND_NAME, KIND_OWNER_KIND, KIND_BASIS, KIND_CHANNEL };

static const struct {
    const char *key;
    enum kind kind;
} people_rows[] = {
#define PERSON(key, kind) {#key, KIND_##kind},
    DOSSIER_PEOPLE(PERSON)
#undef PERSON
};

static const char *const words[][6] = {
    [KIND_OWNER_KIND] = {"person", "business", "agency", "other"},
    [KIND_BASIS] = {"self", "authorised", "guardian", "post", "other"},
    [KIND_CHANNEL] = {"direct", "online", "post", "vneid"},
};

const char *dossier_person_key(enum dossier_person person)
{
    return people_rows[person].key;
}

struct people {
    char *value[DOSSIER_PEOPLE_COUNT]; /* NULL: not said */
};

static void people_auto(struct people *people)
{
    for (int i = 0; i < DOSSIER_PEOPLE_COUNT; i++)
        mem_free(people->value[i]);
}

#define COLUMNS                                                                                    \
    "owner_id, owner_old_id, owner_name, owner_kind, presenter_name, presenter_id, "               \
    "presenter_basis, channel"

static enum err_code read_people(struct store *store, const char *id, struct people *out,
                                 struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row;
    enum err_code code = db_query(store->db, "SELECT " COLUMNS " FROM dossier WHERE id = ?",
                                  DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no such dossier");
    for (int i = 0; i < DOSSIER_PEOPLE_COUNT; i++) {
        const char *text = query_text(q, i);
        out->value[i] = mem_strdup(text);
        if (text && !out->value[i])
            return err_set(err, ERR_NO_MEMORY, "dossier");
    }
    return ERR_OK;
}

/* ---- what is said ---- */

static enum err_code take_id(const char *key, const char *typed, char **out, struct err *err)
{
    AUTO(mem) char *value = NULL;
    struct err why = ERR_INIT;
    enum err_code code = field_check(FIELD_owner_id, typed, 0, &value, &why);
    if (code == ERR_NO_MEMORY)
        return err_set(err, code, "%s", key);
    size_t size = code ? 0 : strlen(value);
    bool is_tax_code = size == 10 || size == 14;
    if (code || (is_tax_code && !tax_code_is_valid(value)))
        return err_set(err, ERR_FIELD_INVALID, "field '%s' is not a number that can exist", key);
    *out = TAKE(value);
    return ERR_OK;
}

#define OLD_ID_SIZE 9

static enum err_code take_old_id(const char *key, const char *typed, char **out, struct err *err)
{
    AUTO(mem) char *value = NULL;
    enum err_code code = take_id(key, typed, &value, err);
    if (!code && strlen(value) != OLD_ID_SIZE)
        code = err_set(err, ERR_FIELD_INVALID, "field '%s' is not a number of nine digits", key);
    if (!code)
        *out = TAKE(value);
    return code;
}

static enum err_code take_name(const char *key, const char *typed, char **out, struct err *err)
{
    struct err why = ERR_INIT;
    enum err_code code = field_check(FIELD_owner_name, typed, 0, out, &why);
    return code ? err_set(err, code, "field '%s' is not a name", key) : ERR_OK;
}

static enum err_code take_word(enum kind kind, const char *key, const char *typed, char **out,
                               struct err *err)
{
    for (size_t i = 0; words[kind][i]; i++)
        if (strcmp(words[kind][i], typed) == 0) {
            *out = mem_strdup(typed);
            return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "%s", key);
        }
    return err_set(err, ERR_BAD_ARGUMENT, "'%s' is no word it may have", key);
}

static enum err_code take(int person, const char *typed, struct people *people, struct err *err)
{
    const char *key = people_rows[person].key;
    enum kind kind = people_rows[person].kind;
    char *value = NULL;
    enum err_code code = ERR_OK;
    if (*typed && kind == KIND_ID)
        code = take_id(key, typed, &value, err);
    else if (*typed && kind == KIND_OLD_ID)
        code = take_old_id(key, typed, &value, err);
    else if (*typed && kind == KIND_NAME)
        code = take_name(key, typed, &value, err);
    else if (*typed)
        code = take_word(kind, key, typed, &value, err);
    if (code)
        return code;
    mem_free(people->value[person]);
    people->value[person] = value;
    return ERR_OK;
}

static bool value_is(const struct people *people, enum dossier_person person, const char *text)
{
    return people->value[person] && strcmp(people->value[person], text) == 0;
}

/* The owner in person is nobody else. */
static enum err_code settle_presenter(struct people *people, struct err *err)
{
    const char *owner = people->value[DOSSIER_owner_id];
    const char *old = people->value[DOSSIER_owner_old_id];
    if (value_is(people, DOSSIER_presenter_basis, "self")) {
        mem_free(TAKE(people->value[DOSSIER_presenter_name]));
        mem_free(TAKE(people->value[DOSSIER_presenter_id]));
    } else if ((owner && value_is(people, DOSSIER_presenter_id, owner)) ||
               (old && value_is(people, DOSSIER_presenter_id, old))) {
        return err_set(err, ERR_FIELD_INVALID, "field 'presenter_id' is that of the owner");
    }
    return ERR_OK;
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

#define PERSON_ID_SIZE 12

/* It is a person's who has a number of twelve digits now; another owner has another. */
static enum err_code settle_old_id(const struct people *before, struct people *people, bool said,
                                   struct err *err)
{
    const char *owner = people->value[DOSSIER_owner_id];
    char **old = &people->value[DOSSIER_owner_old_id];
    if (*old && !said && !same(before->value[DOSSIER_owner_id], owner))
        mem_free(TAKE(*old));
    if (*old && (!owner || strlen(owner) != PERSON_ID_SIZE))
        return err_set(err, ERR_FIELD_INVALID,
                       "field 'owner_old_id' is beside no number of twelve digits");
    return ERR_OK;
}

/* ---- keeping it ---- */

/* Which keys changed, by name: values never stand in the audit. */
static bool name_changes(const struct people *before, const struct people *now, char *out,
                         size_t size)
{
    size_t used = 0;
    *out = 0;
    for (int i = 0; i < DOSSIER_PEOPLE_COUNT; i++)
        if (!same(before->value[i], now->value[i]))
            used += (size_t)snprintf(out + used, size - used, "%s%s%s", used ? ", " : "",
                                     people_rows[i].key, now->value[i] ? "" : " taken away");
    return used > 0;
}

static enum err_code write_people(struct store *store, const char *id, const struct people *people,
                                  struct err *err)
{
    char *const *v = people->value;
    return store_run_one(
        store, "dossier",
        "UPDATE dossier SET owner_id = ?, owner_old_id = ?, owner_name = ?, owner_kind = ?, "
        "presenter_name = ?, presenter_id = ?, presenter_basis = ?, channel = ? "
        "WHERE id = ?",
        DB_BIND(DB_TEXT(v[DOSSIER_owner_id]), DB_TEXT(v[DOSSIER_owner_old_id]),
                DB_TEXT(v[DOSSIER_owner_name]), DB_TEXT(v[DOSSIER_owner_kind]),
                DB_TEXT(v[DOSSIER_presenter_name]), DB_TEXT(v[DOSSIER_presenter_id]),
                DB_TEXT(v[DOSSIER_presenter_basis]), DB_TEXT(v[DOSSIER_channel]), DB_TEXT(id)),
        err);
}

/* An old number that is added is one more of the same owner. */
static bool is_another(const struct people *before, const struct people *now)
{
    const char *old = before->value[DOSSIER_owner_old_id];
    return !same(before->value[DOSSIER_owner_id], now->value[DOSSIER_owner_id]) ||
           (old && !same(old, now->value[DOSSIER_owner_old_id]));
}

/* What was taken over is somebody else's now. */
static enum err_code end_reuse(struct store *store, const char *id, struct principal by,
                               char *detail, size_t size, struct err *err)
{
    int64_t count = 0;
    size_t used = strlen(detail);
    enum err_code code = reuse_end_all(store, id, by, &count, err);
    if (!code && count)
        snprintf(detail + used, size - used, ", ended: reused %lld", (long long)count);
    return code;
}

enum err_code dossier_people_change(struct store *store, const char *id,
                                    const struct dossier_people *people, struct principal by,
                                    struct err *err)
{
    __attribute__((cleanup(people_auto))) struct people before = {0}, now = {0};
    char detail[AUDIT_DETAIL_MAX];
    enum err_code code = read_people(store, id, &before, err);
    if (!code)
        code = read_people(store, id, &now, err);
    for (int i = 0; !code && i < DOSSIER_PEOPLE_COUNT; i++)
        if (people->said[i])
            code = take(i, people->said[i], &now, err);
    if (!code)
        code = settle_old_id(&before, &now, people->said[DOSSIER_owner_old_id] != NULL, err);
    if (!code)
        code = settle_presenter(&now, err);
    if (code || !name_changes(&before, &now, detail, sizeof detail))
        return code;
    code = write_people(store, id, &now, err);
    if (!code && is_another(&before, &now))
        code = end_reuse(store, id, by, detail, sizeof detail, err);
    if (!code)
        code = audit_change(store, "dossier", id, "set-people", detail, by, err);
    return code ? code : dossier_rewrite_records(store, id, err);
}

/* The code of a chip card that has the owner's number says the one of before, too. */
#define OLD_ID_READ                                                                                \
    "SELECT substr(c.value ->> 'text', 14, 9) FROM dossier s JOIN document d "                     \
    "ON d.dossier_id = s.id AND d.state NOT IN ('rejected', 'failed') "                            \
    "JOIN page p ON p.document_id = d.id AND p.state = 'recognized', "                             \
    "json_each(p.info, '$.codes') c WHERE s.id = ? AND s.owner_old_id IS NULL "                    \
    "AND length(s.owner_id) = 12 AND substr(c.value ->> 'text', 1, 13) = s.owner_id || '|' "       \
    "AND substr(c.value ->> 'text', 14, 10) GLOB "                                                 \
    "'[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]|' "                                            \
    "AND NOT EXISTS (SELECT 1 FROM secret_mark m WHERE m.document_id = d.id AND m.answer IS "      \
    "NULL) "                                                                                       \
    "ORDER BY p.id LIMIT 1"

static enum err_code show_old_id_read(struct store *store, const char *id, struct js *dossier,
                                      struct err *err)
{
    AUTO(mem) char *read = NULL;
    enum err_code code = db_text(store->db, OLD_ID_READ, DB_BIND(DB_TEXT(id)), &read, err);
    if (!code && !js_set(dossier, "owner_old_id_read", js_text(read)))
        code = err_set(err, ERR_NO_MEMORY, "dossier");
    return code;
}

enum err_code dossier_people_show(struct store *store, const char *id, struct js *dossier,
                                  struct err *err)
{
    __attribute__((cleanup(people_auto))) struct people people = {0};
    enum err_code code = read_people(store, id, &people, err);
    for (int i = 0; !code && i < DOSSIER_PEOPLE_COUNT; i++)
        if (!js_set(dossier, people_rows[i].key, js_text(people.value[i])))
            code = err_set(err, ERR_NO_MEMORY, "dossier");
    return code ? code : show_old_id_read(store, id, dossier, err);
}
