#ifndef SOHOA_OCR_PAPERS_WORDING_H
#define SOHOA_OCR_PAPERS_WORDING_H

#include "daemon/base/err.h"
#include "daemon/base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How papers are worded: lists of alternatives, blocks of lines and whole papers, from *.paper
 * files (format in README.md). Read once, then only looked into.
 */

struct wording;

/* All *.paper files of the folder. TEMPLATE_BAD names file, line and what is wrong. */
enum err_code wording_load(const char *folder, struct wording **out, struct err *err);
/* The same from texts in memory, in the order of their names. */
struct wording_text {
    const char *name;
    const unsigned char *bytes;
    size_t size;
};
enum err_code wording_read(const struct wording_text *text, size_t count, struct wording **out,
                           struct err *err);
/* The files of wording/, compiled in (library sohoa_wording). */
extern const struct wording_text wording_shipped[];
extern const size_t wording_shipped_count;

void wording_free(struct wording *wording);
AUTO_DEFINE(wording, struct wording *, wording_free);

/* What may be chosen: alternatives are parted by a digest of their own text, so that a new one does
 * not move the others. */
enum wording_part {
    WORDING_ALL,
    WORDING_TRAIN,   /* what a model may see */
    WORDING_HELD_OUT /* what it must not have seen; lists shorter than 4 have nothing held out */
};

/* Lists: alternatives in file order. */
struct wording_list {
    const char *name;
    const char **item;
    size_t count;
};
/* Blocks and papers: lines in file order. Several of one name are alternatives. */
struct wording_block {
    const char *name;
    const char *file; /* base name, for errors */
    const char **line;
    int *line_number;
    size_t count;
};

const struct wording_list *wording_list(const struct wording *wording, const char *name);
/* `paper`: a whole paper of that name (a type's slug, or slug/kind). */
size_t wording_blocks(const struct wording *wording, const char *name, bool paper,
                      const struct wording_block *out[], size_t max);
/* Names of papers, each once, in file order; ends with NULL. */
const char *const *wording_papers(const struct wording *wording);

/* May that text be chosen among `count` alternatives? */
bool wording_may_choose(const char *text, size_t count, enum wording_part part);

#endif
