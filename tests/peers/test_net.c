#include "tests/harness/scanning.h"
#include "tests/peers/peer.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* Scan worker over SANE's net backend against a saned, as at a counter whose scanner hangs on
 * another machine. The client knows one port only (6566): each run has a loopback address of its
 * own. */

#define PORT 6566
#define WIDTH_PX 600 /* 50.8 by 33.9 mm at 300 dpi */
#define HEIGHT_PX 400

static pid_t saned;
static char host[32], there[256]; /* its address, its SANE_CONFIG_DIR */

static bool answers(void)
{
    AUTO(fd) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    inet_pton(AF_INET, host, &address.sin_addr);
    return connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
}

static void stop_saned(void)
{
    if (saned)
        peer_stop(saned);
    saned = 0;
}

static void wait_until_answering(bool wanted)
{
    for (int i = 0; i < 500 && answers() != wanted; i++)
        usleep(20000);
    assert_true(answers() == wanted);
}

static void start_saned(void)
{
    stop_saned();
    wait_until_answering(false); /* its children are gone, too; nobody else is there */
    const char *const argv[] = {"/usr/sbin/saned", "-l", "-b", host, "-e", "-d", "2", NULL};
    saned = peer_start(&site, there, argv);
    wait_until_answering(true);
}

static int make_site(void **state)
{
    (void)state;
    site_open(&site, "net");
    snprintf(host, sizeof host, "127.66.%d.%d", getpid() / 250 % 250 + 1, getpid() % 250 + 1);
    char conf[256];
    snprintf(conf, sizeof conf, "connect_timeout = 5\n%s\n", host);
    site_put(&site, "config/net.conf", conf);
    site_path(&site, "there", there, sizeof there);
    assert_int_equal(mkdir(there, 0700), 0);
    site_put(&site, "there/dll.conf", "sohoasim\n");
    site_put(&site, "there/saned.conf", "127.0.0.0/8\n");
    for (int seed = 1; seed <= 3; seed++) {
        char name[32];
        snprintf(name, sizeof name, "papers/p%d.ppm", seed);
        site_paper(&site, name, WIDTH_PX, HEIGHT_PX, 3, seed);
    }
    return 0;
}

static int drop_site(void **state)
{
    (void)state;
    stop_saned();
    site_close(&site);
    return 0;
}

static void begin(void)
{
    peer_need("/usr/sbin/saned", "saned");
    start_saned();
    worker_spawn(&worker, &site);
}

static void end(void)
{
    assert_int_equal(worker_end(&worker), 0);
    stop_saned();
}

static enum err_code open_there(const char *backend_name, struct js **out)
{
    char name[256];
    snprintf(name, sizeof name, "net:%s:%s", host, backend_name);
    return ask("open", js_pack("{s:s}", "device", name), out);
}

/* ---- tests ------------------------------------------------------------------------------------
 */

static void check_identity(const struct js *at, const char *path, const char *tail)
{
    char wanted[256];
    snprintf(wanted, sizeof wanted, "net/%s/%s", host, tail);
    assert_string_equal(js_text_or(at, path, ""), wanted);
}

static void scanners_of_another_machine_are_listed_with_a_stable_identity(void **state)
{
    (void)state;
    begin();
    for (int round = 0; round < 2; round++) {
        AUTO(js) struct js *list = NULL;
        assert_int_equal(ask("list", NULL, &list), ERR_OK);
        assert_int_equal(js_count(js_at(list, "devices")), 1);
        check_identity(list, "devices[0].identity", "sohoasim/counter");
        assert_string_equal(js_text_or(list, "devices[0].bus", ""), "net");
        assert_string_equal(js_text_or(list, "devices[0].host", ""), host);
        /* The machine over there starts anew. A listing has a worker of its own, as in sohoad:
         * libsane 1.2.1's net backend frees an answer it never got when it lists over a connection
         * that has ended. */
        assert_int_equal(worker_end(&worker), 0);
        start_saned();
        worker_spawn(&worker, &site);
    }
    end();
}

static void two_sheets_of_a_feeder_over_there_come_pixel_for_pixel(void **state)
{
    (void)state;
    site_put(&site, "papers/pile.txt", "p1.ppm\np2.ppm\n");
    begin();
    AUTO(js) struct js *opened = NULL;
    AUTO(js) struct js *set = NULL;
    assert_int_equal(open_there("sohoasim:counter", &opened), ERR_OK);
    check_identity(opened, "identity", "sohoasim/counter");
    assert_int_equal(ask("start",
                         js_pack("{s:s, s:s, s:i, s:[i,i,f,f]}", "source", "adf", "mode", "color",
                                 "resolution_dpi", 300, "area_mm", 0, 0, 50.8, 33.86),
                         &set),
                     ERR_OK);
    for (int sheet = 1; sheet <= 2; sheet++) {
        AUTO(js) struct js *answer = NULL;
        struct page_file page;
        assert_int_equal(next(&answer), ERR_OK);
        page_file_check(&site, "page.tif", answer, &page);
        assert_int_equal(js_int_or(answer, "sheet", 0), sheet);
        assert_int_equal(page.width, WIDTH_PX);
        for (int x = 0; x < WIDTH_PX * 3; x++)
            assert_int_equal(page.pixels[page.row_bytes * 100 + (size_t)x],
                             site_sample(x / 3, 100, x % 3, sheet));
        free(page.pixels);
    }
    AUTO(js) struct js *none = NULL;
    assert_int_equal(next(&none), ERR_FEEDER_EMPTY);
    end();
}

static void a_fault_over_there_keeps_its_name(void **state)
{
    (void)state;
    static const struct {
        const char *fault;
        enum err_code code;
    } cases[] = {
        {"jam", ERR_FEEDER_JAM},
        {"cover", ERR_COVER_OPEN},
        {"io", ERR_SCANNER_IO},
    };
    begin();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char faults[64];
        AUTO(js) struct js *opened = NULL;
        AUTO(js) struct js *set = NULL;
        AUTO(js) struct js *page = NULL;
        AUTO(js) struct js *none = NULL;
        site_put(&site, "papers/pile.txt", "p1.ppm\np2.ppm\np3.ppm\n");
        site_put(&site, "papers/feeder", "next 0\n");
        snprintf(faults, sizeof faults, "sheet 2 %s at 50%%\n", cases[i].fault);
        site_put(&site, "papers/faults", faults);
        assert_int_equal(open_there("sohoasim:counter", &opened), ERR_OK);
        assert_int_equal(
            ask("start", js_pack("{s:s, s:i}", "source", "adf", "resolution_dpi", 100), &set),
            ERR_OK);
        assert_int_equal(next(&page), ERR_OK);
        assert_int_equal(next(&none), cases[i].code);
        assert_int_equal(ask("close", NULL, &set), ERR_OK);
    }
    end();
}

static void a_machine_that_does_not_answer_is_no_scanner(void **state)
{
    (void)state;
    begin();
    stop_saned();
    AUTO(js) struct js *list = NULL;
    AUTO(js) struct js *opened = NULL;
    assert_int_equal(ask("list", NULL, &list), ERR_OK);
    assert_int_equal(js_count(js_at(list, "devices")), 0);
    assert_int_equal(open_there("sohoasim:counter", &opened), ERR_SCANNER_IO);
    start_saned();
    AUTO(js) struct js *again = NULL;
    assert_int_equal(open_there("sohoasim:counter", &again), ERR_OK);
    end();
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scanners_of_another_machine_are_listed_with_a_stable_identity),
        cmocka_unit_test(two_sheets_of_a_feeder_over_there_come_pixel_for_pixel),
        cmocka_unit_test(a_fault_over_there_keeps_its_name),
        cmocka_unit_test(a_machine_that_does_not_answer_is_no_scanner),
    };
    return cmocka_run_group_tests(tests, make_site, drop_site);
}
