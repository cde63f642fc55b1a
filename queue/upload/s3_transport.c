#include "queue/upload/s3_transport.h"

#include "daemon/base/sys.h"

#include <stdio.h>
#include <string.h>

#define NAME_SIZE (2 * TRANSPORT_NAME_SIZE)

struct s3_transport {
    struct transport transport;
    struct http_transport *http;
    struct s3_place place;
    char *prefix;
    bool lacks_conditions; /* as this store said */
};

static enum err_code exchange(struct s3_transport *s3, const struct s3_call *call,
                              struct http_reply *out, struct err *err)
{
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    enum err_code code = s3_build(&s3->place, call, sys_now_us(), &request, err);
    return code ? code : http_exchange(s3->http, &request, out, err);
}

static enum err_code key_of(const struct s3_transport *s3, const char *name, char out[NAME_SIZE],
                            struct err *err)
{
    if (!transport_name_is_safe(name))
        return err_set(err, ERR_BAD_ARGUMENT, "not a name for an object");
    snprintf(out, NAME_SIZE, "%s%s", s3->prefix, name);
    return ERR_OK;
}

/* Is there anything under that key? */
static enum err_code look(struct s3_transport *s3, const char *key, bool *out_there,
                          struct err *err)
{
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code =
        exchange(s3, &(struct s3_call){.method = "HEAD", .key = key, .fd = -1}, &reply, err);
    if (!code)
        code = s3_read(&reply, err);
    if (code && code != ERR_NOT_FOUND)
        return code;
    *out_there = !code;
    return ERR_OK;
}

/* ---- small objects ----------------------------------------------------------------------------
 */

static enum err_code put_whole(struct s3_transport *s3, const char *key,
                               const struct transport_body *body, bool *out_created,
                               struct err *err)
{
    struct s3_call call = {.method = "PUT",
                           .key = key,
                           .fd = body->fd,
                           .size = body->size_bytes,
                           .payload_sha256 = body->sha256,
                           .if_absent = !s3->lacks_conditions};
    if (s3->lacks_conditions) {
        bool there = false;
        enum err_code code = look(s3, key, &there, err);
        if (code || there) {
            *out_created = false;
            return code;
        }
    }
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code = exchange(s3, &call, &reply, err);
    if (code)
        return code;
    if (call.if_absent && s3_lacks_conditions(&reply)) {
        s3->lacks_conditions = true;
        return put_whole(s3, key, body, out_created, err);
    }
    bool exists = call.if_absent && s3_exists(&reply);
    code = exists ? ERR_OK : s3_read(&reply, err);
    if (!code)
        *out_created = !exists;
    return code;
}

/* ---- large objects: in parts ------------------------------------------------------------------
 */

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

static enum err_code find_upload(struct s3_transport *s3, const char *key, struct parts *parts,
                                 struct err *err)
{
    AUTO(mem) char *encoded = sigv4_encode(key, false);
    AUTO(mem) char *query = encoded ? mem_printf("uploads=&prefix=%s", encoded) : NULL;
    if (!query)
        return err_set(err, ERR_NO_MEMORY, "no memory for a request");
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code =
        exchange(s3, &(struct s3_call){.method = "GET", .query = query, .fd = -1}, &reply, err);
    return code ? code : s3_read_uploads(&reply, key, parts->id, err);
}

static enum err_code begin_upload(struct s3_transport *s3, const char *key, struct parts *parts,
                                  struct err *err)
{
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code =
        exchange(s3, &(struct s3_call){.method = "POST", .key = key, .query = "uploads=", .fd = -1},
                 &reply, err);
    return code ? code : s3_read_begun(&reply, parts->id, err);
}

static enum err_code list_parts(struct s3_transport *s3, const char *key, const char *id,
                                struct parts *parts, struct err *err)
{
    for (int next = 0;;) {
        AUTO(mem) char *query = mem_printf("part-number-marker=%d&uploadId=%s", next, id);
        if (!query)
            return err_set(err, ERR_NO_MEMORY, "no memory for a request");
        AUTO(http_reply) struct http_reply reply = {0};
        int before = next;
        enum err_code code =
            exchange(s3, &(struct s3_call){.method = "GET", .key = key, .query = query, .fd = -1},
                     &reply, err);
        if (!code)
            code = s3_read_parts(&reply, parts->list, parts->count, &next, err);
        if (code || next <= before)
            return code;
    }
}

static enum err_code put_part(struct s3_transport *s3, const char *key, const char *id,
                              const struct transport_body *body, struct parts *parts, size_t i,
                              struct err *err)
{
    char sha256[HASH_HEX_SIZE];
    uint64_t offset = i * parts->size, size = size_of_part(parts, body, i);
    AUTO(mem) char *query = mem_printf("partNumber=%zu&uploadId=%s", i + 1, id);
    if (!query)
        return err_set(err, ERR_NO_MEMORY, "no memory for a request");
    enum err_code code = hash_range(body->fd, offset, size, sha256, err);
    AUTO(http_reply) struct http_reply reply = {0};
    if (!code)
        code = exchange(s3,
                        &(struct s3_call){.method = "PUT",
                                          .key = key,
                                          .query = query,
                                          .fd = body->fd,
                                          .offset = offset,
                                          .size = size,
                                          .payload_sha256 = sha256},
                        &reply, err);
    if (!code)
        code = s3_read(&reply, err);
    const char *tag = code ? NULL : http_reply_field(&reply, "ETag");
    if (!code && !tag)
        return err_set(err, ERR_TARGET_BAD_REPLY, "a part was stored without an ETag");
    if (!code)
        snprintf(parts->list[i].tag, sizeof parts->list[i].tag, "%s", tag);
    return code;
}

static enum err_code complete_upload(struct s3_transport *s3, const char *key, const char *id,
                                     const struct parts *parts, struct err *err)
{
    AUTO(mem) char *query = mem_printf("uploadId=%s", id);
    AUTO(mem) char *text = s3_completion(parts->list, parts->count);
    if (!query || !text)
        return err_set(err, ERR_NO_MEMORY, "no memory for a request");
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code = exchange(
        s3, &(struct s3_call){.method = "POST", .key = key, .query = query, .fd = -1, .text = text},
        &reply, err);
    return code ? code : s3_read_completed(&reply, err);
}

static enum err_code send_parts(struct s3_transport *s3, const char *key,
                                const struct transport_body *body, struct parts *parts,
                                struct err *err)
{
    bool goes_on = false;
    enum err_code code = find_upload(s3, key, parts, err);
    if (!code)
        goes_on = *parts->id != '\0';
    if (!code && !goes_on)
        code = begin_upload(s3, key, parts, err);
    if (code)
        return code;
    AUTO(mem) char *id = sigv4_encode(parts->id, false);
    if (!id)
        return err_set(err, ERR_NO_MEMORY, "no memory for a request");
    if (goes_on)
        code = list_parts(s3, key, id, parts, err);
    for (size_t i = 0; !code && i < parts->count; i++) {
        bool there = *parts->list[i].tag && parts->list[i].size == size_of_part(parts, body, i);
        if (!there)
            code = put_part(s3, key, id, body, parts, i, err);
    }
    return code ? code : complete_upload(s3, key, id, parts, err);
}

static enum err_code put_parts(struct s3_transport *s3, const char *key,
                               const struct transport_body *body, bool *out_created,
                               struct err *err)
{
    bool there = false;
    enum err_code code = look(s3, key, &there, err);
    if (code || there) {
        *out_created = false;
        return code;
    }
    struct parts parts = {.size = S3_PART_BYTES};
    while (body->size_bytes / parts.size >= S3_PARTS_MAX)
        parts.size *= 2;
    parts.count = (size_t)((body->size_bytes + parts.size - 1) / parts.size);
    AUTO(mem) struct s3_part *list = mem_array(parts.count, sizeof *list);
    if (!list)
        return err_set(err, ERR_NO_MEMORY, "no memory for the parts of a file");
    parts.list = list;
    code = send_parts(s3, key, body, &parts, err);
    if (!code)
        *out_created = true;
    return code;
}

/* ---- the transport ----------------------------------------------------------------------------
 */

static enum err_code s3_put(struct transport *transport, const char *name, const char *owner,
                            const struct transport_body *body, bool *out_created, struct err *err)
{
    (void)owner;
    struct s3_transport *s3 = (struct s3_transport *)transport;
    char key[NAME_SIZE];
    enum err_code code = key_of(s3, name, key, err);
    if (code)
        return code;
    return body->size_bytes > S3_PART_BYTES ? put_parts(s3, key, body, out_created, err)
                                            : put_whole(s3, key, body, out_created, err);
}

static enum err_code s3_hash(struct transport *transport, const char *name,
                             struct transport_held *out, struct err *err)
{
    struct s3_transport *s3 = (struct s3_transport *)transport;
    char key[NAME_SIZE];
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code = key_of(s3, name, key, err);
    if (!code)
        code = exchange(
            s3, &(struct s3_call){.method = "GET", .key = key, .fd = -1, .hash_reply = true},
            &reply, err);
    if (!code)
        code = s3_read(&reply, err);
    if (code)
        return code;
    struct transport_held held = {.size_bytes = reply.size};
    const char *tag = http_reply_field(&reply, "ETag");
    memcpy(held.sha256, reply.sha256, sizeof held.sha256);
    snprintf(held.tag, sizeof held.tag, "%s", tag ? tag : "");
    *out = held;
    return ERR_OK;
}

static enum err_code s3_text(struct transport *transport, const char *name, size_t max_bytes,
                             char **out, size_t *out_size, struct err *err)
{
    struct s3_transport *s3 = (struct s3_transport *)transport;
    char key[NAME_SIZE];
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code = key_of(s3, name, key, err);
    if (!code)
        code = exchange(s3, &(struct s3_call){.method = "GET", .key = key, .fd = -1}, &reply, err);
    if (!code)
        code = s3_read(&reply, err);
    if (code)
        return code;
    if (reply.text_size > max_bytes)
        return err_set(err, ERR_TOO_LARGE, "%zu bytes, at most %zu", reply.text_size, max_bytes);
    *out = TAKE(reply.text);
    *out_size = reply.text_size;
    return ERR_OK;
}

/* Names without our prefix, bookkeeping left out. */
struct naming {
    size_t prefix_size;
    transport_entry_fn *entry;
    void *payload;
};

static enum err_code name_entry(void *self, const struct transport_entry *entry, struct err *err)
{
    const struct naming *naming = self;
    if (strlen(entry->name) <= naming->prefix_size)
        return ERR_OK;
    struct transport_entry named = *entry;
    named.name += naming->prefix_size;
    const char *slash = strrchr(named.name, '/');
    const char *file = slash ? slash + 1 : named.name;
    return *file == '.' ? ERR_OK : naming->entry(naming->payload, &named, err);
}

static enum err_code s3_list(struct transport *transport, const char *prefix,
                             transport_entry_fn *entry, void *payload, struct err *err)
{
    struct s3_transport *s3 = (struct s3_transport *)transport;
    struct naming naming = {strlen(s3->prefix), entry, payload};
    AUTO(mem) char *whole_prefix = mem_printf("%s%s", s3->prefix, prefix);
    AUTO(mem) char *from = NULL;
    do {
        AUTO(mem) char *query = whole_prefix ? s3_list_query(whole_prefix, from) : NULL;
        if (!query)
            return err_set(err, ERR_NO_MEMORY, "no memory for a request");
        AUTO(http_reply) struct http_reply reply = {0};
        enum err_code code =
            exchange(s3, &(struct s3_call){.method = "GET", .query = query, .fd = -1}, &reply, err);
        char *next = NULL;
        if (!code)
            code = s3_read_list(&reply, name_entry, &naming, &next, err);
        if (code)
            return code;
        mem_free(from);
        from = next;
    } while (from && *from);
    return ERR_OK;
}

/* A put is all or nothing, and parts of a cut try are gone on with. */
static enum err_code s3_sweep(struct transport *transport, const char *name, const char *owner,
                              struct err *err)
{
    (void)transport;
    (void)name;
    (void)owner;
    (void)err;
    return ERR_OK;
}

static void wipe(const char *secret)
{
    if (secret)
        explicit_bzero((char *)secret, strlen(secret));
    mem_free((char *)secret);
}

static void s3_free(struct transport *transport)
{
    struct s3_transport *s3 = (struct s3_transport *)transport;
    http_transport_free(s3->http);
    mem_free((char *)s3->place.endpoint);
    mem_free((char *)s3->place.bucket);
    mem_free((char *)s3->place.keys.access_key);
    mem_free((char *)s3->place.keys.region);
    wipe(s3->place.keys.secret_key);
    wipe(s3->place.session_token);
    mem_free(s3->prefix);
    mem_free(s3);
}

static const struct transport_ops s3_ops = {
    .put_if_absent = s3_put,
    .hash_back = s3_hash,
    .text_back = s3_text,
    .list_prefix = s3_list,
    .sweep = s3_sweep,
    .free = s3_free,
};

enum err_code s3_transport_new(struct http_transport *http, const struct s3_place *place,
                               const char *prefix, struct transport **out, struct err *err)
{
    struct s3_transport *s3 = mem_alloc(sizeof *s3);
    if (!s3) {
        http_transport_free(http);
        return err_set(err, ERR_NO_MEMORY, "no memory for a transport");
    }
    *s3 = (struct s3_transport){
        .transport.ops = &s3_ops,
        .http = http,
        .place = {.endpoint = mem_strdup(place->endpoint),
                  .bucket = mem_strdup(place->bucket),
                  .virtual_style = place->virtual_style,
                  .keys = {.access_key = mem_strdup(place->keys.access_key),
                           .secret_key = mem_strdup(place->keys.secret_key),
                           .region = mem_strdup(place->keys.region),
                           .service = "s3"},
                  .session_token = mem_strdup(place->session_token)},
        .prefix = mem_strdup(prefix),
    };
    bool copied = s3->place.endpoint && s3->place.bucket && s3->place.keys.access_key &&
                  s3->place.keys.secret_key && s3->place.keys.region && s3->prefix &&
                  !place->session_token == !s3->place.session_token;
    if (!copied) {
        s3_free(&s3->transport);
        return err_set(err, ERR_NO_MEMORY, "no memory for a transport");
    }
    *out = &s3->transport;
    return ERR_OK;
}
