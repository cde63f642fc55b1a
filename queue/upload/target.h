#ifndef SOHOA_UPLOAD_TARGET_H
#define SOHOA_UPLOAD_TARGET_H

#include "daemon/base/err.h"
#include "daemon/base/hash.h"
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

struct target_record {
    const char *record_id;    /* UUID text */
    const char *dossier_code; /* NULL: backlog */
    int pdf_fd, json_fd;      /* borrowed, read from offset 0 */
    const char *pdf_sha256, *json_sha256;
    uint64_t pdf_size_bytes, json_size_bytes;
};

struct target_sent {
    char remote_name[TRANSPORT_NAME_SIZE]; /* without ".pdf" / ".json" */
    bool already_there;                    /* nothing had to be written */
};

/* What is proven to lie there, by reading it back. */
struct target_receipt {
    struct transport_held pdf, json;
    int64_t read_at_us;
};

struct target_ops {
    enum err_code (*send)(struct target *target, const struct target_record *record,
                          struct target_sent *out, struct err *err);
    enum err_code (*verify)(struct target *target, const char *remote_name, const char *pdf_sha256,
                            const char *json_sha256, struct target_receipt *out, struct err *err);
    enum err_code (*list)(struct target *target, const char *prefix, transport_entry_fn *entry,
                          void *payload, struct err *err);
    void (*free)(struct target *target);
};

struct target {
    const struct target_ops *ops;
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

enum err_code target_list(struct target *target, const char *prefix, transport_entry_fn *entry,
                          void *payload, struct err *err);

#endif
