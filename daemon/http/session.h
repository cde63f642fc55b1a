#ifndef SOHOA_HTTP_SESSION_H
#define SOHOA_HTTP_SESSION_H

#include "daemon/base/id.h"
#include "daemon/http/principal.h"

#include <stdint.h>

/*
 * Browser sessions, in memory only: a restart ends them all.
 *
 *   sohoa open ──▶ link (60 s, used once) ──GET /open/TOKEN──▶ session (12 h idle) ──▶ forgotten
 *
 * Times are wall clock, so that a night in standby counts. A clock set back makes nobody older.
 */

#define SESSION_COOKIE "sohoa_session"
#define SESSION_MAX 64      /* one more ends the longest idle one */
#define SESSION_LINK_MAX 16 /* one more drops the oldest */
#define SESSION_IDLE_US (12 * 3600 * INT64_C(1000000))
#define SESSION_LINK_LIFE_US (60 * INT64_C(1000000))

struct sessions;

struct sessions *sessions_new(void); /* NULL when out of memory */
void sessions_free(struct sessions *sessions);

/* One-time token for a browser, made by `opener`. */
void sessions_make_link(struct sessions *sessions, const struct principal *opener, int64_t now_us,
                        char out_token[TOKEN_SIZE]);
/* Spends the token and opens a session. False: unknown, spent or too old. */
bool sessions_use_link(struct sessions *sessions, const char *token, int64_t now_us,
                       char out_session[TOKEN_SIZE]);
/* The principal of the first live session named in a Cookie header (NULL: none), as a clerk whose
 * id names who opened it; the session counts as used. */
bool sessions_find(struct sessions *sessions, const char *cookie_header, int64_t now_us,
                   struct principal *out);
/* Whether the session of that principal still lives; does not count as use. */
bool sessions_knows(const struct sessions *sessions, const char *principal_id, int64_t now_us);

/* Next value of cookie `name` in a Cookie header, quotes taken off. *cursor starts at the header
 * and moves on; false at the end. Values longer than the space are passed over. */
bool cookie_next(const char **cursor, const char *name, char *out, size_t out_size);

#endif
