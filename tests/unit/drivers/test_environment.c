#include "drivers/sane_environment.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What a process that is about to call sane_init finds; each case in a process of its own. */

static char temp[64], config[96];

static int make_temp(void **state)
{
    (void)state;
    strcpy(temp, "/tmp/sohoa-env-XXXXXX");
    assert_non_null(mkdtemp(temp));
    snprintf(config, sizeof config, "%s/config", temp);
    assert_int_equal(mkdir(config, 0700), 0);
    return 0;
}

static int drop_temp(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", temp);
    return system(command);
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void put_list(const char *names)
{
    char path[128];
    snprintf(path, sizeof path, "%s/dll.conf", config);
    put(path, names);
}

static bool file_is(const char *path, const char *text)
{
    char got[256] = "";
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    size_t size = fread(got, 1, sizeof got - 1, file);
    got[size] = 0;
    fclose(file);
    return strcmp(got, text) == 0;
}

static int count_private(void)
{
    int count = 0;
    DIR *folder = opendir(temp);
    for (struct dirent *entry; (entry = readdir(folder));)
        count += strncmp(entry->d_name, "sohoa-sane-", 11) == 0;
    closedir(folder);
    return count;
}

/* Runs in a child; its exit status. */
static int in_child(int (*run)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        setenv("TMPDIR", temp, 1);
        _exit(run());
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static const char *private_file(const char *name)
{
    static char path[512];
    const char *folders = getenv("SANE_CONFIG_DIR");
    snprintf(path, sizeof path, "%.*s/%s", (int)strcspn(folders, ":"), folders, name);
    return path;
}

static int one_backend(void)
{
    char behind[128];
    setenv("SANE_CONFIG_DIR", config, 1);
    snprintf(behind, sizeof behind, ":%s", config);
    sane_environment_prepare("pixma");
    const char *folders = getenv("SANE_CONFIG_DIR");
    struct stat dll_d, folder;
    if (!strstr(folders, behind) || strncmp(folders, temp, strlen(temp)) != 0)
        return 1;
    if (!file_is(private_file("dll.conf"), "pixma\n"))
        return 2;
    if (stat(private_file("dll.d"), &dll_d) || !S_ISDIR(dll_d.st_mode))
        return 3;
    if (stat(private_file("."), &folder) || (folder.st_mode & 0777) != 0700)
        return 4;
    sane_environment_prepare(NULL); /* the whole list again, by the same folders */
    if (access(private_file("dll.conf"), F_OK) == 0 || access(private_file("dll.d"), F_OK) == 0)
        return 5;
    if (strcmp(folders, getenv("SANE_CONFIG_DIR")) != 0)
        return 6;
    sane_environment_prepare("Front desk"); /* an alias: nobody knows whose */
    if (access(private_file("dll.conf"), F_OK) == 0)
        return 7;
    sane_environment_prepare("../x");
    if (access(private_file("dll.conf"), F_OK) == 0)
        return 8;
    sane_environment_prepare("epson2");
    if (!file_is(private_file("dll.conf"), "epson2\n"))
        return 9;
    sane_environment_clean();
    return count_private();
}

static void a_device_is_opened_with_its_backend_alone(void **state)
{
    (void)state;
    put_list("pixma\nepson2\n");
    assert_int_equal(in_child(one_backend), 0);
}

static int without_folder(void)
{
    unsetenv("SANE_CONFIG_DIR");
    sane_environment_prepare("pixma");
    int wrong = strstr(getenv("SANE_CONFIG_DIR"), ":/etc/sane.d") == NULL;
    sane_environment_clean();
    return wrong;
}

static void the_system_s_folder_stands_behind(void **state)
{
    (void)state;
    assert_int_equal(in_child(without_folder), 0);
}

static int chosen_folder(void)
{
    setenv("SANE_CONFIG_DIR", config, 1);
    sane_environment_prepare("pixma");
    return strcmp(getenv("SANE_CONFIG_DIR"), config) != 0 || count_private();
}

static void a_folder_that_names_one_backend_is_left_alone(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        int taken;
    } cases[] = {
        {"sohoasim", 0},
        {"# mine\n\n  sohoasim\n# net\n", 0},
        {"sohoasim\nnet\n", 1},
        {"# none\n", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_list(cases[i].list);
        assert_int_equal(in_child(chosen_folder) != 0, cases[i].taken);
    }
}

static int no_room(void)
{
    setenv("TMPDIR", "/proc/nowhere", 1);
    unsetenv("SANE_CONFIG_DIR");
    sane_environment_prepare("pixma");
    sane_environment_clean();
    return getenv("SANE_CONFIG_DIR") != NULL;
}

static void without_a_folder_the_whole_list_stays(void **state)
{
    (void)state;
    assert_int_equal(in_child(no_room), 0);
}

static int leave_it(void)
{
    unsetenv("SANE_CONFIG_DIR");
    sane_environment_prepare("pixma");
    return 0; /* killed: nobody cleans */
}

static void folders_of_killed_processes_are_swept(void **state)
{
    (void)state;
    assert_int_equal(in_child(leave_it), 0);
    int before = count_private();
    assert_true(before >= 1);
    assert_int_equal(in_child(without_folder), 0);
    assert_int_equal(count_private(), 0);
}

static int vietnamese(void)
{
    setenv("LC_ALL", "vi_VN.UTF-8", 1);
    setenv("LANGUAGE", "vi", 1);
    sane_environment_prepare(NULL);
    sane_environment_clean();
    bool wrong = getenv("LC_ALL") || getenv("LANGUAGE") || strcmp(getenv("LC_MESSAGES"), "C") ||
                 strcmp(getenv("LC_NUMERIC"), "C") || strcmp(getenv("LANG"), "vi_VN.UTF-8");
    return wrong;
}

static void names_of_backends_stay_untranslated(void **state)
{
    (void)state;
    assert_int_equal(in_child(vietnamese), 0);
}

#define IN_TEMP(name) cmocka_unit_test_setup_teardown(name, make_temp, drop_temp)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMP(a_device_is_opened_with_its_backend_alone),
        IN_TEMP(the_system_s_folder_stands_behind),
        IN_TEMP(a_folder_that_names_one_backend_is_left_alone),
        IN_TEMP(without_a_folder_the_whole_list_stays),
        IN_TEMP(folders_of_killed_processes_are_swept),
        IN_TEMP(names_of_backends_stay_untranslated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
