#include "queue/upload/multipart.h"

#include "daemon/base/buf.h"
#include "queue/upload/mapping_apply.h"

#include <string.h>

#define FRAME_MAX (256u << 10)

/* RFC 7578 2: as browsers do it. */
static void add_quoted(struct buf *buf, const char *text)
{
    for (; *text; text++) {
        if (*text == '"')
            buf_text(buf, "%22");
        else if (*text == '\r' || *text == '\n')
            buf_text(buf, " ");
        else
            buf_append(buf, text, 1);
    }
}

static bool add_value(struct buf *buf, const char *boundary, const char *name,
                      const struct js *value)
{
    AUTO(mem) char *text = mapping_scalar_text(value);
    if (!text)
        return js_is_null(value);
    buf_printf(buf, "--%s\r\nContent-Disposition: form-data; name=\"", boundary);
    add_quoted(buf, name);
    buf_text(buf, "\"\r\n\r\n");
    buf_text(buf, text);
    buf_text(buf, "\r\n");
    return true;
}

static char *frame_before(const struct js *form, const struct multipart_file *file)
{
    AUTO(buf) struct buf buf;
    buf_init(&buf, FRAME_MAX);
    for (void *it = js_iter(form); it; it = js_iter_next(form, it))
        if (!add_value(&buf, file->boundary, js_iter_key(it), js_iter_value(it)))
            return NULL;
    buf_printf(&buf, "--%s\r\nContent-Disposition: form-data; name=\"", file->boundary);
    add_quoted(&buf, file->part);
    buf_text(&buf, "\"; filename=\"");
    add_quoted(&buf, file->name);
    buf_text(&buf, "\"\r\nContent-Type: application/pdf\r\n\r\n");
    return buf_take(&buf);
}

enum err_code multipart_build(const char *url, const struct js *form,
                              const struct multipart_file *file, struct http_request *out,
                              struct err *err)
{
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    AUTO(mem) char *type = mem_printf("multipart/form-data; boundary=%s", file->boundary);
    request.method = "POST";
    request.url = mem_strdup(url);
    request.body_fd = file->fd;
    request.body_size = file->size;
    request.body_before = frame_before(form, file);
    request.body_after = mem_printf("\r\n--%s--\r\n", file->boundary);
    http_request_add(&request, "Content-Type", type);
    http_request_add(&request, "Accept", "application/json");
    if (!http_request_ok(&request) || !request.body_before || !request.body_after)
        return err_set(err, ERR_NO_MEMORY, "no memory for a form");
    *out = request;
    request = HTTP_REQUEST_INIT;
    return ERR_OK;
}
