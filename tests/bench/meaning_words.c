#include "meaning_words.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUANTILES 11
#define ROWS_MAX 16
#define SWAPS_MAX 1200
#define HAND_TOLD 0.95 /* of unseen hands (tests/bench/handwriting) */

/* small, capitals, figures, mixed, hand */
struct noise_row {
    char condition[12], kind[12];
    double wrong;
    double right_sure[QUANTILES], wrong_sure[QUANTILES];
};

struct swap {
    char from[8], to[8];
    double weight;
};

struct noise {
    struct noise_row row[ROWS_MAX];
    size_t row_count;
    struct swap swap[SWAPS_MAX];
    size_t swap_count;
    double jitter_width, jitter_height;
};

static bool read_quantiles(char **rest, double out[QUANTILES])
{
    for (int i = 0; i < QUANTILES; i++) {
        char *end;
        out[i] = strtod(*rest, &end);
        if (end == *rest)
            return false;
        *rest = end;
    }
    return true;
}

static bool read_line(struct noise *noise, char *line)
{
    int used = 0;
    struct noise_row row = {0};
    struct swap swap = {0};
    if (*line == '#' || *line == '\n')
        return true;
    if (sscanf(line, "box %lf %lf", &noise->jitter_width, &noise->jitter_height) == 2)
        return true;
    if (sscanf(line, "swap %7s %7s %lf", swap.from, swap.to, &swap.weight) == 3) {
        if (noise->swap_count < SWAPS_MAX)
            noise->swap[noise->swap_count++] = swap;
        return true;
    }
    if (sscanf(line, "%11s %11s %lf %n", row.condition, row.kind, &row.wrong, &used) != 3 ||
        noise->row_count == ROWS_MAX)
        return false;
    char *rest = line + used;
    if (!read_quantiles(&rest, row.right_sure) || !read_quantiles(&rest, row.wrong_sure))
        return false;
    noise->row[noise->row_count++] = row;
    return true;
}

struct noise *noise_load(const char *path)
{
    FILE *file = fopen(path, "r");
    struct noise *noise = file ? calloc(1, sizeof *noise) : NULL;
    char line[1000];
    bool ok = noise != NULL;
    while (ok && fgets(line, sizeof line, file))
        ok = read_line(noise, line);
    if (file)
        fclose(file);
    if (ok && noise->row_count)
        return noise;
    noise_free(noise);
    return NULL;
}

void noise_free(struct noise *noise)
{
    free(noise);
}

/* ---- where words were drawn ---- */

static bool add_word(const char *text, int size, PangoRectangle ink, double baseline_mm,
                     double x_mm, double y_mm, double mm, bool hand, int block, int line,
                     struct words *to)
{
    double unit = mm * PANGO_SCALE;
    struct rect_mm box = {x_mm + ink.x / unit, y_mm + ink.y / unit, ink.width / unit,
                          ink.height / unit};
    AUTO(mem) char *word = mem_strndup(text, (size_t)size);
    if (!word || words_add(to, word, 1, box, baseline_mm, block, line, NULL))
        return false;
    to->item[to->count - 1].hand = hand;
    return true;
}

bool words_of_layout(PangoLayout *layout, double x_mm, double y_mm, double mm, const char *hand,
                     int block, struct words *to)
{
    const char *text = pango_layout_get_text(layout);
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    PangoRectangle box = {0};
    int line = 0, first = -1, last_line = -1;
    bool ok = true, more = true;
    double baseline_mm = 0;
    while (ok && more) {
        PangoRectangle ink;
        int at = pango_layout_iter_get_index(iter);
        PangoLayoutLine *now = pango_layout_iter_get_line_readonly(iter);
        bool blank = text[at] == ' ' || !text[at];
        pango_layout_iter_get_cluster_extents(iter, &ink, NULL);
        if (!blank && first < 0) {
            first = at;
            box = ink;
            line = now->start_index;
            baseline_mm = y_mm + pango_layout_iter_get_baseline(iter) / (mm * PANGO_SCALE);
        } else if (!blank) {
            int right = MAX(box.x + box.width, ink.x + ink.width);
            int bottom = MAX(box.y + box.height, ink.y + ink.height);
            box.x = MIN(box.x, ink.x);
            box.y = MIN(box.y, ink.y);
            box.width = right - box.x;
            box.height = bottom - box.y;
        }
        more = pango_layout_iter_next_cluster(iter);
        bool ended = first >= 0 && (!more || text[pango_layout_iter_get_index(iter)] == ' ' ||
                                    pango_layout_iter_get_line_readonly(iter) != now);
        if (!ended)
            continue;
        int size = (int)strcspn(text + first, " ");
        if (line != last_line)
            last_line = line;
        ok = add_word(text + first, size, box, baseline_mm, x_mm, y_mm, mm, hand[first], block,
                      last_line, to);
        first = -1;
    }
    pango_layout_iter_free(iter);
    return ok;
}

/* ---- how they are read ---- */

static double share(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) / 9007199254740992.0;
}

static double from_quantiles(const double quantile[QUANTILES], uint64_t *state)
{
    double at = share(state) * (QUANTILES - 1);
    int low = (int)at;
    return quantile[low] + (quantile[low + 1] - quantile[low]) * (at - low);
}

static const char *kind_of(const struct word *word)
{
    if (word->hand > 0)
        return "hand";
    AUTO(mem) char *upper = text_upper(word->text);
    AUTO(mem) char *lower = text_lower(word->text);
    bool letters = upper && lower && strcmp(upper, lower) != 0;
    bool digits = strpbrk(word->text, "0123456789");
    if (!letters)
        return digits ? "figures" : "small";
    if (digits)
        return "mixed";
    return strcmp(upper, word->text) == 0 ? "capitals" : "small";
}

static const struct noise_row *row_of(const struct noise *noise, const char *condition,
                                      const char *kind)
{
    for (size_t i = 0; i < noise->row_count; i++)
        if (strcmp(noise->row[i].condition, condition) == 0 &&
            strcmp(noise->row[i].kind, kind) == 0)
            return &noise->row[i];
    return &noise->row[0];
}

/* One letter as it was seen to be misread; NULL where none of the word's letters was. Caller's. */
static char *misread(const struct noise *noise, const char *text, uint64_t *state)
{
    double sum = 0;
    for (size_t i = 0; i < noise->swap_count; i++)
        sum += strstr(text, noise->swap[i].from) ? noise->swap[i].weight : 0;
    double chosen = share(state) * sum;
    for (size_t i = 0; i < noise->swap_count; i++) {
        const struct swap *swap = &noise->swap[i];
        const char *at = strstr(text, swap->from);
        if (!at || (chosen -= swap->weight) > 0)
            continue;
        const char *to = strcmp(swap->to, "-") == 0 && strcmp(swap->from, "-") != 0 ? "" : swap->to;
        return mem_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(swap->from));
    }
    return NULL;
}

/* What is left of handwriting: its digits are read as others. */
static char *scrawl(const char *text, uint64_t *state)
{
    char *read = mem_strdup(text);
    for (char *c = read; c && *c; c++)
        if (*c >= '0' && *c <= '9' && share(state) < 0.6)
            *c = (char)('0' + (int)(share(state) * 10));
    return read;
}

static double around(double spread, uint64_t *state)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += share(state);
    return (sum - 6) * spread;
}

static bool read_word(const struct word *drawn, const struct noise *noise, const char *condition,
                      uint64_t *state, struct words *out)
{
    const struct noise_row *row = row_of(noise, condition, kind_of(drawn));
    bool wrong = share(state) < row->wrong;
    AUTO(mem) char *text = NULL;
    if (wrong)
        text = drawn->hand > 0 ? scrawl(drawn->text, state) : misread(noise, drawn->text, state);
    bool changed = text && *text && strcmp(text, drawn->text) != 0;
    struct rect_mm box = drawn->box;
    double wider = around(noise->jitter_width, state), taller = around(noise->jitter_height, state);
    box.x -= box.w * wider / 2;
    box.y -= box.h * taller / 2;
    box.w *= 1 + wider;
    box.h *= 1 + taller;
    double confidence = from_quantiles(changed ? row->wrong_sure : row->right_sure, state);
    if (words_add(out, changed ? text : drawn->text, confidence, box, drawn->baseline_mm,
                  drawn->block, drawn->line, NULL))
        return false;
    struct word *word = &out->item[out->count - 1];
    word->hand = drawn->hand > 0 && share(state) < HAND_TOLD ? 1 : 0;
    if (word_is_hand(word))
        word->confidence = fmin(word->confidence, 0.5);
    return true;
}

bool words_misread(const struct words *drawn, const struct noise *noise, const char *condition,
                   uint64_t *state, struct words *out)
{
    words_init(out, drawn->page, 0);
    for (size_t i = 0; i < drawn->count; i++) {
        const struct word *word = &drawn->item[i];
        if (noise && !read_word(word, noise, condition, state, out))
            return false;
        if (!noise && words_add(out, word->text, 1, word->box, word->baseline_mm, word->block,
                                word->line, NULL))
            return false;
        if (!noise)
            out->item[out->count - 1].hand = word->hand;
    }
    return true;
}

bool words_write(const struct words *words, const char *path)
{
    AUTO(js)
    struct js *page = js_pack(
        "{s:o, s:{s:i, s:i, s:f, s:s, s:i, s:f, s:f, s:b, s:f, s:f, s:{s:s, s:[]}, s:[], s:[]}}",
        "words", words_to_js(words), "page", "width_px", 2480, "height_px", 3508, "dpi", 300.0,
        "dpi_source", "file", "rotation_deg", 0, "rotation_score", 1.0, "skew_deg", 0.0, "blank", 0,
        "width_mm", words->page.w, "height_mm", words->page.h, "quality", "verdict", "good",
        "reasons", "codes", "zones");
    AUTO(mem) char *text = page ? js_dump(page) : NULL;
    FILE *file = text ? fopen(path, "w") : NULL;
    bool ok = file && fprintf(file, "%s\n", text) > 0;
    return file && fclose(file) == 0 && ok;
}
