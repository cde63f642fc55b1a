#include "queue/upload/s3_inside.h"

#include "daemon/base/hash.h"
#include "queue/upload/s3_transport.h"

#include <stdio.h>
#include <string.h>

#define LEFT_MAX 16 /* uploads of one key that killed tries can have left */

struct parts {
    char id[S3_UPLOAD_ID_SIZE];
    uint64_t size; /* of each but the last */
    size_t count;
    struct s3_part *list;
};

static uint64_t size_of_part(const struct parts *parts, const struct transport_body *body, size_t i)
{
    uint64_t left = body->size_bytes - i * parts->size;
    return left < parts->size ? left : parts->size;
}

/* "<more>uploadId=…"; NULL when out of memory. */
static char *query_of(const struct parts *parts, const char *more)
{
    AUTO(mem) char *id = sigv4_encode(parts->id, false);
    return id ? mem_printf("%suploadId=%s", more, id) : NULL;
}

static enum err_code find_upload(struct s3_transport *s3, const char *key, struct parts *parts,
                                 struct err *err)
{
    AUTO(mem) char *encoded = sigv4_encode(key, false);
    AUTO(mem) char *query = encoded ? mem_printf("uploads=&prefix=%s", encoded) : NULL;
    if (!query)
        return err_set(err, ERR_NO_MEMORY, "no memory for a request");
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code =
        s3_exchange(s3, &(struct s3_call){.method = "GET", .query = query, .fd = -1}, &reply, err);
    return code ? code : s3_read_uploads(&reply, key, parts->id, err);
}

static enum err_code begin_upload(struct s3_transport *s3, const char *key, struct parts *parts,
                                  struct err *err)
{
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code = s3_exchange(
        s3, &(struct s3_call){.method = "POST", .key = key, .query = "uploads=", .fd = -1}, &reply,
        err);
    return code ? code : s3_read_begun(&reply, parts->id, err);
}

static enum err_code list_parts(struct s3_transport *s3, const char *key, struct parts *parts,
                                struct err *err)
{
    for (int next = 0;;) {
        char marker[40];
        snprintf(marker, sizeof marker, "part-number-marker=%d&", next);
        AUTO(mem) char *query = query_of(parts, marker);
        if (!query)
            return err_set(err, ERR_NO_MEMORY, "no memory for a request");
        AUTO(http_reply) struct http_reply reply = {0};
        int before = next;
        enum err_code code = s3_exchange(
            s3, &(struct s3_call){.method = "GET", .key = key, .query = query, .fd = -1}, &reply,
            err);
        if (!code)
            code = s3_read_parts(&reply, parts->list, parts->count, &next, err);
        if (code || next <= before)
            return code;
    }
}

static enum err_code put_part(struct s3_transport *s3, const char *key,
                              const struct transport_body *body, struct parts *parts, size_t i,
                              struct err *err)
{
    char sha256[HASH_HEX_SIZE], number[40];
    uint64_t offset = i * parts->size, size = size_of_part(parts, body, i);
    snprintf(number, sizeof number, "partNumber=%zu&", i + 1);
    AUTO(mem) char *query = query_of(parts, number);
    if (!query)
        return err_set(err, ERR_NO_MEMORY, "no memory for a request");
    AUTO(mem) char *md5 = NULL;
    enum err_code code = hash_range(body->fd, offset, size, sha256, err);
    if (!code)
        code = s3_md5(body->fd, offset, size, &md5, err);
    AUTO(http_reply) struct http_reply reply = {0};
    if (!code)
        code = s3_exchange(s3,
                           &(struct s3_call){.method = "PUT",
                                             .key = key,
                                             .query = query,
                                             .fd = body->fd,
                                             .offset = offset,
                                             .size = size,
                                             .payload_sha256 = sha256,
                                             .content_md5 = md5},
                           &reply, err);
    if (!code)
        code = s3_read(&reply, err);
    const char *tag = code ? NULL : http_reply_field(&reply, "ETag");
    if (!code && (!tag || strlen(tag) >= sizeof parts->list[i].tag))
        return err_set(err, ERR_TARGET_BAD_REPLY, "a part was stored without an ETag");
    if (!code)
        snprintf(parts->list[i].tag, sizeof parts->list[i].tag, "%s", tag);
    return code;
}

static enum err_code complete_upload(struct s3_transport *s3, const char *key,
                                     const struct parts *parts, struct err *err)
{
    AUTO(mem) char *query = query_of(parts, "");
    AUTO(mem) char *text = s3_completion(parts->list, parts->count);
    if (!query || !text)
        return err_set(err, ERR_NO_MEMORY, "no memory for a request");
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code = s3_exchange(
        s3, &(struct s3_call){.method = "POST", .key = key, .query = query, .fd = -1, .text = text},
        &reply, err);
    return code ? code : s3_read_completed(&reply, err);
}

/* Goes on with what an earlier try left, or begins. */
static enum err_code open_upload(struct s3_transport *s3, const char *key, struct parts *parts,
                                 struct err *err)
{
    enum err_code code = find_upload(s3, key, parts, err);
    if (!code && *parts->id)
        code = list_parts(s3, key, parts, err);
    bool is_gone = code == ERR_NOT_FOUND; /* listed still, and over */
    return is_gone || (!code && !*parts->id) ? begin_upload(s3, key, parts, err) : code;
}

static enum err_code send_parts(struct s3_transport *s3, const char *key,
                                const struct transport_body *body, struct parts *parts,
                                struct err *err)
{
    enum err_code code = open_upload(s3, key, parts, err);
    for (size_t i = 0; !code && i < parts->count; i++) {
        bool there = *parts->list[i].tag && parts->list[i].size == size_of_part(parts, body, i);
        if (!there)
            code = put_part(s3, key, body, parts, i, err);
    }
    return code ? code : complete_upload(s3, key, parts, err);
}

enum err_code s3_sweep_uploads(struct s3_transport *s3, const char *key, struct err *err)
{
    for (int i = 0; i < LEFT_MAX; i++) {
        struct parts left = {0};
        enum err_code code = find_upload(s3, key, &left, err);
        if (code || !*left.id)
            return code;
        AUTO(mem) char *query = query_of(&left, "");
        if (!query)
            return err_set(err, ERR_NO_MEMORY, "no memory for a request");
        AUTO(http_reply) struct http_reply reply = {0};
        code = s3_exchange(
            s3, &(struct s3_call){.method = "DELETE", .key = key, .query = query, .fd = -1}, &reply,
            err);
        if (!code)
            code = s3_read(&reply, err);
        if (code && code != ERR_NOT_FOUND)
            return code;
    }
    return ERR_OK;
}

static enum err_code alloc_parts(const struct transport_body *body, struct parts *out,
                                 struct err *err)
{
    struct parts parts = {.size = S3_PART_BYTES};
    while (body->size_bytes / parts.size >= S3_PARTS_MAX)
        parts.size *= 2;
    parts.count = (size_t)((body->size_bytes + parts.size - 1) / parts.size);
    parts.list = mem_array(parts.count, sizeof *parts.list);
    if (!parts.list)
        return err_set(err, ERR_NO_MEMORY, "no memory for the parts of a file");
    *out = parts;
    return ERR_OK;
}

/* An upload that is no more: its completion came through and the answer did not, or somebody ended
 * it over there. */
static enum err_code read_vanished(struct s3_transport *s3, const char *key, bool *out_there,
                                   struct err *err)
{
    enum err_code code = s3_look(s3, key, out_there, err);
    return code || *out_there ? code
                              : err_set(err, ERR_TARGET_BUSY, "an upload in parts is gone there");
}

enum err_code s3_put_parts(struct s3_transport *s3, const char *key,
                           const struct transport_body *body, bool *out_created, struct err *err)
{
    bool there = false;
    enum err_code code = s3_look(s3, key, &there, err);
    if (!code && !there) {
        struct parts parts = {0};
        code = alloc_parts(body, &parts, err);
        AUTO(mem) struct s3_part *list = parts.list;
        if (!code)
            code = send_parts(s3, key, body, &parts, err);
        if (code == ERR_NOT_FOUND)
            code = read_vanished(s3, key, &there, err);
    }
    if (!code)
        code = s3_sweep_uploads(s3, key, err);
    if (!code)
        *out_created = !there;
    return code;
}
