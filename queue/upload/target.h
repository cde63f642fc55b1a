#ifndef SOHOA_UPLOAD_TARGET_H
#define SOHOA_UPLOAD_TARGET_H

#include "daemon/base/err.h"
#include "daemon/base/hash.h"
#include "daemon/base/id.h"
#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "queue/upload/transport.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * A receiving system for records: a signed PDF and its record JSON. What stores whole objects is an
 * object target (object_target.h); another receiving system is another target_<name>.c.
 *
 * Sending is idempotent by record id. The JSON is written last: while it is absent, nothing was
 * delivered; once it is there, everything is.
 */

struct target;

#define TARGET_RESULT_CODE_SIZE 400

struct target_record {
    const char *record_id;    /* UUID text */
    const char *dossier_code; /* NULL: backlog */
    int pdf_fd, json_fd;      /* borrowed, read from offset 0 */
    const char *pdf_sha256, *json_sha256;
    uint64_t pdf_size_bytes, json_size_bytes;
    const char *replaces; /* record id of the older version; NULL */
    bool hidden;          /* from the citizen, until target_show */
    const char *key;      /* the delivery's own id, stored before the first byte; NULL: none */
    bool ask_first;       /* how an earlier try ended is not known */
};

struct target_sent {
    char remote_name[TRANSPORT_NAME_SIZE]; /* without ".pdf" / ".json" */
    bool already_there;                    /* nothing had to be written */
};

/* How what lies there was proven. */
enum target_proof {
    TARGET_PROOF_READ,   /* read back and hashed here */
    TARGET_PROOF_HASH,   /* the receiver states the same SHA-256 */
    TARGET_PROOF_ANSWER, /* the receiver says that it has it, and shows nothing */
};
const char *target_proof_name(enum target_proof proof); /* "read" "hash" "answer" */

/* What is proven to lie there. Below TARGET_PROOF_READ the hashes only name what was asked about.
 */
struct target_receipt {
    struct transport_held pdf, json;
    enum target_proof pdf_proof, json_proof;
    int64_t read_at_us;
};

/* A record the receiver has, or may have, is taken back. The same for every try. */
struct target_withdrawal {
    const char *remote_name;  /* NULL: how the first try to send ended is not known */
    const char *record_id;    /* UUID text */
    const char *dossier_code; /* it was sent under; NULL: backlog */
    const char *key;          /* the delivery's id */
    const char *reason_code;  /* "withdrawn" "wrong-person" "replaced" */
    const char *replaced_by;  /* record id of the newer version; NULL */
    const char *by;           /* principal's id */
    int64_t at_us;            /* when it was decided */
    const char *pdf_sha256, *json_sha256;
};

/* A record that was sent hidden is shown to the citizen. The same for every try. */
struct target_showing {
    const char *remote_name, *record_id, *key, *by;
    int64_t at_us;
};

/* What such a call left at the receiver, as it was read back. */
struct target_mark {
    char name[TRANSPORT_NAME_SIZE]; /* of an object, or how the receiver calls its answer; "" */
    struct transport_held held;     /* all zero where there is nothing to read back */
    bool already_there;
    bool removed; /* the record's files are gone there */
};

/* What a kind of target cannot do is NULL and answers TARGET_CANNOT. */
struct target_ops {
    enum err_code (*send)(struct target *target, const struct target_record *record,
                          struct target_sent *out, struct err *err);
    enum err_code (*verify)(struct target *target, const char *remote_name, const char *pdf_sha256,
                            const char *json_sha256, struct target_receipt *out, struct err *err);
    enum err_code (*list)(struct target *target, const struct transport_page *page,
                          transport_entry_fn *entry, void *payload,
                          char out_next[TRANSPORT_KEY_SIZE], struct err *err);
    enum err_code (*whose)(struct target *target, const char *remote_name, char out[ID_SIZE],
                           struct err *err);
    enum err_code (*code_of)(struct target *target, const char *remote_name,
                             char out[TARGET_RESULT_CODE_SIZE], struct err *err);
    enum err_code (*withdraw)(struct target *target, const struct target_withdrawal *what,
                              struct target_mark *out, struct err *err);
    enum err_code (*show)(struct target *target, const struct target_showing *what,
                          struct target_mark *out, struct err *err);
    enum err_code (*look_up)(struct target *target, const struct js *question, struct js **out,
                             struct err *err);
    enum err_code (*fetch)(struct target *target, const struct js *what, struct transport_held *out,
                           struct err *err);
    enum err_code (*reserve_code)(struct target *target, const struct js *about, struct js **out,
                                  struct err *err);
    void (*free)(struct target *target);
};

struct target {
    const struct target_ops *ops;
    bool removes_withdrawn; /* files of a withdrawn record go, where the receiver lets them */
};

void target_free(struct target *target); /* NULL is fine */
AUTO_DEFINE(target, struct target *, target_free);

/* Errors: BLOB_DAMAGED (a descriptor does not hold what its hash says; nothing was sent),
 * BAD_ARGUMENT (no record id), DOSSIER_CODE_BAD, TARGET_CONFLICT (this record is there with other
 * bytes), those of transport.h. */
enum err_code target_send(struct target *target, const struct target_record *record,
                          struct target_sent *out, struct err *err);

/* Reads both files back and compares. NOT_FOUND when one is gone, TARGET_MISMATCH when one differs,
 * BAD_ARGUMENT for a name no target gives. */
enum err_code target_verify(struct target *target, const char *remote_name, const char *pdf_sha256,
                            const char *json_sha256, struct target_receipt *out, struct err *err);

/* As transport.h says. TARGET_CANNOT: what this receiver has cannot be listed. */
enum err_code target_list(struct target *target, const struct transport_page *page,
                          transport_entry_fn *entry, void *payload,
                          char out_next[TRANSPORT_KEY_SIZE], struct err *err);
/* Id of the record that lies (or is to lie) under that name, "" when no station of ours put it
 * there. */
enum err_code target_whose(struct target *target, const char *remote_name, char out[ID_SIZE],
                           struct err *err);
/* The result code that the record there bears, "" for none. NOT_FOUND, TARGET_MISMATCH when it is
 * no record JSON. */
enum err_code target_code_of(struct target *target, const char *remote_name,
                             char out[TARGET_RESULT_CODE_SIZE], struct err *err);

/* Idempotent: a second try finds what the first one left. TARGET_CANNOT, TARGET_CONFLICT (the mark
 * is there with other bytes), BAD_ARGUMENT, those of transport.h. */
enum err_code target_withdraw(struct target *target, const struct target_withdrawal *what,
                              struct target_mark *out, struct err *err);
enum err_code target_show(struct target *target, const struct target_showing *what,
                          struct target_mark *out, struct err *err);

/*
 * Papers of an owner that the receiver holds (regulations 1.2, 11.3). The question: {"owner_id",
 * "owner_name", "owner_kind", "asker_id", "procedure_code", "results": [{"code",
 * "number_symbol"}…]}, each optional where the receiver's mapping does not demand it. The answer:
 * {"held": [{"result_code", "name", "number_symbol", "issuer", "issue_date", "valid_until",
 * "owner_id", "no_expiry", "replaced", "files": [{"name", "fetch"}…]}…]}; what the receiver did not
 * say is null, or false; "fetch" is
 * the receiver's own way to the file, as it gave it. TARGET_REFUSED, TARGET_CANNOT
 */
enum err_code target_look_up(struct target *target, const struct js *question, struct js **out,
                             struct err *err);

/* The file behind an entry: {"issuer", "fetch"} as the answer gave them. Read to its end and
 * hashed, kept nowhere. NOT_FOUND, TARGET_REFUSED, TARGET_CANNOT */
enum err_code target_fetch(struct target *target, const struct js *what, struct transport_held *out,
                           struct err *err);

/* A result code from the receiver's own sequence (regulations 2.5), for `about`: the record's JSON
 * as far as it is known, "provisional_code" beside it, which is the key: asked again with the same
 * one, a receiver that keeps to its keys gives the same answer. The answer: {"result_code"}.
 * TARGET_REFUSED, TARGET_CANNOT, BAD_ARGUMENT (no provisional_code) */
enum err_code target_reserve_code(struct target *target, const struct js *about, struct js **out,
                                  struct err *err);

#endif
