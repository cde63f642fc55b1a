#include "queue/store/temps.h"

#include "queue/store/document.h"
#include "queue/store/inside.h"
#include "queue/store/job.h"
#include "queue/store/page.h"

#include <string.h>

struct look {
    struct store *store;
    const struct js *held;
    struct js *names;
    enum err_code code;
    struct err *err;
};

static bool is_named(const struct js *list, const char *temp)
{
    for (size_t i = 0; i < js_count(list); i++)
        if (strcmp(js_text_or(js_item(list, i), "", ""), temp) == 0)
            return true;
    return false;
}

static enum err_code is_needed(const struct look *look, const char *temp, bool *out,
                               struct err *err)
{
    const char *claim_id = job_claim_of_temp(temp);
    int64_t alive = is_named(look->held, temp);
    enum err_code code = ERR_OK;
    if (claim_id)
        code = db_number(look->store->db, "SELECT count(*) FROM claim WHERE id = ?",
                         DB_BIND(DB_TEXT(claim_id)), 0, &alive, err);
    *out = !code && alive;
    return code;
}

static bool look_at(void *payload, const char *temp)
{
    struct look *look = payload;
    bool needed = false;
    look->code = is_needed(look, temp, &needed, look->err);
    if (!look->code && !needed && !js_push(look->names, js_text(temp)))
        look->code = err_set(look->err, ERR_NO_MEMORY, "temps");
    return !look->code;
}

/* The names of all that nobody can finish. */
static enum err_code list_over(struct store *store, const struct js *held, struct js **out,
                               struct err *err)
{
    AUTO(js) struct js *names = js_array();
    struct look look = {store, held, names, ERR_OK, err};
    enum err_code code = blob_each_temp(store->blobs, look_at, &look, err);
    if (!code)
        code = look.code;
    if (!code)
        *out = TAKE(names);
    return code;
}

enum err_code temps_of_dead_owner(struct store *store, struct principal by, struct js **out_names,
                                  struct err *err)
{
    AUTO(js) struct js *names = NULL;
    enum err_code code = list_over(store, NULL, &names, err);
    for (size_t i = 0; !code && i < js_count(names); i++)
        code = page_interrupted(store, js_text_or(js_item(names, i), "", ""), by, err);
    if (!code)
        *out_names = TAKE(names);
    return code;
}

void temps_discard(struct store *store, struct js *names)
{
    for (size_t i = 0; i < js_count(names); i++)
        store_discard_temp(store, js_text_or(js_item(names, i), "", ""));
    js_free(names);
}

/* Not one that is new: its scan goes on in it. */
static enum err_code reject_if_emptied(struct store *store, const char *temp, struct principal by,
                                       struct err *err)
{
    char page_id[ID_SIZE], document_id[ID_SIZE];
    int64_t had = 0;
    if (!page_temp_read(temp, page_id, document_id))
        return ERR_OK;
    enum err_code code = db_number(store->db, "SELECT count(*) FROM page WHERE document_id = ?",
                                   DB_BIND(DB_TEXT(document_id)), 0, &had, err);
    return code || !had ? code : document_reject_if_empty(store, document_id, by, err);
}

enum err_code temps_sweep(struct store *store, const struct js *held, struct principal by,
                          int64_t *out_count, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(js) struct js *names = NULL;
    enum err_code code = list_over(store, held, &names, err);
    if (code)
        return code;
    temps_discard(store, js_ref(names));
    code = tx_begin(&tx, store->db, err);
    for (size_t i = 0; !code && i < js_count(names); i++)
        code = reject_if_emptied(store, js_text_or(js_item(names, i), "", ""), by, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (!code)
        *out_count = (int64_t)js_count(names);
    return code;
}
