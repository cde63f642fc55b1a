#include "queue/upload/s3_transport.h"

#include "daemon/base/sys.h"
#include "queue/upload/base64.h"
#include "queue/upload/s3_inside.h"

#include <stdio.h>
#include <string.h>

#define NAME_SIZE (2 * TRANSPORT_NAME_SIZE)

enum err_code s3_exchange(struct s3_transport *s3, const struct s3_call *call,
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

enum err_code s3_md5(int fd, uint64_t offset, uint64_t size, char **out, struct err *err)
{
    unsigned char raw[HASH_MD5_SIZE];
    enum err_code code = hash_range_md5(fd, offset, size, raw, err);
    char *text = code ? NULL : base64_encode(raw, sizeof raw);
    if (!code && !text)
        return err_set(err, ERR_NO_MEMORY, "no memory for a request");
    if (!code)
        *out = text;
    return code;
}

/* What may not even be read is no read-only store: it does not know these keys. */
static enum err_code read_got(const struct http_reply *reply, struct err *err)
{
    enum err_code code = s3_read(reply, err);
    return code == ERR_TARGET_READ_ONLY
               ? err_set(err, ERR_TARGET_AUTH, "HTTP %d, may not be read", reply->status)
               : code;
}

/* An answer to HEAD has no body to say why it is a refusal: the same is asked with GET. */
static enum err_code ask_why(struct s3_transport *s3, const char *key, struct err *err)
{
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code = s3_exchange(
        s3, &(struct s3_call){.method = "GET", .key = key, .fd = -1, .hash_reply = true}, &reply,
        err);
    return code ? code : read_got(&reply, err);
}

enum err_code s3_look(struct s3_transport *s3, const char *key, bool *out_there, struct err *err)
{
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code =
        s3_exchange(s3, &(struct s3_call){.method = "HEAD", .key = key, .fd = -1}, &reply, err);
    if (!code)
        code = s3_read(&reply, err);
    if (code && code != ERR_NOT_FOUND && reply.status >= 400 && reply.status < 500)
        code = ask_why(s3, key, err);
    if (code && code != ERR_NOT_FOUND)
        return code;
    *out_there = !code;
    return ERR_OK;
}

static void learn_condition(struct s3_transport *s3, const struct http_reply *reply)
{
    if (s3_lacks_conditions(reply))
        s3->condition = S3_CONDITION_NONE;
    else if (s3_keeps_versions(reply))
        s3->condition = S3_CONDITION_FAILS;
    else if (s3_exists(reply) || s3_stored(reply))
        s3->condition = S3_CONDITION_HOLDS;
}

/* *out_is_blind: these keys may write and not look; the condition is all there is. */
static enum err_code look_before_put(struct s3_transport *s3, const char *key, bool *out_there,
                                     bool *out_is_blind, struct err *err)
{
    if (s3->condition == S3_CONDITION_HOLDS)
        return ERR_OK;
    enum err_code code = s3_look(s3, key, out_there, err);
    *out_is_blind = code == ERR_TARGET_AUTH && s3->condition != S3_CONDITION_NONE;
    return *out_is_blind ? ERR_OK : code;
}

static enum err_code put_whole(struct s3_transport *s3, const char *key,
                               const struct transport_body *body, bool *out_created,
                               struct err *err)
{
    bool there = false, is_blind = false;
    enum err_code code = look_before_put(s3, key, &there, &is_blind, err);
    if (code || there) {
        *out_created = false;
        return code;
    }
    AUTO(mem) char *md5 = NULL;
    bool may_lock = s3->condition != S3_CONDITION_HOLDS; /* object lock needs versions */
    if (may_lock)
        code = s3_md5(body->fd, 0, body->size_bytes, &md5, err);
    if (code)
        return code;
    struct s3_call call = {.method = "PUT",
                           .key = key,
                           .fd = body->fd,
                           .size = body->size_bytes,
                           .payload_sha256 = body->sha256,
                           .content_md5 = md5,
                           .if_absent = s3->condition != S3_CONDITION_NONE,
                           .once = may_lock};
    AUTO(http_reply) struct http_reply reply = {0};
    code = s3_exchange(s3, &call, &reply, err);
    if (code)
        return code;
    if (call.if_absent)
        learn_condition(s3, &reply);
    if (call.if_absent && s3->condition == S3_CONDITION_NONE)
        return put_whole(s3, key, body, out_created, err);
    bool exists = call.if_absent && s3_exists(&reply);
    code = exists ? ERR_OK : is_blind ? read_got(&reply, err) : s3_read(&reply, err);
    if (!code)
        *out_created = !exists;
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
    bool created = false;
    code = body->size_bytes > S3_PART_BYTES ? s3_put_parts(s3, key, body, &created, err)
                                            : put_whole(s3, key, body, &created, err);
    if (code == ERR_NOT_FOUND) /* a reply to something else, on a line that repeats them */
        return err_set(err, ERR_TARGET_BAD_REPLY, "a put answered with 'no such object'");
    if (code)
        return code;
    s3->doubts = !created;
    *out_created = created;
    return ERR_OK;
}

static enum err_code s3_hash(struct transport *transport, const char *name,
                             struct transport_held *out, struct err *err)
{
    struct s3_transport *s3 = (struct s3_transport *)transport;
    char key[NAME_SIZE];
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code = key_of(s3, name, key, err);
    if (!code)
        code = s3_exchange(
            s3,
            &(struct s3_call){
                .method = "GET", .key = key, .fd = -1, .hash_reply = true, .fresh = s3->doubts},
            &reply, err);
    if (!code)
        code = read_got(&reply, err);
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
        code =
            s3_exchange(s3, &(struct s3_call){.method = "GET", .key = key, .fd = -1}, &reply, err);
    if (!code)
        code = read_got(&reply, err);
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
    char last[TRANSPORT_KEY_SIZE]; /* with the prefix */
};

/* A store that is asked for names behind one and gives others would be asked for ever. */
static enum err_code name_entry(void *self, const struct transport_entry *entry, struct err *err)
{
    struct naming *naming = self;
    if (strcmp(entry->name, naming->last) <= 0)
        return err_set(err, ERR_TARGET_BAD_REPLY, "a listing that is not in the order of names");
    snprintf(naming->last, sizeof naming->last, "%s", entry->name);
    if (strlen(entry->name) <= naming->prefix_size)
        return ERR_OK;
    struct transport_entry named = *entry;
    named.name += naming->prefix_size;
    const char *slash = strrchr(named.name, '/');
    const char *file = slash ? slash + 1 : named.name;
    return *file == '.' ? ERR_OK : naming->entry(naming->payload, &named, err);
}

static enum err_code s3_list(struct transport *transport, const struct transport_page *page,
                             transport_entry_fn *entry, void *payload,
                             char out_next[TRANSPORT_KEY_SIZE], struct err *err)
{
    struct s3_transport *s3 = (struct s3_transport *)transport;
    struct naming naming = {strlen(s3->prefix), entry, payload, ""};
    bool first = !*page->after, more = false;
    snprintf(naming.last, sizeof naming.last, "%s%s", first ? "" : s3->prefix, page->after);
    AUTO(mem) char *prefix = mem_printf("%s%s", s3->prefix, page->prefix);
    AUTO(mem)
    char *query = prefix ? s3_list_query(prefix, first ? NULL : naming.last, page->max) : NULL;
    if (!query)
        return err_set(err, ERR_NO_MEMORY, "no memory for a request");
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code =
        s3_exchange(s3, &(struct s3_call){.method = "GET", .query = query, .fd = -1}, &reply, err);
    if (!code)
        code = s3_read_list(&reply, name_entry, &naming, &more, err);
    if (code)
        return code;
    bool came = strlen(naming.last) > naming.prefix_size &&
                strcmp(naming.last + naming.prefix_size, page->after) != 0;
    if (more && !came)
        return err_set(err, ERR_TARGET_BAD_REPLY, "a listing with more to come and nothing in it");
    snprintf(out_next, TRANSPORT_KEY_SIZE, "%s", more ? naming.last + naming.prefix_size : "");
    return ERR_OK;
}

/* A put is all or nothing; parts of a cut try are gone on with, others swept, by s3_put_parts. */
static enum err_code s3_sweep(struct transport *transport, const char *name, const char *owner,
                              struct err *err)
{
    (void)transport;
    (void)name;
    (void)owner;
    (void)err;
    return ERR_OK;
}

#define VERSIONS_MAX 16

/* In a bucket that keeps versions a plain DELETE only hides: the version itself has to be named.
 * *out_there: there was one. */
static enum err_code remove_version(struct s3_transport *s3, const char *key, bool *out_there,
                                    struct err *err)
{
    AUTO(http_reply) struct http_reply seen = {0};
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code =
        s3_exchange(s3, &(struct s3_call){.method = "HEAD", .key = key, .fd = -1}, &seen, err);
    if (!code)
        code = s3_read(&seen, err);
    *out_there = !code;
    if (code)
        return code == ERR_NOT_FOUND ? ERR_OK : code;
    const char *version = http_reply_field(&seen, "x-amz-version-id");
    AUTO(mem) char *encoded = sigv4_encode(version ? version : "", false);
    AUTO(mem) char *query = encoded ? mem_printf("versionId=%s", encoded) : NULL;
    if (!query)
        return err_set(err, ERR_NO_MEMORY, "no memory for a request");
    struct s3_call call = {
        .method = "DELETE", .key = key, .query = version ? query : NULL, .fd = -1};
    code = s3_exchange(s3, &call, &reply, err);
    return code ? code : s3_read(&reply, err);
}

static enum err_code s3_remove(struct transport *transport, const char *name, struct err *err)
{
    struct s3_transport *s3 = (struct s3_transport *)transport;
    char key[NAME_SIZE];
    enum err_code code = key_of(s3, name, key, err);
    bool there = true;
    for (int i = 0; !code && there && i < VERSIONS_MAX; i++)
        code = remove_version(s3, key, &there, err);
    if (!code && there)
        return err_set(err, ERR_TARGET_READ_ONLY, "an object stays although it was removed");
    return code ? code : s3_sweep_uploads(s3, key, err);
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
    .list = s3_list,
    .sweep = s3_sweep,
    .remove = s3_remove,
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
