#ifndef SOHOA_BASE_BUF_H
#define SOHOA_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/base/mem.h"

/*
 * Growable bytes with a named ceiling. A failure (no memory, ceiling) sticks: later appends do
 * nothing, and buf_ok tells at the end, so a writer checks once.
 */
struct buf {
    char *bytes; /* NUL behind the end, also when empty after the first append */
    size_t size;
    size_t capacity;
    size_t max_bytes;
    bool failed;
};

void buf_init(struct buf *buf, size_t max_bytes);
void buf_done(struct buf *buf); /* NULL and half-built are fine */
void buf_append(struct buf *buf, const void *bytes, size_t size);
void buf_text(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool buf_ok(const struct buf *buf);
/* Hands the bytes over (mem_free) and leaves the buffer empty; NULL when failed or never used. */
char *buf_take(struct buf *buf);

static inline void buf_auto(struct buf *place)
{
    buf_done(place);
}

#endif
