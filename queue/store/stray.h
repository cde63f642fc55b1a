#ifndef SOHOA_STORE_STRAY_H
#define SOHOA_STORE_STRAY_H

#include "queue/store/store.h"

/*
 * Papers that most likely belong to another dossier than the one they were scanned into: in a pile
 * of several, what lies behind the receipt of one (page.starts_document.dossier_code). Such a paper
 * asks, QUESTION_STRAY, and is not confirmed before a person said where it belongs:
 *
 *   asks ──document_move──▶ in its dossier, asks no more
 *    └───keep──▶ belongs here, for good
 *
 * A dossier without a code is meant to be that of the first code in the same pile or file.
 */

/* Inside the caller's transaction: a document was read. */
enum err_code stray_ask(struct store *store, const char *document_id, struct err *err);
/* The same for all papers of a dossier: its code was bound, papers came or went. */
enum err_code stray_ask_all(struct store *store, const char *dossier_id, struct err *err);

/* Ids with a blank between, NULL none: this paper first, then all others of its dossier that lay
 * behind the same code, may still change and are not said to stay. The caller's (mem_free). */
enum err_code stray_list_alike(struct store *store, const char *document_id, char **out,
                               struct err *err);

#endif
