#include "tests/flow/scan/counter.h"

#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <sys/wait.h>

/* Scan worker and simulator: real processes, real SANE, paper of known pixels. */

/* Which paper a page file shows: its seed, 0 for none. */
static int seed_of(const struct page_file *page)
{
    for (int seed = 1; seed < 10; seed++) {
        bool same = true;
        for (int y = 0; same && y < (int)page->height; y += 13)
            for (int x = 0; same && x < 600 * 3; x++)
                same = page->pixels[page->row_bytes * (size_t)y + (size_t)x] ==
                       site_sample(x / 3, y, x % 3, seed);
        if (same)
            return seed;
    }
    return 0;
}

/* Scans one page and says which paper it was. */
static int next_seed(const char *side, int sheet)
{
    AUTO(js) struct js *answer = NULL;
    struct page_file page;
    assert_int_equal(next_into("page.tif", &answer), ERR_OK);
    page_file_check(&site, "page.tif", answer, &page);
    assert_string_equal(js_text_or(answer, "side", ""), side);
    assert_int_equal(js_int_or(answer, "sheet", 0), sheet);
    int seed = seed_of(&page);
    free(page.pixels);
    return seed;
}

static enum err_code next_fails(void)
{
    AUTO(js) struct js *answer = NULL;
    return next_into("fails.tif", &answer);
}

static void the_simulator_is_listed_and_opened(void **state)
{
    (void)state;
    AUTO(js) struct js *list = NULL;
    AUTO(js) struct js *opened = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(worker_ask(&worker, "list", NULL, -1, &list, &err), ERR_OK);
    assert_int_equal(js_count(js_at(list, "devices")), 1);
    assert_string_equal(js_text_or(list, "devices[0].name", ""), DEVICE);
    assert_int_equal(worker_ask(&worker, "open", js_pack("{s:s}", "device", ""), -1, &opened, &err),
                     ERR_OK);
    assert_string_equal(js_text_or(opened, "sources[0]", ""), "flatbed");
    assert_string_equal(js_text_or(opened, "sources[1]", ""), "adf");
    assert_string_equal(js_text_or(opened, "sources[2]", ""), "duplex");
    assert_string_equal(js_text_or(opened, "buttons[0]", ""), "scan");
    const struct js *options = js_at(opened, "options");
    bool resolution_seen = false;
    for (size_t i = 0; i < js_count(options); i++) {
        const struct js *option = js_item(options, i);
        if (strcmp(js_text_or(option, "name", ""), "resolution") != 0)
            continue;
        resolution_seen = true;
        assert_string_equal(js_text_or(option, "unit", ""), "dpi");
        assert_string_equal(js_text_or(option, "type", ""), "int");
        assert_int_equal(js_int_or(option, "value", 0), 300);
        assert_true(js_real_or(option, "constraint.max", 0) == 600);
    }
    assert_true(resolution_seen);
}

static void an_unknown_device_is_named_so(void **state)
{
    (void)state;
    assert_int_equal(do_op("open", js_pack("{s:s}", "device", "sohoasim:cellar")),
                     ERR_UNKNOWN_DEVICE);
    assert_int_equal(do_op("open", js_pack("{s:s}", "device", "nosuch:0")), ERR_UNKNOWN_DEVICE);
    assert_int_equal(do_op("open", js_object()), ERR_BAD_JSON);
    assert_int_equal(do_op("start", js_object()), ERR_CONFLICT);
    assert_int_equal(do_op("buttons", NULL), ERR_CONFLICT);
}

static void no_scanner_is_an_answer(void **state)
{
    (void)state;
    site_put(&site, "config/dll.conf", "# none\n");
    AUTO(js) struct js *list = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(worker_ask(&worker, "list", NULL, -1, &list, &err), ERR_OK);
    assert_int_equal(js_count(js_at(list, "devices")), 0);
    assert_int_equal(do_op("open", js_pack("{s:s}", "device", "")), ERR_NO_SCANNER);
}

static void the_glass_shows_the_paper_pixel_for_pixel(void **state)
{
    (void)state;
    open_device();
    assert_int_equal(start("flatbed"), ERR_OK);
    assert_int_equal(next_seed("front", 1), 1);
    assert_int_equal(next_seed("front", 2), 1); /* it still lies there */
    assert_int_equal(do_op("finish", NULL), ERR_OK);
    site_put(&site, "papers/glass", "p3.ppm\n");
    assert_int_equal(start("flatbed"), ERR_OK);
    assert_int_equal(next_seed("front", 1), 3);
}

static void without_an_area_the_page_is_a4(void **state)
{
    (void)state;
    open_device();
    AUTO(js) struct js *set = NULL;
    AUTO(js) struct js *page = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(worker_ask(&worker, "start",
                                js_pack("{s:s, s:s, s:i, s:n}", "source", "flatbed", "mode", "gray",
                                        "resolution_dpi", 150, "area_mm"),
                                -1, &set, &err),
                     ERR_OK);
    assert_string_equal(js_text_or(set, "source", ""), "flatbed");
    assert_string_equal(js_text_or(set, "mode", ""), "gray");
    assert_true(js_real_or(set, "area_mm[2]", 0) == 210);
    assert_true(js_real_or(set, "area_mm[3]", 0) == 297);
    assert_false(js_bool_or(set, "duplex", true));
    assert_int_equal(next_into("a4.tif", &page), ERR_OK);
    assert_int_equal(js_int_or(page, "image.width_px", 0), 1240);
    assert_int_equal(js_int_or(page, "image.height_px", 0), 1754);
    assert_int_equal(js_int_or(page, "image.channels", 0), 1);
    assert_true(fabs(js_real_or(page, "image.width_mm", 0) - 210) < 0.1);
    assert_true(fabs(js_real_or(page, "image.height_mm", 0) - 297) < 0.1);
    assert_false(js_bool_or(page, "more", true));
    assert_true(worker.progress_events == 0 || worker.last_expected == 1754);
}

static void lineart_has_one_bit_a_pixel(void **state)
{
    (void)state;
    open_device();
    assert_int_equal(
        do_op("start", js_pack("{s:s, s:s, s:i, s:[i,i,f,f]}", "source", "flatbed", "mode",
                               "lineart", "resolution_dpi", 300, "area_mm", 0, 0, 50.8, 33.86)),
        ERR_OK);
    AUTO(js) struct js *answer = NULL;
    struct page_file page;
    assert_int_equal(next_into("bits.tif", &answer), ERR_OK);
    page_file_check(&site, "bits.tif", answer, &page);
    assert_int_equal(page.bits, 1);
    for (int y = 0; y < (int)page.height; y += 11)
        for (int x = 0; x < 600; x++) {
            int grey = (299 * site_sample(x, y, 0, 1) + 587 * site_sample(x, y, 1, 1) +
                        114 * site_sample(x, y, 2, 1) + 500) /
                       1000;
            bool black =
                page.pixels[page.row_bytes * (size_t)y + (size_t)x / 8] & (0x80 >> (x % 8));
            assert_int_equal(black, grey < 128);
        }
    free(page.pixels);
}

static void the_feeder_gives_its_pile_and_then_says_empty(void **state)
{
    (void)state;
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    for (int sheet = 1; sheet <= 3; sheet++)
        assert_int_equal(next_seed("front", sheet), sheet);
    assert_int_equal(next_fails(), ERR_FEEDER_EMPTY);
    assert_int_equal(next_fails(), ERR_CONFLICT); /* that batch is over */
    assert_int_equal(do_op("finish", NULL), ERR_OK);
    site_put(&site, "papers/feeder", "next 0\n"); /* loaded again */
    assert_int_equal(start("adf"), ERR_OK);
    assert_int_equal(next_seed("front", 1), 1);
}

static void duplex_gives_front_and_back_of_each_sheet(void **state)
{
    (void)state;
    site_put(&site, "papers/pile.txt", "p1.ppm\tp2.ppm\np3.ppm\n");
    open_device();
    assert_int_equal(start("duplex"), ERR_OK);
    assert_int_equal(next_seed("front", 1), 1);
    assert_int_equal(next_seed("back", 1), 2);
    assert_int_equal(next_seed("front", 2), 3);
    AUTO(js) struct js *answer = NULL;
    struct page_file page;
    assert_int_equal(next_into("blank.tif", &answer), ERR_OK);
    page_file_check(&site, "blank.tif", answer, &page);
    assert_int_equal(page.pixels[0], 255); /* empty paper of the sheet's size */
    assert_int_equal(page.pixels[page.row_bytes * 300 + 1500], 255);
    free(page.pixels);
    assert_int_equal(next_fails(), ERR_FEEDER_EMPTY);
}

static void the_button_is_read_once(void **state)
{
    (void)state;
    open_device();
    site_put(&site, "papers/button", "");
    AUTO(js) struct js *first = NULL;
    AUTO(js) struct js *second = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(worker_ask(&worker, "buttons", NULL, -1, &first, &err), ERR_OK);
    assert_string_equal(js_text_or(first, "pressed[0]", ""), "scan");
    assert_int_equal(worker_ask(&worker, "buttons", NULL, -1, &second, &err), ERR_OK);
    assert_int_equal(js_count(js_at(second, "pressed")), 0);
}

static void a_press_survives_opening_the_device(void **state)
{
    (void)state;
    site_put(&site, "papers/button", "");
    open_device();
    assert_true(site_has(&site, "papers/button"));
}

static void a_fault_in_mid_page_ends_the_batch_with_its_name(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        enum err_code code;
    } cases[] = {
        {"jam", ERR_FEEDER_JAM},
        {"cover", ERR_COVER_OPEN},
        {"io", ERR_SCANNER_IO},
        {"short", ERR_PAGE_TRUNCATED},
    };
    open_device();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char faults[40];
        snprintf(faults, sizeof faults, "sheet 2 %s 60\n", cases[i].kind);
        site_put(&site, "papers/faults", faults);
        site_put(&site, "papers/feeder", "");
        assert_int_equal(start("adf"), ERR_OK);
        assert_int_equal(next_seed("front", 1), 1);
        assert_int_equal(next_fails(), cases[i].code);
        assert_int_equal(do_op("finish", NULL), ERR_OK);
        assert_int_equal(start("adf"), ERR_OK); /* sheet 2 is spent, the rest of the pile comes */
        assert_int_equal(next_seed("front", 1), 3);
        assert_int_equal(do_op("finish", NULL), ERR_OK);
    }
}

static void a_double_feed_takes_the_next_sheet_along(void **state)
{
    (void)state;
    site_put(&site, "papers/faults", "sheet 1 double\n");
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    assert_int_equal(next_seed("front", 1), 1);
    assert_int_equal(next_seed("front", 2), 3);
    assert_int_equal(next_fails(), ERR_FEEDER_EMPTY);
}

static void paper_that_is_no_image_is_an_error_and_spent(void **state)
{
    (void)state;
    site_put(&site, "papers/zero.png", "");
    site_put(&site, "papers/text.jpg", "not an image");
    site_put(&site, "papers/pile.txt", "zero.png\ntext.jpg\ngone.jpg\np3.ppm\n");
    open_device();
    for (int i = 0; i < 3; i++) {
        assert_int_equal(start("adf"), ERR_OK);
        assert_int_equal(next_fails(), ERR_SCANNER_IO);
    }
    assert_int_equal(start("adf"), ERR_OK);
    assert_int_equal(next_seed("front", 1), 3);
}

static void a_back_nobody_fetched_is_gone_with_its_sheet(void **state)
{
    (void)state;
    site_put(&site, "papers/pile.txt", "p1.ppm\tp2.ppm\np3.ppm\tp1.ppm\n");
    open_device();
    assert_int_equal(start("duplex"), ERR_OK);
    assert_int_equal(next_seed("front", 1), 1);
    assert_int_equal(do_op("finish", NULL), ERR_OK);
    assert_int_equal(start("duplex"), ERR_OK);
    assert_int_equal(next_seed("front", 1), 3);
    assert_int_equal(next_seed("back", 1), 1);
}

static void a_crash_of_the_backend_takes_one_sheet_only(void **state)
{
    (void)state;
    site_put(&site, "papers/faults", "sheet 2 crash\n");
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    assert_int_equal(next_seed("front", 1), 1);
    assert_int_equal(next_fails(), ERR_WORKER_DIED);
    assert_int_equal(worker_end(&worker), -SIGABRT);
    worker_spawn(&worker, &site);
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    assert_int_equal(next_seed("front", 1), 3);
}

/* ---- killed, cancelled ------------------------------------------------------------------------
 */

static void slow_paper(void)
{
    site_put(&site, "papers/sohoasim.conf", "pace yes\n");
}

static void kill_it(struct scan_worker *w)
{
    w->on_progress = NULL;
    worker_kill(w, SIGKILL);
}

static void cancel_it(struct scan_worker *w)
{
    w->on_progress = NULL;
    worker_kill(w, SIGUSR1);
}

static void a_killed_worker_finds_the_feeder_where_it_was(void **state)
{
    (void)state;
    slow_paper();
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    worker.on_progress = kill_it; /* rows of sheet 1 are on their way */
    assert_int_equal(next_fails(), ERR_WORKER_DIED);
    assert_int_equal(worker_end(&worker), -SIGKILL);
    worker_spawn(&worker, &site);
    open_device(); /* not busy: the lock died with its process */
    assert_int_equal(start("adf"), ERR_OK);
    assert_int_equal(next_seed("front", 1), 2);
    assert_int_equal(next_seed("front", 2), 3);
    assert_int_equal(next_fails(), ERR_FEEDER_EMPTY);
}

/* Scans on until an error; each page must lie further down the pile than the one before. */
static enum err_code scan_until_error(int *last_seed)
{
    AUTO(js) struct js *ok = NULL;
    struct err err = ERR_INIT;
    enum err_code code =
        worker_ask(&worker, "open", js_pack("{s:s}", "device", DEVICE), -1, &ok, &err);
    if (!code)
        code = start("adf");
    while (!code) {
        AUTO(js) struct js *answer = NULL;
        struct page_file page;
        code = next_into("page.tif", &answer);
        if (code)
            break;
        page_file_check(&site, "page.tif", answer, &page);
        int seed = seed_of(&page);
        assert_true(seed > *last_seed);
        *last_seed = seed;
        free(page.pixels);
    }
    return code;
}

static void killed_at_any_moment_no_sheet_comes_twice(void **state)
{
    (void)state;
    char name[32];
    for (int seed = 4; seed <= 9; seed++) {
        snprintf(name, sizeof name, "papers/p%d.ppm", seed);
        site_paper(&site, name, 600, 400, 3, seed);
    }
    int last_seed = 0, kills = 0;
    unsigned random = 7;
    for (enum err_code code = ERR_OK; code != ERR_FEEDER_EMPTY; kills++) {
        pid_t killer = fork();
        if (killer == 0) {
            usleep((useconds_t)(rand_r(&random) % 40000));
            kill(worker.pid, SIGKILL);
            _exit(0);
        }
        rand_r(&random);
        code = scan_until_error(&last_seed);
        assert_true(code == ERR_WORKER_DIED || code == ERR_FEEDER_EMPTY);
        waitpid(killer, NULL, 0);
        worker_end(&worker);
        worker_spawn(&worker, &site);
        assert_true(kills < 200);
    }
    char *feeder = site_read(&site, "papers/feeder");
    assert_string_equal(feeder, "next 000009\n");
    mem_free(feeder);
    print_message("9 sheets, %d workers killed\n", kills);
}

static void a_cancel_in_mid_page_frees_the_device(void **state)
{
    (void)state;
    slow_paper();
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    worker.on_progress = cancel_it;
    assert_int_equal(next_fails(), ERR_CANCELLED);
    assert_true(worker.progress_events >= 1);

    struct scan_worker other;
    worker_spawn(&other, &site);
    AUTO(js) struct js *ok = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(worker_ask(&other, "open", js_pack("{s:s}", "device", DEVICE), -1, &ok, &err),
                     ERR_OK);
    assert_int_equal(start("adf"), ERR_DEVICE_BUSY); /* now the other one has it */
    assert_int_equal(worker_end(&other), 0);

    assert_int_equal(start("adf"), ERR_OK); /* opens again by itself */
    assert_int_equal(next_seed("front", 1), 2);
}

static void a_cancel_before_the_page_takes_no_paper(void **state)
{
    (void)state;
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    worker_kill(&worker, SIGUSR1);
    usleep(50000);
    assert_int_equal(next_fails(), ERR_CANCELLED);
    assert_false(site_has(&site, "papers/feeder"));
}

static void a_cancel_reaches_a_call_that_waits(void **state)
{
    (void)state;
    site_put(&site, "papers/faults", "sheet 1 stall 10\n");
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    pid_t canceller = fork();
    if (canceller == 0) {
        usleep(300000);
        kill(worker.pid, SIGUSR1);
        usleep(5000000);
        kill(worker.pid, SIGKILL); /* the test fails rather than hangs */
        _exit(0);
    }
    assert_int_equal(next_fails(), ERR_CANCELLED);
    kill(canceller, SIGKILL);
    waitpid(canceller, NULL, 0);
    assert_int_equal(start("adf"), ERR_OK);
    assert_int_equal(next_seed("front", 1), 2);
}

static void a_hanging_backend_yields_to_kill_only(void **state)
{
    (void)state;
    site_put(&site, "papers/faults", "sheet 1 hang 10\n");
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    AUTO(fd) int fd = site_page_fd(&site, "hang.tif");
    worker_send(&worker, "next", NULL, fd);
    usleep(300000);
    worker_kill(&worker, SIGUSR1);
    usleep(300000);
    worker_kill(&worker, SIGKILL);
    assert_int_equal(worker_end(&worker), -SIGKILL);
    worker_spawn(&worker, &site);
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    assert_int_equal(next_seed("front", 1), 2);
}

static void the_worker_stops_feeding_when_its_daemon_dies(void **state)
{
    (void)state;
    slow_paper();
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    AUTO(fd) int fd = site_page_fd(&site, "orphan.tif");
    worker_send(&worker, "next", NULL, fd);
    assert_int_equal(worker_end(&worker), 1); /* ends by itself */
    char *feeder = site_read(&site, "papers/feeder");
    assert_string_equal(feeder, "next 000001\n");
    mem_free(feeder);
    worker_spawn(&worker, &site);
}

/* ---- bad requests -----------------------------------------------------------------------------
 */

static void what_the_device_cannot_do_is_refused(void **state)
{
    (void)state;
    open_device();
    assert_int_equal(do_op("start", js_pack("{s:s}", "source", "roof")), ERR_BAD_ARGUMENT);
    assert_int_equal(do_op("start", js_pack("{s:s}", "mode", "sepia")), ERR_BAD_ARGUMENT);
    assert_int_equal(do_op("start", js_pack("{s:i}", "resolution_dpi", -3)), ERR_BAD_ARGUMENT);
    assert_int_equal(do_op("start", js_pack("{s:[i,i,i,i]}", "area_mm", 0, 0, -5, 5)),
                     ERR_BAD_ARGUMENT);
    assert_int_equal(do_op("start", js_pack("{s:s}", "area_mm", "all")), ERR_BAD_JSON);
    assert_int_equal(do_op("start", js_pack("{s:{s:b}}", "options", "no-such", 1)),
                     ERR_OPTION_REFUSED);
    assert_int_equal(next_fails(), ERR_CONFLICT);
    assert_int_equal(do_op("start", js_object()), ERR_OK);
    AUTO(js) struct js *ok = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(worker_ask(&worker, "next", NULL, -1, &ok, &err), ERR_BAD_MESSAGE);
    assert_int_equal(do_op("no-such-op", NULL), ERR_BAD_MESSAGE);
}

static void a_page_file_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    open_device();
    assert_int_equal(start("flatbed"), ERR_OK);
    AUTO(fd) int fd = open("/dev/full", O_RDWR | O_CLOEXEC);
    AUTO(js) struct js *ok = NULL;
    struct err err = ERR_INIT;
    enum err_code code = worker_ask(&worker, "next", NULL, fd, &ok, &err);
    assert_int_equal(code, ERR_DISK_FULL);
    assert_int_equal(start("flatbed"), ERR_OK);
    assert_int_equal(next_seed("front", 1), 1);
}

static void garbage_on_the_socket_is_an_answer_or_an_end(void **state)
{
    (void)state;
    unsigned seed = 1;
    for (int round = 0; round < 60; round++) {
        char bytes[200];
        size_t size = (size_t)(rand_r(&seed) % (int)sizeof bytes) + 1;
        for (size_t i = 0; i < size; i++)
            bytes[i] = (char)rand_r(&seed);
        if (round % 3 == 0)
            size = (size_t)snprintf(bytes, sizeof bytes, "{\"id\":%d,\"op\":[]}", round);
        if (round % 3 == 1) /* a header of ours before nonsense */
            memcpy(bytes, "SOHI", size < 4 ? size : 4);
        if (write(worker.socket, bytes, size) != (ssize_t)size) {
            int status = worker_end(&worker);
            assert_in_range(status, 0, 1);
            worker_spawn(&worker, &site);
        }
        usleep(1000);
    }
    int status = worker_end(&worker);
    assert_in_range(status, 0, 1); /* never a signal */
    worker_spawn(&worker, &site);
    open_device();
}

static void a_real_page_of_paper_is_bounded_in_memory(void **state)
{
    (void)state;
    open_device();
    assert_int_equal(
        do_op("start", js_pack("{s:s, s:i}", "source", "flatbed", "resolution_dpi", 600)), ERR_OK);
    AUTO(js) struct js *answer = NULL;
    assert_int_equal(next_into("big.tif", &answer), ERR_OK);
    assert_int_equal(js_int_or(answer, "image.width_px", 0), 4961);
    char path[40], line[128];
    long peak_kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)worker.pid);
    FILE *status = fopen(path, "re");
    while (fgets(line, sizeof line, status))
        sscanf(line, "VmHWM: %ld kB", &peak_kb);
    fclose(status);
    print_message("104 MB of pixels, worker peak %ld kB\n", peak_kb);
#ifndef __SANITIZE_ADDRESS__ /* which keeps freed memory */
    assert_in_range(peak_kb, 1, 64 << 10);
#endif
}

#define ON_SITE(name) cmocka_unit_test_setup_teardown(name, make_site, drop_site)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        ON_SITE(the_simulator_is_listed_and_opened),
        ON_SITE(an_unknown_device_is_named_so),
        ON_SITE(no_scanner_is_an_answer),
        ON_SITE(the_glass_shows_the_paper_pixel_for_pixel),
        ON_SITE(without_an_area_the_page_is_a4),
        ON_SITE(lineart_has_one_bit_a_pixel),
        ON_SITE(the_feeder_gives_its_pile_and_then_says_empty),
        ON_SITE(duplex_gives_front_and_back_of_each_sheet),
        ON_SITE(the_button_is_read_once),
        ON_SITE(a_press_survives_opening_the_device),
        ON_SITE(a_fault_in_mid_page_ends_the_batch_with_its_name),
        ON_SITE(a_double_feed_takes_the_next_sheet_along),
        ON_SITE(paper_that_is_no_image_is_an_error_and_spent),
        ON_SITE(a_back_nobody_fetched_is_gone_with_its_sheet),
        ON_SITE(a_crash_of_the_backend_takes_one_sheet_only),
        ON_SITE(a_killed_worker_finds_the_feeder_where_it_was),
        ON_SITE(killed_at_any_moment_no_sheet_comes_twice),
        ON_SITE(a_cancel_in_mid_page_frees_the_device),
        ON_SITE(a_cancel_before_the_page_takes_no_paper),
        ON_SITE(a_cancel_reaches_a_call_that_waits),
        ON_SITE(a_hanging_backend_yields_to_kill_only),
        ON_SITE(the_worker_stops_feeding_when_its_daemon_dies),
        ON_SITE(what_the_device_cannot_do_is_refused),
        ON_SITE(a_page_file_that_cannot_be_written_is_an_error),
        ON_SITE(garbage_on_the_socket_is_an_answer_or_an_end),
        ON_SITE(a_real_page_of_paper_is_bounded_in_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
