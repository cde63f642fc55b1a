#ifndef SOHOA_UPLOAD_TARGET_HTTP_INSIDE_H
#define SOHOA_UPLOAD_TARGET_HTTP_INSIDE_H

#include "queue/upload/http_session.h"
#include "queue/upload/target.h"

/* What target_http.c (sending, the target itself) and target_http_ask.c (everything that is asked
 * about a record or an owner) share. */

struct http_target {
    struct target target;
    struct http_session *session;
    struct js *name_paths; /* the mapping's "name" */
    char *name, *notes;
};

struct http_held {
    bool there;
    struct transport_held pdf;
    enum target_proof pdf_proof, json_proof;
};

/* NULL: the mapping has none. */
const struct js *http_operation(const struct http_target *http, const char *name);

/* The file that remembers where a cut upload of that record stands; mem_free. NULL: no memory. */
char *http_note_path(const struct http_target *http, const char *record_id);

/* Asks for the record in `roots` and proves its PDF as far as the receiver lets us. */
enum err_code http_look(const struct http_target *http, struct js *roots, struct http_held *out,
                        struct err *err);

enum err_code http_verify(struct target *target, const char *remote_name, const char *pdf_sha256,
                          const char *json_sha256, struct target_receipt *out, struct err *err);
enum err_code http_withdraw(struct target *target, const struct target_withdrawal *what,
                            struct target_mark *out, struct err *err);
enum err_code http_show(struct target *target, const struct target_showing *what,
                        struct target_mark *out, struct err *err);
enum err_code http_look_up(struct target *target, const struct js *question, struct js **out,
                           struct err *err);
enum err_code http_fetch(struct target *target, const struct js *what, struct transport_held *out,
                         struct err *err);
enum err_code http_reserve_code(struct target *target, const struct js *about, struct js **out,
                                struct err *err);

#endif
