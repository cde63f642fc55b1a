#ifndef SOHOA_STORE_PLACE_H
#define SOHOA_STORE_PLACE_H

#include "queue/store/store.h"

/*
 * Order of the pages of a document, all inside the caller's transaction.
 *
 * Pages that count (not rejected, not failed) stand at positions 1, 2, 3… Several images may show
 * one side of the paper (page.part_of: with its note on, or the parts of a side larger than the
 * glass); they always stand together, the page they are part of first. A side is known by
 * coalesce(part_of, id); it lives on when its first image is taken out.
 */

/* A page that counts; for statements with the page's table or alias. */
#define PAGE_COUNTS(alias) alias ".state NOT IN ('rejected', 'failed')"

#define BEYOND_THE_END 1000000 /* position: behind the last page */

/* Positions become 1, 2, 3… again, the images of a side together; questions about equal neighbours
 * follow (question.h). */
enum err_code document_renumber(struct store *store, const char *id, struct err *err);
/* Into the document, between numbers position-1 and position. */
enum err_code page_place(struct store *store, const char *id, const char *document_id,
                         int64_t position, struct err *err);
/* Pages went from one document to another: those whose side stayed behind are sides of their own.
 */
enum err_code sides_part(struct store *store, const char *from_document, const char *to_document,
                         struct err *err);

#endif
