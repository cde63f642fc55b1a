#include "tests/harness/test.h"

#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "daemon/model/words.h"
#include "daemon/pipeline/folder.h"
#include "daemon/pipeline/stage.h"

#include <fcntl.h>

/* The documents of `sohoa process` with the test in the workers' place. */

struct fixture {
    char *path;
    struct inputs inputs;
    struct folder *folder;
    struct job_source source;
    int written, failed;
    enum err_code last_code;
};

static void on_result(void *payload, const struct folder_result *result)
{
    struct fixture *f = payload;
    f->written += result->outcome == FOLDER_WRITTEN;
    f->failed += result->outcome == FOLDER_FAILED;
    f->last_code = result->err ? result->err->code : ERR_OK;
}

static void on_progress(void *payload, size_t done, size_t known)
{
    (void)payload;
    assert_true(done <= known);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->path = test_make_folder();
    *state = f;
    return chdir(f->path);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    folder_free(f->folder);
    inputs_done(&f->inputs);
    test_remove_folder(f->path);
    free(f);
    return chdir("/");
}

static void begin(struct fixture *f, const char *const *names, size_t count, bool split)
{
    for (size_t i = 0; i < count; i++)
        close(open(names[i], O_WRONLY | O_CREAT, 0600));
    assert_int_equal(inputs_find(names, count, false, "out", &f->inputs, NULL), ERR_OK);
    struct folder_options options = {.out_dir = "out", .lang = "vie", .split = split};
    assert_int_equal(folder_new(&f->inputs, &options, on_result, on_progress, f, &f->folder, NULL),
                     ERR_OK);
    f->source = folder_jobs(f->folder);
}

static void keep_job(void *payload, struct job *job, const struct err *err)
{
    assert_null(err);
    *(struct job **)payload = job;
}

static struct job *claim(struct fixture *f, const char *stage)
{
    struct job *job = NULL;
    for (size_t i = 0; i < stage_count; i++)
        if (strcmp(stages[i].name, stage) == 0)
            f->source.claim(f->source.self, &stages[i], keep_job, &job);
    return job;
}

static void stored(void *payload, struct job *next, const struct err *err)
{
    (void)payload;
    assert_null(next);
    assert_null(err);
}

/* result and descriptor are taken over; fd_count copies of the descriptor are answered. */
static void answer(struct fixture *f, struct job *job, struct js *result, int fd, size_t fd_count)
{
    assert_non_null(job);
    assert_non_null(result);
    job->result = result;
    job->result_fds = mem_array(fd_count + 1, sizeof(int));
    for (size_t i = 0; i < fd_count; i++)
        job->result_fds[job->result_fd_count++] = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    fd_close(fd);
    f->source.complete(f->source.self, job, (const struct stage *const[]){NULL}, stored, f);
    job_free(job);
}

static struct js *page_info(void)
{
    return js_pack("{s:i, s:i, s:i, s:f, s:f, s:f, s:f, s:b}", "width_px", 10, "height_px", 10,
                   "rotation_deg", 0, "dpi", 300.0, "skew_deg", 0.0, "width_mm", 10.0, "height_mm",
                   10.0, "blank", 0);
}

static int no_words(void)
{
    AUTO(words) struct words words = {0};
    words_init(&words, (struct size_mm){10, 10}, 0);
    AUTO(js) struct js *json = words_to_js(&words);
    int fd = -1;
    assert_int_equal(js_to_memfd(json, "words", &fd, NULL), ERR_OK);
    return fd;
}

static void answer_page(struct fixture *f, int images)
{
    answer(f, claim(f, "recognize"), js_pack("{s:o, s:i}", "page", page_info(), "images", images),
           no_words(), 1);
}

static int small_file(void)
{
    int fd = -1;
    assert_int_equal(file_memfd("image", "x", 1, &fd, NULL), ERR_OK);
    return fd;
}

/* `here` of the file's pages, the n-th image as the n-th descriptor. */
static struct js *imported(const char *kind, int pages, int here)
{
    AUTO(js) struct js *images = js_array();
    for (int i = 0; i < here; i++)
        assert_true(js_push(images, js_pack("{s:f, s:i}", "dpi", 144.0, "fd", i)));
    return js_pack("{s:s, s:i, s:O}", "kind", kind, "pages", pages, "images", images);
}

static void a_long_pdf_is_imported_to_its_last_page(void **state)
{
    struct fixture *f = *state;
    begin(f, (const char *const[]){"a.pdf"}, 1, false);
    struct job *first = claim(f, "import");
    assert_int_equal(js_int_or(first->args, "first", 0), 1);
    answer(f, first, imported("scanned", 18, 16), small_file(), 16);
    struct job *page = claim(f, "recognize");
    assert_true(js_real_or(page->args, "dpi", 0) == 144.0);
    answer(f, page, js_pack("{s:o}", "page", page_info()), no_words(), 1);
    for (int i = 0; i < 15; i++)
        answer_page(f, 1);
    assert_null(claim(f, "understand"));
    struct job *rest = claim(f, "import");
    assert_int_equal(js_int_or(rest->args, "first", 0), 17);
    assert_null(claim(f, "import"));
    answer(f, rest, imported("scanned", 18, 2), small_file(), 2);
    assert_null(claim(f, "import"));
    answer_page(f, 1);
    answer_page(f, 1);
    struct job *understand = claim(f, "understand");
    assert_int_equal(js_count(js_at(understand->args, "pages")), 18);
    job_free(understand);
}

static void each_image_of_a_tiff_is_composed_from_its_own_index(void **state)
{
    struct fixture *f = *state;
    begin(f, (const char *const[]){"a.tif"}, 1, false);
    answer_page(f, 3);
    answer_page(f, 3);
    answer_page(f, 3);
    assert_null(claim(f, "recognize"));
    answer(f, claim(f, "understand"), js_pack("{s:s}", "type", "notice"), -1, 0);
    struct job *compose = claim(f, "compose");
    assert_int_equal(compose->fd_count, 7);
    assert_int_equal(js_int_or(compose->args, "pages[0].index", -1), 0);
    assert_int_equal(js_int_or(compose->args, "pages[2].index", -1), 2);
    char sha256[HASH_HEX_SIZE];
    hash_bytes("", 0, sha256);
    answer(f, compose, js_pack("{s:s}", "sha256", sha256), -1, 0);
    assert_true(folder_is_done(f->folder));
    assert_int_equal(f->written, 1);
}

static void a_part_never_takes_another_document_s_name(void **state)
{
    struct fixture *f = *state;
    begin(f, (const char *const[]){"a.tif", "a-2.tif"}, 2, true);
    answer_page(f, 2);
    answer_page(f, 2);
    answer(f, claim(f, "understand"),
           js_pack("{s:s, s:[{}, {s:{s:b}}]}", "type", "notice", "pages", "starts_document",
                   "value", 1),
           -1, 0);
    assert_int_equal(f->failed, 1);
    assert_int_equal(f->last_code, ERR_USAGE);
    assert_null(claim(f, "compose"));
    answer_page(f, 1);
    assert_int_equal(f->failed, 1);
}

static void put_theirs(const char *path)
{
    AUTO(fd) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_int_equal(write(fd, "%PDF theirs", 11), 11);
}

static void assert_theirs(const char *path)
{
    char bytes[16] = "";
    AUTO(fd) int fd = open(path, O_RDONLY);
    assert_int_equal(read(fd, bytes, sizeof bytes), 11);
    assert_string_equal(bytes, "%PDF theirs");
}

static void a_file_that_came_while_pages_were_read_is_not_replaced(void **state)
{
    struct fixture *f = *state;
    begin(f, (const char *const[]){"a.tif"}, 1, false);
    answer_page(f, 1);
    answer(f, claim(f, "understand"), js_pack("{s:s}", "type", "notice"), -1, 0);
    put_theirs("out/a.pdf");
    char sha256[HASH_HEX_SIZE];
    hash_bytes("", 0, sha256);
    answer(f, claim(f, "compose"), js_pack("{s:s}", "sha256", sha256), -1, 0);
    assert_int_equal(f->failed, 1);
    assert_int_equal(f->last_code, ERR_USAGE);
    assert_theirs("out/a.pdf");
}

static void no_part_is_written_when_one_would_replace_another_file(void **state)
{
    struct fixture *f = *state;
    begin(f, (const char *const[]){"a.tif"}, 1, true);
    answer_page(f, 2);
    answer_page(f, 2);
    put_theirs("out/a-2.pdf");
    answer(f, claim(f, "understand"),
           js_pack("{s:s, s:[{}, {s:{s:b}}]}", "type", "notice", "pages", "starts_document",
                   "value", 1),
           -1, 0);
    assert_int_equal(f->failed, 1);
    assert_int_equal(f->last_code, ERR_USAGE);
    assert_true(folder_is_done(f->folder));
    assert_theirs("out/a-2.pdf");
}

static void an_odd_answer_fails_its_document_only(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *stage, *file, *result;
        size_t fds;
    } cases[] = {
        {"import", "a.pdf", "{}", 1},
        {"import", "b.pdf", "{\"kind\": \"scanned\", \"pages\": 3}", 0},
        {"import", "c.pdf", "{\"kind\": \"scanned\", \"pages\": 1}", 2},
        {"import", "d.pdf", "{\"kind\": \"scanned\", \"pages\": -1}", 1},
        {"recognize", "e.png", "{}", 1},
        {"recognize", "f.png", "{\"page\": {}}", 0},
        {"recognize", "g.png", "{\"page\": {}, \"images\": 1000000}", 1},
        {"recognize", "h.png", "{\"page\": [], \"images\": -1}", 1},
    };
    const char *names[COUNT_OF(cases)];
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        names[i] = cases[i].file;
    begin(f, names, COUNT_OF(cases), false);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct js *result = NULL;
        js_parse(cases[i].result, strlen(cases[i].result), &result, NULL);
        /* a claim begins one document at most */
        struct job *job = NULL;
        for (size_t tries = 0; !job && tries <= COUNT_OF(cases); tries++)
            job = claim(f, cases[i].stage);
        answer(f, job, result, small_file(), cases[i].fds);
        assert_int_equal(f->failed, (int)i + 1);
    }
    assert_true(folder_is_done(f->folder));
}

static void more_pages_than_a_message_carries_are_an_error(void **state)
{
    struct fixture *f = *state;
    begin(f, (const char *const[]){"a.tif"}, 1, false);
    answer_page(f, 1001);
    assert_int_equal(f->failed, 1);
    assert_int_equal(f->last_code, ERR_TOO_LARGE);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_long_pdf_is_imported_to_its_last_page),
        CASE(each_image_of_a_tiff_is_composed_from_its_own_index),
        CASE(a_part_never_takes_another_document_s_name),
        CASE(a_file_that_came_while_pages_were_read_is_not_replaced),
        CASE(no_part_is_written_when_one_would_replace_another_file),
        CASE(an_odd_answer_fails_its_document_only),
        CASE(more_pages_than_a_message_carries_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
