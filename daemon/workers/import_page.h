#ifndef SOHOA_WORKERS_IMPORT_PAGE_H
#define SOHOA_WORKERS_IMPORT_PAGE_H

#include "daemon/base/hash.h"
#include "daemon/image/pdf_import.h"
#include "daemon/workers/worker_main.h"
#include "ocr/extract/templates.h"

/* The pages of a PDF that were taken out last: the next ones are asked for one by one. */
struct page_source {
    const struct templates *templates; /* borrowed */
    char file[HASH_HEX_SIZE];
    int first;
    struct pdf_import pdf;
};
void page_source_done(struct page_source *source);

/*
 * One page of a file that was taken, as an image of its own. args: {"page" (from 1), "file": its
 * SHA-256}; [file, blob, empty and writable]. A file of one image and the images of a PDF are
 * copied byte for byte; one of several images (TIFF) is written as lossless TIFF. Flushed.
 *   {"image": as page_commit wants it, "facts": copy_facts_to_js, "text": {"layer", "reason"?,
 *    "encoding"}?} [words?]
 * "text" is of a page of a PDF; a useful layer comes as "sohoa.words/1" in the stored frame.
 * image.dpi is 0 where the file does not say: no scale is claimed by guess. IMAGE_UNREADABLE, and
 * as import_pages.
 */
enum err_code import_page(struct page_source *source, struct worker_call *call,
                          struct worker_answer *answer, struct err *err);

#endif
