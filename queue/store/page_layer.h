#ifndef SOHOA_STORE_PAGE_LAYER_H
#define SOHOA_STORE_PAGE_LAYER_H

#include "queue/store/store.h"

/* Text that came with the file of a page: its words ("sohoa.words/1", stored frame), which
 * recognition takes instead of its own where they fit the image. */

/* Before page_commit, so that a page that counts never lacks it. The same page again: the last one
 * stays. BAD_JSON no words; DISK_FULL. */
enum err_code page_layer_keep(struct store *store, const char *page_id, int fd, struct err *err);
/* The page that was begun with that id and never became a row. */
enum err_code page_layer_drop(struct store *store, const char *page_id, struct err *err);
/* *out_sha256 NULL: it has none. Caller's. */
enum err_code page_layer_of(struct store *store, const char *page_id, char **out_sha256,
                            struct err *err);

#endif
