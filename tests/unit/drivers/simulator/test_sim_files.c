#include "drivers/simulator/feeder.h"
#include "drivers/simulator/sim_config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/sohoa-sim-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/sohoa-sim-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    unsetenv("SOHOASIM_DIR");
    unsetenv("SOHOASIM_STATE");
    unsetenv("SANE_CONFIG_DIR");
    return system(command);
}

static void put(const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void settings_are_read_and_bad_lines_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int bad_line; /* 0: good */
    } cases[] = {
        {"folder /srv/paper\nstate /run/sim\nbed 216x356\nlid 40\ndpi 200\npace yes\n", 0},
        {"# comment\n\n  lid 255  \r\n", 0},
        {"", 0},
        {"lid 256\n", 1},
        {"bed 216x297mm\n", 1},
        {"bed 0x297\n", 1},
        {"\npace maybe\n", 2},
        {"lid\n", 1},
        {"what 3\n", 1},
        {"dpi 1\n", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sim_config config = {0};
        int line = 0;
        bool ok = sim_config_parse(cases[i].text, strlen(cases[i].text), &config, &line);
        assert_int_equal(ok, cases[i].bad_line == 0);
        assert_int_equal(line, cases[i].bad_line);
    }
}

static void the_folder_of_paper_has_the_last_word_on_paper(void **state)
{
    (void)state;
    struct sim_config config;
    setenv("SANE_CONFIG_DIR", "/nonexistent", 1);
    assert_false(sim_config_load(&config));
    setenv("SOHOASIM_DIR", folder, 1);
    put("sohoasim.conf", "dpi 200\nbed 100x150\nfolder /elsewhere\n");
    assert_true(sim_config_load(&config));
    assert_string_equal(config.folder, folder);
    assert_string_equal(config.state, folder);
    assert_int_equal(config.default_dpi, 200);
    assert_true(config.bed_height_mm == 150);
    setenv("SOHOASIM_STATE", "/run/x", 1);
    assert_true(sim_config_load(&config));
    assert_string_equal(config.state, "/run/x");
}

static void a_pile_lists_sheets_with_their_backs(void **state)
{
    (void)state;
    struct sim_pile pile;
    int line = 0;
    const char *text = "# three sheets\na.jpg\nb 1.jpg\tb 2.jpg\n\n/abs/c.png\n";
    assert_true(sim_pile_parse(text, strlen(text), &pile, &line));
    assert_int_equal(pile.count, 3);
    assert_string_equal(pile.sheets[0].front, "a.jpg");
    assert_null(pile.sheets[0].back);
    assert_string_equal(pile.sheets[1].front, "b 1.jpg");
    assert_string_equal(pile.sheets[1].back, "b 2.jpg");
    assert_string_equal(pile.sheets[2].front, "/abs/c.png");
    sim_pile_done(&pile);
    text = "a.jpg\nb\tc\td\n";
    assert_false(sim_pile_parse(text, strlen(text), &pile, &line));
    assert_int_equal(line, 2);
}

static void without_a_list_the_images_lie_in_natural_order(void **state)
{
    (void)state;
    struct sim_pile pile;
    const char *const names[] = {"p10.jpg",  "p2.JPG",      "p1.png",
                                 "note.txt", ".hidden.jpg", "p3.tiff"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put(names[i], "x");
    assert_true(sim_pile_load(folder, &pile));
    assert_int_equal(pile.count, 5);
    assert_string_equal(pile.sheets[1].front, "p1.png");
    assert_string_equal(pile.sheets[2].front, "p2.JPG");
    assert_string_equal(pile.sheets[3].front, "p3.tiff");
    assert_string_equal(pile.sheets[4].front, "p10.jpg");
    sim_pile_done(&pile);
    assert_false(sim_pile_load("/nonexistent", &pile));
}

static void faults_are_scripted_by_sheet(void **state)
{
    (void)state;
    struct sim_faults faults;
    int line = 0;
    const char *text = "sheet 2 jam 30\nsheet 3 crash\n";
    assert_true(sim_faults_parse(text, strlen(text), &faults, &line));
    assert_int_equal(sim_fault_for(&faults, 1).kind, SIM_FAULT_NONE);
    assert_int_equal(sim_fault_for(&faults, 2).kind, SIM_FAULT_JAM);
    assert_int_equal(sim_fault_for(&faults, 2).percent, 30);
    assert_int_equal(sim_fault_for(&faults, 3).kind, SIM_FAULT_CRASH);
    assert_int_equal(sim_fault_for(&faults, 3).percent, 50);
    static const char *const bad[] = {"sheet jam",    "sheet 1 explode", "sheet 1 jam 101",
                                      "sheet -1 jam", "sheet 1 jam 5 6", "jam"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(sim_faults_parse(bad[i], strlen(bad[i]), &faults, &line));
}

static void sheets_are_taken_one_after_the_other_until_none_is_left(void **state)
{
    (void)state;
    size_t index = 99;
    assert_int_equal(feeder_peek(folder, 2, &index), FEEDER_TAKEN);
    assert_int_equal(index, 0);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(feeder_take(folder, 2, 1, &index), FEEDER_TAKEN);
        assert_int_equal(index, i);
    }
    assert_int_equal(feeder_take(folder, 2, 1, &index), FEEDER_NO_SHEET);
    assert_int_equal(feeder_peek(folder, 2, &index), FEEDER_NO_SHEET);
    put("feeder", "next 1\n"); /* somebody puts the last sheet back */
    assert_int_equal(feeder_take(folder, 2, 1, &index), FEEDER_TAKEN);
    assert_int_equal(index, 1);
    put("feeder", "");
    assert_int_equal(feeder_take(folder, 3, 2, &index), FEEDER_TAKEN); /* double feed */
    assert_int_equal(feeder_peek(folder, 3, &index), FEEDER_TAKEN);
    assert_int_equal(index, 2);
}

static void a_spoiled_feeder_file_is_reported_not_believed(void **state)
{
    (void)state;
    size_t index = 99;
    static const char *const bad[] = {"garbage", "next ", "next -1", "next 99999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put("feeder", bad[i]);
        assert_int_equal(feeder_take(folder, 2, 1, &index), FEEDER_BROKEN);
        assert_int_equal(feeder_peek(folder, 2, &index), FEEDER_BROKEN);
    }
    assert_int_equal(feeder_take("/nonexistent", 2, 1, &index), FEEDER_BROKEN);
    assert_int_equal(index, 99);
}

static void no_sheet_is_taken_twice_by_two_processes(void **state)
{
    (void)state;
    enum { SHEETS = 200, PROCESSES = 4 };
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            int taken = 0;
            size_t index;
            while (feeder_take(folder, SHEETS, 1, &index) == FEEDER_TAKEN)
                taken++;
            _exit(taken > 255 ? 255 : taken);
        }
    }
    int total = 0;
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        waitpid(children[i], &status, 0);
        total += WEXITSTATUS(status);
    }
    assert_int_equal(total, SHEETS);
}

static void a_press_counts_once(void **state)
{
    (void)state;
    assert_false(button_take(folder));
    put("button", "");
    assert_true(button_take(folder));
    assert_false(button_take(folder));
}

static void the_device_belongs_to_one_process(void **state)
{
    (void)state;
    int first, second;
    assert_int_equal(device_lock(folder, &first), DEVICE_LOCKED_BY_US);
    assert_int_equal(device_lock(folder, &second), DEVICE_LOCKED_BY_OTHER);
    close(first);
    assert_int_equal(device_lock(folder, &second), DEVICE_LOCKED_BY_US);
    close(second);
    assert_int_equal(device_lock("/nonexistent", &second), DEVICE_NOT_LOCKABLE);
}

#define IN_FOLDER(name) cmocka_unit_test_setup_teardown(name, make_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_read_and_bad_lines_are_named),
        IN_FOLDER(the_folder_of_paper_has_the_last_word_on_paper),
        cmocka_unit_test(a_pile_lists_sheets_with_their_backs),
        IN_FOLDER(without_a_list_the_images_lie_in_natural_order),
        cmocka_unit_test(faults_are_scripted_by_sheet),
        IN_FOLDER(sheets_are_taken_one_after_the_other_until_none_is_left),
        IN_FOLDER(a_spoiled_feeder_file_is_reported_not_believed),
        IN_FOLDER(no_sheet_is_taken_twice_by_two_processes),
        IN_FOLDER(a_press_counts_once),
        IN_FOLDER(the_device_belongs_to_one_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
