#include "daemon/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void buf_init(struct buf *buf, size_t max_bytes)
{
    *buf = (struct buf){.max_bytes = max_bytes};
}

void buf_done(struct buf *buf)
{
    if (!buf)
        return;
    mem_free(buf->bytes);
    *buf = (struct buf){0};
}

static bool buf_reserve(struct buf *buf, size_t more)
{
    if (buf->failed || more > buf->max_bytes - buf->size) {
        buf->failed = true;
        return false;
    }
    size_t needed = buf->size + more + 1;
    if (needed <= buf->capacity)
        return true;
    size_t capacity = buf->capacity ? buf->capacity * 2 : 256;
    if (capacity < needed)
        capacity = needed;
    char *bytes = mem_alloc(capacity);
    if (!bytes) {
        buf->failed = true;
        return false;
    }
    if (buf->size) { /* it may be a password: no copy stays behind */
        memcpy(bytes, buf->bytes, buf->size + 1);
        explicit_bzero(buf->bytes, buf->size);
    }
    mem_free(buf->bytes);
    buf->bytes = bytes;
    buf->capacity = capacity;
    return true;
}

void buf_append(struct buf *buf, const void *bytes, size_t size)
{
    if (!buf_reserve(buf, size))
        return;
    if (size)
        memcpy(buf->bytes + buf->size, bytes, size);
    buf->size += size;
    buf->bytes[buf->size] = 0;
}

void buf_text(struct buf *buf, const char *text)
{
    buf_append(buf, text, strlen(text));
}

void buf_printf(struct buf *buf, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, fmt, args);
    if (size >= 0 && buf_reserve(buf, (size_t)size)) {
        vsnprintf(buf->bytes + buf->size, (size_t)size + 1, fmt, again);
        buf->size += (size_t)size;
    }
    va_end(again);
    va_end(args);
}

bool buf_ok(const struct buf *buf)
{
    return !buf->failed;
}

char *buf_take(struct buf *buf)
{
    char *bytes = buf->failed ? NULL : TAKE(buf->bytes);
    size_t ceiling = buf->max_bytes;
    buf_done(buf);
    buf_init(buf, ceiling);
    return bytes;
}
