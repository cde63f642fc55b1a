#ifndef SOHOA_WORKERS_IMPORT_PAGES_H
#define SOHOA_WORKERS_IMPORT_PAGES_H

#include "daemon/image/pdf_import.h"
#include "daemon/workers/worker_main.h"
#include "ocr/extract/templates.h"

/*
 * The pages of a file that was taken (descriptor 0 of the call). args: {"first": 1, "max_pages"}.
 *   {"kind", "pages": n, "first", "images": [{"page", "index" | "fd", …copy_facts_to_js}],
 *    "pdf": "scanned|born-digital|signed"?, "text": {"layer", "reason"?, "encoding", "words",
 *    "possible", "fd"?}?, "signatures": as import_signatures, of a signed PDF?}
 * JPEG, PNG, TIFF, PNM: each image with its index in the file, to be read from the file itself; no
 * descriptor comes back. PDF: up to PDF_PAGES_AT_ONCE pages from `first`, each image as a
 * descriptor ("fd": its place among them), "rendered" where the page is no single image; "text" is
 * the text of these pages, with a descriptor (UTF-8) when it is useful. Text files: no images. Word
 * texts and registers (docx, xlsx): no images, "text": {"fd"}, all they say. FORMAT_UNKNOWN,
 * IMAGE_EMPTY and what image_rows_open and pdf_import say.
 */
enum err_code import_pages(const struct templates *templates, struct worker_call *call,
                           struct worker_answer *answer, struct err *err);

/* What is known of a page of a PDF as a copy: copy_facts_to_js and "rendered". NULL: no memory, or
 * not an image. */
struct js *import_pdf_page_facts(const struct pdf_page *page, bool born_digital, struct err *err);

#endif
