#ifndef SOHOA_TESTS_PAPER_WORDS_H
#define SOHOA_TESTS_PAPER_WORDS_H

#include "daemon/model/words.h"
#include "ocr/papers/wording.h"

/* Made-up papers as the words of a page, for what reads words. */

/* The project's own wording with one more file behind it; fails the process when it cannot be read.
 */
struct wording *paper_wording(const char *path);
/* The first sheet, misread by that seed, a line under the other. */
void paper_words(const struct wording *wording, const char *name, uint64_t seed, struct words *out);
/* The same as a file in memory. */
int paper_words_fd(const struct wording *wording, const char *name, uint64_t seed);

#endif
