#include "ocr/clean/clean.h"
#include "ocr/recognize/tesseract.h"
#include "tests/unit/image/pages.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SAMPLE SOHOA_SOURCE_DIR "/tests/data/sample/"

/* What the copies of this process do when they are asked for the n-th time whether to go on. */
struct mishap {
    int after;  /* 0: nothing */
    bool hangs; /* instead of dying */
    int copies; /* that were seen */
};

static struct mishap *mishap; /* shared with the copies */
static pid_t original;
static int asked;
static bool is_cancelled;

static bool ask(void)
{
    if (getpid() == original)
        return is_cancelled;
    if (asked++ == 0)
        __atomic_add_fetch(&mishap->copies, 1, __ATOMIC_SEQ_CST);
    if (mishap->after && asked >= mishap->after && mishap->hangs)
        for (;;)
            pause();
    if (mishap->after && asked >= mishap->after)
        raise(SIGKILL);
    return false;
}

struct page {
    struct recognizer *recognizer;
    struct clean_page cleaned;
};

static void open_page(const char *path, struct page *out)
{
    struct image image = {
        .raster = pages_read(path), .count = 1, .dpi = 300, .dpi_source = DPI_PAPER};
    asked = 0;
    is_cancelled = false;
    *mishap = (struct mishap){0};
    original = getpid();
    assert_int_equal(recognizer_new("vie", &out->recognizer, NULL), ERR_OK);
    recognizer_set_cancel(out->recognizer, ask);
    assert_int_equal(clean_page(&image, NULL, &out->cleaned, NULL), ERR_OK);
}

static void page_auto(struct page *page)
{
    recognizer_free(page->recognizer);
    clean_page_done(&page->cleaned);
}

static enum err_code read_page(struct page *page, int cores, struct words *out)
{
    recognizer_set_cores(page->recognizer, cores);
    words_init(out, page->cleaned.info.size, page->cleaned.info.skew_deg);
    return recognizer_read_page(page->recognizer, &page->cleaned.recognition, out, NULL);
}

static void assert_same_words(const struct words *a, const struct words *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct word *x = &a->item[i], *y = &b->item[i];
        assert_string_equal(x->text, y->text);
        assert_memory_equal(&x->confidence, &y->confidence, sizeof x->confidence);
        assert_memory_equal(&x->box, &y->box, sizeof x->box);
        assert_memory_equal(&x->baseline_mm, &y->baseline_mm, sizeof x->baseline_mm);
        assert_int_equal(x->line, y->line);
        assert_int_equal(x->block, y->block);
    }
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* A table, two columns of a head, seals, a photo: each as it is, whoever reads it. */
static void two_processes_read_the_same_words_as_one(void **state)
{
    static const char *const sheets[] = {"01-receipt-slip", "02-marital-status",
                                         "03-birth-certificate", "04-decision", "07-minutes"};
    (void)state;
    int copies = 0;
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++) {
        AUTO(page) struct page page = {0};
        AUTO(words) struct words alone = {0};
        AUTO(words) struct words shared = {0};
        char path[200];
        snprintf(path, sizeof path, SAMPLE "%s/p1.jpg", sheets[i]);
        open_page(path, &page);
        assert_int_equal(read_page(&page, 1, &alone), ERR_OK);
        assert_int_equal(mishap->copies, 0);
        assert_int_equal(read_page(&page, 2, &shared), ERR_OK);
        assert_true(alone.count > 30);
        assert_same_words(&alone, &shared);
        copies += mishap->copies;
    }
    assert_true(copies > 5);
}

static void a_copy_that_dies_or_hangs_costs_no_word(void **state)
{
    static const struct mishap mishaps[] = {{1, false, 0}, {4, false, 0}, {3, true, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof mishaps / sizeof *mishaps; i++) {
        AUTO(page) struct page page = {0};
        AUTO(words) struct words alone = {0};
        AUTO(words) struct words shared = {0};
        open_page(SAMPLE "07-minutes/p1.jpg", &page);
        assert_int_equal(read_page(&page, 1, &alone), ERR_OK);
        *mishap = mishaps[i];
        assert_int_equal(read_page(&page, 2, &shared), ERR_OK);
        assert_true(mishap->copies > 0);
        assert_same_words(&alone, &shared);
    }
}

static void a_cancelled_page_leaves_no_copy(void **state)
{
    (void)state;
    AUTO(page) struct page page = {0};
    AUTO(words) struct words words = {0};
    open_page(SAMPLE "07-minutes/p1.jpg", &page);
    *mishap = (struct mishap){.after = 1, .hangs = true};
    is_cancelled = true;
    assert_int_equal(read_page(&page, 2, &words), ERR_CANCELLED);
    assert_int_equal(words.count, 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void the_order_of_two_languages_is_not_left_to_chance(void **state)
{
    (void)state;
    AUTO(page) struct page page = {0};
    AUTO(words) struct words alone = {0};
    AUTO(words) struct words shared = {0};
    open_page(SAMPLE "01-receipt-slip/p1.jpg", &page);
    recognizer_free(page.recognizer);
    assert_int_equal(recognizer_new("vie+eng", &page.recognizer, NULL), ERR_OK);
    recognizer_set_cancel(page.recognizer, ask);
    assert_int_equal(read_page(&page, 1, &alone), ERR_OK);
    assert_int_equal(read_page(&page, 2, &shared), ERR_OK);
    assert_same_words(&alone, &shared);
}

int main(int argc, char **argv)
{
    (void)argc;
    if (!getenv("OMP_THREAD_LIMIT")) { /* read when the library is loaded, as in the worker */
        setenv("OMP_THREAD_LIMIT", "1", 1);
        execv("/proc/self/exe", argv);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_processes_read_the_same_words_as_one),
        cmocka_unit_test(a_copy_that_dies_or_hangs_costs_no_word),
        cmocka_unit_test(a_cancelled_page_leaves_no_copy),
        cmocka_unit_test(the_order_of_two_languages_is_not_left_to_chance),
    };
    mishap = mmap(NULL, sizeof *mishap, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return mishap == MAP_FAILED ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
