#include "ocr/extract/syllables.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <string.h>

#define TONES 6
#define ROWS_MAX 16
#define SYLLABLE_MAX_BYTES 32

struct syllables {
    const struct js *value;
    int32_t tone[ROWS_MAX][TONES]; /* a letter without tone, then with each */
    size_t rows;
};

static enum err_code read_tones(struct syllables *out, struct err *err)
{
    const struct js *list = js_at(out->value, "tones");
    out->rows = js_count(list);
    if (!js_is_array(list) || out->rows > ROWS_MAX)
        return err_set(err, ERR_TEMPLATE_BAD, "'tones' is not a list of at most %d", ROWS_MAX);
    for (size_t row = 0; row < out->rows; row++) {
        const char *letter = js_text_or(js_item(list, row), "", "");
        for (size_t tone = 0; tone < TONES; tone++)
            if ((out->tone[row][tone] = text_next(&letter)) <= 0)
                return err_set(err, ERR_TEMPLATE_BAD, "'tones' holds a text of fewer than 6");
    }
    return ERR_OK;
}

enum err_code syllables_make(const struct js *value, struct syllables **out, struct err *err)
{
    static const char *const lists[] = {"stopped_tones", "stops",       "onsets",
                                        "front_onsets",  "back_onsets", "foreign"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (!js_is_array(js_at(value, lists[i])))
            return err_set(err, ERR_TEMPLATE_BAD, "'%s' is not a list", lists[i]);
    if (!js_is_object(js_at(value, "nuclei")))
        return err_set(err, ERR_TEMPLATE_BAD, "'nuclei' is not an object");
    AUTO(syllables) struct syllables *made = mem_alloc(sizeof *made);
    if (!made)
        return err_set(err, ERR_NO_MEMORY, "syllables");
    made->value = value;
    enum err_code code = read_tones(made, err);
    if (!code)
        *out = TAKE(made);
    return code;
}

void syllables_free(struct syllables *syllables)
{
    mem_free(syllables);
}

static bool holds(const struct syllables *syllables, const char *list, const char *text)
{
    const struct js *items = js_at(syllables->value, list);
    for (size_t i = 0; i < js_count(items); i++)
        if (strcmp(js_text_or(js_item(items, i), "", ""), text) == 0)
            return true;
    return false;
}

static bool tone_may_stop(const struct syllables *syllables, int tone)
{
    const struct js *items = js_at(syllables->value, "stopped_tones");
    for (size_t i = 0; i < js_count(items); i++)
        if (js_int_or(js_item(items, i), "", -1) == tone)
            return true;
    return false;
}

/* Lower case without its tone. False: two tones, or too long for a syllable. */
static bool take_tone(const struct syllables *syllables, const char *lower, char *out,
                      int *out_tone)
{
    size_t used = 0;
    int32_t point;
    *out_tone = 0;
    while ((point = text_next(&lower)) > 0) {
        for (size_t i = 0; i < syllables->rows * TONES; i++) {
            int tone = (int)(i % TONES);
            if (point != syllables->tone[i / TONES][tone])
                continue;
            if (tone && *out_tone)
                return false;
            *out_tone = tone ? tone : *out_tone;
            point = syllables->tone[i / TONES][0];
            break;
        }
        if (used + 5 > SYLLABLE_MAX_BYTES)
            return false;
        used += text_put(point, out + used);
    }
    out[used] = 0;
    return point == 0;
}

static bool rime_is_possible(const struct syllables *syllables, const char *rime, int tone)
{
    const struct js *nuclei = js_at(syllables->value, "nuclei");
    for (void *it = js_iter(nuclei); it; it = js_iter_next(nuclei, it)) {
        const char *nucleus = js_iter_key(it);
        const struct js *codas = js_iter_value(it);
        if (!text_starts(rime, nucleus))
            continue;
        for (size_t i = 0; i < js_count(codas); i++) {
            const char *coda = js_text_or(js_item(codas, i), "", "");
            if (strcmp(rime + strlen(nucleus), coda) == 0)
                return !holds(syllables, "stops", coda) || tone_may_stop(syllables, tone);
        }
    }
    return false;
}

static bool onset_fits(const struct syllables *syllables, const char *onset, const char *rime)
{
    bool front = strchr("iey", rime[0]) || text_starts(rime, "ê");
    if (holds(syllables, "front_onsets", onset))
        return front;
    return !front || !holds(syllables, "back_onsets", onset);
}

/* "gì" and "gìn" are gi with an i that is not written twice. */
static bool is_possible(const struct syllables *syllables, const char *bare, int tone)
{
    const struct js *onsets = js_at(syllables->value, "onsets");
    if (rime_is_possible(syllables, bare, tone))
        return true;
    for (size_t i = 0; i < js_count(onsets); i++) {
        const char *onset = js_text_or(js_item(onsets, i), "", "");
        const char *rime = bare + strlen(onset);
        if (!text_starts(bare, onset))
            continue;
        if (onset_fits(syllables, onset, rime) && rime_is_possible(syllables, rime, tone))
            return true;
        if (strcmp(onset, "gi") == 0 && rime_is_possible(syllables, rime - 1, tone))
            return true;
    }
    return false;
}

bool syllable_is_possible(const struct syllables *syllables, const char *word)
{
    AUTO(mem) char *lower = text_lower(word);
    char bare[SYLLABLE_MAX_BYTES];
    int tone;
    if (!lower)
        return false;
    return holds(syllables, "foreign", lower) || (take_tone(syllables, lower, bare, &tone) &&
                                                  *bare && is_possible(syllables, bare, tone));
}
