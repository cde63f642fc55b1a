#include "daemon/base/mem.h"
#include "tests/flow/scan/scan_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* The simulator is a SANE backend like any other: stock scanimage is the judge. */

#define SCANIMAGE "scanimage -d sohoasim:counter --format=pnm "

static struct scan_site site;

static int make_site(void **state)
{
    (void)state;
    site_open(&site, "sohoasim");
    site_paper(&site, "papers/p1.ppm", 600, 400, 3, 1);
    site_paper(&site, "papers/p2.pgm", 600, 400, 1, 2);
    site_paper(&site, "papers/p3.ppm", 600, 400, 3, 3);
    return 0;
}

static int drop_site(void **state)
{
    (void)state;
    site_close(&site);
    return 0;
}

static void need_scanimage(void)
{
    if (system("command -v scanimage >/dev/null") == 0)
        return;
    if (getenv("CI"))
        fail_msg("scanimage is missing");
    print_message("SKIP: no scanimage here\n");
    skip();
}

/* Size of a PNM file as its header says, and where its samples begin. */
static const char *pnm_header(const char *pnm, char *out_kind, int *out_width, int *out_height)
{
    int used = 0;
    const char *at = pnm;
    assert_int_equal(sscanf(at, "P%c%n", out_kind, &used), 1);
    at += used;
    while (strspn(at, " \n") && at[strspn(at, " \n")] == '#')
        at = strchr(at + strspn(at, " \n"), '\n');
    assert_int_equal(sscanf(at, "%d %d%n", out_width, out_height, &used), 2);
    at += used;
    if (*out_kind != '4') {
        int most;
        assert_int_equal(sscanf(at, "%d%n", &most, &used), 1);
        at += used;
    }
    return at + 1;
}

static void assert_pnm(const char *name, char kind, int width, int height)
{
    AUTO(mem) char *pnm = site_read(&site, name);
    char got_kind;
    int got_width, got_height;
    pnm_header(pnm, &got_kind, &got_width, &got_height);
    assert_int_equal(got_kind, kind);
    assert_int_equal(got_width, width);
    assert_int_equal(got_height, height);
}

/* The file shows that paper pixel for pixel. */
static void assert_shows(const char *name, int channels, int seed)
{
    AUTO(mem) char *pnm = site_read(&site, name);
    char kind;
    int width, height;
    const uint8_t *samples = (const uint8_t *)pnm_header(pnm, &kind, &width, &height);
    assert_int_equal(kind, '6');
    for (int y = 0; y < 390; y += 10)
        for (int x = 0; x < 590; x++)
            for (int c = 0; c < 3; c++)
                assert_int_equal(samples[((size_t)y * (size_t)width + (size_t)x) * 3 + (size_t)c],
                                 site_sample(x, y, channels == 3 ? c : 0, seed));
}

static void scanimage_lists_and_describes_it(void **state)
{
    (void)state;
    need_scanimage();
    assert_int_equal(site_run(&site, "scanimage -L"), 0);
    char *text = site_read(&site, "out");
    assert_non_null(strstr(text, "`sohoasim:counter'"));
    mem_free(text);
    assert_int_equal(site_run(&site, "scanimage -d sohoasim:counter -A"), 0);
    text = site_read(&site, "out");
    assert_non_null(strstr(text, "Flatbed|ADF|ADF Duplex"));
    assert_non_null(strstr(text, "Color|Gray|Lineart"));
    mem_free(text);
}

static void the_flatbed_has_the_size_that_was_asked(void **state)
{
    (void)state;
    need_scanimage();
    static const struct {
        const char *args;
        char kind;
        int width, height;
    } cases[] = {
        {"--resolution 300 --mode Color -x 210 -y 297", '6', 2480, 3508},
        {"--resolution 200 --mode Gray -x 210 -y 297", '5', 1654, 2339},
        {"--resolution 600 --mode Lineart -l 10 -t 10 -x 50 -y 30", '4', 1181, 709},
        {"--resolution 75", '6', 638, 877},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char command[200];
        snprintf(command, sizeof command, SCANIMAGE "%s -o page.pnm", cases[i].args);
        assert_int_equal(site_run(&site, command), 0);
        assert_pnm("page.pnm", cases[i].kind, cases[i].width, cases[i].height);
    }
    assert_int_equal(site_run(&site, SCANIMAGE "--resolution 300 -x 60 -y 40 -o page.pnm"), 0);
    assert_shows("page.pnm", 3, 1);
    assert_false(site_has(&site, "papers/feeder")); /* the glass takes no paper from the pile */
}

static void the_feeder_runs_until_no_docs(void **state)
{
    (void)state;
    need_scanimage();
    const char *batch = SCANIMAGE "--source ADF --resolution 300 -x 60 -y 40 --batch=p%d.pnm";
    assert_int_equal(site_run(&site, batch), 0);
    char *text = site_read(&site, "out");
    assert_non_null(strstr(text, "Batch terminated, 3 pages scanned"));
    assert_non_null(strstr(text, "out of documents"));
    mem_free(text);
    assert_shows("p1.pnm", 3, 1);
    assert_shows("p2.pnm", 1, 2);
    assert_shows("p3.pnm", 3, 3);
    assert_int_equal(site_run(&site, SCANIMAGE "--source ADF -o none.pnm"), 7); /* NO_DOCS */
    assert_int_equal(site_run(&site, "rm papers/feeder"), 0);
    assert_int_equal(site_run(&site, batch), 0);
}

static void duplex_turns_every_sheet(void **state)
{
    (void)state;
    need_scanimage();
    site_put(&site, "papers/pile.txt", "p3.ppm\tp2.pgm\np1.ppm\tp3.ppm\n");
    assert_int_equal(site_run(&site, SCANIMAGE "--source 'ADF Duplex' --resolution 300 -x 60 -y 40 "
                                               "--batch=d%d.pnm"),
                     0);
    assert_shows("d1.pnm", 3, 3);
    assert_shows("d2.pnm", 1, 2);
    assert_shows("d3.pnm", 3, 1);
    assert_shows("d4.pnm", 3, 3);
    assert_false(site_has(&site, "d5.pnm"));
}

static void a_jam_leaves_the_pages_before_it(void **state)
{
    (void)state;
    need_scanimage();
    site_put(&site, "papers/faults", "sheet 2 jam 40\n");
    int status = site_run(&site, SCANIMAGE "--source ADF -x 60 -y 40 --batch=p%d.pnm");
    assert_int_equal(status, 6); /* JAMMED */
    assert_true(site_has(&site, "p1.pnm"));
    assert_false(site_has(&site, "p2.pnm"));
}

static void a_realistic_pace_takes_its_time(void **state)
{
    (void)state;
    need_scanimage();
    /* a quarter of an A4 page: about one second */
    assert_int_equal(site_run(&site, "time -p " SCANIMAGE "--pace=yes --resolution 75 -y 74 "
                                     "-o slow.pnm"),
                     0);
    AUTO(mem) char *text = site_read(&site, "out");
    double seconds = 0;
    assert_non_null(strstr(text, "real"));
    sscanf(strstr(text, "real"), "real %lf", &seconds);
    assert_true(seconds > 0.9 && seconds < 4);
}

static void paper_of_the_corpus_has_its_true_size(void **state)
{
    (void)state;
    need_scanimage();
    const char *page = SOHOA_SOURCE_DIR "/../shared/corpus/a003-notice/p1.jpg";
    if (access(page, R_OK)) {
        if (getenv("CI"))
            fail_msg("no corpus");
        print_message("SKIP: no corpus here\n");
        skip();
    }
    site_put(&site, "papers/glass", page);
    assert_int_equal(site_run(&site, SCANIMAGE "--resolution 300 --mode Gray -o page.pnm"), 0);
    AUTO(mem) char *pnm = site_read(&site, "page.pnm");
    char kind;
    int width, height;
    const uint8_t *samples = (const uint8_t *)pnm_header(pnm, &kind, &width, &height);
    assert_int_equal(width, 2551); /* the bed, 216 mm */
    int lid = 0;
    for (int y = 0; y < height; y++)
        for (int x = 2479; x < width; x++)
            lid += samples[(size_t)y * (size_t)width + (size_t)x] == 245;
    assert_int_equal(lid, height * (width - 2479)); /* paper ends at 209.9 mm, then comes the lid */
}

#define ON_SITE(name) cmocka_unit_test_setup_teardown(name, make_site, drop_site)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SITE(scanimage_lists_and_describes_it),
        ON_SITE(the_flatbed_has_the_size_that_was_asked),
        ON_SITE(the_feeder_runs_until_no_docs),
        ON_SITE(duplex_turns_every_sheet),
        ON_SITE(a_jam_leaves_the_pages_before_it),
        ON_SITE(a_realistic_pace_takes_its_time),
        ON_SITE(paper_of_the_corpus_has_its_true_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
