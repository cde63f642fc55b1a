#ifndef SOHOA_STORE_RESUME_H
#define SOHOA_STORE_RESUME_H

#include "queue/store/store.h"

struct page_capture;

/*
 * A scan job lives in sohoad alone. What it was going to do after its last page is noted with each
 * page, so that a next sohoad does it where the job cannot any more:
 *
 * - The backs of a second pass are laid behind their fronts; the numbers fit, so it was the whole
 *   paper, which is finished. Where they do not fit the last page asks, "interrupted".
 * - It would have finished the paper: the last page asks, too, whether there was another sheet.
 */

#define SCAN_INTENT_SIZE 80
#define THEN_BACKS "then backs" /* begins what is noted with a page of a second pass */

/* The detail of the page's audit row; NULL: nothing is to be said. */
const char *scan_intent(const struct page_capture *capture, char out[SCAN_INTENT_SIZE]);

/* At the start of a new owner. Doing it again is fine. */
enum err_code scans_resume(struct store *store, struct principal by, struct err *err);

#endif
