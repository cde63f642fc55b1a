#include "daemon/base/text.h"
#include "queue/store/hold.h"
#include "queue/store/inside.h"
#include "queue/store/page.h"
#include "queue/store/place.h"
#include "queue/store/question.h"

#include <stdio.h>
#include <string.h>

#define COMES_FROM_FILE                                                                            \
    "EXISTS (SELECT 1 FROM import_item i WHERE i.document_id = ?1 AND i.state IN ('taken', "       \
    "'paged'))"

/* Its first sheet was in motion: there is no page to ask about. */
static enum err_code hold_interrupted(struct store *store, const char *document_id,
                                      struct principal by, struct err *err)
{
    int64_t waits;
    enum err_code code = db_number(store->db,
                                   "SELECT count(*) FROM document WHERE id = ?1 "
                                   "AND state = 'open' AND NOT " COMES_FROM_FILE,
                                   DB_BIND(DB_TEXT(document_id)), 0, &waits, err);
    return code || !waits ? code
                          : subject_hold(store, MACHINE_document, document_id,
                                         err_name(ERR_SCAN_INTERRUPTED), by, err);
}

/* "page.<page id>.<document id>" as page_begin made it */
bool page_temp_read(const char *temp, char out_page[ID_SIZE], char out_document[ID_SIZE])
{
    const size_t id_length = ID_SIZE - 1, prefix = strlen("page.");
    if (strlen(temp) != prefix + id_length + 1 + id_length || !text_starts(temp, "page.") ||
        temp[prefix + id_length] != '.')
        return false;
    snprintf(out_page, ID_SIZE, "%s", temp + prefix);
    snprintf(out_document, ID_SIZE, "%s", temp + prefix + id_length + 1);
    return id_is_valid(out_page) && id_is_valid(out_document);
}

/* A temp of a page that is there only outlived the commit. */
static enum err_code has_come(struct store *store, const char *id, bool *out, struct err *err)
{
    int64_t there = 0;
    enum err_code code = db_number(store->db, "SELECT count(*) FROM page WHERE id = ?",
                                   DB_BIND(DB_TEXT(id)), 0, &there, err);
    *out = there != 0;
    return code;
}

enum err_code page_interrupted(struct store *store, const char *temp, struct principal by,
                               struct err *err)
{
    AUTO(mem) char *last = NULL;
    char id[ID_SIZE], document_id[ID_SIZE];
    bool came = false;
    if (!page_temp_read(temp, id, document_id))
        return ERR_OK;
    enum err_code code = has_come(store, id, &came, err);
    if (code || came)
        return code;
    code = db_text(
        store->db,
        "SELECT p.id FROM page p JOIN document d ON d.id = p.document_id WHERE d.id = ?1 "
        "AND d.state IN ('open', 'read') AND " PAGE_COUNTS(
            "p") " AND NOT " COMES_FROM_FILE " ORDER BY p.captured_us DESC, p.id DESC LIMIT 1",
        DB_BIND(DB_TEXT(document_id)), &last, err);
    if (code)
        return code;
    return last ? question_raise_again(store, last, QUESTION_INTERRUPTED, err)
                : hold_interrupted(store, document_id, by, err);
}

void page_abort(struct store *store, const char *temp)
{
    blob_discard(store->blobs, temp);
}

struct coming {
    struct store *store;
    const char *document_id;
    bool found;
    enum err_code code;
    struct err *err;
};

static bool look_whether_coming(void *payload, const char *temp)
{
    struct coming *coming = payload;
    char id[ID_SIZE], document_id[ID_SIZE];
    bool came = false;
    if (!page_temp_read(temp, id, document_id) || strcmp(document_id, coming->document_id) != 0 ||
        store_temp_is_over(coming->store, temp))
        return true;
    coming->code = has_come(coming->store, id, &came, coming->err);
    coming->found = !coming->code && !came;
    return !coming->code && !coming->found;
}

enum err_code page_is_coming(struct store *store, const char *document_id, bool *out,
                             struct err *err)
{
    struct coming coming = {store, document_id, false, ERR_OK, err};
    enum err_code code = blob_each_temp(store->blobs, look_whether_coming, &coming, err);
    *out = coming.found;
    return code ? code : coming.code;
}
