#include "daemon/base/file.h"
#include "daemon/base/sys.h"
#include "tests/flow/scan/counter.h"

#include <dirent.h>
#include <math.h>
#include <poll.h>
#include <signal.h>

/* What the scan worker tells besides pages: each SANE call, who the device is, a preview, buttons.
 */

/* ---- announcements ----------------------------------------------------------------------------
 */

/* Every call that began is over before the next one begins; reads may be told again meanwhile. */
static void assert_balanced(const char *calls)
{
    char copy[sizeof worker.calls], *rest = copy, open_call[32] = "";
    strcpy(copy, calls);
    assert_true(*calls != 0);
    for (char *word; (word = strsep(&rest, " "));) {
        size_t length = strlen(word);
        if (!length)
            continue;
        bool over = word[length - 1] == '<';
        word[length - 1] = 0;
        assert_true(over || !*open_call || strcmp(word, "read") == 0);
        if (*open_call)
            assert_string_equal(word, open_call);
        strcpy(open_call, over ? "" : word);
    }
    assert_string_equal(open_call, "");
}

static int count_word(const char *calls, const char *word)
{
    int count = 0;
    for (const char *at = calls; (at = strstr(at, word)); at += strlen(word))
        count++;
    return count;
}

static void every_call_of_sane_is_announced(void **state)
{
    (void)state;
    open_device();
    assert_balanced(worker.calls);
    assert_int_equal(strncmp(worker.calls, "init> init< open> open< option> option< ", 40), 0);
    assert_int_equal(start("adf"), ERR_OK);
    assert_balanced(worker.calls);
    assert_true(count_word(worker.calls, "option> ") >= 8);
    AUTO(js) struct js *answer = NULL;
    assert_int_equal(next(&answer), ERR_OK);
    assert_string_equal(worker.calls, "start> start< control> control< read> read< ");
    assert_int_equal(do_op("finish", NULL), ERR_OK);
    assert_string_equal(worker.calls, "cancel> cancel< ");
    assert_int_equal(do_op("close", NULL), ERR_OK);
    assert_string_equal(worker.calls, "close> close< ");
    assert_int_equal(do_op("list", NULL), ERR_OK);
    assert_string_equal(worker.calls, "close> close< init> init< list> list< ");
}

static void a_long_read_is_told_again_while_bytes_come(void **state)
{
    (void)state;
    site_put(&site, "papers/sohoasim.conf", "pace yes\n"); /* 100 mm take 1.3 s */
    open_device();
    assert_int_equal(
        do_op("start", js_pack("{s:s, s:s, s:i, s:[i,i,i,i]}", "source", "flatbed", "mode", "gray",
                               "resolution_dpi", 150, "area_mm", 0, 0, 50, 100)),
        ERR_OK);
    AUTO(js) struct js *answer = NULL;
    int64_t began_us = sys_monotonic_us();
    assert_int_equal(next(&answer), ERR_OK);
    int most = (int)((sys_monotonic_us() - began_us) / 200000) + 1;
    assert_balanced(worker.calls);
    int told = count_word(worker.calls, "read> ");
    print_message("%d announcements of reads, at most %d expected\n", told, most);
    assert_in_range(told, 4, most);
    assert_int_equal(count_word(worker.calls, "read< "), 1);
}

/* The name and phase of the next event, or "" after a second of silence. */
static void next_call(char out[32])
{
    struct pollfd waiting = {.fd = worker.socket, .events = POLLIN};
    struct ipc_message message;
    struct err err = ERR_INIT;
    out[0] = 0;
    while (poll(&waiting, 1, 1000) == 1) {
        assert_int_equal(ipc_receive(worker.socket, &message, &err), ERR_OK);
        bool call = strcmp(js_text_or(message.body, "event", ""), "call") == 0;
        if (call)
            snprintf(out, 32, "%s %s", js_text_or(message.body, "data.name", ""),
                     js_text_or(message.body, "data.phase", ""));
        ipc_message_done(&message);
        if (call)
            return;
    }
}

static void a_hang_is_silent_after_the_call_that_hangs(void **state)
{
    (void)state;
    site_put(&site, "papers/faults", "sheet 1 hang 10\n");
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    AUTO(fd) int fd = site_page_fd(&site, "hang.tif");
    assert_true(worker_send(&worker, "next", NULL, fd));
    char last[32] = "", now[32];
    for (next_call(now); *now; next_call(now))
        strcpy(last, now);
    assert_string_equal(last, "read before");
    worker_kill(&worker, SIGKILL);
    worker_end(&worker);
    worker_spawn(&worker, &site);
}

/* ---- who it is --------------------------------------------------------------------------------
 */

static void a_listed_device_has_an_identity(void **state)
{
    (void)state;
    AUTO(js) struct js *list = NULL;
    AUTO(js) struct js *opened = NULL;
    assert_int_equal(ask("list", NULL, &list), ERR_OK);
    assert_string_equal(js_text_or(list, "devices[0].identity", ""), "sohoasim/counter");
    assert_string_equal(js_text_or(list, "devices[0].backend", ""), "sohoasim");
    assert_string_equal(js_text_or(list, "devices[0].bus", ""), "other");
    assert_null(js_at(list, "devices[0].usb"));
    assert_int_equal(ask("open", js_pack("{s:s}", "device", DEVICE), &opened), ERR_OK);
    assert_string_equal(js_text_or(opened, "identity", ""), "sohoasim/counter");
    static const char *const sources[] = {"flatbed", "adf", "duplex"};
    for (size_t i = 0; i < 3; i++) {
        char path[48];
        snprintf(path, sizeof path, "max_area_mm.%s[0]", sources[i]);
        assert_true(js_real_or(opened, path, 0) == 216);
        snprintf(path, sizeof path, "max_area_mm.%s[1]", sources[i]);
        assert_true(js_real_or(opened, path, 0) == 297);
    }
}

static void a_list_does_not_break_into_a_batch(void **state)
{
    (void)state;
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    assert_int_equal(do_op("list", NULL), ERR_CONFLICT);
    AUTO(js) struct js *answer = NULL;
    assert_int_equal(next(&answer), ERR_OK);
    assert_int_equal(do_op("finish", NULL), ERR_OK);
    assert_int_equal(do_op("list", NULL), ERR_OK);
    assert_int_equal(start("adf"), ERR_OK); /* opened again by itself */
}

static void a3_is_refused_where_it_does_not_fit(void **state)
{
    (void)state;
    open_device();
    AUTO(js) struct js *ok = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(worker_ask(&worker, "start",
                                js_pack("{s:s, s:s}", "source", "flatbed", "paper", "a3"), -1, &ok,
                                &err),
                     ERR_PAPER_TOO_LARGE);
    assert_non_null(strstr(err.detail, "the glass of this scanner takes 216 x 297 mm"));
    assert_int_equal(do_op("start", js_pack("{s:s}", "paper", "b9")), ERR_BAD_ARGUMENT);
    AUTO(js) struct js *set = NULL;
    assert_int_equal(ask("start", js_pack("{s:s, s:s}", "source", "flatbed", "paper", "a5"), &set),
                     ERR_OK);
    assert_true(js_real_or(set, "area_mm[2]", 0) == 148);
    assert_int_equal(js_count(js_at(set, "inexact")), 0);
    assert_true(js_has(set, "no_docs_doubtful"));
}

/* ---- preview and doubts -----------------------------------------------------------------------
 */

static int64_t first_rows_us;

static void note_first_rows(struct scan_worker *w)
{
    if (!first_rows_us && w->preview_rows > 0)
        first_rows_us = sys_monotonic_us();
}

static enum err_code next_with_preview(int width, int preview_fd, struct js **out)
{
    struct err err = ERR_INIT;
    AUTO(fd) int page_fd = site_page_fd(&site, "page.tif");
    const int fds[] = {page_fd, preview_fd};
    return worker_ask_fds(&worker, "next", js_pack("{s:i}", "preview_width_px", width), fds, 2, out,
                          &err);
}

static void a_preview_grows_while_the_page_comes(void **state)
{
    (void)state;
    enum { WIDTH = 75 }; /* 8 by 8 pixels each */
    AUTO(fd) int fd = -1;
    AUTO(js) struct js *answer = NULL;
    struct page_file page;
    site_put(&site, "papers/sohoasim.conf", "pace yes\n");
    assert_int_equal(file_memfd("preview", NULL, 0, &fd, NULL), ERR_OK);
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    worker.on_progress = note_first_rows;
    first_rows_us = 0;
    int64_t began_us = sys_monotonic_us();
    assert_int_equal(next_with_preview(WIDTH, fd, &answer), ERR_OK);
    int64_t took_us = sys_monotonic_us() - began_us;
    print_message("first rows after %d ms of %d ms\n", (int)((first_rows_us - began_us) / 1000),
                  (int)(took_us / 1000));
    assert_in_range(first_rows_us - began_us, 1, 1000000);
    assert_true(first_rows_us - began_us < took_us);
    assert_int_equal(worker.preview_width, WIDTH);
    assert_int_equal(worker.preview_channels, 3);
    assert_int_equal(worker.preview_rows,
                     worker.preview_expected); /* the last event has them all */
    page_file_check(&site, "page.tif", answer, &page);
    assert_int_equal(page.width, 600);
    assert_int_equal(lseek(fd, 0, SEEK_END), worker.preview_rows * WIDTH * 3);
    for (int row = 0; row < worker.preview_rows; row += 7)
        for (int box = 0; box < WIDTH; box++) {
            unsigned sum = 0;
            uint8_t pixel[3];
            assert_int_equal(pread(fd, pixel, 3, (row * WIDTH + box) * 3), 3);
            for (int y = 8 * row; y < 8 * row + 8; y++)
                for (int x = 8 * box; x < 8 * box + 8; x++)
                    sum += page.pixels[page.row_bytes * (size_t)y + (size_t)x * 3 + 1];
            assert_int_equal(pixel[1], (sum + 32) / 64);
        }
    free(page.pixels);
}

static void a_preview_that_cannot_be_written_costs_no_page(void **state)
{
    (void)state;
    AUTO(fd) int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    AUTO(js) struct js *answer = NULL;
    struct page_file page;
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    assert_int_equal(next_with_preview(100, full, &answer), ERR_OK);
    page_file_check(&site, "page.tif", answer, &page);
    assert_int_equal(worker.preview_rows, 0);
    free(page.pixels);
    AUTO(js) struct js *refused = NULL;
    assert_int_equal(next_with_preview(100000, full, &refused), ERR_BAD_ARGUMENT);
    struct err err = ERR_INIT;
    assert_int_equal(worker_ask(&worker, "next", js_pack("{s:i}", "preview_width_px", 100), full,
                                &refused, &err),
                     ERR_BAD_MESSAGE); /* no second descriptor */
}

static void a_good_page_raises_no_doubt(void **state)
{
    (void)state;
    open_device();
    AUTO(js) struct js *answer = NULL;
    assert_int_equal(start("duplex"), ERR_OK);
    assert_int_equal(next(&answer), ERR_OK);
    assert_int_equal(js_count(js_at(answer, "checks")), 0);
    assert_true(js_at(answer, "checks") != NULL);
    assert_int_equal(js_int_or(answer, "turn_deg", -1), 0);
    AUTO(js) struct js *blank = NULL; /* a back of perfect white: only a question */
    assert_int_equal(next(&blank), ERR_OK);
    assert_string_equal(js_text_or(blank, "side", ""), "back");
    assert_string_equal(js_text_or(blank, "checks[0]", ""), "one_color");
}

/* ---- buttons and reset ------------------------------------------------------------------------
 */

static void a_press_is_told_once_and_sensors_apart(void **state)
{
    (void)state;
    open_device();
    static const int presses[] = {1, 0, 0};
    for (int i = 0; i < 3; i++) {
        AUTO(js) struct js *round = NULL;
        site_put(&site, "papers/button", ""); /* pressed again and again within a second */
        assert_int_equal(ask("buttons", NULL, &round), ERR_OK);
        assert_int_equal(js_count(js_at(round, "pressed")), presses[i]);
        assert_true(js_bool_or(round, "sensors.page-loaded", false));
        assert_balanced(worker.calls);
    }
}

static void start_by_paper(const struct js *more, const char *source)
{
    AUTO(js) struct js *ok = NULL;
    struct js *args = js_pack("{s:s, s:i, s:b, s:s*}", "mode", "color", "resolution_dpi", 300,
                              "source_by_paper", 1, "source", js_text_or(more, "source", NULL));
    assert_int_equal(ask("start", args, &ok), ERR_OK);
    assert_string_equal(js_text_or(ok, "source", ""), source);
    assert_balanced(worker.calls);
    assert_int_equal(do_op("finish", NULL), ERR_OK);
}

/* The same open device each time: what the one before was set to decides nothing. */
static void paper_in_the_feeder_is_taken_where_nobody_names_a_source(void **state)
{
    (void)state;
    AUTO(js) struct js *duplex = js_pack("{s:s}", "source", "duplex");
    open_device();
    start_by_paper(NULL, "adf");
    start_by_paper(duplex, "duplex");
    site_put(&site, "papers/feeder", "next 3\n"); /* all are taken */
    start_by_paper(NULL, "flatbed");
    start_by_paper(duplex, "duplex");
    start_by_paper(NULL, "flatbed");
    site_put(&site, "papers/feeder", "next 2\n");
    start_by_paper(NULL, "adf");
}

static void a_reset_makes_the_device_free(void **state)
{
    (void)state;
    open_device();
    assert_int_equal(start("adf"), ERR_OK);
    AUTO(js) struct js *reset = NULL;
    assert_int_equal(ask("reset", js_pack("{s:s}", "device", DEVICE), &reset), ERR_OK);
    assert_string_equal(js_text_or(reset, "how", ""), "reopen");
    assert_non_null(strstr(worker.calls, "open> open< "));
    assert_non_null(strstr(worker.calls, "cancel> cancel< close> close< "));
    struct scan_worker other;
    worker_spawn(&other, &site);
    AUTO(js) struct js *ok = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(worker_ask(&other, "open", js_pack("{s:s}", "device", DEVICE), -1, &ok, &err),
                     ERR_OK);
    assert_int_equal(do_op("reset", js_pack("{s:s}", "device", DEVICE)), ERR_DEVICE_BUSY);
    assert_int_equal(worker_end(&other), 0);
    assert_int_equal(do_op("reset", js_object()), ERR_BAD_JSON);
}

/* ---- machines that misbehave ------------------------------------------------------------------
 */

static enum err_code open_as(struct scan_worker *by, const char *name, const char *model)
{
    AUTO(js) struct js *ok = NULL;
    struct err err = ERR_INIT;
    return worker_ask(by, "open", js_pack("{s:s, s:s}", "device", name, "model", model), -1, &ok,
                      &err);
}

static void busy_means_off_where_nobody_else_can_be(void **state)
{
    (void)state;
    struct scan_worker other;
    site_alias(&site, "smfp:counter");
    open_device();
    worker_spawn(&other, &site);
    assert_int_equal(open_as(&other, DEVICE, ""), ERR_DEVICE_BUSY);
    assert_int_equal(open_as(&other, "smfp:counter", ""), ERR_NO_SCANNER);
    assert_int_equal(worker_end(&other), 0);
}

static void backs_of_such_a_model_are_to_be_turned(void **state)
{
    (void)state;
    static const int turns[] = {0, 180, 0};
    assert_int_equal(open_as(&worker, DEVICE, "WF-3520 Series"), ERR_OK);
    assert_int_equal(start("duplex"), ERR_OK);
    for (int i = 0; i < 3; i++) {
        AUTO(js) struct js *answer = NULL;
        assert_int_equal(next(&answer), ERR_OK);
        assert_int_equal(js_int_or(answer, "turn_deg", -1), turns[i]);
    }
}

/* The simulator starts its pile anew for nobody: sheets come one after the other over the reopen.
 */
static void a_machine_that_wants_it_is_opened_anew_for_each_page(void **state)
{
    (void)state;
    site_alias(&site, "airscan:counter");
    assert_int_equal(open_as(&worker, "airscan:counter", "HP Laser MFP 135wr"), ERR_OK);
    assert_int_equal(start("adf"), ERR_OK);
    for (int sheet = 1; sheet <= 3; sheet++) {
        AUTO(js) struct js *answer = NULL;
        assert_int_equal(next(&answer), ERR_OK);
        assert_int_equal(js_int_or(answer, "sheet", 0), sheet);
        bool anew = strstr(worker.calls, "cancel> cancel< close> close< open> open< ") != NULL;
        assert_int_equal(anew, sheet > 1);
    }
    AUTO(js) struct js *none = NULL;
    assert_int_equal(next(&none), ERR_FEEDER_EMPTY);
}

static void a_machine_without_buttons_is_not_polled(void **state)
{
    (void)state;
    site_alias(&site, "escl:counter");
    AUTO(js) struct js *round = NULL;
    assert_int_equal(open_as(&worker, "escl:counter", ""), ERR_OK);
    site_put(&site, "papers/button", "");
    assert_int_equal(ask("buttons", NULL, &round), ERR_OK);
    assert_int_equal(js_count(js_at(round, "pressed")), 0);
    assert_string_equal(worker.calls, "");
}

/* ---- one backend ------------------------------------------------------------------------------
 */

static bool has_loaded(const char *library)
{
    char path[40], line[512];
    bool found = false;
    snprintf(path, sizeof path, "/proc/%d/maps", (int)worker.pid);
    FILE *maps = fopen(path, "re");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps))
        found = found || strstr(line, library);
    fclose(maps);
    return found;
}

static int count_private_folders(void)
{
    int count = 0;
    DIR *folder = opendir(site.dir);
    for (struct dirent *entry; (entry = readdir(folder));)
        count += strncmp(entry->d_name, "sohoa-sane-", 11) == 0;
    closedir(folder);
    return count;
}

static void an_open_loads_one_backend_and_a_list_all(void **state)
{
    (void)state;
    site_put(&site, "config/dll.conf", "sohoasim\ntest\npnm\n");
    site_put(&site, "config/test.conf", "number_of_devices 2\n");
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    worker_end(&worker);
    worker_spawn(&worker, &site);
    assert_int_equal(do_op("open", js_pack("{s:s}", "device", "test:1")), ERR_OK);
    assert_true(has_loaded("libsane-test.so"));
    assert_false(has_loaded("libsane-pnm.so"));
    assert_false(has_loaded("libsane-sohoasim.so"));
    AUTO(js) struct js *list = NULL;
    assert_int_equal(ask("list", NULL, &list), ERR_OK);
    assert_int_equal(js_count(js_at(list, "devices")), 5); /* 1 + 2 + 2: test.conf is read, too */
    assert_int_equal(do_op("open", js_pack("{s:s}", "device", DEVICE)), ERR_OK);
    AUTO(js) struct js *again = NULL;
    assert_int_equal(ask("list", NULL, &again), ERR_OK);
    assert_int_equal(js_count(js_at(again, "devices")), 5);
    assert_int_equal(do_op("open", js_pack("{s:s}", "device", "")), ERR_OK); /* the first of all */
    assert_int_equal(count_private_folders(), 1);
    assert_int_equal(worker_end(&worker), 0);
    assert_int_equal(count_private_folders(), 0);
    worker_spawn(&worker, &site);
}

static void a_killed_worker_s_folder_is_swept_by_the_next(void **state)
{
    (void)state;
    site_put(&site, "config/dll.conf", "sohoasim\npnm\n");
    worker_end(&worker);
    worker_spawn(&worker, &site);
    open_device();
    assert_int_equal(count_private_folders(), 1);
    worker_kill(&worker, SIGKILL);
    worker_end(&worker);
    assert_int_equal(count_private_folders(), 1);
    worker_spawn(&worker, &site);
    open_device();
    assert_int_equal(count_private_folders(), 1); /* its own */
    assert_int_equal(worker_end(&worker), 0);
    assert_int_equal(count_private_folders(), 0);
    worker_spawn(&worker, &site);
}

#define ON_SITE(name) cmocka_unit_test_setup_teardown(name, make_site, drop_site)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        ON_SITE(every_call_of_sane_is_announced),
        ON_SITE(a_long_read_is_told_again_while_bytes_come),
        ON_SITE(a_hang_is_silent_after_the_call_that_hangs),
        ON_SITE(a_listed_device_has_an_identity),
        ON_SITE(a_list_does_not_break_into_a_batch),
        ON_SITE(a3_is_refused_where_it_does_not_fit),
        ON_SITE(a_preview_grows_while_the_page_comes),
        ON_SITE(a_preview_that_cannot_be_written_costs_no_page),
        ON_SITE(a_good_page_raises_no_doubt),
        ON_SITE(a_press_is_told_once_and_sensors_apart),
        ON_SITE(paper_in_the_feeder_is_taken_where_nobody_names_a_source),
        ON_SITE(a_reset_makes_the_device_free),
        ON_SITE(busy_means_off_where_nobody_else_can_be),
        ON_SITE(backs_of_such_a_model_are_to_be_turned),
        ON_SITE(a_machine_that_wants_it_is_opened_anew_for_each_page),
        ON_SITE(a_machine_without_buttons_is_not_polled),
        ON_SITE(an_open_loads_one_backend_and_a_list_all),
        ON_SITE(a_killed_worker_s_folder_is_swept_by_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
