#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * word_pairs_make < TEXT > TABLE: which words stand behind which, in lines of administrative
 * Vietnamese; `tests/bench/word_pairs` says from what. A pair is kept when it was seen PAIRS_MIN
 * times and LIFT_MIN times as often as its two words would meet by chance.
 */

#define PAIRS_MIN 4
#define LIFT_MIN 10
#define LINE_BYTES (1 << 20)
#define WORD_BYTES 40

struct pair {
    char skeleton[WORD_BYTES], first[WORD_BYTES], second[WORD_BYTES];
    double count;
};

struct pairs {
    struct pair *item;
    size_t count, capacity;
};

static int compare(const void *a, const void *b)
{
    const struct pair *one = a, *other = b;
    int order = strcmp(one->skeleton, other->skeleton);
    order = order ? order : strcmp(one->first, other->first);
    return order ? order : strcmp(one->second, other->second);
}

static void add(struct pairs *pairs, const char *first, const char *second)
{
    AUTO(mem) char *skeleton = text_fold(first);
    if (!skeleton)
        return;
    if (pairs->count == pairs->capacity) {
        pairs->capacity = pairs->capacity ? 2 * pairs->capacity : 4096;
        pairs->item = mem_resize(pairs->item, pairs->capacity * sizeof *pairs->item);
        if (!pairs->item)
            abort();
    }
    struct pair *pair = &pairs->item[pairs->count++];
    *pair = (struct pair){.count = 1};
    snprintf(pair->skeleton, sizeof pair->skeleton, "%s", skeleton);
    snprintf(pair->first, sizeof pair->first, "%s", first);
    snprintf(pair->second, sizeof pair->second, "%s", second);
}

/* "hòa" and "hoà" are one word in two spellings, and papers have both. */
static bool other_spelling(const char *word, char out[WORD_BYTES])
{
    static const char *const ends[][2] = {
        {"òa", "oà"}, {"óa", "oá"}, {"ỏa", "oả"}, {"õa", "oã"}, {"ọa", "oạ"},
        {"òe", "oè"}, {"óe", "oé"}, {"ỏe", "oẻ"}, {"õe", "oẽ"}, {"ọe", "oẹ"},
        {"ùy", "uỳ"}, {"úy", "uý"}, {"ủy", "uỷ"}, {"ũy", "uỹ"}, {"ụy", "uỵ"},
    };
    size_t size = strlen(word);
    for (size_t i = 0; i < 2 * sizeof ends / sizeof *ends; i++) {
        const char *end = ends[i / 2][i % 2];
        size_t stem = size - strlen(end);
        if (size < strlen(end) || strcmp(word + stem, end) != 0 ||
            (stem > 0 && word[stem - 1] == 'q'))
            continue;
        snprintf(out, WORD_BYTES, "%.*s%s", (int)stem, word, ends[i / 2][1 - i % 2]);
        return true;
    }
    return false;
}

static void add_spellings(struct pairs *pairs, const char *first, const char *second)
{
    char one[WORD_BYTES], two[WORD_BYTES];
    bool has_one = other_spelling(first, one), has_two = other_spelling(second, two);
    add(pairs, first, second);
    if (has_one)
        add(pairs, one, second);
    if (has_two)
        add(pairs, first, two);
    if (has_one && has_two)
        add(pairs, one, two);
}

static bool is_letter(int32_t point)
{
    return point < 0x80 ? isalpha(point) != 0 : point >= 0xC0 && point < 0x2000;
}

/* Only a space stands between the words of a pair. */
static void read_line(const char *line, struct pairs *pairs)
{
    char word[WORD_BYTES] = "", before[WORD_BYTES] = "";
    size_t size = 0;
    bool whole = true;
    for (const char *at = line, *here = at; *here; here = at) {
        int32_t point = text_next(&at);
        if (is_letter(point) && size + 4 < sizeof word) {
            size += text_put(point, word + size);
            word[size] = '\0';
            continue;
        }
        whole = whole && !isdigit((unsigned char)*here);
        if (size && whole && before[0])
            add_spellings(pairs, before, word);
        snprintf(before, sizeof before, "%s", point == ' ' && whole ? word : "");
        whole = point == ' ';
        size = 0;
        word[0] = '\0';
    }
}

static void merge(struct pairs *pairs)
{
    size_t kept = 0;
    qsort(pairs->item, pairs->count, sizeof *pairs->item, compare);
    for (size_t i = 0; i < pairs->count; i++)
        if (kept && compare(&pairs->item[kept - 1], &pairs->item[i]) == 0)
            pairs->item[kept - 1].count++;
        else
            pairs->item[kept++] = pairs->item[i];
    pairs->count = kept;
}

static double sum_of(const struct pairs *pairs, const char *first, const char *second)
{
    double sum = 0;
    for (size_t i = 0; i < pairs->count; i++)
        if ((!first || strcmp(pairs->item[i].first, first) == 0) &&
            (!second || strcmp(pairs->item[i].second, second) == 0))
            sum += pairs->item[i].count;
    return sum;
}

static void print(const struct pairs *pairs)
{
    double all = sum_of(pairs, NULL, NULL);
    const char *row = "";
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->item[i];
        if (pair->count < PAIRS_MIN)
            continue;
        double chance = sum_of(pairs, pair->first, NULL) * sum_of(pairs, NULL, pair->second) / all;
        if (pair->count < LIFT_MIN * chance)
            continue;
        if (strcmp(pair->first, row) == 0)
            printf(" %s", pair->second);
        else
            printf("%s    {\"%s\", \"%s\", \"%s", row[0] ? "\"},\n" : "", pair->skeleton,
                   pair->first, pair->second);
        row = pair->first;
    }
    printf("\"},\n");
}

int main(void)
{
    static char line[LINE_BYTES];
    struct pairs pairs = {0};
    while (fgets(line, sizeof line, stdin)) {
        AUTO(mem) char *composed = NULL;
        line[strcspn(line, "\n")] = '\0';
        if (text_nfc(line, strlen(line), &composed, NULL))
            return 1;
        AUTO(mem) char *lower = text_lower(composed);
        AUTO(mem) char *ended = mem_printf("%s\t", lower ? lower : "");
        if (!lower || !ended)
            return 1;
        read_line(ended, &pairs);
    }
    merge(&pairs);
    puts(
        "#ifndef SOHOA_RECOGNIZE_WORD_PAIRS_TABLE_H\n#define SOHOA_RECOGNIZE_WORD_PAIRS_TABLE_H\n\n"
        "/* Made by tests/bench/word_pairs make: a word without its marks, the word, and what "
        "stands\n"
        " * behind it. */\n\n"
        "/* clang-format off */\n"
        "static const struct word_pairs_row word_pairs_table[] = {");
    print(&pairs);
    puts("};\n/* clang-format on */\n\n#endif");
    mem_free(pairs.item);
    return 0;
}
