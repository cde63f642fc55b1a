#include "drivers/simulator/feeder.h"
#include "drivers/simulator/panel.h"
#include "drivers/simulator/pile.h"
#include "drivers/simulator/plug.h"
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
        {"backs turned\nbacks upright\n", 0},
        {"backs sideways\n", 1},
        {"button copy bool\nbutton function int held\nbutton message text\n", 0},
        {"button copy\n", 1},
        {"button copy float\n", 1},
        {"button copy bool pressed\n", 1},
        {"button Copy bool\n", 1},
        {"button a-name-that-is-longer-than-any-name bool\n", 1},
        {"device second\n", 1}, /* a folder of paper has no devices */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sim_config config = {0};
        int line = 0;
        bool ok = sim_config_parse(cases[i].text, strlen(cases[i].text), &config, &line);
        assert_int_equal(ok, cases[i].bad_line == 0);
        assert_int_equal(line, cases[i].bad_line);
    }
}

static struct sim_devices devices;

static void the_folder_of_paper_has_the_last_word_on_paper(void **state)
{
    (void)state;
    const struct sim_config *config = &devices.list[0];
    setenv("SANE_CONFIG_DIR", "/nonexistent", 1);
    assert_false(sim_devices_load(&devices));
    setenv("SOHOASIM_DIR", folder, 1);
    put("sohoasim.conf", "dpi 200\nbed 100x150\nfolder /elsewhere\n");
    assert_true(sim_devices_load(&devices));
    assert_int_equal(devices.count, 1);
    assert_string_equal(config->name, "counter");
    assert_string_equal(config->folder, folder);
    assert_string_equal(config->state, folder);
    assert_int_equal(config->default_dpi, 200);
    assert_true(config->bed_height_mm == 150);
    setenv("SOHOASIM_STATE", "/run/x", 1);
    assert_true(sim_devices_load(&devices));
    assert_string_equal(config->state, "/run/x");
}

static void each_device_of_a_file_has_its_own_paper_and_state(void **state)
{
    (void)state;
    setenv("SANE_CONFIG_DIR", folder, 1);
    put("sohoasim.conf", "folder /srv/paper\nstate /run/sim\ndpi 200\n"
                         "device counter\n"
                         "device back-office\nfolder /srv/other\nstate /run/other\ndpi 150\n"
                         "button copy int\n");
    assert_true(sim_devices_load(&devices));
    assert_int_equal(devices.count, 2);
    const struct sim_config *first = &devices.list[0], *second = &devices.list[1];
    assert_string_equal(first->name, "counter");
    assert_string_equal(first->folder, "/srv/paper/counter");
    assert_string_equal(first->state, "/run/sim/counter");
    assert_int_equal(first->default_dpi, 200);
    assert_int_equal(first->button_count, 1);
    assert_string_equal(second->name, "back-office");
    assert_string_equal(second->folder, "/srv/other");
    assert_string_equal(second->state, "/run/other");
    assert_int_equal(second->default_dpi, 150);
    assert_int_equal(second->button_count, 2);
    setenv("SOHOASIM_DIR", "/mnt", 1);
    assert_true(sim_devices_load(&devices));
    assert_string_equal(first->folder, "/mnt/counter");
    assert_string_equal(second->folder, "/srv/other");
    static const char *const bad[] = {"device a\ndevice a\n", "device\n", "device A\n",
                                      "device a\nlid 300\n",
                                      "device a\nstate /s\ndevice b\nstate /s\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put("sohoasim.conf", bad[i]);
        assert_false(sim_devices_load(&devices));
    }
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

static bool is_there(const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

static void a_load_of_the_feeder_is_seen_once(void **state)
{
    (void)state;
    static const char *const loads[] = {NULL, "", "next 0\n"};
    size_t index;
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        if (loads[i])
            put("feeder", loads[i]);
        assert_true(feeder_is_loaded_anew(folder));
        assert_false(feeder_is_loaded_anew(folder));
        assert_int_equal(feeder_take(folder, 2, 1, &index), FEEDER_TAKEN);
        assert_int_equal(index, 0);
        assert_false(feeder_is_loaded_anew(folder));
    }
    put("feeder", "next 1\n"); /* one put back */
    assert_false(feeder_is_loaded_anew(folder));
}

static void a_press_counts_once_and_a_held_button_stays(void **state)
{
    (void)state;
    static const struct {
        struct sim_button button;
        const char *file, *text;
        int number; /* it gives */
        const char *word;
    } cases[] = {
        {{"scan", SIM_BUTTON_BOOL, false}, "button", "", 1, NULL},
        {{"copy", SIM_BUTTON_BOOL, false}, "button-copy", "7", 1, NULL},
        {{"function", SIM_BUTTON_INT, false}, "button-function", "", 1, NULL},
        {{"function", SIM_BUTTON_INT, true}, "button-function", "3\n", 3, NULL},
        {{"message", SIM_BUTTON_TEXT, false}, "button-message", "", 0, "message"},
        {{"message", SIM_BUTTON_TEXT, true}, "button-message", "duplex\n", 0, "duplex"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct sim_button *button = &cases[i].button;
        for (int reading = 0; reading < 3; reading++) {
            bool pressed = reading == 1 || (reading == 2 && button->held);
            if (reading == 1)
                put(cases[i].file, cases[i].text);
            if (button->kind == SIM_BUTTON_TEXT) {
                char word[PANEL_TEXT_MAX];
                panel_read_text(folder, button, word);
                assert_string_equal(word, pressed ? cases[i].word : "");
            } else {
                assert_int_equal(panel_read_number(folder, button), pressed ? cases[i].number : 0);
            }
        }
        assert_int_equal(is_there(cases[i].file), button->held);
        char path[200];
        snprintf(path, sizeof path, "%s/%s", folder, cases[i].file);
        unlink(path);
    }
}

static void the_lid_is_a_file(void **state)
{
    (void)state;
    assert_false(panel_cover_is_open(folder));
    put("cover", "");
    assert_true(panel_cover_is_open(folder));
}

static void a_pulled_plug_comes_back_by_itself_or_by_hand(void **state)
{
    (void)state;
    assert_false(plug_is_out(folder));
    assert_int_equal(plug_port(folder), 0);
    plug_pull(folder, 0.2, 7);
    assert_true(plug_is_out(folder));
    usleep(250000);
    assert_false(plug_is_out(folder));
    assert_false(is_there("gone"));
    assert_int_equal(plug_port(folder), 7);
    plug_pull(folder, 0, 0);
    usleep(250000);
    assert_true(plug_is_out(folder));
    assert_int_equal(plug_port(folder), 7);
    put("port", "0\n");
    assert_int_equal(plug_port(folder), 0);
}

static void the_device_belongs_to_one_process(void **state)
{
    (void)state;
    int first, second;
    assert_int_equal(device_lock(folder, 0, &first), DEVICE_LOCKED_BY_US);
    assert_int_equal(device_lock(folder, 0, &second), DEVICE_LOCKED_BY_OTHER);
    assert_int_equal(device_lock(folder, 7, &second), DEVICE_LOCKED_BY_US); /* put in again */
    close(second);
    close(first);
    assert_int_equal(device_lock(folder, 0, &second), DEVICE_LOCKED_BY_US);
    close(second);
    assert_int_equal(device_lock("/nonexistent", 0, &second), DEVICE_NOT_LOCKABLE);
}

#define IN_FOLDER(name) cmocka_unit_test_setup_teardown(name, make_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_read_and_bad_lines_are_named),
        IN_FOLDER(the_folder_of_paper_has_the_last_word_on_paper),
        cmocka_unit_test(a_pile_lists_sheets_with_their_backs),
        IN_FOLDER(without_a_list_the_images_lie_in_natural_order),
        IN_FOLDER(each_device_of_a_file_has_its_own_paper_and_state),
        IN_FOLDER(sheets_are_taken_one_after_the_other_until_none_is_left),
        IN_FOLDER(a_spoiled_feeder_file_is_reported_not_believed),
        IN_FOLDER(no_sheet_is_taken_twice_by_two_processes),
        IN_FOLDER(a_load_of_the_feeder_is_seen_once),
        IN_FOLDER(a_press_counts_once_and_a_held_button_stays),
        IN_FOLDER(the_lid_is_a_file),
        IN_FOLDER(a_pulled_plug_comes_back_by_itself_or_by_hand),
        IN_FOLDER(the_device_belongs_to_one_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
