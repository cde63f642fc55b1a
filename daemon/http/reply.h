#ifndef SOHOA_HTTP_REPLY_H
#define SOHOA_HTTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

/* An answer as a value; server.c puts it on the wire with the headers every answer has. */

enum reply_kind { REPLY_BYTES, REPLY_FILE, REPLY_EVENTS };

#define REPLY_HEADERS_MAX 4
#define REPLY_POLICY                                                                               \
    "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'; "                 \
    "frame-ancestors 'none'"

struct reply {
    enum reply_kind kind;
    int status;
    const char *type;  /* static */
    const char *cache; /* static; NULL = "private, no-store" */
    char *bytes;       /* owned */
    const char *fixed; /* static bytes instead of owned ones */
    size_t size;
    int fd; /* owned */
    struct {
        const char *name; /* static */
        char *value;      /* owned */
    } headers[REPLY_HEADERS_MAX];
    size_t header_count;
};

void reply_init(struct reply *reply);
void reply_done(struct reply *reply);
/* Static text. */
void reply_fixed(struct reply *reply, int status, const char *type, const char *text);
/* Takes bytes over (mem_free). */
void reply_bytes(struct reply *reply, int status, const char *type, char *bytes, size_t size);
/* Takes the descriptor over. */
void reply_file(struct reply *reply, int status, const char *type, int fd);
/* Takes value over; false for a NULL value. */
bool reply_header(struct reply *reply, const char *name, char *value);

#endif
