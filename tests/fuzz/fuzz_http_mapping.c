#include "queue/upload/http_name.h"
#include "queue/upload/mapping_apply.h"
#include "queue/upload/mapping_reply.h"
#include "queue/upload/oauth.h"
#include "queue/upload/tus.h"

#include <stdlib.h>
#include <string.h>

/*
 * Kind http and what comes from outside to it, told by the first byte: 'm' a mapping file and then,
 * behind a NUL, an answer that is read by it; otherwise an answer to a mapping of ours. An answer
 * is a status in two bytes, header lines up to an empty one, a body.
 */

static const char ours[] =
    "{\"schema\": \"sohoa.mapping/1\", \"proof\": \"answer\", \"values\": {\"v\": {\"a\": 1, "
    "\"*\": "
    "null}}, \"replies\": {\"said\": [\"message\"], \"outcomes\": [{\"at\": \"message\", \"has\": "
    "[\"tồn tại\"], \"means\": \"exists\"}, {\"at\": \"error_code\", \"is\": [\"0\"], \"means\": "
    "\"ok\"}, {\"status\": [404], \"means\": \"not-found\"}]}, \"operations\": {\"send\": "
    "{\"path\": "
    "\"/\", \"take\": {\"held\": {\"$each\": \"reply.list\", \"$item\": {\"code\": {\"$from\": "
    "\"item.code\", \"$map\": \"v\"}, \"day\": {\"$from\": \"item.day\", \"$iso\": "
    "\"yyyyMMddHHmmss\"}, \"cut\": {\"$from\": \"item.name\", \"$max\": 5, \"$cut\": true}, \"n\": "
    "{\"$from\": \"item.n\", \"$as\": \"text\", \"$length\": true}}}}, \"find\": {\"in\": "
    "\"reply.list\", \"where\": {\"id\": \"x\"}, \"unless\": {\"item.gone\": [1, true]}}}, "
    "\"ask\": "
    "{\"path\": \"/\"}}}";

static void must(bool holds)
{
    if (!holds)
        abort();
}

static const char *read_lines(const char *at, const char *end, struct http_reply *reply)
{
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        size_t size = line_end ? (size_t)(line_end + 1 - at) : (size_t)(end - at);
        if (size == 1)
            return at + 1;
        must(http_reply_add_line(reply, at, size));
        at += size;
    }
    return end;
}

static void read_others(const struct http_reply *reply)
{
    AUTO(mem) char *token = NULL;
    int64_t lives_s = 0;
    uint64_t offset = 0;
    bool moved;
    char location[TUS_URL_SIZE] = "";
    if (!oauth_read(reply, &token, &lives_s, NULL))
        must(*token && !strpbrk(token, "\r\n"));
    if (!tus_read_offset(reply, 1000, &offset, NULL))
        must(offset <= 1000);
    tus_read_piece(reply, 1000, &moved, NULL);
    if (!tus_read_creation(reply, location, NULL))
        must(strlen(location) < sizeof location);
}

static void read_by(const struct mapping *mapping, const struct http_reply *reply)
{
    const struct js *send = mapping_operation(mapping, "send");
    AUTO(js) struct js *body = NULL;
    AUTO(js) struct js *taken = NULL;
    enum mapping_meaning meaning;
    struct err err = ERR_INIT;
    if (mapping_read(mapping, send, reply, &meaning, &body, &err)) {
        must(err.code != ERR_OK && *err.detail && !strpbrk(err.said, "\r\n\t"));
        return;
    }
    AUTO(js)
    struct js *roots =
        js_pack("{s:O?, s:{s:s}, s:{}}", "reply", body, "record", "record_id", "x", "constants");
    const struct js *entry = NULL;
    if (js_at(send, "find"))
        mapping_find_entry(mapping, js_at(send, "find"), roots, &entry, NULL);
    if (js_at(send, "take"))
        mapping_build(mapping, js_at(send, "take"), roots, &taken, NULL);
    if (js_at(send, "body")) {
        AUTO(js) struct js *built = NULL;
        mapping_build(mapping, js_at(send, "body"), roots, &built, NULL);
    }
    const struct js *name = mapping_at(mapping, "name");
    char text[TRANSPORT_NAME_SIZE];
    if (name && !http_name_write(name, roots, text, NULL))
        must(transport_name_is_safe(text));
}

static void read_reply(const struct mapping *mapping, const char *at, const char *end)
{
    if (end - at < 2)
        return;
    AUTO(http_reply)
    struct http_reply reply = {.status = ((unsigned char)at[0] << 8 | (unsigned char)at[1]) % 600};
    const char *body = read_lines(at + 2, end, &reply);
    reply.text = mem_strndup(body, (size_t)(end - body));
    must(reply.text != NULL);
    reply.text_size = strlen(reply.text);
    read_by(mapping, &reply);
    read_others(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    AUTO(mapping) struct mapping *mapping = NULL;
    struct err err = ERR_INIT;
    const char *at = (const char *)bytes, *end = at + size;
    bool theirs = size > 0 && *at == 'm';
    const char *text = theirs ? at + 1 : ours, *text_end = text + strlen(ours);
    if (theirs) {
        text_end = memchr(text, '\0', (size_t)(end - text));
        text_end = text_end ? text_end : end;
        at = text_end < end ? text_end + 1 : end;
    }
    if (mapping_parse("m", text, (size_t)(text_end - text), &mapping, &err)) {
        must(theirs && (err.code == ERR_MAPPING_BAD || err.code == ERR_NO_MEMORY));
        return 0;
    }
    read_reply(mapping, at, end);
    return 0;
}
