#ifndef SOHOA_OCR_PAPERS_COMPOSE_H
#define SOHOA_OCR_PAPERS_COMPOSE_H

#include "daemon/base/js.h"
#include "ocr/papers/wording.h"

/*
 * A paper made up from the wording by seeded choices: the same seed gives the same paper on every
 * machine. Its people, numbers and dates are invented.
 */

/* Where a line stands; the letters of the format (README.md). */
enum paper_place {
    PLACE_LEFT = 'L',  /* left column of the head */
    PLACE_RIGHT = 'R', /* right column */
    PLACE_CENTRE = 'C',
    PLACE_BODY = 'B',  /* paragraph with first-line indent, justified */
    PLACE_FLUSH = 'F', /* from the left margin: a form's field */
    PLACE_SIGN = 'S',  /* signature block */
    PLACE_NOTE = 'N',  /* recipients, beside the signature */
    PLACE_TABLE = 'T', /* cells parted by '|' */
    PLACE_GAP = '-',   /* room for stamp and signature; no text */
    PLACE_PAGE = 'P'   /* a new sheet begins; no text */
};

struct paper_run {
    char *text;
    bool hand; /* written by hand */
};
struct paper_line {
    enum paper_place place;
    bool bold, italic, small, large, box;
    struct paper_run *run;
    size_t run_count;
};
struct paper {
    struct paper_line *line;
    size_t count;
    struct js *fields; /* {field: {"value": text, "hand": bool}}: what the paper says */
};

void paper_done(struct paper *paper);
static inline void paper_auto(struct paper *place)
{
    paper_done(place);
}

/* `name` as wording_papers has them. TEMPLATE_BAD names file, line and what is wrong. */
enum err_code paper_compose(const struct wording *wording, const char *name, uint64_t seed,
                            enum wording_part part, struct paper *out, struct err *err);
/* All of it as lines of text, for a model to learn from; mem_free. NULL: out of memory. */
char *paper_text(const struct paper *paper);

#endif
