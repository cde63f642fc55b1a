#ifndef SOHOA_STORE_REGISTER_KEYS_H
#define SOHOA_STORE_REGISTER_KEYS_H

#include "queue/store/inside.h"

/*
 * What rows and papers are joined by. A file's name goes into a key behind a letter, in the order
 * in which they count: A its path in the folder, B the path without its ending, C its name alone
 * (rows that name no folder), D the folder or the beginning of the names that make one paper. A row
 * may have a longer path than the folder has, as on the computer where it was written.
 */

/* Keys of a row, from its data; *number, *issuer are the caller's and may be NULL. */
struct register_keys {
    char *number, *issuer;
    const char *date; /* borrowed; NULL: none */
};
enum err_code register_keys_of(const struct js *row, struct register_keys *out, struct err *err);
void register_keys_done(struct register_keys *keys);
enum err_code register_row_paths(struct store *store, const char *register_id, int64_t line,
                                 const char *path, struct err *err);

/* The paper's row of register_document and its files are what its pages and its reading say now;
 * *out_known: false where no folder with a register has it. */
enum err_code register_note_document(struct store *store, const char *document_id, bool *out_known,
                                     struct err *err);
/* The same of a paper that is over: by the pages it had. */
enum err_code register_note_any(struct store *store, const char *document_id, bool *out_known,
                                struct err *err);

#endif
