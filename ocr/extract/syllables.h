#ifndef SOHOA_OCR_EXTRACT_SYLLABLES_H
#define SOHOA_OCR_EXTRACT_SYLLABLES_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/base/mem.h"

#include <stdbool.h>

/*
 * Which letters can make a Vietnamese syllable: onset, nucleus, coda and tone from
 * ocr/templates/syllables.json. "mỉnh" is possible though no word; "xáđ" and "quyêt" are not.
 */

struct syllables;

/* TEMPLATE_BAD with a detail that names the key. `value` is borrowed as long as *out lives. */
enum err_code syllables_make(const struct js *value, struct syllables **out, struct err *err);
void syllables_free(struct syllables *syllables);
AUTO_DEFINE(syllables, struct syllables *, syllables_free);

/* One word of letters, in any case, without punctuation. */
bool syllable_is_possible(const struct syllables *syllables, const char *word);

#endif
