#ifndef SOHOA_IMAGE_PDF_IMPORT_H
#define SOHOA_IMAGE_PDF_IMPORT_H

#include "daemon/image/pdf_words.h"

/*
 * Pages of a PDF file as images. The file is only ever opened by the programs of poppler-utils
 * (GPL, exec'ed, never linked), as child processes with limits on time, memory and file size, in a
 * private folder that is gone afterwards.
 */

enum pdf_kind {
    PDF_SCANNED,      /* each page is one image: the image itself is taken out */
    PDF_BORN_DIGITAL, /* anything else: rendered */
    PDF_SIGNED        /* has a signature's byte range; pages as one of the others */
};

const char *pdf_kind_name(enum pdf_kind kind); /* "scanned" "born-digital" "signed" */

struct pdf_page {
    int fd; /* JPEG or PNG memfd, sealed */
    double dpi;
    bool rendered;    /* not the scanned image itself: dpi says nothing about what was scanned */
    double image_dpi; /* least of the images that lie on the page; 0: none, or none that says */
    bool bilevel;     /* there are images, and each has one bit a pixel */
    struct pdf_layer layer; /* its text as the file has it: not judged */
    bool drawn;             /* that text is what one sees, not laid invisibly over a scan */
};

#define PDF_PAGES_AT_ONCE 16
#define PDF_RENDER_DPI 300

struct pdf_import {
    enum pdf_kind kind;
    bool born_digital; /* also of a signed one */
    int page_count;    /* of the file */
    struct pdf_page page[PDF_PAGES_AT_ONCE];
    size_t count;
};

/* Pages `first` (from 1) and up to PDF_PAGES_AT_ONCE - 1 more. PDF_UNREADABLE (no PDF, damaged, too
 * slow), PDF_ENCRYPTED (a password is needed), PDF_RESTRICTED (encrypted, but
 * anybody can open it: its owner forbids something), TOO_LARGE (more than max_pages),
 * WORKER_MISSING (no poppler-utils), NOT_FOUND (no such page). pdf_import_done also after an error.
 */
enum err_code pdf_import(int fd, int first, int max_pages, struct pdf_import *out, struct err *err);
void pdf_import_done(struct pdf_import *import);

static inline void pdf_import_auto(struct pdf_import *place)
{
    pdf_import_done(place);
}

#endif
