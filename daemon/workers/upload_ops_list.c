#include "daemon/workers/upload_ops.h"

#include <stdio.h>
#include <string.h>

/* What lies at a target: page by page, and whose it is. */

#define PAGE_MAX 1000 /* objects looked at for one answer; also what stores give at most */
#define NAMES_MAX 1000

/* Names that no target of ours gives are nobody's business here. */
static enum err_code add_entry(void *payload, const struct transport_entry *entry, struct err *err)
{
    struct js *entries = payload;
    if (!transport_name_is_safe(entry->name))
        return ERR_OK;
    if (!js_push(entries, js_pack("{s:s, s:I, s:s}", "name", entry->name, "size",
                                  (long long)entry->size_bytes, "tag", entry->tag)))
        return err_set(err, ERR_NO_MEMORY, "no memory for the list");
    return ERR_OK;
}

enum err_code upload_list(void *self, struct worker_call *call, struct worker_answer *answer,
                          struct err *err)
{
    struct target *target = NULL;
    AUTO(js) struct js *entries = js_array();
    char next[TRANSPORT_KEY_SIZE] = "";
    int64_t max = js_int_or(call->args, "max", PAGE_MAX);
    struct transport_page page = {
        .prefix = js_text_or(call->args, "prefix", ""),
        .after = js_text_or(call->args, "after", ""),
        .max = max > 0 && max < PAGE_MAX ? (size_t)max : PAGE_MAX,
    };
    enum err_code code = upload_find_target(self, call, answer, &target, err);
    if (!code && !entries)
        code = err_set(err, ERR_NO_MEMORY, "no memory for the list");
    if (!code)
        code = target_list(target, &page, add_entry, entries, next, err);
    if (code)
        return code;
    answer->ok = js_pack("{s:O, s:s?}", "entries", entries, "next", *next ? next : NULL);
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for the answer");
}

static bool is_newer(const char *record_id, int64_t since_us)
{
    return since_us > 0 && *record_id && id_time_us(record_id) >= since_us;
}

/* One name: its record; and the result code there when the record is newer than `since_us`. */
static enum err_code add_owner(struct target *target, const char *name, int64_t since_us,
                               struct js *owners, struct err *err)
{
    char record_id[ID_SIZE] = "", result_code[TARGET_RESULT_CODE_SIZE] = "";
    enum err_code code = target_whose(target, name, record_id, err);
    if (!code && is_newer(record_id, since_us))
        code = target_code_of(target, name, result_code, err);
    if (code == ERR_NOT_FOUND || code == ERR_TARGET_MISMATCH) /* somebody is still writing it */
        code = ERR_OK;
    if (code)
        return code;
    if (!js_push(owners, js_pack("{s:s, s:s?, s:s?}", "name", name, "record_id",
                                 *record_id ? record_id : NULL, "result_code",
                                 *result_code ? result_code : NULL)))
        return err_set(err, ERR_NO_MEMORY, "no memory for the list");
    return ERR_OK;
}

enum err_code upload_owners(void *self, struct worker_call *call, struct worker_answer *answer,
                            struct err *err)
{
    struct target *target = NULL;
    const struct js *names = NULL;
    AUTO(js) struct js *owners = js_array();
    enum err_code code = upload_find_target(self, call, answer, &target, err);
    if (!code)
        code = js_get_array(call->args, "names", &names, err);
    if (!code && js_count(names) > NAMES_MAX)
        code = err_set(err, ERR_TOO_LARGE, "more than %d names", NAMES_MAX);
    for (size_t i = 0; !code && i < js_count(names); i++)
        code = add_owner(target, js_text_or(js_item(names, i), "", ""),
                         js_int_or(call->args, "since_us", 0), owners, err);
    if (code)
        return code;
    answer->ok = js_pack("{s:O}", "owners", owners);
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for the answer");
}
