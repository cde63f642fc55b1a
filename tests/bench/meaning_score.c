/*
 * Compares what `sohoa process` says of made-up papers with what they say.
 *
 *   meaning_score TRUTH.jsonl RESULTS-FOLDER
 *
 * A silent error is a value that is wrong, or that the paper does not carry, and asks nobody.
 * Names, issuers and abstracts are right within a tenth of their letters; everything else to the
 * letter. Of what asks it is told how much has a rule for that in its type: several people of whom
 * a person chooses one, and validity (ocr/extract). Ends with 1 when a paper has no result.
 */
#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "daemon/model/doc_type.h"
#include "daemon/model/field.h"
#include "ocr/extract/templates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum outcome { RIGHT, RIGHT_ASKED, WRONG_ASKED, MISSING, SILENT, INVENTED, OUTCOME_COUNT };

static const char *const outcome_names[] = {"right",   "right, asked", "wrong, asked",
                                            "missing", "silent",       "invented"};
static const char *const fields[] = {"number_symbol",    "issue_date",  "issue_place", "issuer",
                                     "abstract",         "signer",      "owner_name",  "owner_id",
                                     "owner_birth_date", "valid_until", "dossier_code"};
#define FIELD_COUNT (sizeof fields / sizeof *fields)
static const char *const loose[] = {"issuer", "abstract", "signer", "owner_name", "issue_place"};

#define TYPES_MAX 64

struct by_type {
    char type[40];
    int papers, type_right, table[OUTCOME_COUNT]; /* printed fields */
};

struct score {
    const struct templates *templates;
    struct by_type type[TYPES_MAX];
    size_t type_count;
    int by_rule, clean_right, clean_asked, clean_by_rule, spelling;
    int papers, type_right, missing_results;
    int unknown, unknown_right;
    int printed[FIELD_COUNT][OUTCOME_COUNT], by_hand[FIELD_COUNT][OUTCOME_COUNT];
};

/* Texts are right within a tenth. */
static bool is_loose(const char *field)
{
    for (size_t i = 0; i < sizeof loose / sizeof *loose; i++)
        if (strcmp(field, loose[i]) == 0)
            return true;
    return false;
}

static bool same(const char *field, const char *read, const char *truth)
{
    if (!is_loose(field))
        return strcmp(read, truth) == 0;
    AUTO(mem) char *a = text_lower(read);
    AUTO(mem) char *b = text_lower(truth);
    return a && b && 10 * text_distance(a, b) <= strlen(truth);
}

static const char *value_of(const struct js *field)
{
    return js_text_or(field, "value", NULL);
}

/* What the type asks of a person whatever was read. */
static bool asks_by_rule(const struct score *score, const char *type, const char *field)
{
    const struct template *template = templates_find(score->templates, doc_type_from_slug(type));
    enum field_name name = field_from_key(field);
    for (size_t i = 0; i < template->rule_count; i++)
        if (template->rule[i].field == name)
            return template->rule[i].always_ask || template->rule[i].find == FIND_VALIDITY;
    return false;
}

static struct by_type *type_of(struct score *score, const char *type)
{
    for (size_t i = 0; i < score->type_count; i++)
        if (strcmp(score->type[i].type, type) == 0)
            return &score->type[i];
    if (score->type_count == TYPES_MAX)
        return &score->type[TYPES_MAX - 1];
    snprintf(score->type[score->type_count].type, sizeof score->type[0].type, "%s", type);
    return &score->type[score->type_count++];
}

static void count_asked(struct score *score, bool easy, bool by_rule, enum outcome outcome)
{
    bool asked = outcome == RIGHT_ASKED;
    score->by_rule += asked && by_rule;
    score->clean_right += easy && (asked || outcome == RIGHT);
    score->clean_asked += easy && asked;
    score->clean_by_rule += easy && asked && by_rule;
}

static void score_field(struct score *score, const struct js *paper, size_t at,
                        const struct js *truth, const struct js *read)
{
    const char *id = js_text_or(paper, "id", ""), *type = js_text_or(paper, "type", "");

    const char *wanted = value_of(truth), *got = value_of(read);
    bool asks = js_bool_or(read, "needs_person", true);
    int(*table)[OUTCOME_COUNT] = js_bool_or(truth, "hand", false) ? score->by_hand : score->printed;
    if (!wanted && (!got || asks))
        return;
    enum outcome outcome = MISSING;
    if (!wanted)
        outcome = INVENTED;
    else if (got && same(fields[at], got, wanted))
        outcome = asks ? RIGHT_ASKED : RIGHT;
    else if (got)
        outcome = asks ? WRONG_ASKED : SILENT;
    table[at][outcome]++;
    if (table == score->printed) {
        bool easy = strcmp(js_text_or(paper, "condition", ""), "hard") != 0;
        count_asked(score, easy, asks_by_rule(score, type, fields[at]), outcome);
        type_of(score, type)->table[outcome]++;
    }
    bool spelling = outcome == RIGHT && strcasecmp(got, wanted) != 0;
    if (spelling) {
        score->spelling++;
        printf("meaning: %s: %s: within a tenth '%s', paper says '%s'\n", id, fields[at], got,
               wanted);
    }
    if (outcome == SILENT || outcome == INVENTED)
        printf("meaning: %s: %s: %s '%s', paper says '%s'\n", id, fields[at],
               outcome_names[outcome], got, wanted ? wanted : "nothing");
}

static void score_paper(struct score *score, const struct js *truth, const struct js *result)
{
    const char *id = js_text_or(truth, "id", ""), *type = js_text_or(truth, "type", "");
    const char *read = js_text_or(result, "type", "");
    bool right = strcmp(type, read) == 0, unknown = strcmp(type, "unknown") == 0;
    score->papers++;
    type_of(score, type)->papers++;
    type_of(score, type)->type_right += right;
    score->type_right += right && !unknown;
    score->unknown += unknown;
    score->unknown_right += right && unknown;
    if (!right)
        printf("meaning: %s: called %s\n", id, read);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        char path[60];
        snprintf(path, sizeof path, "fields.%s", fields[i]);
        score_field(score, truth, i, js_at(truth, path), js_at(result, path));
    }
}

static void print_table(const char *what, int table[FIELD_COUNT][OUTCOME_COUNT], int *total)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        int count = 0;
        for (int k = 0; k < OUTCOME_COUNT; k++) {
            count += table[i][k];
            total[k] += table[i][k];
        }
        if (!count)
            continue;
        printf("meaning: %-8s %-16s", what, fields[i]);
        for (int k = 0; k < OUTCOME_COUNT; k++)
            printf("  %s %d", outcome_names[k], table[i][k]);
        printf("\n");
    }
}

static void print_types(const struct score *score)
{
    for (size_t i = 0; i < score->type_count; i++) {
        const struct by_type *type = &score->type[i];
        int values = 0;
        for (int k = 0; k < OUTCOME_COUNT; k++)
            values += k == INVENTED ? 0 : type->table[k];
        int right = type->table[RIGHT] + type->table[RIGHT_ASKED];
        printf(
            "meaning: %-22s %4d papers, type right %5.1f %%, printed values %4d, right %5.1f %%, "
            "of them asked %5.1f %%, silent %d\n",
            type->type, type->papers, 100.0 * type->type_right / type->papers, values,
            values ? 100.0 * right / values : 0,
            right ? 100.0 * type->table[RIGHT_ASKED] / right : 0,
            type->table[SILENT] + type->table[INVENTED]);
    }
}

static double percent(int part, int whole)
{
    return whole ? 100.0 * part / whole : 0;
}

static double right_of(const struct score *score, bool texts)
{
    int right = 0, all = 0;
    for (size_t field = 0; field < FIELD_COUNT; field++)
        for (int k = 0; k < OUTCOME_COUNT && is_loose(fields[field]) == texts; k++) {
            right += k == RIGHT || k == RIGHT_ASKED ? score->printed[field][k] : 0;
            all += k != INVENTED ? score->printed[field][k] : 0;
        }
    return percent(right, all);
}

static void print_score(struct score *score)
{
    print_types(score);
    int total[OUTCOME_COUNT] = {0}, hand[OUTCOME_COUNT] = {0}, values = 0;
    print_table("printed", score->printed, total);
    print_table("by hand", score->by_hand, hand);
    for (int k = 0; k < OUTCOME_COUNT; k++)
        values += total[k] + hand[k];
    int known = score->papers - score->unknown, printed = 0;
    for (int k = 0; k < OUTCOME_COUNT; k++)
        printed += k == INVENTED ? 0 : total[k];
    int silent = total[SILENT] + total[INVENTED] + hand[SILENT] + hand[INVENTED];
    int right = total[RIGHT] + total[RIGHT_ASKED];
    printf("meaning: type right %.1f %% of %d (wanted 99), unknown called so %.1f %% of %d (90)\n",
           known ? 100.0 * score->type_right / known : 0, known,
           score->unknown ? 100.0 * score->unknown_right / score->unknown : 0, score->unknown);
    printf("meaning: printed numbers, dates, ids and codes right %.1f %% (97); issuer, abstract, "
           "names and places %.1f %% (95)\n",
           right_of(score, false), right_of(score, true));
    printf("meaning: printed values right %.1f %%, of them asked %.1f %% (10)\n",
           printed ? 100.0 * right / printed : 0, right ? 100.0 * total[RIGHT_ASKED] / right : 0);
    printf("meaning: of clean and normal sheets asked %.1f %% (10), without those that ask by rule "
           "%.1f %%\n",
           percent(score->clean_asked, score->clean_right),
           percent(score->clean_asked - score->clean_by_rule,
                   score->clean_right - score->clean_by_rule));
    printf("meaning: sure values right but for their spelling, within a tenth: %d\n",
           score->spelling);
    printf("meaning: silent errors %.2f %% of %d values (wanted 0.5)\n",
           values ? 100.0 * silent / values : 0, values);
}

int main(int argc, char **argv)
{
    static struct score score;
    struct err loading = ERR_INIT;
    AUTO(templates) struct templates *templates = NULL;
    if (templates_load(NULL, &templates, &loading)) {
        fprintf(stderr, "meaning: %s\n", loading.detail);
        return 1;
    }
    score.templates = templates;
    FILE *file = argc == 3 ? fopen(argv[1], "r") : NULL;
    if (!file) {
        fprintf(stderr, "usage: meaning_score TRUTH.jsonl RESULTS-FOLDER\n");
        return 2;
    }
    char *line = NULL;
    size_t room = 0;
    for (ssize_t size; (size = getline(&line, &room, file)) > 0;) {
        AUTO(js) struct js *truth = NULL;
        AUTO(js) struct js *result = NULL;
        struct err err = ERR_INIT;
        if (js_parse(line, (size_t)size, &truth, &err))
            break;
        AUTO(mem) char *path = mem_printf("%s/%s.json", argv[2], js_text_or(truth, "id", ""));
        if (!path || js_read_file(path, &result, &err)) {
            fprintf(stderr, "meaning: %s: %s\n", path ? path : "?", err.detail);
            score.missing_results++;
            continue;
        }
        score_paper(&score, truth, result);
    }
    free(line); /* getline's own */
    fclose(file);
    print_score(&score);
    return score.missing_results || !score.papers;
}
