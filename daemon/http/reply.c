#include "daemon/http/reply.h"

#include "daemon/base/mem.h"

#include <string.h>

void reply_init(struct reply *reply)
{
    *reply = (struct reply){.fd = -1};
}

void reply_done(struct reply *reply)
{
    mem_free(reply->bytes);
    fd_close(reply->fd);
    for (size_t i = 0; i < reply->header_count; i++)
        mem_free(reply->headers[i].value);
    reply_init(reply);
}

void reply_fixed(struct reply *reply, int status, const char *type, const char *text)
{
    reply->kind = REPLY_BYTES;
    reply->status = status;
    reply->type = type;
    reply->fixed = text;
    reply->size = strlen(text);
}

void reply_bytes(struct reply *reply, int status, const char *type, char *bytes, size_t size)
{
    reply->kind = REPLY_BYTES;
    reply->status = status;
    reply->type = type;
    reply->bytes = bytes;
    reply->size = size;
}

void reply_file(struct reply *reply, int status, const char *type, int fd)
{
    reply->kind = REPLY_FILE;
    reply->status = status;
    reply->type = type;
    reply->fd = fd;
}

bool reply_header(struct reply *reply, const char *name, char *value)
{
    if (!value || reply->header_count == REPLY_HEADERS_MAX) {
        mem_free(value);
        return false;
    }
    reply->headers[reply->header_count].name = name;
    reply->headers[reply->header_count].value = value;
    reply->header_count++;
    return true;
}
