#include "daemon/image/image_write.h"
#include "tests/harness/scanning.h"
#include "tests/peers/peer.h"

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

/* Scan worker over sane-airscan against escl-server.mjs: what a scanner on the network does, and
 * what becomes of the pages. */

#define NAME "Counter"
#define DEVICE "airscan:e0:" NAME
#define WIDTH_PX 236 /* 60 by 40 mm at 100 dpi */
#define HEIGHT_PX 157
#define FAIR "{\"sheets\": 1}"

static pid_t server;

/* ---- images -----------------------------------------------------------------------------------
 */

/* The red of page n; green runs from left to right, blue from top to bottom. */
static int red_of(int page)
{
    return 40 * page;
}

static void put_image(const char *name, int channels, int red)
{
    AUTO(raster) struct raster *raster = NULL;
    AUTO(fd) int fd = site_page_fd(&site, name);
    assert_int_equal(raster_new(WIDTH_PX, HEIGHT_PX, channels, &raster, NULL), ERR_OK);
    for (int y = 0; y < HEIGHT_PX; y++)
        for (int x = 0; x < WIDTH_PX; x++) {
            uint8_t sample[3] = {(uint8_t)red, (uint8_t)x, (uint8_t)y};
            memcpy(raster_row(raster, y) + (ptrdiff_t)x * channels, sample, (size_t)channels);
        }
    assert_int_equal(image_write_jpeg(raster, 95, 100, fd, NULL), ERR_OK);
}

static bool is_near(int value, int wanted)
{
    return abs(value - wanted) <= 6;
}

/* Is the file page n, down to its last row? */
static bool is_page(const char *name, const struct js *answer, int page)
{
    struct page_file file;
    page_file_check(&site, name, answer, &file);
    assert_int_equal(file.channels, 3);
    assert_int_equal(file.width, WIDTH_PX);
    assert_int_equal(file.height, HEIGHT_PX);
    bool same = true;
    for (uint32_t y = 0; y < file.height; y++) {
        const uint8_t *middle = file.pixels + file.row_bytes * y + (size_t)3 * (WIDTH_PX / 2);
        same = same && is_near(middle[0], red_of(page)) && is_near(middle[1], WIDTH_PX / 2) &&
               is_near(middle[2], (int)y);
    }
    free(file.pixels);
    return same;
}

/* ---- site -------------------------------------------------------------------------------------
 */

/* At once: the driver may be asking. */
static void put_script(const char *script)
{
    char from[256], to[256];
    site_put(&site, "escl/script.new", script);
    site_path(&site, "escl/script.new", from, sizeof from);
    site_path(&site, "escl/script.json", to, sizeof to);
    assert_int_equal(rename(from, to), 0);
    site_put(&site, "escl/requests", "");
}

static void start_server(void)
{
    char folder[256], config[256];
    site_path(&site, "escl", folder, sizeof folder);
    const char *const argv[] = {"node", SOHOA_SOURCE_DIR "/tests/peers/escl-server.mjs", folder,
                                NULL};
    server = peer_start(&site, site.config, argv);
    peer_wait_file(&site, "escl/port");
    AUTO(mem) char *port = site_read(&site, "escl/port");
    snprintf(config, sizeof config,
             "[devices]\n\"" NAME "\" = http://127.0.0.1:%s/eSCL, eSCL\n"
             "[options]\ndiscovery = disable\n",
             port);
    site_put(&site, "config/airscan.conf", config);
}

static int make_site(void **state)
{
    (void)state;
    char folder[256];
    site_open(&site, "airscan");
    site_path(&site, "escl", folder, sizeof folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    for (int page = 1; page <= 4; page++) {
        char name[32];
        snprintf(name, sizeof name, "escl/page%d.jpg", page);
        put_image(name, 3, red_of(page));
    }
    put_image("escl/gray.jpg", 1, 90);
    put_script(FAIR);
    start_server();
    return 0;
}

static int drop_site(void **state)
{
    (void)state;
    peer_stop(server);
    site_close(&site);
    return 0;
}

static void begin(void)
{
    peer_need("/usr/lib/*/sane/libsane-airscan.so.1", "sane-airscan");
    put_script(FAIR);
    worker_spawn(&worker, &site);
}

static void end(void)
{
    assert_int_equal(worker_end(&worker), 0);
}

static void open_device(void)
{
    assert_int_equal(open_named(DEVICE), ERR_OK);
}

static enum err_code start(const char *source)
{
    return start_area(source, 100, 60, 40);
}

static int requests(const char *line)
{
    AUTO(mem) char *all = site_read(&site, "escl/requests");
    int count = 0;
    for (const char *at = all; (at = strstr(at, line)); at++)
        count++;
    return count;
}

/* ---- tests ------------------------------------------------------------------------------------
 */

static void the_scanner_is_known_by_its_name(void **state)
{
    (void)state;
    begin();
    AUTO(js) struct js *list = NULL;
    AUTO(js) struct js *opened = NULL;
    assert_int_equal(ask("list", NULL, &list), ERR_OK);
    assert_int_equal(js_count(js_at(list, "devices")), 1);
    assert_string_equal(js_text_or(list, "devices[0].name", ""), DEVICE);
    assert_string_equal(js_text_or(list, "devices[0].identity", ""), "airscan/" NAME);
    assert_string_equal(js_text_or(list, "devices[0].bus", ""), "net");
    assert_int_equal(ask("open", js_pack("{s:s}", "device", DEVICE), &opened), ERR_OK);
    AUTO(mem) char *sources = js_dump(js_at(opened, "sources"));
    assert_string_equal(sources, "[\"flatbed\",\"adf\",\"duplex\"]");
    assert_string_equal(js_text_or(opened, "identity", ""), "airscan/" NAME);
    assert_int_equal(js_count(js_at(opened, "buttons")), 0);
    end();
}

static const struct behaviour {
    const char *what, *source, *script;
    enum err_code code; /* that ends the batch; ERR_OK: the glass, one page and no more */
    int pages, busy;    /* kept; answers 503 that were waited out */
    int spoilt;         /* this page is not what the scanner saw */
} behaviours[] = {
    {"glass", "flatbed", FAIR, ERR_OK, 1},
    {"feeder of three", "adf", "{\"sheets\": 3}", ERR_FEEDER_EMPTY, 3},
    {"both sides of two", "duplex", "{\"sheets\": 2}", ERR_FEEDER_EMPTY, 4},
    {"empty feeder", "adf", "{\"sheets\": 0}", ERR_FEEDER_EMPTY, 0},
    {"three times busy at the job", "flatbed", "{\"at\": \"job\", \"what\": \"busy\"}", ERR_OK, 1,
     .busy = 3},
    {"three times busy at page 2", "adf", "{\"sheets\": 3, \"at\": 2, \"what\": \"busy\"}",
     ERR_FEEDER_EMPTY, 3, .busy = 3},
    {"jam after two", "adf", "{\"sheets\": 3, \"at\": 3, \"what\": \"jam\"}", ERR_FEEDER_JAM, 2},
    {"jam before the first", "adf", "{\"sheets\": 3, \"at\": \"job\", \"what\": \"jam\"}",
     ERR_FEEDER_JAM, 0},
    {"door open after one", "adf", "{\"sheets\": 3, \"at\": 2, \"what\": \"door\"}", ERR_COVER_OPEN,
     1},
    {"JPEG cut in its head", "adf",
     "{\"sheets\": 3, \"at\": 2, \"what\": \"truncated\", \"keep\": 0.01}", ERR_SCANNER_IO, 1},
    {"line cut in a JPEG", "adf", "{\"sheets\": 3, \"at\": 2, \"what\": \"broken\"}",
     ERR_SCANNER_IO, 1},
    {"grey instead of colour", "adf", "{\"sheets\": 3, \"at\": 2, \"what\": \"gray\"}",
     ERR_SCANNER_IO, 1},
    /* libjpeg fills up with grey, sane-airscan 0.99.27 calls it a good page; the worker doubts it */
    {"JPEG cut in its data", "adf", "{\"sheets\": 3, \"at\": 2, \"what\": \"truncated\"}",
     ERR_FEEDER_EMPTY, 3, .spoilt = 2},
};

static bool is_doubted(const struct js *answer, const char *check)
{
    const struct js *checks = js_at(answer, "checks");
    for (size_t i = 0; i < js_count(checks); i++)
        if (strcmp(js_text_or(js_item(checks, i), "", ""), check) == 0)
            return true;
    return false;
}

static void check_behaviour(const struct behaviour *b)
{
    enum err_code code = ERR_OK;
    int pages = 0;
    begin();
    open_device();
    put_script(b->script);
    assert_int_equal(start(b->source), ERR_OK);
    for (bool more = true; more;) {
        AUTO(js) struct js *answer = NULL;
        if ((code = next(&answer)))
            break;
        pages++;
        assert_int_equal(is_page("page.tif", answer, pages), pages != b->spoilt);
        assert_int_equal(is_doubted(answer, "flat_end"), pages == b->spoilt);
        bool back = strcmp(b->source, "duplex") == 0 && pages % 2 == 0;
        assert_string_equal(js_text_or(answer, "side", ""), back ? "back" : "front");
        more = js_bool_or(answer, "more", false);
    }
    print_message("%-28s %-8s %-14s %d pages, %d times busy\n", b->what, b->source, err_name(code),
                  pages, requests(" 503"));
    assert_int_equal(code, b->code);
    assert_int_equal(pages, b->pages);
    assert_int_equal(requests(" 503"), b->busy);
    assert_int_equal(do_op("finish", NULL), ERR_OK);

    /* and the device is as good as new */
    AUTO(js) struct js *answer = NULL;
    put_script(FAIR);
    open_device();
    assert_int_equal(start(b->source), ERR_OK);
    assert_int_equal(next(&answer), ERR_OK);
    assert_true(is_page("page.tif", answer, 1));
    end();
}

static void every_behaviour_of_the_scanner_has_its_error_and_keeps_its_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof behaviours / sizeof *behaviours; i++)
        check_behaviour(&behaviours[i]);
}

/* sane-airscan 0.99.27 fetches ahead: when a batch ends early it may have the next pages in its
 * hands. They belong to nobody else. */
static void what_is_left_of_a_batch_never_comes_in_the_next_one(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        int pages; /* taken before the batch ends */
        enum err_code code;
    } cases[] = {
        {"{\"sheets\": 3}", 1, ERR_OK},
        {"{\"sheets\": 4, \"at\": 2, \"what\": \"gray\"}", 1, ERR_SCANNER_IO},
        {"{\"sheets\": 4, \"at\": 2, \"what\": \"truncated\", \"keep\": 0.01}", 1, ERR_SCANNER_IO},
        {"{\"sheets\": 4, \"at\": 2, \"what\": \"broken\"}", 1, ERR_SCANNER_IO},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin();
        open_device();
        put_script(cases[i].script);
        assert_int_equal(start("adf"), ERR_OK);
        for (int page = 1; page <= cases[i].pages; page++) {
            AUTO(js) struct js *answer = NULL;
            assert_int_equal(next(&answer), ERR_OK);
            assert_true(is_page("page.tif", answer, page));
        }
        usleep(200000); /* the driver goes on fetching */
        AUTO(js) struct js *failed = NULL;
        if (cases[i].code)
            assert_int_equal(next(&failed), cases[i].code);
        assert_int_equal(do_op("finish", NULL), ERR_OK);

        AUTO(js) struct js *answer = NULL;
        put_script(FAIR);
        assert_int_equal(start("adf"), ERR_OK);
        assert_int_equal(next(&answer), ERR_OK);
        assert_true(is_page("page.tif", answer, 1));
        end();
    }
}

static void a_scanner_that_is_gone_is_an_error(void **state)
{
    (void)state;
    begin();
    open_device();
    peer_stop(server);
    AUTO(js) struct js *answer = NULL;
    assert_int_equal(start("adf"), ERR_OK);
    assert_int_equal(next(&answer), ERR_SCANNER_IO);
    end();
    char port[256];
    site_path(&site, "escl/port", port, sizeof port);
    assert_int_equal(remove(port), 0);
    start_server();
}

/* The driver waits for ever: only a deadline outside of the process ends it (tests/peers/station).
 */
static void a_silent_scanner_ends_with_its_worker_only(void **state)
{
    (void)state;
    begin();
    open_device();
    put_script("{\"sheets\": 3, \"at\": 2, \"what\": \"silent\"}");
    assert_int_equal(start("adf"), ERR_OK);
    AUTO(js) struct js *answer = NULL;
    assert_int_equal(next(&answer), ERR_OK);
    assert_true(is_page("page.tif", answer, 1));
    AUTO(fd) int page = site_page_fd(&site, "page2.tif");
    assert_true(worker_send(&worker, "next", NULL, page));
    struct timespec now, from;
    clock_gettime(CLOCK_MONOTONIC, &from);
    do {
        struct pollfd waiting = {.fd = worker.socket, .events = POLLIN};
        if (poll(&waiting, 1, 100) == 1) {
            struct ipc_message message;
            assert_int_equal(ipc_receive(worker.socket, &message, NULL), ERR_OK);
            assert_true(
                js_has(message.body, "event")); /* "start" was announced, nothing answered */
            ipc_message_done(&message);
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec - from.tv_sec < 2);
    worker_kill(&worker, SIGKILL);
    assert_int_equal(worker_end(&worker), -SIGKILL);

    begin();
    open_device();
    AUTO(js) struct js *again = NULL;
    assert_int_equal(start("adf"), ERR_OK);
    assert_int_equal(next(&again), ERR_OK);
    assert_true(is_page("page.tif", again, 1));
    end();
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_scanner_is_known_by_its_name),
        cmocka_unit_test(every_behaviour_of_the_scanner_has_its_error_and_keeps_its_pages),
        cmocka_unit_test(what_is_left_of_a_batch_never_comes_in_the_next_one),
        cmocka_unit_test(a_scanner_that_is_gone_is_an_error),
        cmocka_unit_test(a_silent_scanner_ends_with_its_worker_only),
    };
    return cmocka_run_group_tests(tests, make_site, drop_site);
}
