#include "queue/store/register_keys.h"

#include "daemon/base/text.h"
#include "daemon/model/register_column.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "register");
}

/* ---- rows ---- */

void register_keys_done(struct register_keys *keys)
{
    mem_free(keys->number);
    mem_free(keys->issuer);
}

enum err_code register_keys_of(const struct js *row, struct register_keys *out, struct err *err)
{
    const char *number = js_text_or(row, "values.number_symbol", NULL);
    const char *issuer = js_text_or(row, "values.issuer", NULL);
    *out = (struct register_keys){.date = js_text_or(row, "values.issue_date", NULL)};
    out->number = number ? register_key(FIELD_number_symbol, number) : NULL;
    out->issuer = issuer ? register_key(FIELD_issuer, issuer) : NULL;
    return (number && !out->number) || (issuer && !out->issuer) ? no_memory(err) : ERR_OK;
}

/* `size` bytes of the name behind its letter, as it is and folded. */
static enum err_code make_key(char letter, const char *name, size_t size, char **out_exact,
                              char **out_folded, struct err *err)
{
    AUTO(mem) char *exact = mem_printf("%c%.*s", letter, (int)size, name);
    AUTO(mem) char *folded = exact ? text_fold(exact + 1) : NULL;
    *out_folded = folded ? mem_printf("%c%s", letter, folded) : NULL;
    if (!*out_folded)
        return no_memory(err);
    *out_exact = TAKE(exact);
    return ERR_OK;
}

struct path_owner {
    struct store *store;
    const char *id, *folder; /* folder NULL: a row of register `id` */
    int64_t line;
};

static enum err_code add_key(const struct path_owner *owner, char letter, const char *name,
                             size_t size, struct err *err)
{
    AUTO(mem) char *exact = NULL;
    AUTO(mem) char *folded = NULL;
    if (!size)
        return ERR_OK;
    enum err_code code = make_key(letter, name, size, &exact, &folded, err);
    if (code)
        return code;
    if (owner->folder)
        return db_run(
            owner->store->db,
            "INSERT OR IGNORE INTO register_file (document_id, folder, folded, exact) "
            "VALUES (?, ?, ?, ?)",
            DB_BIND(DB_TEXT(owner->id), DB_TEXT(owner->folder), DB_TEXT(folded), DB_TEXT(exact)),
            err);
    return db_run(owner->store->db,
                  "INSERT OR IGNORE INTO register_path (register_id, folded, line, exact) "
                  "VALUES (?, ?, ?, ?)",
                  DB_BIND(DB_TEXT(owner->id), DB_TEXT(folded), DB_INT(owner->line), DB_TEXT(exact)),
                  err);
}

#define FOLDERS_MAX 16 /* deeper than anybody keeps scans */

enum err_code register_row_paths(struct store *store, const char *register_id, int64_t line,
                                 const char *path, struct err *err)
{
    struct path_owner owner = {.store = store, .id = register_id, .line = line};
    enum err_code code = ERR_OK;
    const char *at = path;
    for (int i = 0; !code && at && i < FOLDERS_MAX; i++) {
        code = add_key(&owner, 'A', at, strlen(at), err);
        if (!code)
            code = add_key(&owner, 'B', at, register_stem(at), err);
        if (!code && register_stem(at) == strlen(at))
            code = add_key(&owner, 'D', at, strlen(at), err);
        at = strchr(at, '/');
        at = at ? at + 1 : NULL;
    }
    if (code || strchr(path, '/'))
        return code;
    code = add_key(&owner, 'C', path, strlen(path), err);
    return code ? code : add_key(&owner, 'C', path, register_stem(path), err);
}

/* ---- papers ---- */

/* "old/don //.jpg" of several files is "old/don". */
static size_t unit_size(const char *unit)
{
    const char *number = strstr(unit, "//");
    size_t size = number ? (size_t)(number - unit) : strlen(unit);
    while (number && size && strchr(" -_.(", unit[size - 1]))
        size--;
    return size;
}

static enum err_code add_file(const struct path_owner *owner, const char *path, const char *unit,
                              struct err *err)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    enum err_code code = add_key(owner, 'A', path, strlen(path), err);
    if (!code)
        code = add_key(owner, 'B', path, register_stem(path), err);
    if (!code)
        code = add_key(owner, 'C', name, strlen(name), err);
    if (!code)
        code = add_key(owner, 'C', name, register_stem(name), err);
    if (code || !unit)
        return code;
    size_t size = unit_size(unit);
    const char *last = memrchr(unit, '/', size);
    code = add_key(owner, 'D', unit, size, err);
    return code || !last ? code
                         : add_key(owner, 'D', last + 1, (size_t)(unit + size - last - 1), err);
}

/* Pages that are over count where `any`. */
#define PAGE_COUNTS "(?2 OR p.state NOT IN ('rejected', 'failed')) "

static enum err_code note_files(struct store *store, const char *id, const char *folder, bool any,
                                struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    struct path_owner owner = {.store = store, .id = id, .folder = folder};
    enum err_code code = db_run(store->db, "DELETE FROM register_file WHERE document_id = ?",
                                DB_BIND(DB_TEXT(id)), err);
    if (!code)
        code = db_query(store->db,
                        "SELECT DISTINCT i.path, i.unit FROM page p JOIN import_page m "
                        "ON m.page_id = p.id JOIN import_item i ON i.id = m.item_id "
                        "WHERE p.document_id = ?1 AND " PAGE_COUNTS,
                        DB_BIND(DB_TEXT(id), DB_INT(any)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        code = add_file(&owner, query_text(q, 0), query_text(q, 1), err);
    return code;
}

/* As a person confirmed it, else as it was read. */
static enum err_code value_of(struct store *store, const char *id, enum field_name name, char **out,
                              struct err *err)
{
    return db_text(store->db,
                   "SELECT CASE confirmed WHEN 1 THEN confirmed_value ELSE value END FROM field "
                   "WHERE document_id = ? AND name = ?",
                   DB_BIND(DB_TEXT(id), DB_TEXT(field_key(name))), out, err);
}

static enum err_code key_of(struct store *store, const char *id, enum field_name name, char **out,
                            struct err *err)
{
    AUTO(mem) char *value = NULL;
    enum err_code code = value_of(store, id, name, &value, err);
    *out = !code && value ? register_key(name, value) : NULL;
    return !code && value && !*out ? no_memory(err) : code;
}

static enum err_code note_reading(struct store *store, const char *id, const char *folder,
                                  struct err *err)
{
    AUTO(mem) char *number = NULL;
    AUTO(mem) char *date = NULL;
    AUTO(mem) char *issuer = NULL;
    enum err_code code = key_of(store, id, FIELD_number_symbol, &number, err);
    if (!code)
        code = value_of(store, id, FIELD_issue_date, &date, err);
    if (!code)
        code = key_of(store, id, FIELD_issuer, &issuer, err);
    if (code)
        return code;
    return db_run(
        store->db,
        "INSERT INTO register_document (document_id, folder, number_key, issue_date, "
        "issuer_key) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (document_id) DO UPDATE SET "
        "folder = ?2, number_key = ?3, issue_date = ?4, issuer_key = ?5",
        DB_BIND(DB_TEXT(id), DB_TEXT(folder), DB_TEXT(number), DB_TEXT(date), DB_TEXT(issuer)),
        err);
}

static enum err_code note(struct store *store, const char *document_id, bool any, bool *out_known,
                          struct err *err)
{
    AUTO(mem) char *folder = NULL;
    enum err_code code =
        db_text(store->db,
                "SELECT i.folder FROM page p JOIN import_page m ON m.page_id = p.id "
                "JOIN import_item i ON i.id = m.item_id "
                "JOIN register_folder r ON r.folder = i.folder WHERE p.document_id = ?1 "
                "AND " PAGE_COUNTS "ORDER BY p.position LIMIT 1",
                DB_BIND(DB_TEXT(document_id), DB_INT(any)), &folder, err);
    *out_known = !code && folder;
    if (code || !folder)
        return code;
    code = note_files(store, document_id, folder, any, err);
    return code ? code : note_reading(store, document_id, folder, err);
}

enum err_code register_note_document(struct store *store, const char *document_id, bool *out_known,
                                     struct err *err)
{
    return note(store, document_id, false, out_known, err);
}

enum err_code register_note_any(struct store *store, const char *document_id, bool *out_known,
                                struct err *err)
{
    return note(store, document_id, true, out_known, err);
}
