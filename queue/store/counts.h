#ifndef SOHOA_STORE_COUNTS_H
#define SOHOA_STORE_COUNTS_H

#include "queue/store/store.h"

/* A paper counts once: not when refused, given up, withdrawn, or already copied anew. `d` is the
 * document. */
#define COUNTED_DOCUMENT                                                                           \
    "d.state NOT IN ('rejected', 'failed', 'superseded', 'withdrawn') AND NOT EXISTS ("            \
    "SELECT 1 FROM document n WHERE n.replaces = d.id AND n.state NOT IN ('rejected', 'failed'))"

/*
 * Four numbers that people mix up, and what they must agree on when a dossier is closed:
 *   papers as said            = papers
 *   written sides as said     = written     (with: written + blank = sides imaged)
 */
struct counts {
    int64_t papers; /* documents that count */
    int64_t sheets; /* of feeder scans, fronts and backs together; a side without a sheet is one */
    int64_t sides;  /* imaged: several images of one side (place.h) count once */
    int64_t written;
    int64_t
        blank; /* sides without writing, by the machine or by a person (blank_kept), that stay */
    int64_t images;     /* all of them */
    int64_t separators; /* sides of separator sheets that were set aside, none of the above */
};

enum err_code counts_of_dossier(struct store *store, const char *id, struct counts *out,
                                struct err *err);
/* Its images also when it does not count any more. */
enum err_code counts_of_document(struct store *store, const char *id, struct counts *out,
                                 struct err *err);
struct js *counts_to_js(const struct counts *counts); /* NULL when out of memory */

#endif
