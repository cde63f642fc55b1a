#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "tests/flow/import/import_client.h"
#include "tests/harness/test.h"

#include <dirent.h>
#include <signal.h>

#define DEADLINE_MS 300

static struct import_client worker;
static char *folder;

static int start(void **state)
{
    (void)state;
    folder = test_make_folder();
    import_client_start(SOHOA_DEAD_SHARE, &worker);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    import_client_stop(&worker);
    test_remove_folder(folder);
    return 0;
}

static enum err_code call(const char *op, struct js *args, int64_t *out_ms)
{
    struct ipc_message reply;
    const struct js *ok = NULL;
    int64_t begin_us = sys_monotonic_us();
    enum err_code code = import_client_call(&worker, op, args, -1, &reply, &ok, NULL);
    *out_ms = (sys_monotonic_us() - begin_us) / 1000;
    ipc_message_done(&reply);
    return code;
}

static int children_of_worker(void)
{
    AUTO(mem) char *path = mem_printf("/proc/%d/task/%d/children", worker.pid, worker.pid);
    FILE *file = fopen(path, "r");
    int count = 0, pid;
    while (file && fscanf(file, "%d", &pid) == 1)
        count++;
    if (file)
        fclose(file);
    return count;
}

static void a_dead_share_ends_its_call_and_no_other(void **state)
{
    (void)state;
    int64_t ms = 0;
    AUTO(mem) char *dead = mem_printf("%s/dead", folder);
    struct js *folders = js_pack("{s:[{s:s, s:s, s:s, s:i}, {s:s, s:s, s:s}]}", "folders", "name",
                                 "share", "path", dead, "kind", "backlog", "deadline_ms",
                                 DEADLINE_MS, "name", "disk", "path", folder, "kind", "watch");
    assert_int_equal(call("configure", folders, &ms), ERR_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(call("look", js_pack("{s:s}", "folder", "share"), &ms), ERR_TIMEOUT);
        assert_in_range(ms, DEADLINE_MS - 50, DEADLINE_MS + 1500);
        assert_int_equal(call("look", js_pack("{s:s}", "folder", "disk"), &ms), ERR_OK);
        assert_in_range(ms, 0, 1000);
    }
    assert_int_equal(children_of_worker(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dead_share_ends_its_call_and_no_other),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
