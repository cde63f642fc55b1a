#ifndef SOHOA_OCR_EXTRACT_UNDERSTAND_H
#define SOHOA_OCR_EXTRACT_UNDERSTAND_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/model/page_info.h"
#include "daemon/model/words.h"
#include "ocr/extract/separators.h"
#include "ocr/extract/templates.h"

#include <stddef.h>

/*
 * Words of a document's pages → what paper it is and what its fields say:
 *   {"type", "type_score", "kind"?: {"abbr", "name"}, "fields": {…}, "pages": [{"starts_document":
 *   {"value", "confidence", "why"?, "number"?, "of"?, "missing"?, "dossier_code"?}, "separator"?}]}
 * (why: starts.h; number, of: what the page bears; missing: the number that should stand before;
 * dossier_code: pile_starts.h.)
 * A proposal, never truth: whatever lacks positive evidence is marked needs_person. No disk, clock
 * or database. No pages and pages without words are an unknown paper, not an error. Where a second
 * paper starts among the pages, fields come from the first paper only. `pile` (NULL: no sheet is a
 * separator) says which sheets are none of any paper. `dossier_code` is that of
 * the dossier the document lies in, NULL when it has none. NO_MEMORY only.
 */
/* A closer look at a part of page `page` (from 0), of which only a machine readable zone is read.
 * What is found on details[i] has page number page_count + 1 + i. */
struct detail {
    const struct words *words;
    size_t page;
};

enum err_code understand_with_details(const struct templates *templates, const struct words *pages,
                                      const struct page_info *infos, size_t page_count,
                                      const struct detail *details, size_t detail_count,
                                      const struct pile *pile, const char *dossier_code,
                                      struct js **out, struct err *err);
/* The same without any. */
enum err_code understand_document(const struct templates *templates, const struct words *pages,
                                  const struct page_info *infos, size_t page_count,
                                  const char *dossier_code, struct js **out, struct err *err);

#endif
