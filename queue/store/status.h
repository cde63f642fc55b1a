#ifndef SOHOA_STORE_STATUS_H
#define SOHOA_STORE_STATUS_H

#include "queue/store/store.h"

/* {"pages": {state: n}, "documents": {…}, "deliveries": {…}, "oldest": {stage: µs}, "free_bytes",
 * "size_bytes"} */
enum err_code store_status(struct store *store, struct js **out, struct err *err);

/* Blob of a document: "composed", "signed", "record". Path (absolute, the caller's) and hash for
 * people. NOT_FOUND while it has none. */
struct document_file {
    char *path; /* NULL: it lies in no file */
    char sha256[65];
    int64_t size_bytes;
    int fd; /* the caller's */
};
enum err_code document_file(struct store *store, const char *id, const char *what,
                            struct document_file *out, struct err *err);

#endif
