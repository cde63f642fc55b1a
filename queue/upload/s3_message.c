#include "queue/upload/s3_message.h"

#include "daemon/base/buf.h"
#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "queue/upload/s3_xml.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE_SIZE 64

/* ---- requests ---------------------------------------------------------------------------------
 */

/* "https://" | "host:port" | "/path" */
struct endpoint {
    const char *scheme, *authority, *path;
    int scheme_size, authority_size;
};

static bool split_endpoint(const char *url, struct endpoint *out)
{
    const char *authority = strstr(url, "://");
    if (!authority)
        return false;
    authority += strlen("://");
    size_t size = strcspn(authority, "/");
    *out = (struct endpoint){url, authority, authority + size, (int)(authority - url), (int)size};
    return size > 0;
}

/* As libcurl sends it: without the scheme's own port. */
static char *host_of(const struct s3_place *place, const struct endpoint *endpoint)
{
    const char *port = text_starts(endpoint->scheme, "https") ? ":443" : ":80";
    int size = endpoint->authority_size, port_size = (int)strlen(port);
    if (size > port_size &&
        memcmp(endpoint->authority + size - port_size, port, (size_t)port_size) == 0)
        size -= port_size;
    return mem_printf("%s%s%.*s", place->virtual_style ? place->bucket : "",
                      place->virtual_style ? "." : "", size, endpoint->authority);
}

static char *path_of(const struct s3_place *place, const struct endpoint *endpoint, const char *key)
{
    AUTO(mem) char *encoded = sigv4_encode(key ? key : "", true);
    AUTO(mem) char *bucket = sigv4_encode(place->bucket, false);
    if (!encoded || !bucket)
        return NULL;
    if (place->virtual_style)
        return mem_printf("%s/%s", endpoint->path, encoded);
    return mem_printf("%s/%s%s%s", endpoint->path, bucket, key ? "/" : "", encoded);
}

static const char *hash_body(const struct s3_call *call, char out[HASH_HEX_SIZE])
{
    if (call->payload_sha256)
        return call->payload_sha256;
    const char *text = call->text ? call->text : "";
    hash_bytes(text, strlen(text), out);
    return out;
}

static enum err_code sign(const struct s3_place *place, const struct s3_call *call,
                          const char *path, const char *date, const char *payload_sha256,
                          struct http_request *request, struct err *err)
{
    struct sigv4_header headers[HTTP_FIELDS_MAX];
    for (size_t i = 0; i < request->field_count; i++)
        headers[i] = (struct sigv4_header){request->fields[i].name, request->fields[i].value};
    const struct sigv4_request to_sign = {
        .method = call->method,
        .path = path,
        .query = call->query ? call->query : "",
        .headers = headers,
        .header_count = request->field_count,
        .payload_hash = payload_sha256,
    };
    char authorization[SIGV4_AUTHORIZATION_MAX];
    enum err_code code = sigv4_sign(&place->keys, &to_sign, date, authorization, err);
    if (!code)
        http_request_add(request, "Authorization", authorization);
    return code;
}

enum err_code s3_build(const struct s3_place *place, const struct s3_call *call, int64_t now_us,
                       struct http_request *out, struct err *err)
{
    struct endpoint endpoint;
    if (!split_endpoint(place->endpoint, &endpoint))
        return err_set(err, ERR_BAD_CONFIG, "the endpoint of a target is no URL");
    AUTO(mem) char *host = host_of(place, &endpoint);
    AUTO(mem) char *path = path_of(place, &endpoint, call->key);
    if (!host || !path)
        return err_set(err, ERR_NO_MEMORY, "no memory for a request");

    char date[SIGV4_DATE_SIZE], sha256[HASH_HEX_SIZE];
    sigv4_date(now_us, date);
    const char *payload_sha256 = hash_body(call, sha256);
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    request.method = call->method;
    request.body_fd = call->fd;
    request.body_offset = call->offset;
    request.body_size = call->size;
    request.hash_reply = call->hash_reply;
    request.once = call->once;
    request.fresh = call->fresh;
    request.body_text = mem_strdup(call->text);
    request.url = mem_printf("%.*s%s%s%s%s", endpoint.scheme_size, endpoint.scheme, host, path,
                             call->query ? "?" : "", call->query ? call->query : "");
    http_request_add(&request, "Host", host);
    http_request_add(&request, "x-amz-date", date);
    http_request_add(&request, "x-amz-content-sha256", payload_sha256);
    if (call->if_absent)
        http_request_add(&request, "If-None-Match", "*");
    if (call->content_md5)
        http_request_add(&request, "Content-MD5", call->content_md5);
    if (place->session_token)
        http_request_add(&request, "x-amz-security-token", place->session_token);
    enum err_code code = sign(place, call, path, date, payload_sha256, &request, err);
    if (code)
        return code;
    if (!http_request_ok(&request) || (call->text && !request.body_text))
        return err_set(err, ERR_NO_MEMORY, "no memory for a request");
    *out = request;
    request = HTTP_REQUEST_INIT;
    return ERR_OK;
}

char *s3_list_query(const char *prefix, const char *after, size_t max)
{
    AUTO(mem) char *prefix_part = sigv4_encode(prefix, false);
    AUTO(mem) char *after_part = sigv4_encode(after ? after : "", false);
    if (!prefix_part || !after_part)
        return NULL;
    return mem_printf("list-type=2&encoding-type=url&max-keys=%zu&prefix=%s%s%s", max, prefix_part,
                      after ? "&start-after=" : "", after_part);
}

char *s3_completion(const struct s3_part *parts, size_t count)
{
    AUTO(buf) struct buf xml;
    buf_init(&xml, 4u << 20);
    buf_text(&xml, "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    for (size_t i = 0; i < count; i++)
        buf_printf(&xml, "<Part><PartNumber>%zu</PartNumber><ETag>%s</ETag></Part>", i + 1,
                   parts[i].tag);
    buf_text(&xml, "</CompleteMultipartUpload>");
    return buf_take(&xml);
}

/* ---- replies ----------------------------------------------------------------------------------
 */

bool s3_exists(const struct http_reply *reply)
{
    return reply->status == 412;
}

bool s3_lacks_conditions(const struct http_reply *reply)
{
    return reply->status == 501;
}

/* Every store names its answer; a captive portal or a proxy does not. */
static bool is_from_store(const struct http_reply *reply)
{
    return http_reply_field(reply, "x-amz-request-id") || http_reply_field(reply, "x-amz-id-2");
}

static const struct {
    const char *name;
    enum err_code code;
} refusals[] = {
    {"RequestTimeTooSkewed", ERR_TARGET_CLOCK},
    {"InvalidAccessKeyId", ERR_TARGET_AUTH},
    {"SignatureDoesNotMatch", ERR_TARGET_AUTH},
    {"ExpiredToken", ERR_TARGET_AUTH},
    {"InvalidToken", ERR_TARGET_AUTH},
    {"InvalidTokenId", ERR_TARGET_AUTH},
    {"UserSuspended", ERR_TARGET_AUTH},
    {"AuthorizationHeaderMalformed", ERR_TARGET_AUTH}, /* another region */
    {"PermanentRedirect", ERR_TARGET_MISSING},         /* the bucket lies elsewhere */
    {"MethodNotAllowed", ERR_TARGET_READ_ONLY},
    {"AccessDenied", ERR_TARGET_READ_ONLY},
    {"QuotaExceeded", ERR_TARGET_FULL},
    {"InsufficientCapacity", ERR_TARGET_FULL},
    {"XMinioStorageFull", ERR_TARGET_FULL},
    {"BadDigest", ERR_TARGET_MISMATCH},
    {"XAmzContentSHA256Mismatch", ERR_TARGET_MISMATCH},
    {"InvalidDigest", ERR_TARGET_MISMATCH},
    {"IncompleteBody", ERR_TARGET_MISMATCH},
    {"NoSuchBucket", ERR_TARGET_MISSING},
    {"SlowDown", ERR_TARGET_BUSY},
    {"OperationAborted", ERR_TARGET_BUSY},
    {"RequestTimeout", ERR_TARGET_BUSY},
    {"InternalError", ERR_TARGET_BUSY},
};

static enum err_code code_of_status(int status)
{
    if (status == 429 || status == 409)
        return ERR_TARGET_BUSY;
    if (status == 507)
        return ERR_TARGET_FULL;
    if (status >= 500 && status != 501)
        return ERR_TARGET_BUSY;
    if (status == 407)
        return ERR_TARGET_PROXY;
    if (status == 401 || status == 403)
        return ERR_TARGET_AUTH;
    return ERR_TARGET_BAD_REPLY;
}

static enum err_code read_refusal(const struct http_reply *reply, struct err *err)
{
    char name[CODE_SIZE], shown[CODE_SIZE];
    s3_xml_find(reply->text, reply->text_size, "Code", name, sizeof name);
    text_printable(name, shown, sizeof shown);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (strcmp(name, refusals[i].name) == 0)
            return err_set(err, refusals[i].code, "HTTP %d, %s", reply->status, shown);
    if (reply->status == 404 && is_from_store(reply))
        return err_set(err, ERR_NOT_FOUND, "no such object in the warehouse");
    return err_set(err, code_of_status(reply->status), "HTTP %d%s%s", reply->status,
                   *shown ? ", " : "", shown);
}

static bool is_fine(const struct http_reply *reply)
{
    return reply->status >= 200 && reply->status < 300;
}

bool s3_stored(const struct http_reply *reply)
{
    return is_fine(reply) && is_from_store(reply);
}

bool s3_keeps_versions(const struct http_reply *reply)
{
    return s3_stored(reply) && http_reply_field(reply, "x-amz-version-id");
}

enum err_code s3_read(const struct http_reply *reply, struct err *err)
{
    if (s3_stored(reply))
        return ERR_OK;
    if (is_fine(reply))
        return err_set(err, ERR_TARGET_BAD_REPLY,
                       "HTTP %d, but not from an S3 store: a login page of the network?",
                       reply->status);
    enum err_code code = read_refusal(reply, err);
    if (code == ERR_TARGET_BUSY)
        http_reply_put_off(reply, sys_now_us(), err);
    return code;
}

static void keep_text(char *out, size_t out_size, const char *text)
{
    snprintf(out, out_size, "%s", text);
}

static bool read_size(const char *text, uint64_t *out)
{
    char *end;
    unsigned long long size = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end)
        return false;
    *out = size;
    return true;
}

struct listing {
    transport_entry_fn *entry;
    void *payload;
    char name[3 * TRANSPORT_KEY_SIZE], tag[TRANSPORT_TAG_SIZE];
    uint64_t size;
    bool sized, more, told, encoded;
};

/* %XX, and '+' for a space, in place. */
static void decode(char *text)
{
    char *to = text;
    for (const char *at = text; *at; at++, to++) {
        unsigned byte = 0;
        *to = *at == '+' ? ' ' : *at;
        if (*at == '%' && isxdigit((unsigned char)at[1]) && isxdigit((unsigned char)at[2]) &&
            sscanf(at + 1, "%2x", &byte) == 1 && byte) {
            *to = (char)byte;
            at += 2;
        }
    }
    *to = '\0';
}

static enum err_code list_element(void *self, const char *name, const char *text, struct err *err)
{
    struct listing *listing = self;
    if (strcmp(name, "Key") == 0) {
        if (strlen(text) >= sizeof listing->name)
            return err_set(err, ERR_TARGET_BAD_REPLY, "a listed name of %zu bytes", strlen(text));
        keep_text(listing->name, sizeof listing->name, text);
    } else if (strcmp(name, "ETag") == 0) {
        keep_text(listing->tag, sizeof listing->tag, text);
    } else if (strcmp(name, "Size") == 0) {
        listing->sized = read_size(text, &listing->size);
    } else if (strcmp(name, "IsTruncated") == 0) {
        listing->more = strcmp(text, "true") == 0;
        listing->told = true;
    } else if (strcmp(name, "EncodingType") == 0) {
        listing->encoded = strcmp(text, "url") == 0;
    } else if (strcmp(name, "Contents") == 0) {
        if (!listing->sized || !*listing->name)
            return err_set(err, ERR_TARGET_BAD_REPLY, "a listed object without name or size");
        if (listing->encoded)
            decode(listing->name);
        if (strlen(listing->name) >= TRANSPORT_KEY_SIZE)
            return err_set(err, ERR_TARGET_BAD_REPLY, "a listed name that is too long");
        const struct transport_entry entry = {listing->name, listing->tag, listing->size};
        listing->sized = false;
        return listing->entry(listing->payload, &entry, err);
    }
    return ERR_OK;
}

enum err_code s3_read_list(const struct http_reply *reply, transport_entry_fn *entry, void *payload,
                           bool *out_more, struct err *err)
{
    struct listing listing = {.entry = entry, .payload = payload};
    enum err_code code = s3_read(reply, err);
    if (!code)
        code = s3_xml_read(reply->text, reply->text_size, list_element, &listing, err);
    if (!code && !listing.told)
        code = err_set(err, ERR_TARGET_BAD_REPLY, "a listing that does not say where it ends");
    if (!code)
        *out_more = listing.more;
    return code;
}

struct uploads {
    const char *key;
    bool is_ours;
    char id[S3_UPLOAD_ID_SIZE], found[S3_UPLOAD_ID_SIZE];
};

static enum err_code upload_element(void *self, const char *name, const char *text, struct err *err)
{
    (void)err;
    struct uploads *uploads = self;
    if (strcmp(name, "Key") == 0)
        uploads->is_ours = strcmp(text, uploads->key) == 0;
    else if (strcmp(name, "UploadId") == 0)
        keep_text(uploads->id, sizeof uploads->id, text);
    else if (strcmp(name, "Upload") == 0 && uploads->is_ours)
        keep_text(uploads->found, sizeof uploads->found, uploads->id);
    return ERR_OK;
}

enum err_code s3_read_uploads(const struct http_reply *reply, const char *key,
                              char out_id[S3_UPLOAD_ID_SIZE], struct err *err)
{
    struct uploads uploads = {.key = key};
    enum err_code code = s3_read(reply, err);
    if (!code)
        code = s3_xml_read(reply->text, reply->text_size, upload_element, &uploads, err);
    if (!code)
        keep_text(out_id, S3_UPLOAD_ID_SIZE, uploads.found);
    return code;
}

enum err_code s3_read_begun(const struct http_reply *reply, char out_id[S3_UPLOAD_ID_SIZE],
                            struct err *err)
{
    enum err_code code = s3_read(reply, err);
    if (code)
        return code;
    s3_xml_find(reply->text, reply->text_size, "UploadId", out_id, S3_UPLOAD_ID_SIZE);
    return *out_id ? ERR_OK : err_set(err, ERR_TARGET_BAD_REPLY, "an upload without an id");
}

enum err_code s3_read_completed(const struct http_reply *reply, struct err *err)
{
    char name[CODE_SIZE];
    enum err_code code = s3_read(reply, err);
    if (code)
        return code;
    s3_xml_find(reply->text, reply->text_size, "Code", name, sizeof name);
    return *name ? read_refusal(reply, err) : ERR_OK;
}

struct part_reading {
    struct s3_part *parts;
    size_t count;
    uint64_t number, size, next;
    bool truncated;
    char tag[TRANSPORT_TAG_SIZE];
};

static enum err_code part_element(void *self, const char *name, const char *text, struct err *err)
{
    struct part_reading *reading = self;
    bool fits = true;
    if (strcmp(name, "PartNumber") == 0)
        fits = read_size(text, &reading->number);
    else if (strcmp(name, "Size") == 0)
        fits = read_size(text, &reading->size);
    else if (strcmp(name, "ETag") == 0)
        keep_text(reading->tag, sizeof reading->tag, text);
    else if (strcmp(name, "IsTruncated") == 0)
        reading->truncated = strcmp(text, "true") == 0;
    else if (strcmp(name, "NextPartNumberMarker") == 0)
        fits = read_size(text, &reading->next);
    if (!fits)
        return err_set(err, ERR_TARGET_BAD_REPLY, "a listed part that is no number");
    if (strcmp(name, "Part") != 0 || reading->number < 1 || reading->number > reading->count)
        return ERR_OK;
    struct s3_part *part = &reading->parts[reading->number - 1];
    part->size = reading->size;
    memcpy(part->tag, reading->tag, sizeof part->tag);
    return ERR_OK;
}

enum err_code s3_read_parts(const struct http_reply *reply, struct s3_part *parts, size_t count,
                            int *out_next, struct err *err)
{
    struct part_reading reading = {.parts = parts, .count = count};
    enum err_code code = s3_read(reply, err);
    if (!code)
        code = s3_xml_read(reply->text, reply->text_size, part_element, &reading, err);
    if (code)
        return code;
    *out_next = reading.truncated && reading.next < S3_PARTS_MAX ? (int)reading.next : 0;
    return ERR_OK;
}
