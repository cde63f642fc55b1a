#include "compare.h"
#include "daemon/base/mem.h"
#include "daemon/model/page_info.h"
#include "daemon/model/words.h"
#include "ocr/extract/understand.h"
#include "ocr_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/*
 * The sample dossier against its answers: from words recorded once (words/<folder>.pN.json, written
 * by `golden_extract_sample --update`), and from the images through the real worker.
 */

#define SAMPLE SOHOA_SOURCE_DIR "/tests/data/sample"
#define WORDS SOHOA_SOURCE_DIR "/tests/golden/extract/words"
#define WORKER SOHOA_BINARY_DIR "/bin/sohoa-ocr-worker"
/* Share of fields read without a person (held to by the quickstart, too). */
#define READ_MIN 0.70
#define PAGES_MAX 8

struct tally {
    size_t count[VERDICT_COUNT];
};

static struct js *answers;

static int load(void **state)
{
    struct err err = ERR_INIT;
    (void)state;
    return js_read_file(SAMPLE "/answers.json", &answers, &err) ? -1 : 0;
}

static int unload(void **state)
{
    (void)state;
    js_free(answers);
    return 0;
}

static void check_paper(const struct js *paper, const struct js *found, struct tally *tally)
{
    const char *folder = js_text_or(paper, "folder", "");
    if (strcmp(js_text_or(found, "type", ""), js_text_or(paper, "type", "")) != 0)
        fail_msg("%s is called %s", folder, js_text_or(found, "type", ""));
    const struct js *fields = js_at(found, "fields");
    for (void *it = js_iter(fields); it; it = js_iter_next(fields, it)) {
        char path[80];
        snprintf(path, sizeof path, "fields.%.60s", js_iter_key(it));
        const char *truth = js_text_or(paper, path, NULL);
        enum verdict verdict = compare_field(js_iter_value(it), truth);
        tally->count[verdict]++;
        if (verdict == VERDICT_SILENT)
            fail_msg("%s: %s is sure and wrong: '%s'", folder, js_iter_key(it),
                     js_text_or(js_iter_value(it), "value", "(none)"));
    }
    const struct js *truths = js_at(paper, "fields");
    for (void *it = js_iter(truths); it; it = js_iter_next(truths, it))
        if (!js_at(fields, js_iter_key(it)))
            fail_msg("%s: %s is not proposed", folder, js_iter_key(it));
}

static void check_tally(const struct tally *tally)
{
    size_t all = 0;
    for (int i = 0; i < VERDICT_COUNT; i++)
        all += tally->count[i];
    double read = (double)tally->count[VERDICT_RIGHT] / (double)all;
    print_message("%zu fields: %zu read, %zu right but asked, %zu wrong and asked, %zu not found\n",
                  all, tally->count[VERDICT_RIGHT], tally->count[VERDICT_RIGHT_ASKS],
                  tally->count[VERDICT_WRONG_ASKS], tally->count[VERDICT_MISSING]);
    if (read < READ_MIN)
        fail_msg("only %.0f %% of the fields were read without a person", read * 100);
}

static void recorded_path(const struct js *paper, size_t page, char *out, size_t size)
{
    snprintf(out, size, WORDS "/%s.p%zu.json", js_text_or(paper, "folder", ""), page + 1);
}

static void the_sample_is_understood_from_recorded_words(void **state)
{
    struct err err = ERR_INIT;
    AUTO(templates) struct templates *templates = NULL;
    struct tally tally = {0};
    (void)state;
    assert_int_equal(templates_load(NULL, &templates, &err), ERR_OK);
    for (size_t i = 0; i < js_count(js_at(answers, "papers")); i++) {
        const struct js *paper = js_item(js_at(answers, "papers"), i);
        size_t count = js_count(js_at(paper, "pages"));
        struct words pages[PAGES_MAX];
        struct page_info infos[PAGES_MAX];
        for (size_t k = 0; k < count; k++) {
            char path[300];
            AUTO(js) struct js *recorded = NULL;
            recorded_path(paper, k, path, sizeof path);
            if (js_read_file(path, &recorded, &err) ||
                words_from_js(js_at(recorded, "words"), &pages[k], &err) ||
                page_info_from_js(js_at(recorded, "page"), &infos[k], &err))
                fail_msg("%s: %s", path, err.detail);
        }
        AUTO(js) struct js *found = NULL;
        assert_int_equal(understand_document(templates, pages, infos, count, NULL, &found, &err),
                         0);
        for (size_t k = 0; k < count; k++) {
            words_done(&pages[k]);
            page_info_done(&infos[k]);
        }
        check_paper(paper, found, &tally);
    }
    check_tally(&tally);
}

static void read_pages(struct ocr_client *client, const struct js *paper, struct js *pages)
{
    struct err err = ERR_INIT;
    for (size_t k = 0; k < js_count(js_at(paper, "pages")); k++) {
        char path[300];
        struct js *page = NULL;
        snprintf(path, sizeof path, SAMPLE "/%s",
                 js_text_or(js_item(js_at(paper, "pages"), k), "file", ""));
        if (ocr_client_read_page(client, path, &page, &err))
            fail_msg("%s: %s %s", path, err_name(err.code), err.detail);
        js_push(pages, page);
    }
}

static void the_sample_is_understood_through_the_real_worker(void **state)
{
    struct ocr_client client;
    struct err err = ERR_INIT;
    struct tally tally = {0};
    (void)state;
    if (access(WORKER, X_OK) != 0 && !getenv("CI")) {
        print_message("SKIP: %s is not built\n", WORKER);
        skip();
    }
    if (ocr_client_start(WORKER, &client, &err))
        fail_msg("%s", err.detail);
    for (size_t i = 0; i < js_count(js_at(answers, "papers")); i++) {
        const struct js *paper = js_item(js_at(answers, "papers"), i);
        AUTO(js) struct js *pages = js_array();
        AUTO(js) struct js *found = NULL;
        read_pages(&client, paper, pages);
        if (ocr_client_understand(&client, pages, &found, &err))
            fail_msg("%s: %s", err_name(err.code), err.detail);
        check_paper(paper, found, &tally);
    }
    ocr_client_stop(&client);
    check_tally(&tally);
}

/* Reads the sample through the worker and keeps the words. */
static int update(void)
{
    struct ocr_client client;
    struct err err = ERR_INIT;
    if (load(NULL) || ocr_client_start(WORKER, &client, &err)) {
        fprintf(stderr, "%s\n", err.detail);
        return 1;
    }
    for (size_t i = 0; i < js_count(js_at(answers, "papers")); i++) {
        const struct js *paper = js_item(js_at(answers, "papers"), i);
        AUTO(js) struct js *pages = js_array();
        read_pages(&client, paper, pages);
        for (size_t k = 0; k < js_count(pages); k++) {
            char path[300];
            recorded_path(paper, k, path, sizeof path);
            AUTO(mem) char *text = js_dump(js_item(pages, k));
            FILE *file = fopen(path, "w");
            if (!file || !text || fprintf(file, "%s\n", text) < 0 || fclose(file) != 0)
                return 1;
        }
    }
    ocr_client_stop(&client);
    return unload(NULL);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_is_understood_from_recorded_words),
        cmocka_unit_test(the_sample_is_understood_through_the_real_worker),
    };
    if (argc > 1 && strcmp(argv[1], "--update") == 0)
        return update();
    return cmocka_run_group_tests(tests, load, unload);
}
