#include "tests/harness/test.h"
#include "tests/unit/drivers/simulator/fault_runs.h"

/*
 * Every fault of the simulator × what stock scanimage and our own device layer see of it, and what
 * the next process finds when the one that met the fault is gone and the fault is mended.
 */

#define PATIENCE_S 20.0
#define HANG_PATIENCE_S 0.7

static struct fault_site site;

struct row {
    const char *script;
    const char *scanimage;
    const char *device_layer;
    const char *next;   /* process after it, with our device layer and without faults */
    const char *source; /* NULL: ADF */
    const char *options;
};

/* A feeder that gave so many and is empty. */
#define FILES(n) n " files; sane_start: Document feeder out of documents"
#define PAGES(n) n " pages; FEEDER_EMPTY in start"
#define UNSIZED                                                                                    \
    "3 pages; 1 has no height before its end; 2 has no height before its end; "                    \
    "3 has no height before its end; FEEDER_EMPTY in start"

static const struct row rows[] = {
    {"sheet 2 jam at 50%", "1 files; sane_read: Document feeder jammed",
     "1 pages; FEEDER_JAM in read", PAGES("1")},
    {"sheet 2 cover at 1 rows", "1 files; sane_read: Scanner cover is open",
     "1 pages; COVER_OPEN in read", PAGES("1")},
    {"sheet 2 io at 100 bytes", "1 files; sane_read: Error during device I/O",
     "1 pages; SCANNER_IO in read", PAGES("1")},
    {"sheet 2 empty at 50%", "1 files; sane_read: Document feeder out of documents",
     "1 pages; FEEDER_EMPTY in read", PAGES("1")},
    {"sheet 2 busy at 50%", "1 files; sane_read: Device busy", "1 pages; DEVICE_BUSY in read",
     PAGES("1")},
    {"sheet 2 denied at 50%", "1 files; sane_read: Access to resource has been denied",
     "1 pages; DEVICE_DENIED in read", PAGES("1")},
    {"sheet 2 memory at 0%", "1 files; sane_read: Out of memory", "1 pages; NO_MEMORY in read",
     PAGES("1")},
    {"sheet 2 short at 50%", FILES("3"), "1 pages; PAGE_TRUNCATED in read", PAGES("1")},
    {"sheet 2 short at 1001 bytes", FILES("3"), "1 pages; PAGE_TRUNCATED in read", PAGES("1")},
    {"sheet 2 short at 0 bytes", FILES("3"), "1 pages; PAGE_TRUNCATED in read", PAGES("1")},
    {"sheet 2 stall at 50%", "1 files; killed while it hung", "1 pages; hangs in read", PAGES("1")},
    {"sheet 2 stall at 50% for 0.2 s", FILES("3"), PAGES("3"), PAGES("0")},
    {"sheet 2 hang at 50%", "1 files; killed while it hung", "1 pages; hangs in read", PAGES("1")},
    {"sheet 2 slow at 50% for 0.3 s", FILES("3"), PAGES("3"), PAGES("0")},
    {"sheet 2 crash at 90%", "1 files; signal 6", "1 pages; signal 6 in read", PAGES("1")},
    {"sheet 2 double", FILES("2"), PAGES("2"), PAGES("0")},
    {"sheet 2 long", FILES("3"), "1 pages; SCANNER_IO in read", PAGES("1")},
    {"sheet 2 long by 3 rows", FILES("3"), "1 pages; SCANNER_IO in read", PAGES("1")},
    {"sheet 2 wide by 2 bytes", FILES("3"), "1 pages; PAGE_TRUNCATED in read", PAGES("1")},
    {"sheet 2 narrow by 2 bytes", FILES("3"), "1 pages; PAGE_TRUNCATED in read", PAGES("1")},
    {"sheet 2 unsized", FILES("3"),
     "3 pages; 2 has no height before its end; FEEDER_EMPTY in start", PAGES("0")},
    {"sheet 2 coarse", FILES("3"), "3 pages; 2 is coarse; FEEDER_EMPTY in start", PAGES("0")},
    {"sheet 2 white", FILES("3"), "3 pages; 2 is one colour; FEEDER_EMPTY in start", PAGES("0")},
    {"sheet 2 black", FILES("3"), "3 pages; 2 is one colour; FEEDER_EMPTY in start", PAGES("0")},
    {"sheet 2 same", FILES("3"), "3 pages; 2 equals the one before; FEEDER_EMPTY in start",
     PAGES("0")},
    {"sheet 2 jam at start", "1 files; sane_start: Document feeder jammed",
     "1 pages; FEEDER_JAM in start", PAGES("1")},
    {"sheet 2 cover at start", "1 files; sane_start: Scanner cover is open",
     "1 pages; COVER_OPEN in start", PAGES("2")},
    {"sheet 2 empty at start", FILES("1"), PAGES("1"), PAGES("2")},
    {"sheet 2 io at start", "1 files; sane_start: Error during device I/O",
     "1 pages; SCANNER_IO in start", PAGES("1")},
    {"sheet 2 busy at start", "1 files; sane_start: Device busy", "1 pages; DEVICE_BUSY in start",
     PAGES("2")},
    {"sheet 2 warming at start for 0.3 s", "1 files; sane_start: Unknown SANE status code 12",
     "1 pages; WARMING_UP in start", PAGES("2")},
    {"sheet 2 locked at start", "1 files; sane_start: Unknown SANE status code 13",
     "1 pages; DEVICE_LOCKED in start", PAGES("2")},
    {"sheet 2 hang at start", "1 files; killed while it hung", "1 pages; hangs in start",
     PAGES("1")},
    {"sheet 2 crash at start", "1 files; signal 6", "1 pages; signal 6 in start", PAGES("1")},
    {"sheet 2 slow at start for 0.3 s", FILES("3"), PAGES("3"), PAGES("0")},
    {"sheet 2 vanish at 50%", "1 files; sane_read: Error during device I/O",
     "1 pages; SCANNER_IO in read", "0 pages; UNKNOWN_DEVICE in open"},
    {"sheet 2 vanish at 50% for 0.1 s", "1 files; sane_read: Error during device I/O",
     "1 pages; SCANNER_IO in read", PAGES("1")},
    {"sheet 2 vanish at 50% for 0.1 s as 7", "1 files; sane_read: Error during device I/O",
     "1 pages; SCANNER_IO in read", "sohoasim:counter@7; 1 pages; FEEDER_EMPTY in start"},
    {"sheet 2 vanish at start as 8", "1 files; sane_start: Error during device I/O",
     "1 pages; SCANNER_IO in start", "0 pages; UNKNOWN_DEVICE in open"},
    {"sheet 2 back jam at 50%", "3 files; sane_read: Document feeder jammed",
     "3 pages; FEEDER_JAM in read", PAGES("2"), "ADF Duplex"},
    {"sheet 2 back white", FILES("6"), "6 pages; 4 is one colour; FEEDER_EMPTY in start",
     PAGES("0"), "ADF Duplex"},
    {"sheet 2 back same", FILES("6"), "6 pages; 4 equals the one before; FEEDER_EMPTY in start",
     PAGES("0"), "ADF Duplex"},
    {"sheet 2 back empty at start", FILES("3"), PAGES("3"), PAGES("2"), "ADF Duplex"},
    {"sheet 2 back crash at start", "3 files; signal 6", "3 pages; signal 6 in start", PAGES("2"),
     "ADF Duplex"},
    {"sheet 2 vanish at 50% for 0.1 s", "2 files; sane_read: Error during device I/O",
     "2 pages; SCANNER_IO in read", PAGES("2"), "ADF Duplex"},
    {"sheet 0 io at 50%", "0 files; sane_read: Error during device I/O",
     "0 pages; SCANNER_IO in read", "1 pages", "Flatbed"},
    {"sheet 0 warming at start for 0.3 s", "0 files; sane_start: Unknown SANE status code 12",
     "0 pages; WARMING_UP in start", "1 pages", "Flatbed"},
    {"sheet 0 hang at 50%", "0 files; killed while it hung", "0 pages; hangs in read", "1 pages",
     "Flatbed"},
    {"init hang", "0 files; killed while it hung", "0 pages; hangs in list", PAGES("3")},
    {"init crash", "0 files; signal 6", "0 pages; signal 6 in list", PAGES("3")},
    {"init io", "0 files; open of device sohoasim:counter failed: Error during device I/O",
     "0 pages; SCANNER_IO in open", PAGES("3")},
    {"list hang", FILES("3"), "0 pages; hangs in list", PAGES("3")},
    {"list crash", FILES("3"), "0 pages; signal 6 in list", PAGES("3")},
    {"list io", FILES("3"), PAGES("3"), PAGES("0")},
    {"open busy", "0 files; open of device sohoasim:counter failed: Device busy",
     "0 pages; DEVICE_BUSY in open", PAGES("3")},
    {"open busy for 0.2 s", "0 files; open of device sohoasim:counter failed: Device busy",
     "0 pages; DEVICE_BUSY in open", PAGES("3")},
    {"open denied",
     "0 files; open of device sohoasim:counter failed: Access to resource has been denied",
     "0 pages; DEVICE_DENIED in open", PAGES("3")},
    {"open hang", "0 files; killed while it hung", "0 pages; hangs in open", PAGES("3")},
    {"open crash", "0 files; signal 6", "0 pages; signal 6 in open", PAGES("3")},
    {"open crash once", "0 files; signal 6", "0 pages; signal 6 in open", PAGES("3")},
    {"open io", "0 files; open of device sohoasim:counter failed: Error during device I/O",
     "0 pages; SCANNER_IO in open", PAGES("3")},
    {"open vanish", "0 files; open of device sohoasim:counter failed: Invalid argument",
     "0 pages; UNKNOWN_DEVICE in open", "0 pages; UNKNOWN_DEVICE in open"},
    {"open slow for 0.3 s", FILES("3"), PAGES("3"), PAGES("0")},
    {"option hang", "0 files; killed while it hung", "0 pages; hangs in open", PAGES("3")},
    {"option io", "0 files; unable to determine option count", "0 pages; SCANNER_IO in open",
     PAGES("3")},
    {"option invalid", "0 files; unable to determine option count",
     "0 pages; OPTION_REFUSED in open", PAGES("3")},
    {"option crash", "0 files; signal 6", "0 pages; signal 6 in open", PAGES("3")},
    {"option vanish for 0.1 s as 9", "0 files; unable to determine option count",
     "0 pages; SCANNER_IO in open", "sohoasim:counter@9; 3 pages; FEEDER_EMPTY in start"},
    {"start busy", "0 files; sane_start: Device busy", "0 pages; DEVICE_BUSY in start", PAGES("3")},
    {"start warming for 0.3 s", "0 files; sane_start: Unknown SANE status code 12",
     "0 pages; WARMING_UP in start", PAGES("3")},
    {"start hang", "0 files; killed while it hung", "0 pages; hangs in start", PAGES("3")},
    {"start crash", "0 files; signal 6", "0 pages; signal 6 in start", PAGES("3")},
    {"start slow for 0.2 s", FILES("3"), PAGES("3"), PAGES("0")},
    {"start empty once", FILES("0"), PAGES("0"), PAGES("3")},
    {"read hang", "0 files; killed while it hung", "0 pages; hangs in read", PAGES("2")},
    {"read stall for 0.2 s", FILES("3"), PAGES("3"), PAGES("0")},
    {"read crash", "0 files; signal 6", "0 pages; signal 6 in read", PAGES("2")},
    {"read io", "0 files; sane_read: Error during device I/O", "0 pages; SCANNER_IO in read",
     PAGES("2")},
    {"read io once", "0 files; sane_read: Error during device I/O", "0 pages; SCANNER_IO in read",
     PAGES("2")},
    {"cancel hang", "3 files; killed while it hung", "3 pages; hangs in cancel", PAGES("0")},
    {"cancel hang for 0.2 s", FILES("3"), PAGES("3"), PAGES("0")},
    {"cancel crash once", "3 files; signal 6", "3 pages; signal 6 in cancel", PAGES("0")},
    {"close hang", "3 files; killed while it hung", "3 pages; hangs in close", PAGES("0")},
    {"close crash", "3 files; signal 6", "3 pages; signal 6 in close", PAGES("0")},
    {"close slow for 0.2 s", FILES("3"), PAGES("3"), PAGES("0")},
    {"sheet 2 slow at 10% for 0.2 s\nsheet 2 jam at 50%",
     "1 files; sane_read: Document feeder jammed", "1 pages; FEEDER_JAM in read", PAGES("1")},
    {"explode", "0 files; open of device sohoasim:counter failed: Invalid argument",
     "0 pages; UNKNOWN_DEVICE in open", PAGES("3")},
    {"", FILES("3"), PAGES("3"), PAGES("0"), NULL, "--depth=16"},
    {"", FILES("3"), PAGES("3"), PAGES("0"), NULL, "--three-pass=yes"},
    {"", FILES("3"), UNSIZED, PAGES("0"), NULL, "--hand-scanner=yes"},
    /* stock scanimage asserts that three passes have 8 bits */
    {"", "0 files; signal 6", UNSIZED, PAGES("0"), NULL,
     "--depth=16 --three-pass=yes --hand-scanner=yes"},
    {"", FILES("3"), PAGES("3"), PAGES("0"), NULL, "--mode=Lineart"},
    {"", FILES("3"), PAGES("3"), PAGES("0"), NULL, "--mode=Gray --depth=16"},
    {"sheet 2 jam at 70%", "1 files; sane_read: Document feeder jammed",
     "1 pages; FEEDER_JAM in read", PAGES("1"), NULL, "--three-pass=yes"},
    {"sheet 2 short at 70%", FILES("3"), "1 pages; PAGE_TRUNCATED in read", PAGES("1"), NULL,
     "--three-pass=yes"},
    {"sheet 2 white", FILES("3"), "3 pages; 2 is one colour; FEEDER_EMPTY in start", PAGES("0"),
     NULL, "--mode=Lineart"},
    {"sheet 2 black", FILES("3"), "3 pages; 2 is one colour; FEEDER_EMPTY in start", PAGES("0"),
     NULL, "--mode=Lineart"},
};

static bool hangs(const char *outcome)
{
    return strstr(outcome, "hangs") || strstr(outcome, "hung");
}

static int check(const char *who, const struct row *row, const char *wanted, const char *seen)
{
    if (strcmp(wanted, seen) == 0)
        return 0;
    print_error("%s: %s sees \"%s\", not \"%s\"\n", row->script, who, seen, wanted);
    return 1;
}

static int run_row(const struct row *row)
{
    char by_scanimage[OUTCOME_MAX], by_layer[OUTCOME_MAX], next[OUTCOME_MAX];
    struct batch batch = {.source = row->source ? row->source : "ADF",
                          .options = row->options ? row->options : ""};
    fault_site_reset(&site, row->script);
    batch.patience_s = hangs(row->scanimage) ? HANG_PATIENCE_S : PATIENCE_S;
    batch_by_scanimage(&site, &batch, by_scanimage);
    fault_site_reset(&site, row->script);
    batch.patience_s = hangs(row->device_layer) ? HANG_PATIENCE_S : PATIENCE_S;
    batch_by_device_layer(&batch, by_layer);
    fault_site_put(&site, "faults", "");
    if (strstr(row->script, "vanish"))
        usleep(150000); /* it comes back after 0.1 s */
    batch.patience_s = PATIENCE_S;
    batch.options = "";
    batch_by_device_layer(&batch, next);
    print_message("%s %s | %s | %s | %s\n", row->script, row->options ? row->options : "",
                  by_scanimage, by_layer, next);
    return check("scanimage", row, row->scanimage, by_scanimage) +
           check("our layer", row, row->device_layer, by_layer) +
           check("the next process", row, row->next, next);
}

static void every_fault_is_seen_as_the_table_says(void **state)
{
    (void)state;
    int wrong = 0;
    print_message("script | scanimage | device layer | next process\n");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        wrong += run_row(&rows[i]);
    assert_int_equal(wrong, 0);
}

static void check_outcome(const struct batch *batch, const char *wanted)
{
    char seen[OUTCOME_MAX];
    batch_by_device_layer(batch, seen);
    assert_string_equal(seen, wanted);
}

static void check_list(const char *wanted)
{
    char seen[OUTCOME_MAX];
    list_by_scanimage(&site, PATIENCE_S, seen);
    assert_string_equal(seen, wanted);
}

static const struct batch feeder = {.source = "ADF", .options = "", .patience_s = PATIENCE_S};

static void a_fault_comes_after_as_many_bytes_as_it_says(void **state)
{
    (void)state;
    enum { ROW = 59 * 3, ROWS = 39 }; /* 30 by 20 mm at 50 dpi */
    static const struct {
        const char *script;
        size_t bytes;
    } cases[] = {
        {"sheet 1 io at 0%", 0},
        {"sheet 1 io at 1 bytes", 1},
        {"sheet 1 io at 1001 bytes", 1001},
        {"sheet 1 io at 3 rows", 3 * ROW},
        {"sheet 1 io", ROWS / 2 * ROW},
        {"sheet 1 io 30", ROWS * 30 / 100 * ROW},
        {"sheet 1 io at 100%", (ROWS - 1) * ROW},
        {"sheet 1 io at 999999 bytes", ROWS * ROW - 1},
        {"sheet 1 io at 90%\nsheet 1 io at 10 bytes", 10},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fault_site_reset(&site, cases[i].script);
        assert_int_equal(bytes_of_last_frame(&feeder), cases[i].bytes);
    }
}

static void a_scanner_put_in_again_has_another_name_and_the_same_paper(void **state)
{
    (void)state;
    struct batch old_name = feeder, new_name = feeder;
    old_name.device = "sohoasim:counter";
    new_name.device = "sohoasim:counter@7";
    fault_site_reset(&site, "sheet 2 vanish at 50% for 1 s as 7\n");
    check_list("sohoasim:counter");
    check_outcome(&old_name, "1 pages; SCANNER_IO in read");
    check_list("none");
    check_outcome(&old_name, "0 pages; UNKNOWN_DEVICE in open");
    usleep(1000000);
    check_list("sohoasim:counter@7");
    check_outcome(&old_name, "0 pages; UNKNOWN_DEVICE in open");
    check_outcome(&new_name, "sohoasim:counter@7; " PAGES("1"));
    fault_site_put(&site, "gone", ""); /* by hand, until it is put in by hand */
    check_list("none");
    fault_site_put(&site, "port", "0\n");
    fault_site_unlink(&site, "gone");
    check_list("sohoasim:counter");
}

static void a_scanner_that_was_pulled_out_is_lost_for_its_handle(void **state)
{
    (void)state;
    static const char *const scripts[] = {
        "sheet 2 vanish for 0.1 s\n", "sheet 2 vanish for 0.1 s as 7\n",
        "sheet 2 vanish at start for 0.1 s\n", "start vanish for 0.1 s\n"};
    for (size_t i = 0; i < COUNT_OF(scripts); i++) {
        fault_site_reset(&site, scripts[i]);
        assert_string_equal(start_once_more(&feeder, 0.3), "SCANNER_IO");
    }
    fault_site_reset(&site, "sheet 2 io\n"); /* while another error leaves it alive */
    assert_string_equal(start_once_more(&feeder, 0.3), "OK");
}

static void a_second_scanner_has_paper_and_faults_of_its_own(void **state)
{
    (void)state;
    char conf[400];
    struct batch first = feeder, second = feeder;
    first.device = "sohoasim:counter";
    second.device = "sohoasim:cellar";
    fault_site_reset(&site, "sheet 2 jam\n");
    fault_site_folder(&site, "cellar");
    fault_site_put(&site, "cellar/faults", "open busy once\nsheet 1 double\n");
    fault_site_put(&site, "cellar/pile.txt", "../p1.ppm\n../p2.ppm\n../p3.ppm\n../p4.ppm\n");
    snprintf(conf, sizeof conf,
             "bed 30x20\ndpi 50\ndevice counter\nfolder %s\ndevice cellar\nstate %s/cellar\n",
             site.dir, site.dir);
    fault_site_put(&site, "sane/sohoasim.conf", conf);
    fault_site_unlink(&site, "sohoasim.conf");
    check_list("sohoasim:counter sohoasim:cellar");
    check_outcome(&second, "0 pages; DEVICE_BUSY in open");
    check_outcome(&first, "1 pages; FEEDER_JAM in read");
    check_outcome(&second, PAGES("3"));
    check_outcome(&first, PAGES("1"));
    fault_site_put(&site, "gone", "");
    check_list("sohoasim:cellar");
}

static void a_script_goes_on_where_a_killed_process_left_it(void **state)
{
    (void)state;
    struct batch hanging = feeder;
    hanging.patience_s = HANG_PATIENCE_S;
    fault_site_reset(&site, "open crash 2 times\nsheet 2 hang at start\ncancel crash once\n");
    check_outcome(&feeder, "0 pages; signal 6 in open");
    check_outcome(&feeder, "0 pages; signal 6 in open");
    check_outcome(&hanging, "1 pages; hangs in start");
    check_outcome(&feeder, "1 pages; signal 6 in cancel");
    check_outcome(&feeder, PAGES("0"));
}

static void a_scanner_that_is_busy_for_a_while_is_free_after_it(void **state)
{
    (void)state;
    fault_site_reset(&site, "open busy for 0.6 s\n");
    check_outcome(&feeder, "0 pages; DEVICE_BUSY in open");
    check_outcome(&feeder, "0 pages; DEVICE_BUSY in open");
    usleep(700000);
    check_outcome(&feeder, PAGES("3"));
}

static void a_feeder_that_says_empty_too_early_still_has_its_sheets(void **state)
{
    (void)state;
    fault_site_reset(&site, "sheet 2 empty at start\n");
    for (int load = 0; load < 2; load++) {
        check_outcome(&feeder, PAGES("1"));
        check_outcome(&feeder, PAGES("2"));
        check_outcome(&feeder, PAGES("0"));
        fault_site_unlink(&site, "feeder");
    }
}

static void an_error_in_the_script_closes_the_scanner_and_names_its_line(void **state)
{
    (void)state;
    struct batch by_name = feeder;
    char seen[OUTCOME_MAX];
    by_name.device = "sohoasim:counter";
    fault_site_reset(&site, "sheet 1 jam\n\nsheet 2 jamm at 50%\n");
    batch_by_scanimage(&site, &by_name, seen);
    assert_string_equal(seen, "0 files; open of device sohoasim:counter failed: Invalid argument");
    assert_true(scanimage_said(&site, "/faults: line 3 makes no sense"));
    fault_site_reset(&site, "");
    fault_site_put(&site, "sohoasim.conf", "bed 30x20\nlamp red\n");
    batch_by_scanimage(&site, &by_name, seen);
    assert_string_equal(seen, "0 files; open of device sohoasim:counter failed: Invalid argument");
    assert_true(scanimage_said(&site, "/sohoasim.conf: line 2 makes no sense"));
}

static void buttons_and_sensors_are_options_that_clear_on_reading(void **state)
{
    (void)state;
    fault_site_reset(&site, "");
    fault_site_put(&site, "sohoasim.conf",
                   "button copy int\nbutton message text\nbutton power bool held\n");
    fault_site_put(&site, "button", "");
    fault_site_put(&site, "button-copy", "3\n");
    fault_site_put(&site, "button-message", "duplex\n");
    fault_site_put(&site, "button-power", "");
    fault_site_put(&site, "cover", "");
    show_options(&site);
    assert_true(scanimage_said(&site, "--scan[=(yes|no)] [yes] [hardware]"));
    assert_true(scanimage_said(&site, "--copy <int> [3] [hardware]"));
    assert_true(scanimage_said(&site, "--message <string> [duplex] [hardware]"));
    assert_true(scanimage_said(&site, "--power[=(yes|no)] [yes] [hardware]"));
    assert_true(scanimage_said(&site, "--page-loaded[=(yes|no)] [yes] [hardware]"));
    assert_true(scanimage_said(&site, "--cover-open[=(yes|no)] [yes] [hardware]"));
    check_outcome(&feeder, "0 pages; COVER_OPEN in start");
    fault_site_unlink(&site, "cover");
    fault_site_put(&site, "feeder", "next 3\n");
    show_options(&site);
    assert_true(scanimage_said(&site, "--scan[=(yes|no)] [no] [hardware]"));
    assert_true(scanimage_said(&site, "--copy <int> [0] [hardware]"));
    assert_true(scanimage_said(&site, "--message <string> [] [hardware]"));
    assert_true(scanimage_said(&site, "--power[=(yes|no)] [yes] [hardware]"));
    assert_true(scanimage_said(&site, "--page-loaded[=(yes|no)] [no] [hardware]"));
    assert_true(scanimage_said(&site, "--cover-open[=(yes|no)] [no] [hardware]"));
}

static void every_way_of_delivery_shows_the_same_pixels(void **state)
{
    (void)state;
    static const char *const ways[] = {"--depth=16", "--three-pass=yes",
                                       "--three-pass=yes --depth=16", "--hand-scanner=yes"};
    struct batch batch = feeder;
    fault_site_reset(&site, "");
    uint64_t plain = page_hash(&site, &batch, 2);
    assert_true(plain != 0 && plain != page_hash(&site, &batch, 1));
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        batch.options = ways[i];
        assert_true(page_hash(&site, &batch, 2) == plain);
    }
}

static void backs_can_come_upside_down(void **state)
{
    (void)state;
    struct batch batch = feeder;
    batch.source = "ADF Duplex";
    fault_site_reset(&site, "");
    fault_site_paper(&site, "turned.ppm", 1, true);
    fault_site_put(&site, "pile.txt", "p1.ppm\tturned.ppm\n");
    assert_true(page_hash(&site, &batch, 1) != page_hash(&site, &batch, 2));
    fault_site_put(&site, "sohoasim.conf", "bed 30x20\ndpi 50\nbacks turned\n");
    assert_true(page_hash(&site, &batch, 1) == page_hash(&site, &batch, 2));
}

static int make_site(void **state)
{
    (void)state;
    fault_site_make(&site);
    return 0;
}

static int drop_site(void **state)
{
    (void)state;
    fault_site_remove(&site);
    return 0;
}

#define ON_SITE(name) cmocka_unit_test_setup_teardown(name, make_site, drop_site)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SITE(every_fault_is_seen_as_the_table_says),
        ON_SITE(a_fault_comes_after_as_many_bytes_as_it_says),
        ON_SITE(a_scanner_put_in_again_has_another_name_and_the_same_paper),
        ON_SITE(a_scanner_that_was_pulled_out_is_lost_for_its_handle),
        ON_SITE(a_second_scanner_has_paper_and_faults_of_its_own),
        ON_SITE(a_script_goes_on_where_a_killed_process_left_it),
        ON_SITE(a_scanner_that_is_busy_for_a_while_is_free_after_it),
        ON_SITE(a_feeder_that_says_empty_too_early_still_has_its_sheets),
        ON_SITE(an_error_in_the_script_closes_the_scanner_and_names_its_line),
        ON_SITE(buttons_and_sensors_are_options_that_clear_on_reading),
        ON_SITE(every_way_of_delivery_shows_the_same_pixels),
        ON_SITE(backs_can_come_upside_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
