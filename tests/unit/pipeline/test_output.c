#include "tests/harness/test.h"

#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/pipeline/output.h"
#include "daemon/pipeline/output_owner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

struct fixture {
    char *path;
    int dir;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->path = test_make_folder();
    f->dir = open(f->path, O_RDONLY | O_DIRECTORY);
    *state = f;
    return f->dir < 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    close(f->dir);
    test_remove_folder(f->path);
    free(f);
    return 0;
}

static enum err_code publish(struct fixture *f, const char *name, const char *bytes)
{
    AUTO(fd) int pdf = -1;
    char sha256[HASH_HEX_SIZE];
    assert_int_equal(output_create(f->dir, &pdf, NULL), ERR_OK);
    assert_true(write(pdf, bytes, strlen(bytes)) > 0);
    hash_bytes(bytes, strlen(bytes), sha256);
    AUTO(js) struct js *json = js_pack("{s:s, s:s}", "digest", "d", "pdf_sha256", sha256);
    return output_publish(f->dir, name, pdf, json, NULL);
}

static int count_files(struct fixture *f)
{
    DIR *folder = opendir(f->path);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
    closedir(folder);
    return count;
}

static void a_published_document_is_done_until_a_byte_differs(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(publish(f, "a", "%PDF"), ERR_OK);
    assert_true(output_is_done(f->dir, "a", "d"));
    assert_false(output_is_done(f->dir, "a", "other options"));
    assert_int_equal(publish(f, "a", "%PDF2"), ERR_OK);
    assert_true(output_is_done(f->dir, "a", "d"));
    int pdf = openat(f->dir, "a.pdf", O_WRONLY);
    assert_int_equal(write(pdf, "x", 1), 1);
    close(pdf);
    assert_false(output_is_done(f->dir, "a", "d"));
}

static void nothing_nameless_stays_behind(void **state)
{
    struct fixture *f = *state;
    AUTO(fd) int pdf = -1;
    output_create(f->dir, &pdf, NULL);
    assert_int_equal(count_files(f), 0);
    publish(f, "a", "%PDF");
    assert_int_equal(count_files(f), 2);
}

static mode_t mode_of(struct fixture *f, const char *name)
{
    struct stat info;
    assert_int_equal(fstatat(f->dir, name, &info, 0), 0);
    return info.st_mode & 0777;
}

static void both_files_follow_the_umask(void **state)
{
    struct fixture *f = *state;
    mode_t before = umask(027);
    assert_int_equal(publish(f, "a", "%PDF"), ERR_OK);
    umask(077);
    assert_int_equal(publish(f, "b", "%PDF"), ERR_OK);
    umask(before);
    assert_int_equal(mode_of(f, "a.pdf"), 0640);
    assert_int_equal(mode_of(f, "a.json"), 0640);
    assert_int_equal(mode_of(f, "b.pdf"), 0600);
    assert_int_equal(mode_of(f, "b.json"), 0600);
}

static void both_files_and_the_folder_are_flushed(void **state)
{
    struct fixture *f = *state;
    sys_fail_from(SYS_FSYNC, 0, 0);
    assert_int_equal(publish(f, "a", "%PDF"), ERR_OK);
    assert_int_equal(sys_calls(SYS_FSYNC), 3);
}

/* As long as a name in a folder can be. */
static void the_longest_name_can_be_written_twice(void **state)
{
    struct fixture *f = *state;
    char name[256 - sizeof ".json"];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = 0;
    assert_int_equal(publish(f, name, "%PDF"), ERR_OK);
    assert_int_equal(publish(f, name, "%PDF2"), ERR_OK);
    assert_int_equal(count_files(f), 2);
}

static void a_split_document_is_done_when_every_part_is(void **state)
{
    struct fixture *f = *state;
    for (int part = 1; part <= 2; part++) {
        AUTO(fd) int pdf = -1;
        char sha256[HASH_HEX_SIZE], name[16];
        snprintf(name, sizeof name, "a-%d", part);
        assert_false(output_is_done(f->dir, "a", "d"));
        assert_int_equal(output_create(f->dir, &pdf, NULL), ERR_OK);
        hash_bytes("", 0, sha256);
        AUTO(js)
        struct js *json = js_pack("{s:s, s:s, s:{s:i, s:i}}", "digest", "d", "pdf_sha256", sha256,
                                  "part", "number", part, "of", 2);
        assert_int_equal(output_publish(f->dir, name, pdf, json, NULL), ERR_OK);
    }
    assert_true(output_is_done(f->dir, "a", "d"));
    unlinkat(f->dir, "a-2.pdf", 0);
    assert_false(output_is_done(f->dir, "a", "d"));
}

static void a_failure_never_leaves_json_that_vouches_for_another_pdf(void **state)
{
    struct fixture *f = *state;
    static const enum sys_call points[] = {SYS_FSYNC, SYS_LINK, SYS_RENAME, SYS_WRITE};
    for (size_t i = 0; i < COUNT_OF(points); i++) {
        for (unsigned long nth = 1; nth <= 2; nth++) {
            assert_int_equal(publish(f, "a", "%PDF old"), ERR_OK);
            sys_fail_from(points[i], nth, EIO);
            enum err_code code = publish(f, "a", "%PDF new");
            sys_fail_from(points[i], 0, 0);
            if (code)
                assert_int_equal(code, ERR_IO);
            assert_true(count_files(f) <= 2);
            if (faccessat(f->dir, "a.json", F_OK, 0) == 0)
                assert_true(output_is_done(f->dir, "a", "d"));
        }
    }
}

static void what_is_done_tells_its_type_and_pages(void **state)
{
    struct fixture *f = *state;
    char sha256[HASH_HEX_SIZE], type[OUTPUT_TYPE_SIZE];
    size_t pages;
    hash_bytes("", 0, sha256);
    static const char *const names[] = {"a-1", "a-2", "a"};
    for (int i = 0; i < 3; i++) {
        AUTO(fd) int pdf = -1;
        assert_int_equal(output_create(f->dir, &pdf, NULL), ERR_OK);
        AUTO(js)
        struct js *json =
            js_pack("{s:s, s:s, s:s, s:[i,i], s:{s:i, s:i}}", "digest", i < 2 ? "split" : "whole",
                    "pdf_sha256", sha256, "type", i == 1 ? "notice" : "decision", "pages", 1, 2,
                    "part", "number", i + 1, "of", 2);
        assert_int_equal(output_publish(f->dir, names[i], pdf, json, NULL), ERR_OK);
    }
    output_read_done(f->dir, "a", "split", type, &pages);
    assert_string_equal(type, "decision");
    assert_int_equal(pages, 4);
    output_read_done(f->dir, "a", "whole", type, &pages);
    assert_int_equal(pages, 2);
    output_read_done(f->dir, "none", "whole", type, &pages);
    assert_string_equal(type, "");
    assert_int_equal(pages, 0);
}

static void put(struct fixture *f, const char *name, const char *bytes)
{
    unlinkat(f->dir, name, 0);
    if (!bytes)
        return;
    AUTO(fd) int fd = openat(f->dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, strlen(bytes)), strlen(bytes));
}

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OURS "%PDF <sohoa:documentId>" DIGEST "</sohoa:documentId> startxref 1"
#define OF_THE_DAEMON "%PDF <sohoa:documentId>0192e4c0-0000-7000-8000-0000000000aa</ startxref 1"
#define SIGNED OURS " 9 0 obj /ByteRange startxref 2"
#define OUR_JSON "{\"schema\": \"sohoa.document/1\", \"pdf_sha256\": \"x\"}"

/* "a.pdf" and "a.json" as they lie there; input.pdf is what a PDF of that name would be made of. */
static void only_what_we_made_may_be_replaced(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *about, *pdf, *json, *in_the_way;
    } cases[] = {
        {"nothing", NULL, NULL, NULL},
        {"a finished result", OURS, OUR_JSON, NULL},
        {"a killed run's PDF", OURS, NULL, NULL},
        {"a PDF lost", NULL, OUR_JSON, NULL},
        {"a JSON cut short", OURS, "{\n  \"schema\": \"sohoa.document/1\",", NULL},
        {"an empty JSON", OURS, "", NULL},
        {"a killed run's copy of the input", "%PDF input", NULL, NULL},
        {"somebody's PDF", "%PDF other", NULL, "a.pdf"},
        {"somebody's PDF beside our JSON", "%PDF other", OUR_JSON, "a.pdf"},
        {"ours, signed since", SIGNED, OUR_JSON, "a.pdf"},
        {"a document of the daemon", OF_THE_DAEMON, NULL, "a.pdf"},
        {"an id of another length", "%PDF <sohoa:documentId>abc</ startxref 1", NULL, "a.pdf"},
        {"somebody's JSON", NULL, "{\"name\": 1}", "a.json"},
        {"somebody's JSON beside our PDF", OURS, "{\"name\": 1}", "a.json"},
        {"text named .json", OURS, "schema \"sohoa.document/1\"", "a.json"},
        {"an empty PDF", "", NULL, "a.pdf"},
    };
    AUTO(mem) char *input = mem_printf("%s/input.pdf", f->path);
    put(f, "input.pdf", "%PDF input");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = ERR_INIT;
        put(f, "a.pdf", cases[i].pdf);
        put(f, "a.json", cases[i].json);
        enum err_code code = output_may_replace(f->dir, "out", "a", input, &err);
        if (code != (cases[i].in_the_way ? ERR_USAGE : ERR_OK))
            fail_msg("%s: %s", cases[i].about, err.detail);
        if (code && !strstr(err.detail, cases[i].in_the_way))
            fail_msg("%s: %s", cases[i].about, err.detail);
    }
    put(f, "a.json", NULL);
    put(f, "a.pdf", "%PDF input");
    assert_int_equal(output_may_replace(f->dir, "out", "a", NULL, NULL), ERR_USAGE);
}

static void what_our_json_has_the_hash_of_is_ours(void **state)
{
    struct fixture *f = *state;
    AUTO(fd) int pdf = -1;
    char sha256[HASH_HEX_SIZE];
    hash_bytes("", 0, sha256);
    assert_int_equal(output_create(f->dir, &pdf, NULL), ERR_OK);
    AUTO(js)
    struct js *json = js_pack("{s:s, s:s}", "schema", "sohoa.document/1", "pdf_sha256", sha256);
    assert_int_equal(output_publish(f->dir, "a", pdf, json, NULL), ERR_OK);
    assert_int_equal(output_may_replace(f->dir, "out", "a", NULL, NULL), ERR_OK);
    put(f, "a.pdf", "%PDF signed somewhere else");
    assert_int_equal(output_may_replace(f->dir, "out", "a", NULL, NULL), ERR_USAGE);
}

static void a_link_or_a_pipe_in_the_way_is_not_followed_nor_waited_for(void **state)
{
    struct fixture *f = *state;
    put(f, "elsewhere.pdf", OURS);
    assert_int_equal(symlinkat("elsewhere.pdf", f->dir, "a.pdf"), 0);
    assert_int_equal(output_may_replace(f->dir, "out", "a", NULL, NULL), ERR_USAGE);
    assert_int_equal(unlinkat(f->dir, "elsewhere.pdf", 0), 0);
    assert_int_equal(output_may_replace(f->dir, "out", "a", NULL, NULL), ERR_USAGE);
    assert_int_equal(mkfifoat(f->dir, "b.pdf", 0600), 0);
    assert_int_equal(output_may_replace(f->dir, "out", "b", NULL, NULL), ERR_USAGE);
    assert_int_equal(mkdirat(f->dir, "c.json", 0700), 0);
    assert_int_equal(output_may_replace(f->dir, "out", "c", NULL, NULL), ERR_USAGE);
}

/* The mark of a PDF may lie across any border of what is read at a time. */
static void the_mark_of_a_large_pdf_is_found_wherever_it_lies(void **state)
{
    struct fixture *f = *state;
    size_t chunk = 256u << 10, size = 2 * chunk + 4096;
    AUTO(mem) char *bytes = mem_alloc(size + 1);
    static const char mark[] = "<sohoa:documentId>" DIGEST "</";
    for (size_t at = chunk - sizeof mark - 4; at < chunk + 4; at += 3) {
        AUTO(fd) int fd = openat(f->dir, "a.pdf", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        memset(bytes, 'x', size);
        memcpy(bytes + at, mark, sizeof mark - 1);
        memcpy(bytes + at + chunk, "startxref", 9);
        assert_int_equal(write(fd, bytes, size), size);
        assert_int_equal(output_may_replace(f->dir, "out", "a", NULL, NULL), ERR_OK);
        memcpy(bytes + size - 9, "startxref", 9);
        assert_int_equal(pwrite(fd, bytes, size, 0), size);
        assert_int_equal(output_may_replace(f->dir, "out", "a", NULL, NULL), ERR_USAGE);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_published_document_is_done_until_a_byte_differs),
        CASE(nothing_nameless_stays_behind),
        CASE(both_files_follow_the_umask),
        CASE(both_files_and_the_folder_are_flushed),
        CASE(the_longest_name_can_be_written_twice),
        CASE(a_split_document_is_done_when_every_part_is),
        CASE(a_failure_never_leaves_json_that_vouches_for_another_pdf),
        CASE(what_is_done_tells_its_type_and_pages),
        CASE(only_what_we_made_may_be_replaced),
        CASE(what_our_json_has_the_hash_of_is_ours),
        CASE(a_link_or_a_pipe_in_the_way_is_not_followed_nor_waited_for),
        CASE(the_mark_of_a_large_pdf_is_found_wherever_it_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
