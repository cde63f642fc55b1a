#include "queue/upload/s3_message.h"

#include <stdlib.h>
#include <string.h>

/*
 * What an object store answers: a status in the first two bytes, then header lines up to an empty
 * one, then the body. Every reader gets it; what it hands out is ended text within its size.
 */

#define PARTS 20

static void must(bool holds)
{
    if (!holds)
        abort();
}

static enum err_code see_entry(void *payload, const struct transport_entry *entry, struct err *err)
{
    (void)err;
    must(strlen(entry->name) > 0 && strlen(entry->name) < TRANSPORT_KEY_SIZE);
    must(strlen(entry->tag) < TRANSPORT_TAG_SIZE);
    return ++*(int *)payload > 1000 ? ERR_TOO_LARGE : ERR_OK;
}

/* Header lines; the first byte of the body comes back. */
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

static void read_all(const struct http_reply *reply)
{
    int seen = 0, next_part = 0;
    bool more = false;
    char id[S3_UPLOAD_ID_SIZE] = "";
    struct s3_part parts[PARTS] = {0};
    struct err err = ERR_INIT;
    if (!s3_read(reply, &err))
        must(reply->status >= 200 && reply->status < 300);
    else
        must(err.code != ERR_OK && *err.detail);
    must(err.retry_after_us >= 0 && err.retry_after_us <= HTTP_PUT_OFF_MAX_US);
    s3_read_list(reply, see_entry, &seen, &more, NULL);
    s3_read_uploads(reply, "a/b", id, NULL);
    must(strlen(id) < sizeof id);
    s3_read_begun(reply, id, NULL);
    must(strlen(id) < sizeof id);
    s3_read_completed(reply, NULL);
    s3_read_parts(reply, parts, PARTS, &next_part, NULL);
    must(next_part >= 0 && next_part < S3_PARTS_MAX);
    for (int i = 0; i < PARTS; i++)
        must(strlen(parts[i].tag) < TRANSPORT_TAG_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 2)
        return 0;
    AUTO(http_reply) struct http_reply reply = {.status = (bytes[0] << 8 | bytes[1]) % 600};
    const char *end = (const char *)bytes + size;
    const char *body = read_lines((const char *)bytes + 2, end, &reply);
    reply.text_size = (size_t)(end - body);
    reply.text = mem_strndup(body, reply.text_size);
    must(reply.text != NULL);
    reply.text_size = strlen(reply.text);
    read_all(&reply);
    return 0;
}
