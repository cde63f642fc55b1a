#include "queue/upload/tus.h"

#include "daemon/base/buf.h"
#include "daemon/base/sys.h"
#include "queue/upload/base64.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define METADATA_MAX 4096

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "no memory for an upload");
}

static enum err_code hand_over(struct http_request *request, struct http_request *out,
                               struct err *err)
{
    if (!http_request_ok(request))
        return no_memory(err);
    *out = *request;
    *request = HTTP_REQUEST_INIT;
    return ERR_OK;
}

static struct http_request begin(const char *method, const char *url)
{
    struct http_request request = HTTP_REQUEST_INIT;
    request.method = method;
    request.url = mem_strdup(url);
    http_request_add(&request, "Tus-Resumable", "1.0.0");
    return request;
}

static void add_number(struct http_request *request, const char *name, uint64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    http_request_add(request, name, text);
}

static char *metadata_text(const struct js *metadata)
{
    AUTO(buf) struct buf text;
    buf_init(&text, METADATA_MAX);
    buf_text(&text, "");
    for (void *it = js_iter(metadata); it; it = js_iter_next(metadata, it)) {
        const char *value = js_text_or(js_iter_value(it), "", "");
        AUTO(mem) char *coded = base64_encode(value, strlen(value));
        if (!coded)
            return NULL;
        buf_printf(&text, "%s%s %s", text.size ? "," : "", js_iter_key(it), coded);
    }
    return buf_take(&text);
}

enum err_code tus_build_creation(const char *url, uint64_t size, const struct js *metadata,
                                 struct http_request *out, struct err *err)
{
    AUTO(http_request) struct http_request request = begin("POST", url);
    AUTO(mem) char *text = metadata_text(metadata);
    if (!text)
        return no_memory(err);
    add_number(&request, "Upload-Length", size);
    if (*text)
        http_request_add(&request, "Upload-Metadata", text);
    request.body_text = mem_strdup("");
    return request.body_text ? hand_over(&request, out, err) : no_memory(err);
}

enum err_code tus_build_question(const char *url, struct http_request *out, struct err *err)
{
    AUTO(http_request) struct http_request request = begin("HEAD", url);
    return hand_over(&request, out, err);
}

enum err_code tus_build_piece(const char *url, int fd, uint64_t offset, uint64_t size,
                              struct http_request *out, struct err *err)
{
    AUTO(http_request) struct http_request request = begin("PATCH", url);
    request.body_fd = fd;
    request.body_offset = offset;
    request.body_size = size;
    add_number(&request, "Upload-Offset", offset);
    http_request_add(&request, "Content-Type", "application/offset+octet-stream");
    return hand_over(&request, out, err);
}

/* Every answer of a tus server names the protocol (tus.io 1.0, Tus-Resumable). */
static bool is_tus(const struct http_reply *reply)
{
    return http_reply_field(reply, "Tus-Resumable") != NULL;
}

static enum err_code read_refusal(const struct http_reply *reply, struct err *err)
{
    int status = reply->status;
    enum err_code code = ERR_TARGET_BAD_REPLY;
    if (status == 401 || status == 403 || status == 407)
        code = ERR_TARGET_AUTH;
    else if (status == 507)
        code = ERR_TARGET_FULL;
    else if (status == 408 || status == 423 || status == 429 || status >= 500)
        code = ERR_TARGET_BUSY;
    else if (status == 413 || (status >= 400 && is_tus(reply)))
        code = ERR_TARGET_REFUSED;
    err_set(err, code, "upload: HTTP %d", status);
    if (code == ERR_TARGET_REFUSED && reply->text)
        err_set_said(err, reply->text);
    http_reply_put_off(reply, sys_now_us(), err);
    return code;
}

static bool is_gone(const struct http_reply *reply)
{
    return reply->status == 404 || reply->status == 410;
}

static bool read_number(const struct http_reply *reply, const char *name, uint64_t *out)
{
    const char *text = http_reply_field(reply, name);
    char *end;
    if (!text || *text < '0' || *text > '9')
        return false;
    *out = strtoull(text, &end, 10);
    return *end == '\0';
}

enum err_code tus_read_creation(const struct http_reply *reply, char out_location[TUS_URL_SIZE],
                                struct err *err)
{
    const char *location = http_reply_field(reply, "Location");
    if (reply->status != 201)
        return read_refusal(reply, err);
    if (!is_tus(reply) || !location || strlen(location) >= TUS_URL_SIZE)
        return err_set(err, ERR_TARGET_BAD_REPLY, "upload: begun nowhere");
    snprintf(out_location, TUS_URL_SIZE, "%s", location);
    return ERR_OK;
}

enum err_code tus_read_offset(const struct http_reply *reply, uint64_t size, uint64_t *out_offset,
                              struct err *err)
{
    uint64_t offset, whole = size;
    if (is_gone(reply))
        return err_set(err, ERR_NOT_FOUND, "the upload is over there no more");
    if (reply->status != 200 && reply->status != 204)
        return read_refusal(reply, err);
    if (!is_tus(reply) || !read_number(reply, "Upload-Offset", &offset))
        return err_set(err, ERR_TARGET_BAD_REPLY, "upload: HTTP %d, and no offset", reply->status);
    if (http_reply_field(reply, "Upload-Length") && !read_number(reply, "Upload-Length", &whole))
        return err_set(err, ERR_TARGET_BAD_REPLY, "upload: a length that is none");
    if (whole != size || offset > size)
        return err_set(err, ERR_NOT_FOUND, "the upload there is one of another file");
    *out_offset = offset;
    return ERR_OK;
}

enum err_code tus_read_piece(const struct http_reply *reply, uint64_t sent_to, bool *out_moved,
                             struct err *err)
{
    uint64_t offset;
    *out_moved = reply->status == 409 && is_tus(reply);
    if (*out_moved)
        return ERR_OK;
    if (is_gone(reply))
        return err_set(err, ERR_NOT_FOUND, "the upload is over there no more");
    if (reply->status != 204 && reply->status != 200)
        return read_refusal(reply, err);
    if (!is_tus(reply) || !read_number(reply, "Upload-Offset", &offset))
        return err_set(err, ERR_TARGET_BAD_REPLY, "upload: HTTP %d, and no offset", reply->status);
    *out_moved = offset != sent_to;
    return ERR_OK;
}
