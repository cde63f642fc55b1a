#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "daemon/base/mem.h"
#include "tests/flow/import/import_client.h"
#include "tests/flow/import/pdf_maker.h"
#include "tests/harness/test.h"

#include <sys/stat.h>

static struct import_client worker;
static char *folder;

static int start(void **state)
{
    (void)state;
    folder = test_make_folder();
    import_client_start(NULL, &worker);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    import_client_stop(&worker);
    test_remove_folder(folder);
    return 0;
}

static void put_file(const char *name, const char *bytes)
{
    AUTO(mem) char *path = mem_printf("%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_int_equal(fwrite(bytes, 1, strlen(bytes), file), strlen(bytes));
    fclose(file);
}

static const struct js *ask(const char *op, struct js *args, int fd, struct ipc_message *reply)
{
    struct err err = ERR_INIT;
    const struct js *ok = NULL;
    if (import_client_call(&worker, op, args, fd, reply, &ok, &err))
        fail_msg("%s: %s (%s)", op, err_name(err.code), err.detail);
    return ok;
}

static enum err_code refused(const char *op, struct js *args, int fd)
{
    struct ipc_message reply;
    const struct js *ok = NULL;
    enum err_code code = import_client_call(&worker, op, args, fd, &reply, &ok, NULL);
    ipc_message_done(&reply);
    return code;
}

static struct js *one_folder(const char *path)
{
    return js_pack("{s:[{s:s, s:s, s:s, s:i}]}", "folders", "name", "quầy 1", "path", path, "kind",
                   "watch", "settle_ms", 20);
}

static void a_file_comes_from_the_folder_to_its_pages(void **state)
{
    (void)state;
    struct ipc_message configured, first, second, taken, paged;
    put_file("p1.pgm", "P2\n1 1\n255\n7\n");
    ask("configure", one_folder(folder), -1, &configured);
    ask("look", js_pack("{s:s}", "folder", "quầy 1"), -1, &first);
    usleep(30000);
    const struct js *look =
        ask("look", js_pack("{s:s, s:b}", "folder", "quầy 1", "hash", 1), -1, &second);
    const struct js *file = js_item(js_at(look, "files"), 0);
    assert_true(js_bool_or(file, "stable", false));
    AUTO(fd) int blob = -1;
    assert_int_equal(file_memfd("blob", "", 0, &blob, NULL), ERR_OK);
    const struct js *take =
        ask("take",
            js_pack("{s:s, s:s, s:I, s:I, s:s}", "folder", "quầy 1", "path", "p1.pgm", "size_bytes",
                    (long long)js_int_or(file, "size_bytes", 0), "mtime_us",
                    (long long)js_int_or(file, "mtime_us", 0), "sha256",
                    js_text_or(file, "sha256", "")),
            blob, &taken);
    assert_string_equal(js_text_or(take, "kind", ""), "pnm");
    const struct js *pages = ask("pages", js_object(), blob, &paged);
    assert_int_equal(js_int_or(pages, "pages", 0), 1);
    assert_int_equal(js_int_or(pages, "images[0].index", -1), 0);
    assert_int_equal(paged.fd_count, 0);
    ipc_message_done(&configured);
    ipc_message_done(&first);
    ipc_message_done(&second);
    ipc_message_done(&taken);
    ipc_message_done(&paged);
}

static void wrong_requests_are_answered(void **state)
{
    (void)state;
    assert_int_equal(refused("look", js_pack("{s:s}", "folder", "quầy 9"), -1), ERR_NOT_FOUND);
    assert_int_equal(refused("look", js_object(), -1), ERR_BAD_JSON);
    assert_int_equal(refused("configure", one_folder("relative"), -1), ERR_BAD_CONFIG);
    assert_int_equal(refused("configure",
                             js_pack("{s:[{s:s, s:s, s:s}]}", "folders", "name", "a", "path", "/",
                                     "kind", "ftp"),
                             -1),
                     ERR_BAD_CONFIG);
    assert_int_equal(refused("take",
                             js_pack("{s:s, s:s, s:i, s:i}", "folder", "quầy 1", "path", "p1.pgm",
                                     "size_bytes", 1, "mtime_us", 1),
                             -1),
                     ERR_BAD_MESSAGE);
    assert_int_equal(refused("pages", js_object(), -1), ERR_BAD_MESSAGE);
}

/* --- pages ----------------------------------------------------------------------------------- */

#define WHOLE_PAGE .x = 0, .y = 0, .w = 595.276, .h = 841.89
#define OCR_NOISE                                                                                  \
    "CQNG HOA xA HQI CHU NGHiA VIET NAM DQc lap Tu do Hanh phuc Uy ban nhan dan xa An Binh"
#define IN_TCVN3                                                                                   \
    "\xf1y ban nh\xa9n d\xa9n x\xb7 An B\xd7nh V\xd2 vi\xd6\x63 c\xabng nh\xcbn k\xd5t qu\xb6"
#define IN_VNI                                                                                     \
    "U\xdby ban nha\xe2n da\xe2n xa\xf5 An B\xecnh Ve\xe0 vie\xe4\x63 co\xe2ng nha\xe4n ke\xe1t "  \
    "qua\xfb"

struct pdf_case {
    const char *name;
    struct made_pdf pdf;
    const char *kind;
    const char *exceptions; /* JSON */
    bool rendered;
    const char *layer, *encoding, *text; /* text: a part of it, NULL: none */
};

static const struct pdf_case pdf_cases[] = {
    {"a scan",
     {.image = {{1654, 2339, 8, WHOLE_PAGE}}, .images = 1},
     "scanned",
     "[]",
     false,
     "none",
     "unicode",
     NULL},
    {"an old bilevel scan",
     {.image = {{827, 1169, 1, WHOLE_PAGE}}, .images = 1},
     "scanned",
     "[\"bilevel\",\"low_resolution\"]",
     false,
     "none",
     "unicode",
     NULL},
    {"a scan in two strips, which has to be rendered",
     {.image = {{827, 585, 8, .x = 0, .y = 420.9, .w = 595.276, .h = 420.9},
                {827, 585, 8, .x = 0, .y = 0, .w = 595.276, .h = 420.9}},
      .images = 2},
     "scanned",
     "[\"low_resolution\"]",
     true,
     "none",
     "unicode",
     NULL},
    {"a layer made without Vietnamese",
     {.image = {{1654, 2339, 8, WHOLE_PAGE}}, .images = 1, .text = OCR_NOISE},
     "scanned",
     "[]",
     false,
     "useless",
     "unicode",
     NULL},
    {"a layer in .VnTime",
     {.image = {{1654, 2339, 8, WHOLE_PAGE}},
      .images = 1,
      .text = IN_TCVN3,
      .font = "ABCDEF+.VnTime"},
     "scanned",
     "[]",
     false,
     "useful",
     "tcvn3",
     "ủy ban nhân dân xã An Bình Về việc công nhận kết quả"},
    {"a program's page in VNI-Times",
     {.text = IN_VNI, .font = "VNI-Times"},
     "born-digital",
     "[]",
     true,
     "useful",
     "vni",
     "Ủy ban nhân dân xã An Bình Về việc công nhận kết quả"},
    {"a signed scan",
     {.image = {{1654, 2339, 8, WHOLE_PAGE}},
      .images = 1,
      .extra = "9 0 obj\n<</Type/Sig/ByteRange[0 1 2 3]>>\nendobj\n"},
     "signed",
     "[]",
     false,
     "none",
     "unicode",
     NULL},
};

static void check_text(const struct pdf_case *c, const struct js *ok, struct ipc_message *reply)
{
    assert_string_equal(js_text_or(ok, "text.layer", ""), c->layer);
    assert_string_equal(js_text_or(ok, "text.encoding", ""), c->encoding);
    assert_int_equal(js_has(ok, "text.fd"), c->text != NULL);
    if (!c->text)
        return;
    AUTO(fd) int fd = -1;
    AUTO(mem) char *text = NULL;
    size_t size = 0;
    assert_int_equal(ipc_take_fd(reply, (size_t)js_int_or(ok, "text.fd", 99), &fd, NULL), ERR_OK);
    assert_int_equal(file_read_fd(fd, 1 << 20, &text, &size, NULL), ERR_OK);
    if (!strstr(text, c->text))
        fail_msg("%s: '%s'", c->name, text);
}

static void every_kind_of_pdf_tells_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pdf_cases); i++) {
        const struct pdf_case *c = &pdf_cases[i];
        struct ipc_message reply;
        AUTO(fd) int fd = pdf_make_fd(&c->pdf);
        const struct js *ok = ask("pages", js_object(), fd, &reply);
        print_message("%s\n", c->name);
        AUTO(mem) char *exceptions = js_dump(js_at(ok, "images[0].exceptions"));
        assert_string_equal(js_text_or(ok, "kind", ""), "pdf");
        assert_string_equal(js_text_or(ok, "pdf", ""), c->kind);
        assert_int_equal(js_int_or(ok, "pages", 0), 1);
        assert_string_equal(exceptions, c->exceptions);
        assert_int_equal(js_bool_or(ok, "images[0].rendered", false), c->rendered);
        AUTO(fd) int image = -1;
        assert_int_equal(
            ipc_take_fd(&reply, (size_t)js_int_or(ok, "images[0].fd", 99), &image, NULL), ERR_OK);
        check_text(c, ok, &reply);
        ipc_message_done(&reply);
    }
}

static void a_file_with_a_password_is_refused_by_name(void **state)
{
    (void)state;
    if (access("/usr/bin/qpdf", X_OK) != 0) {
        print_message("SKIP: no qpdf to encrypt with\n");
        skip();
    }
    AUTO(fd) int plain = pdf_make_fd(&pdf_cases[0].pdf);
    AUTO(mem) char *path = mem_printf("%s/locked.pdf", folder);
    AUTO(mem)
    char *command = mem_printf("qpdf --encrypt user owner 256 -- /proc/%d/fd/%d %s 2>&1", getpid(),
                               plain, path);
    assert_int_equal(system(command) & ~0x300, 0); /* 3: warnings */
    FILE *file = fopen(path, "rb");
    assert_int_equal(refused("pages", js_object(), fileno(file)), ERR_PDF_ENCRYPTED);
    fclose(file);
}

static void a_text_file_gives_its_text(void **state)
{
    (void)state;
    struct ipc_message reply;
    AUTO(fd) int fd = -1;
    assert_int_equal(file_memfd("text", IN_TCVN3, sizeof IN_TCVN3 - 1, &fd, NULL), ERR_OK);
    const struct js *ok = ask("pages", js_object(), fd, &reply);
    assert_int_equal(js_int_or(ok, "pages", -1), 0);
    check_text(&(struct pdf_case){"text", .layer = "useful", .encoding = "tcvn3",
                                  .text = "ủy ban nhân dân xã An Bình"},
               ok, &reply);
    ipc_message_done(&reply);
}

static void what_has_no_pages_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        enum err_code code;
    } cases[] = {{"", 0, ERR_IMAGE_EMPTY},
                 {"\0\0\0\0", 4, ERR_FORMAT_UNKNOWN},
                 {"PK\3\4 word/document.xml", 20, ERR_FORMAT_UNKNOWN},
                 {"II*\0\x08\0\0\0", 8, ERR_IMAGE_UNREADABLE},
                 {"\xff\xd8\xff\xe0", 4, ERR_IMAGE_UNREADABLE},
                 {"P6\n30000 30000\n255\n", 19, ERR_IMAGE_TOO_LARGE},
                 {"%PDF-1.4\n", 9, ERR_PDF_UNREADABLE}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(fd) int fd = -1;
        assert_int_equal(file_memfd("bad", cases[i].bytes, cases[i].size, &fd, NULL), ERR_OK);
        assert_int_equal(refused("pages", js_object(), fd), cases[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_comes_from_the_folder_to_its_pages),
        cmocka_unit_test(wrong_requests_are_answered),
        cmocka_unit_test(every_kind_of_pdf_tells_what_it_is),
        cmocka_unit_test(a_file_with_a_password_is_refused_by_name),
        cmocka_unit_test(a_text_file_gives_its_text),
        cmocka_unit_test(what_has_no_pages_is_refused),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
