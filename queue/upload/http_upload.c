#include "queue/upload/http_upload.h"

#include "daemon/base/file.h"
#include "daemon/base/sys.h"
#include "queue/upload/mapping_apply.h"
#include "queue/upload/multipart.h"
#include "queue/upload/tus.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES (4u << 20) /* one PATCH: what a proxy that buffers may lose with a cut */
#define RESTARTS_MAX 3         /* of an upload that is gone, or stands elsewhere, in one try */

struct upload_way {
    struct http_session *session;
    const struct js *file; /* of the mapping */
    const struct target_record *record;
    const char *note;
    struct js *roots;
};

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "no memory for an upload");
}

/* {key: pattern} with its values in place; what is not there stays away. */
static enum err_code expand_all(const struct js *patterns, const struct js *roots, struct js **out,
                                struct err *err)
{
    AUTO(js) struct js *values = js_object();
    for (void *it = js_iter(patterns); it; it = js_iter_next(patterns, it)) {
        AUTO(mem) char *text = NULL;
        enum err_code code =
            mapping_expand(js_text_or(js_iter_value(it), "", ""), roots, false, &text, err);
        if (code)
            return code;
        if (text && !js_set(values, js_iter_key(it), js_text(text)))
            return no_memory(err);
    }
    if (!values)
        return no_memory(err);
    *out = TAKE(values);
    return ERR_OK;
}

static enum err_code add_fields(const struct upload_way *way, struct http_request *request,
                                struct err *err)
{
    AUTO(js) struct js *fields = NULL;
    enum err_code code = expand_all(js_at(way->file, "fields"), way->roots, &fields, err);
    for (void *it = js_iter(fields); !code && it; it = js_iter_next(fields, it))
        http_request_add(request, js_iter_key(it), js_text_or(js_iter_value(it), "", ""));
    return code;
}

/* What the answer says of the file: "take" of the mapping over what is known. */
static enum err_code keep(const struct upload_way *way, const struct js *reply, struct err *err)
{
    AUTO(js) struct js *taken = NULL;
    const struct js *template = js_at(way->file, "take");
    if (!js_set(way->roots, "reply", reply ? js_ref(reply) : js_null()))
        return no_memory(err);
    enum err_code code = template ? mapping_build(http_session_mapping(way->session), template,
                                                  way->roots, &taken, err)
                                  : ERR_OK;
    if (code)
        return code;
    AUTO(js) struct js *file = js_copy(js_at(way->roots, "file"));
    const struct js *given = template ? taken : reply;
    for (void *it = js_iter(given); it; it = js_iter_next(given, it))
        if (!js_set(file, js_iter_key(it), js_ref(js_iter_value(it))))
            return no_memory(err);
    return js_set(way->roots, "file", TAKE(file)) ? ERR_OK : no_memory(err);
}

/* ---- tus -------------------------------------------------------------------------------------
 */

static enum err_code remember(const struct upload_way *way, const char *url, struct err *err)
{
    AUTO(mem) char *text = mem_printf("%s %s\n", way->record->pdf_sha256, url);
    return text ? file_replace_durably(AT_FDCWD, way->note, text, strlen(text), err)
                : no_memory(err);
}

/* The upload that was begun for these very bytes; "" when none is known. */
static void recall(const struct upload_way *way, char out_url[TUS_URL_SIZE])
{
    AUTO(mem) char *text = NULL;
    size_t size = 0;
    char sha256[HASH_HEX_SIZE];
    out_url[0] = '\0';
    if (file_read(AT_FDCWD, way->note, TUS_URL_SIZE + HASH_HEX_SIZE, &text, &size, NULL))
        return;
    bool ours = sscanf(text, "%64s %1999s", sha256, out_url) == 2 &&
                strcmp(sha256, way->record->pdf_sha256) == 0;
    if (!ours)
        out_url[0] = '\0';
}

static enum err_code exchange(const struct upload_way *way, struct http_request *request,
                              struct http_reply *reply, struct err *err)
{
    enum err_code code = add_fields(way, request, err);
    return code ? code : http_session_exchange(way->session, request, reply, err);
}

static enum err_code create(const struct upload_way *way, char out_url[TUS_URL_SIZE],
                            struct err *err)
{
    AUTO(mem) char *url = NULL;
    AUTO(mem) char *named = NULL;
    AUTO(js) struct js *metadata = NULL;
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    AUTO(http_reply) struct http_reply reply = {0};
    char location[TUS_URL_SIZE] = "";
    enum err_code code =
        http_session_url(way->session, js_text_or(way->file, "path", ""), way->roots, &url, err);
    if (!code)
        code = expand_all(js_at(way->file, "metadata"), way->roots, &metadata, err);
    if (!code)
        code = tus_build_creation(url, way->record->pdf_size_bytes, metadata, &request, err);
    if (!code)
        code = exchange(way, &request, &reply, err);
    if (!code)
        code = tus_read_creation(&reply, location, err);
    if (!code)
        code = http_session_named_url(way->session, url, location, &named, err);
    if (!code && strlen(named) >= TUS_URL_SIZE)
        code = err_set(err, ERR_TARGET_BAD_REPLY, "upload: a place too long");
    if (code)
        return code;
    snprintf(out_url, TUS_URL_SIZE, "%s", named);
    return remember(way, out_url, err);
}

static enum err_code ask_offset(const struct upload_way *way, const char *url, uint64_t *out,
                                struct err *err)
{
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    AUTO(http_reply) struct http_reply reply = {0};
    enum err_code code = tus_build_question(url, &request, err);
    if (!code)
        code = exchange(way, &request, &reply, err);
    return code ? code : tus_read_offset(&reply, way->record->pdf_size_bytes, out, err);
}

static enum err_code send_piece(const struct upload_way *way, const char *url, uint64_t *offset,
                                bool *out_moved, struct err *err)
{
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    AUTO(http_reply) struct http_reply reply = {0};
    uint64_t left = way->record->pdf_size_bytes - *offset;
    uint64_t most = (uint64_t)js_int_or(way->file, "chunk_bytes", CHUNK_BYTES);
    uint64_t size = left < most ? left : most;
    enum err_code code = tus_build_piece(url, way->record->pdf_fd, *offset, size, &request, err);
    if (!code)
        code = exchange(way, &request, &reply, err);
    if (!code)
        code = tus_read_piece(&reply, *offset + size, out_moved, err);
    if (!code && !*out_moved)
        *offset += size;
    return code;
}

/* From where it stands to the end; NOT_FOUND when it is gone. */
static enum err_code send_rest(const struct upload_way *way, const char *url, uint64_t offset,
                               struct err *err)
{
    int restarts = 0;
    while (offset < way->record->pdf_size_bytes) {
        bool moved = false;
        enum err_code code = send_piece(way, url, &offset, &moved, err);
        if (!code && moved && ++restarts > RESTARTS_MAX)
            code = err_set(err, ERR_TARGET_BUSY, "the upload never stands where it says");
        if (!code && moved)
            code = ask_offset(way, url, &offset, err);
        if (code)
            return code;
    }
    return ERR_OK;
}

static const char *last_part(const char *url)
{
    const char *slash = strrchr(url, '/');
    return slash ? slash + 1 : url;
}

static enum err_code send_by_tus(const struct upload_way *way, struct err *err)
{
    char url[TUS_URL_SIZE];
    enum err_code code = ERR_NOT_FOUND;
    recall(way, url);
    for (int i = 0; code == ERR_NOT_FOUND && i < RESTARTS_MAX; i++) {
        uint64_t offset = 0;
        code = *url ? ask_offset(way, url, &offset, err) : create(way, url, err);
        if (!code)
            code = send_rest(way, url, offset, err);
        if (code == ERR_NOT_FOUND)
            *url = '\0';
    }
    if (code == ERR_NOT_FOUND)
        code = err_set(err, ERR_TARGET_BUSY, "uploads vanish over there");
    if (code)
        return code;
    AUTO(js) struct js *reply = js_pack("{s:s, s:s}", "url", url, "id", last_part(url));
    return reply ? keep(way, reply, err) : no_memory(err);
}

/* ---- a form ----------------------------------------------------------------------------------
 */

static enum err_code build_form(const struct upload_way *way, struct http_request *out,
                                struct err *err)
{
    AUTO(mem) char *url = NULL;
    AUTO(js) struct js *form = NULL;
    const struct js *template = js_at(way->file, "form");
    AUTO(mem)
    char *boundary = mem_printf("sohoa-%s-%.16s", way->record->record_id, way->record->pdf_sha256);
    const struct multipart_file file = {
        .part = js_text_or(way->file, "part", "file"),
        .name = js_text_or(way->roots, "file.name", "file.pdf"),
        .fd = way->record->pdf_fd,
        .size = way->record->pdf_size_bytes,
        .boundary = boundary,
    };
    enum err_code code = boundary
                             ? http_session_url(way->session, js_text_or(way->file, "path", ""),
                                                way->roots, &url, err)
                             : no_memory(err);
    if (!code && template)
        code = mapping_build(http_session_mapping(way->session), template, way->roots, &form, err);
    return code ? code : multipart_build(url, form, &file, out, err);
}

static enum err_code send_as_form(const struct upload_way *way, struct err *err)
{
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    AUTO(http_reply) struct http_reply reply = {0};
    AUTO(js) struct js *body = NULL;
    enum mapping_meaning meaning = MAPPING_OK;
    enum err_code code = build_form(way, &request, err);
    if (!code)
        code = exchange(way, &request, &reply, err);
    if (!code)
        code = mapping_read(http_session_mapping(way->session), way->file, &reply, &meaning, &body,
                            err);
    if (!code && meaning == MAPPING_LOGIN)
        code =
            err_set(err, ERR_TARGET_AUTH, "HTTP %d: the receiver does not know us", reply.status);
    if (!code && meaning == MAPPING_NOT_FOUND)
        code = err_set(err, ERR_TARGET_MISSING, "HTTP %d: no place for files", reply.status);
    return code ? code : keep(way, body, err);
}

/* ---- either ----------------------------------------------------------------------------------
 */

enum err_code http_upload(struct http_session *session, const struct target_record *record,
                          const char *note, struct js *roots, struct err *err)
{
    const struct js *file = mapping_at(http_session_mapping(session), "file");
    struct upload_way way = {session, file, record, note, roots};
    if (!file)
        return ERR_OK;
    bool by_tus = strcmp(js_text_or(file, "by", ""), "tus") == 0;
    return by_tus ? send_by_tus(&way, err) : send_as_form(&way, err);
}
