#include "compare.h"
#include "daemon/base/mem.h"
#include "daemon/model/doc_type.h"
#include "daemon/model/field.h"
#include "ocr/extract/templates.h"
#include "ocr_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * golden_extract_measure WORKER FOLDER [--verbose]: papers of FOLDER (<id>/pN.jpg, truth.jsonl)
 * through the worker; prints types and, per field, what was right, asked, and silently wrong.
 */

#define LINE_MAX_BYTES 100000
#define REACH_MAX 200

struct table {
    size_t count[FIELD_COUNT][VERDICT_COUNT];
    size_t known, known_right, unknown, unknown_right;
    bool verbose;
};

static void judge_fields(const struct js *truth, const struct js *found, struct table *table)
{
    for (int field = 0; field < FIELD_COUNT; field++) {
        const char *key = field_key((enum field_name)field);
        char path[80];
        snprintf(path, sizeof path, "fields.%s", key);
        const char *wanted = js_text_or(truth, key, NULL);
        const struct js *proposal = js_at(found, path);
        /* the truth file does not speak of these */
        bool judged =
            wanted || (proposal && field != FIELD_doc_name && field != FIELD_valid_until &&
                       field != FIELD_no_expiry && field != FIELD_procedure_code);
        if (!judged)
            continue;
        enum verdict verdict = compare_field(proposal, wanted);
        table->count[field][verdict]++;
        if (table->verbose && verdict != VERDICT_RIGHT)
            printf("  %s %s: '%s', true is '%s'%s\n", js_text_or(truth, "id", ""), key,
                   js_text_or(proposal, "value", "-"), wanted ? wanted : "-",
                   verdict == VERDICT_SILENT ? "  SILENT" : "");
    }
}

static void judge_paper(const struct templates *templates, const struct js *truth,
                        const struct js *found, struct table *table)
{
    const char *wanted = js_text_or(truth, "type", ""), *type = js_text_or(found, "type", "");
    enum doc_type wanted_type = doc_type_from_slug(wanted);
    bool known = templates_find(templates, wanted_type)->type == wanted_type;
    bool right = strcmp(type, known ? wanted : "unknown") == 0;
    *(known ? &table->known : &table->unknown) += 1;
    *(known ? &table->known_right : &table->unknown_right) += right;
    if (!right)
        printf("  %s is called %s (%.2f)\n", js_text_or(truth, "id", ""), type,
               js_real_or(found, "type_score", 0));
    if (known)
        judge_fields(truth, found, table);
}

static void print_row(const char *name, const size_t count[VERDICT_COUNT])
{
    size_t all = 0;
    for (int i = 0; i < VERDICT_COUNT; i++)
        all += count[i];
    if (all)
        printf("%-18s %5zu %6zu %11zu %11zu %8zu %7zu\n", name, all, count[VERDICT_RIGHT],
               count[VERDICT_RIGHT_ASKS], count[VERDICT_WRONG_ASKS], count[VERDICT_MISSING],
               count[VERDICT_SILENT]);
}

static void print_table(const struct table *table)
{
    size_t sum[VERDICT_COUNT] = {0};
    printf("type right %zu of %zu; papers of other kinds called unknown %zu of %zu\n",
           table->known_right, table->known, table->unknown_right, table->unknown);
    printf("%-18s %5s %6s %11s %11s %8s %7s\n", "field", "n", "right", "right+asks", "wrong+asks",
           "missing", "silent");
    for (int field = 0; field < FIELD_COUNT; field++) {
        print_row(field_key((enum field_name)field), table->count[field]);
        for (int i = 0; i < VERDICT_COUNT; i++)
            sum[i] += table->count[field][i];
    }
    print_row("all", sum);
}

static enum err_code measure_paper(struct ocr_client *client, const char *folder,
                                   const struct js *truth, struct js **out, struct err *err)
{
    AUTO(js) struct js *pages = js_array();
    size_t count = js_count(js_at(truth, "sheets"));
    for (size_t i = 0; i < count; i++) {
        struct js *page = NULL;
        AUTO(mem)
        char *path = mem_printf("%s/%s/p%zu.jpg", folder, js_text_or(truth, "id", ""), i + 1);
        enum err_code code = ocr_client_read_page(client, path, &page, err);
        if (code)
            return code;
        js_push(pages, page);
    }
    return ocr_client_understand(client, pages, out, err);
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    AUTO(templates) struct templates *templates = NULL;
    struct ocr_client client;
    struct table table = {.verbose = argc > 3 && strcmp(argv[3], "--verbose") == 0};
    char path[REACH_MAX];
    if (argc < 3 || snprintf(path, sizeof path, "%s/truth.jsonl", argv[2]) >= (int)sizeof path) {
        fprintf(stderr, "usage: %s WORKER FOLDER [--verbose]\n", argv[0]);
        return 2;
    }
    FILE *file = fopen(path, "r");
    if (!file || templates_load(NULL, &templates, &err) ||
        ocr_client_start(argv[1], &client, &err)) {
        fprintf(stderr, "%s: %s\n", path, err.detail);
        return 1;
    }
    static char line[LINE_MAX_BYTES];
    while (fgets(line, sizeof line, file)) {
        AUTO(js) struct js *truth = NULL, *found = NULL;
        if (js_parse(line, strlen(line), &truth, &err) ||
            measure_paper(&client, argv[2], truth, &found, &err)) {
            fprintf(stderr, "%s: %s\n", err_name(err.code), err.detail);
            return 1;
        }
        judge_paper(templates, truth, found, &table);
    }
    fclose(file);
    ocr_client_stop(&client);
    print_table(&table);
    return 0;
}
