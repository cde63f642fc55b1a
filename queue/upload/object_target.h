#ifndef SOHOA_UPLOAD_OBJECT_TARGET_H
#define SOHOA_UPLOAD_OBJECT_TARGET_H

#include "queue/upload/target.h"

/*
 * A target that keeps each record as two objects of a transport, "<remote name>.pdf" and ".json".
 * Only how the remote name is found differs: target_dir.c, target_s3.c.
 */

/* Finds, and where others may want it too claims, the record's name. Safe to ask again. */
typedef enum err_code object_name_fn(struct transport *transport,
                                     const struct target_record *record,
                                     char out_name[TRANSPORT_NAME_SIZE], struct err *err);

/* Whose record that name is, "" when none of ours; the name is safe. */
typedef enum err_code object_whose_fn(struct transport *transport, const char *remote_name,
                                      char out_record_id[ID_SIZE], struct err *err);

struct object_target {
    struct target target;
    struct transport *transport; /* owned */
    object_name_fn *find_name;
    object_whose_fn *whose;
};

/* The transport is taken over, also on failure. */
enum err_code object_target_new(struct transport *transport, object_name_fn *find_name,
                                object_whose_fn *whose, struct target **out, struct err *err);

/* Of a name that ends in the record's id: "<folder>/<record id>". */
void object_whose_by_name(const char *remote_name, char out_record_id[ID_SIZE]);

#endif
