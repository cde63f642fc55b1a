#ifndef SOHOA_STORE_PARTING_H
#define SOHOA_STORE_PARTING_H

#include "daemon/model/parting.h"
#include "queue/store/store.h"

/*
 * A pile scanned as one document becomes the papers it is made of, by what was understood of its
 * pages (page.starts_document, ocr/classify/starts.h):
 *
 *   separator sheets     set aside: rejected pages with `separator`, whose image stays;
 * page_restore makes one a page again, for good behind a separator   a paper starts all starts sure
 * a paper starts at each, unless that makes more papers than were said else                 each
 * that may be one asks, QUESTION_START
 *
 * Once for a document and what came of it: what a person joins stays joined (document.parted). A
 * signed file, a new version and what was compared are never touched. Files parted by
 * import_papers.h follow that, here only their separators are set aside.
 */

#define PAGE_WAS_SEPARATOR "separator" /* why such a page is rejected */

/* Inside the caller's transaction: the document was just read. */
enum err_code document_part(struct store *store, const char *id, struct principal by,
                            struct err *err);

/* How this document is to be parted; parting.takes is what its reader is told. */
enum err_code parting_of_document(struct store *store, const char *id, struct parting *out,
                                  struct err *err);
/* document_create of a pile to be parted as its profile says; NULL leaves it to where the pages
 * come from. BAD_ARGUMENT */
enum err_code document_create_pile(struct store *store, const char *dossier_id,
                                   const char *separators, const char *split, struct principal by,
                                   char *out_id, struct err *err);
/* A part of `from` is as much parted as that. In the caller's transaction. */
enum err_code parting_inherit(struct store *store, const char *id, const char *from,
                              struct err *err);
/* A person put its pages together. In the caller's transaction. */
enum err_code parting_settle(struct store *store, const char *id, struct err *err);

#endif
