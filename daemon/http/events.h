#ifndef SOHOA_HTTP_EVENTS_H
#define SOHOA_HTTP_EVENTS_H

#include "daemon/base/js.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Server-sent events (WHATWG HTML 9.2). The last EVENTS_KEPT events lie in one ring; a reader is
 * only a place in it. So every reader's queue is bounded, and a browser that was away for less than
 * a ring resumes with Last-Event-ID. A reader the ring has overtaken is lost: its connection is
 * dropped, the browser comes back and is told in "hello" that it missed something.
 *
 * Event ids are "<boot>-<number>", boot being random for each start of the daemon.
 */

#define EVENTS_KEPT 512
#define EVENTS_ONE_MAX (32u << 10) /* bytes of one event; a larger one loses all readers */

struct events;

struct events *events_new(void); /* NULL when out of memory */
void events_free(struct events *events);

/* name: lower-case letters. When there is no memory for it, all readers count as lost. */
void events_publish(struct events *events, const char *name, const struct js *data);

struct events_reader {
    uint64_t next; /* number of the next event */
    size_t sent;   /* bytes of it, or of `own`, already handed out */
    char own[512]; /* hello or heartbeat going out first */
    size_t own_size;
};

/* Starts with "hello" {"missed": bool, "principal": who}: missed means: load everything anew.
 * last_event_id as the browser sent it (NULL: first visit, nothing missed). */
void events_reader_start(const struct events *events, const char *last_event_id,
                         const struct js *who, struct events_reader *out);
/* A comment line, when nothing else is on its way. */
void events_reader_beat(const struct events *events, struct events_reader *reader);
/* Next bytes: their number, 0 when there is nothing now, -1 when the reader is lost. */
ssize_t events_read(const struct events *events, struct events_reader *reader, char *out,
                    size_t size);
bool events_reader_is_lost(const struct events *events, const struct events_reader *reader);

#endif
