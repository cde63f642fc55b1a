#include "daemon/workers/upload_ops.h"

#define MAX_ENTRIES 100000 /* in one answer of `list` */

static enum err_code add_entry(void *payload, const struct transport_entry *entry, struct err *err)
{
    struct js *entries = payload;
    if (js_count(entries) >= MAX_ENTRIES)
        return err_set(err, ERR_TOO_LARGE, "more than %d files; ask with a longer prefix",
                       MAX_ENTRIES);
    if (!js_push(entries,
                 js_pack("{s:s, s:I}", "name", entry->name, "size", (long long)entry->size_bytes)))
        return err_set(err, ERR_NO_MEMORY, "no memory for the list");
    return ERR_OK;
}

enum err_code upload_list(void *self, struct worker_call *call, struct worker_answer *answer,
                          struct err *err)
{
    struct target *target = NULL;
    AUTO(js) struct js *entries = js_array();
    enum err_code code = upload_find_target(self, call->args, answer, &target, err);
    if (!code && !entries)
        code = err_set(err, ERR_NO_MEMORY, "no memory for the list");
    if (!code)
        code = target_list(target, js_text_or(call->args, "prefix", ""), add_entry, entries, err);
    if (code)
        return code;
    answer->ok = js_pack("{s:O}", "entries", entries);
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for the answer");
}
