#ifndef SOHOA_REVIEW_SIGNER_H
#define SOHOA_REVIEW_SIGNER_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

#include <stdbool.h>

typedef struct sd_event sd_event;

/*
 * The clerk's signer session. The key and its password live in the seal worker only, from unlock to
 * lock; when that worker is gone, the session is over and documents wait "held: SIGNER_LOCKED".
 *
 *   locked ──unlock(password)──▶ unlocked ──lock, idle time, death of the worker──▶ locked
 */

struct signer;
struct worker;

typedef void signer_done_fn(void *payload, const struct js *ok, const struct err *err);
typedef void signer_unlocked_fn(void *payload);

/* p12_path "" = no key on this machine. idle_min 0 = never locks by itself. The worker is borrowed.
 * `unlocked` is called after each unlock: waiting documents may go on. */
enum err_code signer_new(sd_event *loop, struct worker *worker, const char *p12_path, int idle_min,
                         signer_unlocked_fn *unlocked, void *payload, struct signer **out,
                         struct err *err);
void signer_free(struct signer *signer);

/* {"unlocked", "configured", "signer": {name, …}|null} */
struct js *signer_show(const struct signer *signer);
bool signer_is_unlocked(const struct signer *signer);
/* Common name of the certificate; NULL while locked. Borrowed until the next lock. */
const char *signer_name(const struct signer *signer);
/* who: the principal that unlocks. */
void signer_unlock(struct signer *signer, const char *password, const char *who,
                   signer_done_fn *done, void *payload);
/* The key is unlocked, by somebody else than this principal (sessions of one user are one person,
 * "uid:1000/web-…"): the copier signs his own copies. */
bool signer_is_of_other(const struct signer *signer, const char *who);
void signer_lock(struct signer *signer, signer_done_fn *done, void *payload);
/* A signature was made: the idle time starts anew. */
void signer_touch(struct signer *signer);

#endif
