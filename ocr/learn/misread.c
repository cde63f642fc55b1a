#include "ocr/learn/misread.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <string.h>

#define WORDS_MAX 400

/* How badly this paper is read, in thousandths of words or lines. */
struct misreading {
    uint64_t state;
    unsigned marks, letters, lost, glued, torn, lines;
    bool no_head, no_title;
};

static unsigned below(struct misreading *how, unsigned bound)
{
    how->state = how->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((how->state >> 33) % bound);
}

static bool chance(struct misreading *how, unsigned thousandths)
{
    return below(how, 1000) < thousandths;
}

static struct misreading begin(uint64_t seed)
{
    struct misreading how = {.state = seed * 2654435761u + 12345};
    unsigned bad = below(&how, 4); /* 0: read as printed */
    how.marks = bad * 60;
    how.letters = bad * 15;
    how.lost = bad * 15;
    how.glued = how.torn = bad * 8;
    how.lines = bad * 20;
    how.no_head = chance(&how, 80);
    how.no_title = chance(&how, 200);
    return how;
}

static bool is_title(const struct paper_line *line)
{
    return line->place == PLACE_CENTRE && (line->bold || line->large);
}

static bool is_head(const struct paper_line *line)
{
    return line->place == PLACE_LEFT || line->place == PLACE_RIGHT;
}

/* One letter becomes another of the alphabet. */
static void misread_letter(struct misreading *how, char *word)
{
    size_t at = below(how, (unsigned)strlen(word));
    if ((unsigned char)word[at] < 0x80)
        word[at] = (char)('a' + below(how, 26));
}

/* Words of the line, misread, each mem_free'd by the caller. */
static bool misread_words(struct misreading *how, const struct paper_line *line,
                          char *out[WORDS_MAX], size_t *out_count)
{
    for (size_t r = 0; r < line->run_count; r++) {
        AUTO(mem) char *text = mem_strdup(line->run[r].text);
        char *rest = text;
        if (!text)
            return false;
        for (char *word; !line->run[r].hand && (word = strsep(&rest, " |\n"));) {
            if (!*word || *out_count + 2 > WORDS_MAX || chance(how, how->lost))
                continue;
            AUTO(mem)
            char *read = chance(how, how->marks) ? text_fold(word) : mem_strdup(word);
            if (!read)
                return false;
            if (chance(how, how->letters))
                misread_letter(how, read);
            size_t half = strlen(read) / 2;
            if (*out_count && chance(how, how->glued)) {
                char **last = &out[*out_count - 1];
                char *glued = mem_printf("%s%s", *last, read);
                mem_free(*last);
                *last = glued;
            } else if (half > 1 && (unsigned char)read[half] < 0x80 && chance(how, how->torn)) {
                out[(*out_count)++] = mem_strndup(read, half);
                out[(*out_count)++] = mem_strdup(read + half);
            } else {
                out[(*out_count)++] = TAKE(read);
            }
        }
    }
    for (size_t i = 0; i < *out_count; i++)
        if (!out[i])
            return false;
    return true;
}

static bool give_line(struct misreading *how, const struct paper_line *line, misread_line_fn *give,
                      void *payload)
{
    char *word[WORDS_MAX] = {0};
    size_t count = 0;
    bool ok = misread_words(how, line, word, &count);
    ok = ok && (!count || give(payload, (const char *const *)word, count));
    for (size_t i = 0; i < count; i++)
        mem_free(word[i]);
    return ok;
}

bool misread_paper(const struct paper *paper, uint64_t seed, misread_line_fn *line, void *payload)
{
    struct misreading how = begin(seed);
    bool ok = true;
    for (size_t i = 0; ok && i < paper->count && paper->line[i].place != PLACE_PAGE; i++) {
        const struct paper_line *it = &paper->line[i];
        bool gone = (how.no_head && is_head(it)) || (how.no_title && is_title(it)) ||
                    chance(&how, how.lines);
        if (!gone)
            ok = give_line(&how, it, line, payload);
    }
    return ok;
}
