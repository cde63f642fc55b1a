#include "daemon/base/hash.h"
#include "daemon/base/sys.h"
#include "tests/unit/drivers/folder/folder_kit.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#define NOBODY 65534

static void a_file_is_whole_after_two_equal_looks(void **state)
{
    struct kit *kit = *state;
    kit_watch(kit, (struct folder_config){.settle_ms = 1000});
    kit_put_text(kit, "p1.txt", "mot");
    AUTO(js) struct js *first = kit_look(kit, NULL, 10, false);
    AUTO(js) struct js *early = kit_look(kit, NULL, 10, false);
    assert_string_equal(kit_state(first, "p1.txt"), "settling");
    assert_string_equal(kit_state(early, "p1.txt"), "settling");
    assert_string_equal(js_text_or(kit_find(early, "p1.txt"), "kind", ""), "unknown");
    usleep(1050 * 1000);
    AUTO(js) struct js *second = kit_look(kit, NULL, 10, false);
    assert_string_equal(kit_state(second, "p1.txt"), "stable");
    assert_string_equal(js_text_or(kit_find(second, "p1.txt"), "kind", ""), "text");
    assert_int_equal(js_int_or(kit_find(second, "p1.txt"), "size_bytes", 0), 3);
    assert_false(js_bool_or(second, "missing", true));
    assert_true(js_is_null(js_at(second, "cursor")));
}

static void a_file_that_grows_between_looks_waits(void **state)
{
    struct kit *kit = *state;
    for (int i = 1; i < 6; i++) {
        kit_put(kit, "p1.tif", "II*\0II*\0", (size_t)i);
        AUTO(js) struct js *look = kit_look(kit, NULL, 10, false);
        assert_string_equal(kit_state(look, "p1.tif"), "settling");
        kit_settle();
    }
    AUTO(js) struct js *look = kit_look(kit, NULL, 10, false);
    assert_string_equal(kit_state(look, "p1.tif"), "stable");
    /* grown again after it was called whole */
    kit_put_text(kit, "p1.tif", "II*");
    AUTO(js) struct js *again = kit_look(kit, NULL, 10, false);
    assert_string_equal(kit_state(again, "p1.tif"), "settling");
}

static void a_file_that_somebody_has_open_for_writing_waits(void **state)
{
    struct kit *kit = *state;
    kit_put_text(kit, "p1.txt", "mot");
    AUTO(mem) char *path = mem_printf("%s/p1.txt", kit->path);
    AUTO(fd) int writer = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    AUTO(js) struct js *open_look = kit_look_settled(kit, false);
    assert_string_equal(kit_state(open_look, "p1.txt"), "open");
    fd_close(TAKE_FD(writer));
    AUTO(js) struct js *closed = kit_look(kit, NULL, 10, false);
    assert_string_equal(kit_state(closed, "p1.txt"), "stable");
}

static void files_in_the_making_wait_and_leftovers_are_passed_over(void **state)
{
    struct kit *kit = *state;
    static const char *const waiting[] = {"a.tif.part", "b.tmp", "~$c.docx", "d.pdf.crdownload",
                                          ".e.tif.Xa1"};
    for (size_t i = 0; i < COUNT_OF(waiting); i++)
        kit_put_text(kit, waiting[i], "II*");
    kit_put_text(kit, "Thumbs.db", "x");
    kit_put_text(kit, "hs1/desktop.ini", "x");
    AUTO(js) struct js *look = kit_look_settled(kit, false);
    for (size_t i = 0; i < COUNT_OF(waiting); i++)
        assert_string_equal(kit_state(look, waiting[i]), "temporary");
    assert_int_equal(js_count(js_at(look, "files")), COUNT_OF(waiting));
    assert_int_equal(js_int_or(look, "passed_over.clutter", 0), 2);
    assert_int_equal(js_count(js_at(look, "passed_over.names")), 0);
}

#define BYTES(text) text, sizeof text - 1

static void the_kind_is_told_from_the_bytes(void **state)
{
    struct kit *kit = *state;
    static const struct {
        const char *name, *bytes;
        size_t size;
        const char *kind;
    } files[] = {
        {"a.txt", BYTES("\xff\xd8\xff\xe0"), "jpeg"},
        {"b.jpg", BYTES("\x89PNG\r\n\x1a\n"), "png"},
        {"c", BYTES("II*\0\x08\0\0\0"), "tiff"},
        {"d", BYTES("MM\0+\0\x08"), "tiff"},
        {"e", BYTES("P5\n1 1\n255\nx"), "pnm"},
        {"f.doc", BYTES("\r\n%PDF-1.4\n"), "pdf"},
        {"g", BYTES("Coäng hoøa xaõ hoäi\r\n"), "text"},
        {"h", BYTES("C\xe9ng h\xdf\x61\n"), "text"},
        {"i", BYTES("\xff\xfeX\0"), "text"},
        {"j.docx", BYTES("PK\3\4....PK\1\2..word/document.xml.."), "docx"},
        {"k.xlsx", BYTES("PK\3\4....PK\1\2..xl/workbook.xml.."), "xlsx"},
        {"l.doc", BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"), "old-office"},
        {"m.pdf", "", 0, "empty"},
        {"n", BYTES("\0\0\0\0"), "other"},
    };
    for (size_t i = 0; i < COUNT_OF(files); i++)
        kit_put(kit, files[i].name, files[i].bytes, files[i].size);
    AUTO(js) struct js *look = kit_look_settled(kit, false);
    for (size_t i = 0; i < COUNT_OF(files); i++)
        if (strcmp(js_text_or(kit_find(look, files[i].name), "kind", ""), files[i].kind) != 0)
            fail_msg("%s: %s", files[i].name,
                     js_text_or(kit_find(look, files[i].name), "kind", ""));
}

static void a_cursor_goes_on_in_natural_order(void **state)
{
    struct kit *kit = *state;
    static const char *const names[] = {"hs2/p1.tif",  "hs2/p2.tif", "hs2/p10.tif", "hs10/a/p1.tif",
                                        "hs10/p1.tif", "p1.tif",     "p2.tif",      "p10.tif"};
    for (size_t i = COUNT_OF(names); i-- > 0;)
        kit_put_text(kit, names[i], "II*");
    for (int limit = 1; limit <= 9; limit++) {
        AUTO(mem) char *cursor = NULL;
        size_t at = 0;
        do {
            AUTO(js) struct js *look = kit_look(kit, cursor, limit, false);
            const struct js *files = js_at(look, "files");
            for (size_t i = 0; i < js_count(files); i++)
                assert_string_equal(js_text_or(js_item(files, i), "path", ""), names[at++]);
            mem_free(cursor);
            cursor = mem_strdup(js_text_or(look, "cursor", NULL));
        } while (cursor);
        assert_int_equal(at, COUNT_OF(names));
    }
    /* the file the cursor names may be gone by then */
    AUTO(js) struct js *rest = kit_look(kit, "p1.tif.gone", 10, false);
    assert_int_equal(js_count(js_at(rest, "files")), 2);
}

static void nothing_in_a_folder_can_make_a_look_hang(void **state)
{
    struct kit *kit = *state;
    char path[512];
    kit_put_text(kit, "p1.txt", "mot");
    snprintf(path, sizeof path, "%s/pipe.tif", kit->path);
    assert_int_equal(mkfifo(path, 0644), 0);
    snprintf(path, sizeof path, "%s/to-the-pipe.tif", kit->path);
    assert_int_equal(symlink("pipe.tif", path), 0);
    snprintf(path, sizeof path, "%s/itself.tif", kit->path);
    assert_int_equal(symlink("itself.tif", path), 0);
    snprintf(path, sizeof path, "%s/zero.tif", kit->path);
    assert_int_equal(symlink("/dev/zero", path), 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", kit->path);
    AUTO(fd) int socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(socket_fd, (struct sockaddr *)&address, sizeof address), 0);
    int64_t begin_us = sys_monotonic_us();
    AUTO(js) struct js *look = kit_look_settled(kit, true);
    assert_true(sys_monotonic_us() - begin_us < 5000000);
    assert_int_equal(js_count(js_at(look, "files")), 1);
    assert_int_equal(js_int_or(look, "passed_over.special", 0), 2);
    assert_int_equal(js_int_or(look, "passed_over.links", 0), 3);
}

static void links_that_lead_out_are_refused(void **state)
{
    struct kit *kit = *state;
    char outside[] = "/tmp/sohoa-outside-XXXXXX", path[512];
    close(mkstemp(outside));
    kit_put_text(kit, "hs1/p1.txt", "mot");
    static const struct {
        const char *name, *to;
    } links[] = {{"inside.txt", "hs1/p1.txt"},
                 {"up.txt", "../../etc/passwd"},
                 {"folder", "/etc"},
                 {"round", "hs1"},
                 {"hs1/up.txt", "../hs1/p1.txt"}};
    for (size_t i = 0; i < COUNT_OF(links); i++) {
        snprintf(path, sizeof path, "%s/%s", kit->path, links[i].name);
        assert_int_equal(symlink(links[i].to, path), 0);
    }
    snprintf(path, sizeof path, "%s/out.txt", kit->path);
    assert_int_equal(symlink(outside, path), 0);
    AUTO(js) struct js *look = kit_look_settled(kit, false);
    unlink(outside);
    assert_string_equal(kit_state(look, "inside.txt"), "stable");
    assert_string_equal(kit_state(look, "hs1/up.txt"), "stable");
    assert_string_equal(kit_state(look, "hs1/p1.txt"), "stable");
    assert_int_equal(js_count(js_at(look, "files")), 3);
    assert_int_equal(js_int_or(look, "passed_over.links", 0), 4);
    assert_int_equal(js_count(js_at(look, "passed_over.names")), 4);
    assert_string_equal(js_text_or(look, "passed_over.names[0].path", ""), "folder");
    assert_string_equal(js_text_or(look, "passed_over.names[0].why", ""), "links");
}

static void a_folder_that_is_gone_says_so_and_comes_back(void **state)
{
    struct kit *kit = *state;
    kit_put_text(kit, "in/p1.txt", "mot");
    AUTO(mem) char *in = mem_printf("%s/in", kit->path);
    AUTO(mem) char *away = mem_printf("%s/away", kit->path);
    kit_watch(kit, (struct folder_config){.path = in});
    AUTO(js) struct js *first = kit_look_settled(kit, false);
    assert_string_equal(kit_state(first, "p1.txt"), "stable");
    assert_int_equal(rename(in, away), 0);
    AUTO(js) struct js *gone = kit_look(kit, NULL, 10, false);
    assert_true(js_bool_or(gone, "missing", false));
    assert_int_equal(js_count(js_at(gone, "files")), 0);
    kit_put_text(kit, "in", "a file in its place");
    AUTO(js) struct js *file = kit_look(kit, NULL, 10, false);
    assert_true(js_bool_or(file, "missing", false));
    assert_int_equal(unlink(in), 0);
    assert_int_equal(rename(away, in), 0);
    AUTO(js) struct js *back = kit_look(kit, NULL, 10, false);
    assert_string_equal(kit_state(back, "p1.txt"), "stable");
}

static void an_ordinary_disk_is_no_network_folder(void **state)
{
    struct kit *kit = *state;
    kit_put_text(kit, "p1.txt", "mot");
    kit_watch(kit, (struct folder_config){.share = true});
    AUTO(js) struct js *look = kit_look(kit, NULL, 10, false);
    assert_true(js_bool_or(look, "missing", false));
}

/* Root may read everything: the looks are another user's. */
static void what_may_not_be_read_is_said_and_never_silent(void **state)
{
    struct kit *kit = *state;
    char path[512];
    if (geteuid() != 0) {
        print_message("SKIP: needs root to become another user\n");
        skip();
    }
    kit_put_text(kit, "open.txt", "mot");
    kit_put_text(kit, "shut.txt", "hai");
    kit_put_text(kit, "shut/p1.txt", "ba");
    snprintf(path, sizeof path, "%s/shut.txt", kit->path);
    chmod(path, 0600);
    snprintf(path, sizeof path, "%s/shut", kit->path);
    chmod(path, 0700);
    chmod(kit->path, 0755);
    assert_int_equal(seteuid(NOBODY), 0);
    AUTO(js) struct js *look = kit_look_settled(kit, true);
    struct err err = ERR_INIT;
    struct js *out = NULL;
    kit_watch(kit, (struct folder_config){.path = path});
    struct look_options options = {.limit = 10};
    enum err_code code = watched_folder_look(kit->folder, &options, &out, &err);
    assert_int_equal(seteuid(0), 0);
    assert_string_equal(js_text_or(kit_find(look, "open.txt"), "kind", ""), "text");
    assert_string_equal(js_text_or(kit_find(look, "shut.txt"), "kind", ""), "unreadable");
    assert_string_equal(kit_state(look, "shut.txt"), "stable");
    assert_int_equal(js_int_or(look, "passed_over.closed", 0), 1);
    assert_int_equal(code, ERR_BAD_CONFIG);
    assert_null(strstr(err.detail, kit->path)); /* folders are named by their name */
}

static void names_of_any_bytes_are_told_and_ordered(void **state)
{
    struct kit *kit = *state;
    kit_put_text(kit, "na\xcc\x86m.txt", "mot");
    kit_put_text(kit, "h\xe5 s\xac/100%.txt", "hai");
    AUTO(js) struct js *look = kit_look_settled(kit, false);
    assert_string_equal(kit_state(look, "na%CC%86m.txt"), "stable");
    assert_string_equal(kit_state(look, "h%E5 s%AC/100%25.txt"), "stable");
}

static void a_hash_comes_with_what_is_whole(void **state)
{
    struct kit *kit = *state;
    char sha256[HASH_HEX_SIZE];
    kit_put_text(kit, "p1.txt", "mot");
    kit_put_text(kit, "p2.txt.part", "hai");
    hash_bytes("mot", 3, sha256);
    AUTO(js) struct js *look = kit_look_settled(kit, true);
    assert_string_equal(js_text_or(kit_find(look, "p1.txt"), "sha256", ""), sha256);
    assert_false(js_has(kit_find(look, "p2.txt.part"), "sha256"));
    /* known from now on, without reading it again */
    AUTO(js) struct js *later = kit_look(kit, NULL, 10, false);
    assert_string_equal(js_text_or(kit_find(later, "p1.txt"), "sha256", ""), sha256);
}

static void folders_too_deep_are_counted(void **state)
{
    struct kit *kit = *state;
    char name[256] = "";
    for (int i = 0; i <= FOLDER_DEPTH_MAX; i++)
        strcat(name, "d/");
    strcat(name, "p1.txt");
    kit_put_text(kit, name, "mot");
    kit_put_text(kit, name + 2, "hai");
    AUTO(js) struct js *look = kit_look_settled(kit, false);
    assert_string_equal(kit_state(look, name + 2), "stable");
    assert_int_equal(js_count(js_at(look, "files")), 1);
    assert_int_equal(js_int_or(look, "passed_over.deep", 0), 1);
}

static void a_look_leaves_no_trace_on_the_originals(void **state)
{
    struct kit *kit = *state;
    struct stat before, after;
    AUTO(mem) char *path = mem_printf("%s/p1.txt", kit->path);
    kit_put_text(kit, "p1.txt", "mot");
    struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    assert_int_equal(stat(path, &before), 0);
    AUTO(js) struct js *look = kit_look_settled(kit, true);
    assert_string_equal(kit_state(look, "p1.txt"), "stable");
    assert_int_equal(stat(path, &after), 0);
    assert_memory_equal(&before, &after, sizeof before);
}

static void odd_questions_are_refused(void **state)
{
    struct kit *kit = *state;
    static const struct look_options cases[] = {
        {.limit = 0}, {.limit = FOLDER_LIMIT_MAX + 1}, {.limit = 1, .cursor = "../x"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct js *out = NULL;
        assert_int_equal(watched_folder_look(kit->folder, &cases[i], &out, NULL), ERR_BAD_ARGUMENT);
    }
    struct watched_folder *none = NULL;
    struct folder_config relative = {.name = "a", .path = "b"},
                         nameless = {.name = "", .path = "/"};
    assert_int_equal(watched_folder_new(&relative, &none, NULL), ERR_BAD_CONFIG);
    assert_int_equal(watched_folder_new(&nameless, &none, NULL), ERR_BAD_CONFIG);
}

static long most_memory_kb(int who)
{
    struct rusage usage;
    getrusage(who, &usage);
    return usage.ru_maxrss;
}

static void twenty_thousand_files_need_little_memory_and_time(void **state)
{
    struct kit *kit = *state;
    char name[64];
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof name, "year %d/to khai %d.tif", 2000 + i % 7, i);
        kit_put_text(kit, name, "II*");
    }
    long before_kb = most_memory_kb(RUSAGE_SELF);
    int64_t begin_us = sys_monotonic_us();
    size_t seen = 0, looks = 0;
    for (int sweep = 0; sweep < 2; sweep++) {
        AUTO(mem) char *cursor = NULL;
        do {
            AUTO(js) struct js *look = kit_look(kit, cursor, 500, false);
            const struct js *files = js_at(look, "files");
            for (size_t i = 0; i < js_count(files); i++, seen++)
                if (sweep == 1)
                    assert_true(js_bool_or(js_item(files, i), "stable", false));
            mem_free(cursor);
            cursor = mem_strdup(js_text_or(look, "cursor", NULL));
            looks++;
        } while (cursor);
    }
    int64_t took_ms = (sys_monotonic_us() - begin_us) / 1000;
    long grown_kb = most_memory_kb(RUSAGE_SELF) - before_kb;
    print_message("20,000 files: %zu looks, %lld ms, %ld kB more memory, child %ld kB\n", looks,
                  (long long)took_ms, grown_kb, most_memory_kb(RUSAGE_CHILDREN));
    assert_int_equal(seen, 40000);
#ifndef __SANITIZE_ADDRESS__ /* which keeps what is freed */
    assert_true(grown_kb < 20000);
    assert_true(most_memory_kb(RUSAGE_CHILDREN) < 60000);
#endif
    assert_true(took_ms < 30000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_make, kit_remove)
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_whole_after_two_equal_looks),
        TEST(a_file_that_grows_between_looks_waits),
        TEST(a_file_that_somebody_has_open_for_writing_waits),
        TEST(files_in_the_making_wait_and_leftovers_are_passed_over),
        TEST(the_kind_is_told_from_the_bytes),
        TEST(a_cursor_goes_on_in_natural_order),
        TEST(nothing_in_a_folder_can_make_a_look_hang),
        TEST(links_that_lead_out_are_refused),
        TEST(a_folder_that_is_gone_says_so_and_comes_back),
        TEST(an_ordinary_disk_is_no_network_folder),
        TEST(what_may_not_be_read_is_said_and_never_silent),
        TEST(names_of_any_bytes_are_told_and_ordered),
        TEST(a_hash_comes_with_what_is_whole),
        TEST(folders_too_deep_are_counted),
        TEST(a_look_leaves_no_trace_on_the_originals),
        TEST(odd_questions_are_refused),
        TEST(twenty_thousand_files_need_little_memory_and_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
