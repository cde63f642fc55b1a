#ifndef SOHOA_STORE_QUESTION_H
#define SOHOA_STORE_QUESTION_H

#include "queue/store/store.h"

/*
 * What about a page a person has to look at before its document is compared: the scanner's checks
 * ("one_color", "short", "odd_size", "resolution_differs"…), QUESTION_EQUAL, QUESTION_MISPLACED.
 *
 *   raised (open) ──answer keep──▶ keep        ──page taken out, replaced──▶ removed
 *                                                  ◀──page restored── (open again)
 */

#define QUESTION_EQUAL "equal_neighbour" /* the page before it has the very same pixels */
/* The page it was to replace or to be part of was no longer there; it stands at the end. */
#define QUESTION_MISPLACED "misplaced"

/* The front of a sheet whose back was lost, after which a sheet was fed again that does not look
 * the very same: is this one to go? */
#define QUESTION_FED_AGAIN "fed_again"

/* Its writing stands another way up than its way of scanning makes (page_capture.known_turn_deg).
 */
#define QUESTION_TURN "turn_differs"

/* The daemon ended while the sheet behind this page was being scanned: it may be missing. */
#define QUESTION_INTERRUPTED "interrupted"

/* A file of several papers was parted where they surely start; here one may. */
#define QUESTION_START "paper_start"
/* The paper lay behind the code of another dossier (stray.h). */
#define QUESTION_STRAY "other_dossier"
/* The paper whose files these pages are of was compared before they came. */
#define QUESTION_LATE "paper_late"

/* Files of the paper were refused or wait: pages behind this one may be missing. */
#define QUESTION_MISSING "pages_missing"

/* Lower case letters, digits and '_'. */
bool question_code_is_valid(const char *code);

/* The rest inside the caller's transaction. The same question again is fine. */
enum err_code question_raise(struct store *store, const char *page_id, const char *code,
                             struct err *err);
/* It happened once more: an answer it had is no longer one. */
enum err_code question_raise_again(struct store *store, const char *page_id, const char *code,
                                   struct err *err);
/* The page was just put behind the last one: is it like that one? */
enum err_code question_raise_if_equal(struct store *store, const char *page_id, struct err *err);
/* The order of a document changed: asks about pages that now are like the one before, and no
 * longer about those that are not. What was answered stays. */
enum err_code questions_follow_neighbours(struct store *store, const char *document_id,
                                          struct err *err);
/* Nobody need look any more: an open question goes. */
enum err_code question_drop(struct store *store, const char *page_id, const char *code,
                            struct err *err);
enum err_code questions_close(struct store *store, const char *page_id, struct principal by,
                              struct err *err);
/* That one is answered by what a person did; none is fine. */
enum err_code question_settle(struct store *store, const char *page_id, const char *code,
                              struct principal by, struct err *err);
enum err_code questions_reopen(struct store *store, const char *page_id, struct err *err);
/* PAGE_QUESTION naming the first page and code while one is open. */
enum err_code questions_check_answered(struct store *store, const char *document_id,
                                       struct err *err);

/* A transaction of its own. A person looked: the page stays, or (removed) is taken out. NOT_FOUND
 * no such question; ALREADY_SIGNED, STATE_CHANGED. */
enum err_code page_answer(struct store *store, const char *page_id, const char *code, bool keep,
                          struct principal by, struct err *err);

#endif
