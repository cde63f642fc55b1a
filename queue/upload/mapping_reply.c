#include "queue/upload/mapping_reply.h"

#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "queue/upload/mapping_apply.h"

#include <string.h>

/* ---- which outcome ---------------------------------------------------------------------------
 */

static bool status_is_in(const struct js *list, int status)
{
    for (size_t i = 0; i < js_count(list); i++)
        if (js_int_or(js_item(list, i), "", 0) == status)
            return true;
    return false;
}

static bool is_value(const struct js *list, const char *text)
{
    for (size_t i = 0; i < js_count(list); i++) {
        AUTO(mem) char *wanted = mapping_scalar_text(js_item(list, i));
        if (wanted && (strcmp(wanted, text) == 0 || strcmp(wanted, "*") == 0))
            return true;
    }
    return false;
}

/* Receivers write "Hồ sơ đã tồn tại" in every way: letters' case and marks are passed over. */
static bool has_words(const struct js *list, const char *text)
{
    AUTO(mem) char *folded = text_fold(text);
    for (size_t i = 0; folded && i < js_count(list); i++) {
        AUTO(mem) char *words = text_fold(js_text_or(js_item(list, i), "", ""));
        if (words && *words && strstr(folded, words))
            return true;
    }
    return false;
}

/* What cannot be read says nothing but its status, and a page with status 200 not even that. */
static bool outcome_fits(const struct js *outcome, int status, const struct js *body, bool readable)
{
    const char *at = js_text_or(outcome, "at", NULL);
    if (js_at(outcome, "status") && !status_is_in(js_at(outcome, "status"), status))
        return false;
    if (!at)
        return readable || status >= 400;
    const struct js *found = js_at(body, at);
    AUTO(mem) char *text = found ? mapping_scalar_text(found) : NULL;
    return text && (is_value(js_at(outcome, "is"), text) || has_words(js_at(outcome, "has"), text));
}

static const char *find_outcome(const struct js *replies, int status, const struct js *body,
                                bool readable)
{
    const struct js *outcomes = js_at(replies, "outcomes");
    for (size_t i = 0; i < js_count(outcomes); i++)
        if (outcome_fits(js_item(outcomes, i), status, body, readable))
            return js_text_or(js_item(outcomes, i), "means", NULL);
    return NULL;
}

/* Where nothing in the mapping fits. An error of HTTP that no receiver's JSON comes with is one of
 * the network's. */
static const char *outcome_of_status(int status, const struct js *body)
{
    if (status == 401)
        return "login";
    if (status == 403 || status == 407)
        return "denied";
    if (status == 507)
        return "full";
    if (status == 408 || status == 425 || status == 429 || status >= 500)
        return "busy";
    if (status == 413 || status == 415)
        return "refused";
    if (status == 404 && body)
        return "not-found";
    return status >= 400 && body ? "refused" : "strange";
}

/* ---- what it means ---------------------------------------------------------------------------
 */

static const char *said_of(const struct js *replies, const struct js *body)
{
    const struct js *paths = js_at(replies, "said");
    for (size_t i = 0; i < js_count(paths); i++) {
        const char *text = js_text_or(body, js_text_or(js_item(paths, i), "", "?"), NULL);
        if (text && *text)
            return text;
    }
    return "";
}

static const struct {
    const char *name;
    enum mapping_meaning meaning;
    enum err_code code;
} meanings[] = {
    {"ok", MAPPING_OK, ERR_OK},
    {"exists", MAPPING_EXISTS, ERR_OK},
    {"not-found", MAPPING_NOT_FOUND, ERR_OK},
    {"login", MAPPING_LOGIN, ERR_OK},
    {"denied", 0, ERR_TARGET_AUTH},
    {"busy", 0, ERR_TARGET_BUSY},
    {"full", 0, ERR_TARGET_FULL},
    {"refused", 0, ERR_TARGET_REFUSED},
};

/* nginx lets the handshake pass and refuses our certificate, or its lack, with a page. */
static enum err_code strange(const struct http_reply *reply, struct err *err)
{
    if (reply->status == 400 && strstr(reply->text, "SSL certificate"))
        return err_set(err, ERR_TARGET_CERTIFICATE, "HTTP 400: our own certificate is refused");
    return err_set(err, ERR_TARGET_BAD_REPLY,
                   "HTTP %d, and nothing the receiver would say: a login page of the network?",
                   reply->status);
}

/* A reply with a body that is JSON, or with none at all; a page is neither. */
static bool parse_body(const struct http_reply *reply, struct js **out)
{
    if (reply->text_size == 0)
        return true;
    struct js *body = NULL;
    if (js_parse(reply->text, reply->text_size, &body, NULL))
        return false;
    *out = body;
    return true;
}

static const struct js *replies_of(const struct mapping *mapping, const struct js *operation)
{
    const struct js *own = js_at(operation, "replies");
    return own ? own : mapping_at(mapping, "replies");
}

enum err_code mapping_read(const struct mapping *mapping, const struct js *operation,
                           const struct http_reply *reply, enum mapping_meaning *out,
                           struct js **out_body, struct err *err)
{
    AUTO(js) struct js *body = NULL;
    const struct js *replies = replies_of(mapping, operation);
    bool readable = parse_body(reply, &body);
    const char *name = find_outcome(replies, reply->status, body, readable);
    if (!name)
        name = outcome_of_status(reply->status, body);
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        if (strcmp(name, meanings[i].name) != 0)
            continue;
        if (!meanings[i].code) {
            *out = meanings[i].meaning;
            *out_body = TAKE(body);
            return ERR_OK;
        }
        err_set(err, meanings[i].code, "HTTP %d, '%s'", reply->status, name);
        err_set_said(err, said_of(replies, body));
        http_reply_put_off(reply, sys_now_us(), err);
        return meanings[i].code;
    }
    return strange(reply, err);
}

/* ---- entries of lists ------------------------------------------------------------------------
 */

static bool entry_fits(const struct js *wanted, const struct js *entry)
{
    for (void *it = js_iter(wanted); it; it = js_iter_next(wanted, it)) {
        AUTO(mem) char *a = mapping_scalar_text(js_iter_value(it));
        const struct js *value = js_at(entry, js_iter_key(it));
        AUTO(mem) char *b = value ? mapping_scalar_text(value) : NULL;
        if (!a || !b || strcmp(a, b) != 0)
            return false;
    }
    return js_count(wanted) > 0;
}

static enum err_code check_entry(const struct js *find, const struct js *wanted,
                                 const struct js *roots, const struct js *entry, bool *out,
                                 struct err *err)
{
    *out = entry_fits(wanted, entry);
    const struct js *unless = js_at(find, "unless");
    if (!*out || !unless)
        return ERR_OK;
    AUTO(js) struct js *inner = mapping_roots_with_item(roots, entry);
    if (!inner)
        return err_set(err, ERR_NO_MEMORY, "an entry");
    *out = !mapping_holds(unless, inner);
    return ERR_OK;
}

static enum err_code find_in(const struct mapping *mapping, const struct js *find,
                             const struct js *roots, const struct js **out, struct err *err)
{
    AUTO(js) struct js *wanted = NULL;
    enum err_code code = mapping_build(mapping, js_at(find, "where"), roots, &wanted, err);
    const struct js *list = mapping_find_value(js_at(find, "in"), roots);
    for (size_t i = 0; !code && !*out && js_is_array(list) && i < js_count(list); i++) {
        bool fits = false;
        code = check_entry(find, wanted, roots, js_item(list, i), &fits, err);
        if (!code && fits)
            *out = js_item(list, i);
    }
    return code;
}

enum err_code mapping_find_entry(const struct mapping *mapping, const struct js *find,
                                 const struct js *roots, const struct js **out, struct err *err)
{
    enum err_code code = ERR_OK;
    *out = NULL;
    if (!js_is_array(find))
        return find_in(mapping, find, roots, out, err);
    for (size_t i = 0; !code && !*out && i < js_count(find); i++)
        code = find_in(mapping, js_item(find, i), roots, out, err);
    return code;
}
