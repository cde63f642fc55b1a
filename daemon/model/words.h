#ifndef SOHOA_MODEL_WORDS_H
#define SOHOA_MODEL_WORDS_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/model/geometry.h"

#include <stdbool.h>
#include <stddef.h>

/* Recognised words of one page, in reading order. Travels between workers as a JSON blob
 * ("sohoa.words/1"). Boxes and baselines are in the deskewed frame (see geometry.h). */

#define WORDS_FROM_LAYER "text layer"

struct word {
    char *text;        /* UTF-8 NFC, no spaces */
    double confidence; /* 0..1 */
    double hand;       /* 0..1: how surely it, or a part of it, is written by hand; 0: not told */
    struct rect_mm box;
    double baseline_mm; /* y of the baseline at the word */
    int block, line;    /* numbered from 0 through the page; same line = same pair */
};

struct words {
    struct word *item;
    size_t count, capacity;
    struct size_mm page; /* upright = deskewed size */
    double skew_deg;
    bool from_layer; /* "source": "text layer": they came with the file and were not recognised */
};

/* At this or more a word counts as hand-written. */
#define WORD_HAND_FROM 0.5
/* From here on print is not certain: too much where a hand is to be expected. */
#define WORD_HAND_DOUBT 0.3
static inline bool word_is_hand(const struct word *word)
{
    return word->hand >= WORD_HAND_FROM;
}

void words_init(struct words *words, struct size_mm page, double skew_deg);
void words_done(struct words *words);
/* Copies text. TOO_LARGE above WORDS_MAX. */
#define WORDS_MAX 50000u
enum err_code words_add(struct words *words, const char *text, double confidence,
                        struct rect_mm box, double baseline_mm, int block, int line,
                        struct err *err);
/* Text with a space between words, a newline between lines, an empty line between blocks. Caller's.
 */
char *words_text(const struct words *words);
double words_mean_confidence(const struct words *words); /* 0 when there are none */
/* Of a page that shows but that part (upright frame) of its image: boxes, baselines and the page
 * are then of the part. */
void words_cut(struct words *words, struct rect_mm part);
struct rect_mm words_box_upright(const struct words *words, size_t index);

struct js *words_to_js(const struct words *words);
/* `out` is initialised here; words_done it also after an error. */
enum err_code words_from_js(const struct js *value, struct words *out, struct err *err);
enum err_code words_read_fd(int fd, struct words *out, struct err *err);

static inline void words_auto(struct words *place)
{
    words_done(place);
}

#endif
