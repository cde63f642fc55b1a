#include "drivers/simulator/acted.h"
#include "drivers/simulator/script.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/sohoa-script-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/sohoa-script-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static struct sim_fault parsed(const char *line)
{
    struct sim_script script;
    int bad = 0;
    if (!sim_script_parse(line, strlen(line), &script, &bad))
        fail_msg("refused: %s", line);
    assert_int_equal(script.count, 1);
    return script.list[0];
}

static void a_line_says_where_what_and_how_long(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        struct sim_fault fault;
    } cases[] = {
        {"sheet 2 jam", {.sheet = 2, .kind = SIM_FAULT_STATUS, .status = 6, .at = 50}},
        {"sheet 2 jam 30", {.sheet = 2, .kind = SIM_FAULT_STATUS, .status = 6, .at = 30}},
        {"sheet 3 jam at 50%", {.sheet = 3, .kind = SIM_FAULT_STATUS, .status = 6, .at = 50}},
        {"sheet 3 front crash at 20000 bytes",
         {.sheet = 3, .kind = SIM_FAULT_CRASH, .at = 20000, .at_unit = SIM_BYTES}},
        {"sheet 3 back io at 7 rows",
         {.sheet = 3,
          .back = true,
          .kind = SIM_FAULT_STATUS,
          .status = 9,
          .at = 7,
          .at_unit = SIM_ROWS}},
        {"sheet 4 empty at start",
         {.sheet = 4, .kind = SIM_FAULT_STATUS, .status = 7, .at_unit = SIM_AT_START, .times = 1}},
        {"sheet 4 warming at start for 2.5 s",
         {.sheet = 4,
          .kind = SIM_FAULT_STATUS,
          .status = 12,
          .at_unit = SIM_AT_START,
          .seconds = 2.5}},
        {"sheet 1 slow at 20% for 3 s",
         {.sheet = 1, .kind = SIM_FAULT_SLOW, .at = 20, .seconds = 3}},
        {"open busy for 5 s",
         {.call = SIM_CALL_OPEN, .kind = SIM_FAULT_STATUS, .status = 3, .seconds = 5}},
        {"list hang", {.call = SIM_CALL_LIST, .kind = SIM_FAULT_HANG}},
        {"cancel hang once", {.call = SIM_CALL_CANCEL, .kind = SIM_FAULT_HANG, .times = 1}},
        {"start crash 500 times", {.call = SIM_CALL_START, .kind = SIM_FAULT_CRASH, .times = 500}},
        {"read stall for 1 s once",
         {.call = SIM_CALL_READ, .kind = SIM_FAULT_STALL, .seconds = 1, .times = 1}},
        {"sheet 2 vanish at 10% for 2 s as 7",
         {.sheet = 2, .kind = SIM_FAULT_VANISH, .at = 10, .seconds = 2, .port = 7, .times = 1}},
        {"sheet 2 long", {.sheet = 2, .kind = SIM_FAULT_LONG, .by = 10, .by_unit = SIM_PERCENT}},
        {"sheet 2 long by 5 rows",
         {.sheet = 2, .kind = SIM_FAULT_LONG, .by = 5, .by_unit = SIM_ROWS}},
        {"sheet 2 wide by 3 bytes",
         {.sheet = 2, .kind = SIM_FAULT_WIDE, .by = 3, .by_unit = SIM_BYTES}},
        {"sheet 1 double 50", {.sheet = 1, .kind = SIM_FAULT_DOUBLE, .at = 50}},
        {"sheet 2\tback  same", {.sheet = 2, .back = true, .kind = SIM_FAULT_SAME}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sim_fault wanted = cases[i].fault;
        struct sim_fault got = parsed(cases[i].line);
        bool same =
            got.call == wanted.call && got.sheet == wanted.sheet && got.back == wanted.back &&
            got.kind == wanted.kind && got.status == wanted.status && got.at == wanted.at &&
            got.at_unit == wanted.at_unit && got.by == wanted.by && got.by_unit == wanted.by_unit &&
            got.seconds == wanted.seconds && got.port == wanted.port && got.times == wanted.times;
        if (!same)
            fail_msg("read otherwise: %s", cases[i].line);
    }
}

static void a_line_that_makes_no_sense_is_refused_with_its_number(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "sheet jam",
        "sheet 1 explode",
        "sheet 1 jam 101",
        "sheet -1 jam",
        "sheet 1 jam 5 6",
        "jam",
        "sheet",
        "sheet 1",
        "open",
        "roof hang",
        "sheet 0 back jam",
        "sheet 1 side jam",
        "sheet 1 jam at",
        "sheet 1 jam at 50",
        "sheet 1 jam at 50 %",
        "sheet 1 jam at 101%",
        "sheet 1 jam at -3 bytes",
        "sheet 1 jam at 3 miles",
        "sheet 1 jam at 5% at 6%",
        "sheet 1 jam for 3 s",
        "open busy for 3",
        "open busy for 0 s",
        "open busy for -1 s",
        "open busy for 3 s for 3 s",
        "open busy for inf s",
        "open busy for 1e99 s",
        "open busy 0 times",
        "open busy twice",
        "open busy once once",
        "open busy at 50%",
        "open short",
        "open stall",
        "list double",
        "init vanish",
        "cancel busy",
        "close io",
        "cancel vanish",
        "sheet 1 slow",
        "sheet 1 jam as 7",
        "sheet 1 vanish as 0",
        "sheet 1 short at start",
        "sheet 1 white at 3 rows",
        "sheet 1 white by 3 rows",
        "sheet 1 long by 3 bytes",
        "sheet 1 wide by 3 rows",
        "sheet 1 wide by 0 bytes",
        "sheet 1 same",
        "sheet 0 same",
        "sheet 1 double once",
        "sheet 1 jam a b c d e f g h i j k l m n o p q r s",
    };
    struct sim_script script;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[200];
        int line = 0;
        snprintf(text, sizeof text, "# first\nsheet 1 jam\n%s\n", bad[i]);
        if (sim_script_parse(text, strlen(text), &script, &line))
            fail_msg("taken: %s", bad[i]);
        assert_int_equal(line, 3);
    }
}

/* ---- how often --------------------------------------------------------------------------------
 */

static struct sim_script script;

static void put_script(const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/faults", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_true(sim_script_load(folder, &script));
}

static int times_due(size_t index, int tries)
{
    int due = 0;
    for (int i = 0; i < tries; i++)
        due += acted_is_due(folder, &script, index);
    return due;
}

static void a_line_comes_as_often_as_it_says(void **state)
{
    (void)state;
    put_script("open crash\nopen hang once\nopen io 3 times\n");
    assert_int_equal(times_due(0, 5), 5);
    assert_int_equal(times_due(1, 5), 1);
    assert_int_equal(times_due(2, 5), 3);
    assert_int_equal(times_due(1, 5), 0);
    put_script("open crash\nopen hang once\nopen io 4 times\n"); /* written again */
    assert_int_equal(times_due(1, 5), 1);
    assert_int_equal(times_due(2, 5), 4);
}

static void a_stretch_of_time_begins_with_the_first_call_it_meets(void **state)
{
    (void)state;
    put_script("open busy for 0.3 s\n");
    usleep(400000);
    assert_true(acted_is_due(folder, &script, 0));
    assert_true(acted_is_due(folder, &script, 0));
    usleep(400000);
    assert_false(acted_is_due(folder, &script, 0));
}

static void a_killed_process_has_counted(void **state)
{
    (void)state;
    put_script("open crash 3 times\n");
    int crashed = 0;
    for (int i = 0; i < 6; i++) {
        pid_t child = fork();
        if (child == 0) {
            if (acted_is_due(folder, &script, 0))
                raise(SIGKILL);
            _exit(0);
        }
        int status;
        waitpid(child, &status, 0);
        crashed += WIFSIGNALED(status);
    }
    assert_int_equal(crashed, 3);
}

static void a_new_load_begins_its_sheets_anew(void **state)
{
    (void)state;
    put_script("sheet 1 empty at start\nsheet 0 busy at start once\nopen io once\n");
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(times_due(i, 3), 1);
    acted_forget_sheets(folder, &script);
    assert_int_equal(times_due(0, 3), 1);
    assert_int_equal(times_due(1, 3), 0); /* the glass is not loaded */
    assert_int_equal(times_due(2, 3), 0);
}

static void a_script_that_was_written_again_is_stale(void **state)
{
    (void)state;
    struct sim_script none;
    assert_true(sim_script_load(folder, &none));
    assert_int_equal(none.count, 0);
    assert_false(sim_script_is_stale(folder, &none));
    put_script("open io\n");
    assert_true(sim_script_is_stale(folder, &none));
    assert_false(sim_script_is_stale(folder, &script));
}

#define IN_FOLDER(name) cmocka_unit_test_setup_teardown(name, make_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_where_what_and_how_long),
        cmocka_unit_test(a_line_that_makes_no_sense_is_refused_with_its_number),
        IN_FOLDER(a_line_comes_as_often_as_it_says),
        IN_FOLDER(a_stretch_of_time_begins_with_the_first_call_it_meets),
        IN_FOLDER(a_killed_process_has_counted),
        IN_FOLDER(a_new_load_begins_its_sheets_anew),
        IN_FOLDER(a_script_that_was_written_again_is_stale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
