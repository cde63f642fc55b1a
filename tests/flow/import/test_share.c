#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "tests/flow/import/import_client.h"
#include "tests/harness/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

/* A folder with share = true: asked again and again, only ever read, gone and back. */

#define SETTLE_MS 150
#define FILES 5

static struct import_client worker;
static char *folder, *share, *mounted;

static void run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void run(const char *format, ...)
{
    char command[600];
    va_list list;
    va_start(list, format);
    vsnprintf(command, sizeof command, format, list);
    va_end(list);
    assert_int_equal(system(command), 0);
}

static int start(void **state)
{
    (void)state;
    struct ipc_message reply;
    const struct js *ok = NULL;
    folder = test_make_folder();
    share = mem_printf("%s/share", folder);
    mounted = mem_printf("%s/share.mounted", folder);
    run("mkdir -p %s/an %s/bình && touch %s", share, share, mounted);
    for (int i = 1; i <= FILES; i++)
        run("printf 'P1 1 1 %d' > %s/an/p%d.pbm", i % 2, share, i);
    import_client_start(SOHOA_NETWORK_SHARE, &worker);
    struct js *args = js_pack("{s:[{s:s, s:s, s:s, s:b, s:i}]}", "folders", "name", "share", "path",
                              share, "kind", "backlog", "share", 1, "settle_ms", SETTLE_MS);
    enum err_code code = import_client_call(&worker, "configure", args, -1, &reply, &ok, NULL);
    ipc_message_done(&reply);
    return code;
}

static int stop(void **state)
{
    (void)state;
    import_client_stop(&worker);
    test_remove_folder(folder);
    mem_free(share);
    mem_free(mounted);
    return 0;
}

/* {"files", "cursor", "missing"}; the caller's. */
static struct js *look(const char *cursor, int limit)
{
    struct ipc_message reply;
    const struct js *ok = NULL;
    struct err err = ERR_INIT;
    struct js *args =
        js_pack("{s:s, s:s?, s:i}", "folder", "share", "cursor", cursor, "limit", limit);
    if (import_client_call(&worker, "look", args, -1, &reply, &ok, &err))
        fail_msg("%s %s", err_name(err.code), err.detail);
    struct js *told = js_copy(ok);
    ipc_message_done(&reply);
    return told;
}

static struct js *look_until_whole(void)
{
    for (int i = 0; i < 200; i++) {
        AUTO(js) struct js *told = look(NULL, 100);
        size_t whole = 0;
        for (size_t k = 0; k < js_count(js_at(told, "files")); k++)
            whole += js_bool_or(js_item(js_at(told, "files"), k), "stable", false);
        if (whole == FILES)
            return TAKE(told);
        usleep(50000);
    }
    fail_msg("its files never become whole");
    return NULL;
}

static enum err_code take(const struct js *file, char **out_bytes)
{
    struct ipc_message reply;
    const struct js *ok = NULL;
    AUTO(fd) int fd = -1;
    size_t size;
    assert_int_equal(file_memfd("taken", "", 0, &fd, NULL), ERR_OK);
    struct js *args =
        js_pack("{s:s, s:O, s:O, s:O}", "folder", "share", "path", js_at(file, "path"),
                "size_bytes", js_at(file, "size_bytes"), "mtime_us", js_at(file, "mtime_us"));
    enum err_code code = import_client_call(&worker, "take", args, fd, &reply, &ok, NULL);
    ipc_message_done(&reply);
    return code ? code : file_read_fd(fd, 100, out_bytes, &size, NULL);
}

static char *folder_print(void)
{
    char command[600];
    char *bytes = mem_alloc(10000); /* zeroed */
    snprintf(command, sizeof command,
             "cd %s && find . -printf '%%p %%i %%m %%s %%T@ %%C@\\n' | LC_ALL=C sort", share);
    FILE *pipe = popen(command, "r");
    assert_true(pipe && bytes && fread(bytes, 1, 9999, pipe) > 0);
    pclose(pipe);
    return bytes;
}

static void its_files_are_polled_and_only_ever_read(void **state)
{
    (void)state;
    AUTO(mem) char *before = folder_print();
    AUTO(js) struct js *unsure = look(NULL, 100);
    assert_false(js_bool_or(unsure, "files[0].stable", true));
    AUTO(js) struct js *whole = look_until_whole();
    for (size_t i = 0; i < FILES; i++) {
        AUTO(mem) char *bytes = NULL;
        assert_int_equal(take(js_item(js_at(whole, "files"), i), &bytes), ERR_OK);
        assert_string_equal(bytes, i % 2 == 0 ? "P1 1 1 1" : "P1 1 1 0");
    }
    AUTO(mem) char *after = folder_print();
    assert_string_equal(before, after);
}

static void a_sweep_goes_on_where_the_share_went_away(void **state)
{
    (void)state;
    AUTO(js) struct js *whole = look_until_whole();
    AUTO(js) struct js *first = look(NULL, 2);
    assert_int_equal(js_count(js_at(first, "files")), 2);
    assert_int_equal(unlink(mounted), 0);
    /* what lies in its place is not the share: no file of it is gone, none is new */
    AUTO(js) struct js *away = look(js_text_or(first, "cursor", NULL), 100);
    assert_true(js_bool_or(away, "missing", false));
    assert_int_equal(js_count(js_at(away, "files")), 0);
    AUTO(mem) char *bytes = NULL;
    assert_int_equal(take(js_item(js_at(whole, "files"), 0), &bytes), ERR_NOT_FOUND);
    run("touch %s", mounted);
    AUTO(js) struct js *rest = look(js_text_or(first, "cursor", NULL), 100);
    assert_false(js_bool_or(rest, "missing", true));
    assert_int_equal(js_count(js_at(rest, "files")), FILES - 2);
    assert_true(js_bool_or(rest, "files[0].stable", false));
}

static void a_moved_file_has_the_same_hash_there(void **state)
{
    (void)state;
    run("mv %s/an/p2.pbm '%s/bình/tờ 2.pbm'", share, share);
    AUTO(js) struct js *whole = look_until_whole();
    const struct js *moved = js_item(js_at(whole, "files"), FILES - 1);
    AUTO(mem) char *bytes = NULL;
    assert_string_equal(js_text_or(moved, "path", ""), "bình/tờ 2.pbm");
    assert_int_equal(take(moved, &bytes), ERR_OK);
    assert_string_equal(bytes, "P1 1 1 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_files_are_polled_and_only_ever_read),
        cmocka_unit_test(a_sweep_goes_on_where_the_share_went_away),
        cmocka_unit_test(a_moved_file_has_the_same_hash_there),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
