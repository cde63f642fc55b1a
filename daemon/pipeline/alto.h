#ifndef SOHOA_PIPELINE_ALTO_H
#define SOHOA_PIPELINE_ALTO_H

#include "daemon/pipeline/document_json.h"

/*
 * The recognised text of a document as ALTO 4.2 (Library of Congress), for other software that
 * reads it: every page, its blocks in reading order (IDNEXT), lines with baselines, words with
 * boxes and confidence. Unit mm10 (tenths of a millimetre) in the upright page; how the stored
 * image was turned to be upright stands in the page's Processing, the skew of the lines in
 * ROTATION.
 */

/* lang: of the recognition model ("vie"). *out: the caller's (mem_free), UTF-8 NFC. */
enum err_code alto_write(const char *source_name, const char *lang,
                         const struct document_page *pages, size_t page_count, char **out,
                         struct err *err);

/* Does a file that begins with these bytes come from alto_write? */
bool alto_is_ours(const char *head);

#endif
