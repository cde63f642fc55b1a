#include "daemon/base/file.h"
#include "daemon/http/web.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/sohoa-web-XXXXXX";

static void put(const char *name, const char *text)
{
    char path[200];
    struct err err = ERR_INIT;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(file_replace_durably(-100, path, text, strlen(text), &err), ERR_OK);
}

static int begin(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    put("a.js", "1\n");
    char path[200];
    snprintf(path, sizeof path, "%s/folder.js", folder);
    return mkdir(path, 0755);
}

static int end(void **state)
{
    (void)state;
    char path[200];
    snprintf(path, sizeof path, "%s/a.js", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/folder.js", folder);
    rmdir(path);
    return rmdir(folder);
}

static void a_name_is_safe_or_it_is_not_looked_at(void **state)
{
    (void)state;
    static const char *const safe[] = {"index.html", "vendor/lit@3.js", "a-b_c.min.css"};
    static const char *const unsafe[] = {
        "",  "/a.js", "../a.js", "a/../b.js", "a/./b.js", ".a.js", "a/.b.js", "a//b.js", "a.js/",
        "a", "a.exe", "a%2e.js", "a\\b.js",   "a\nb.js",  "..",    ".js",     "a.JS"};
    for (size_t i = 0; i < sizeof safe / sizeof safe[0]; i++)
        if (!web_name_is_safe(safe[i]))
            fail_msg("%s", safe[i]);
    for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++)
        if (web_name_is_safe(unsafe[i]))
            fail_msg("%s", unsafe[i]);
}

static void what_is_no_file_is_not_found(void **state)
{
    (void)state;
    static const char *const names[] = {"missing.js", "folder.js", "../a.js", "index.html"};
    struct web *web = NULL, *none = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(web_open(folder, &web, &err), ERR_OK);
    assert_int_equal(web_open(NULL, &none, &err), ERR_OK);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct reply reply;
        reply_init(&reply);
        assert_int_equal(web_reply(web, names[i], NULL, &reply, &err), ERR_NOT_FOUND);
        assert_int_equal(web_reply(none, "a.js", NULL, &reply, &err), ERR_NOT_FOUND);
        reply_done(&reply);
    }
    web_close(web);
    web_close(none);
}

static void a_missing_folder_is_said_at_the_start(void **state)
{
    (void)state;
    struct web *web = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(web_open("/tmp/no-such-folder-of-sohoa", &web, &err), ERR_BAD_CONFIG);
    assert_null(web);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_safe_or_it_is_not_looked_at),
        cmocka_unit_test(what_is_no_file_is_not_found),
        cmocka_unit_test(a_missing_folder_is_said_at_the_start),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
