#include "daemon/image/image_read.h"
#include "daemon/image/pdf_import.h"
#include "tests/unit/image/pages.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/sohoa-test-pdf-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) && setenv("TMPDIR", folder, 1) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder); /* fails when an import left something behind */
}

static int a4_scan_fd(const char *extra)
{
    AUTO(raster) struct raster *page = pages_draw_text(1654, 2339, 3);
    AUTO(fd) int jpeg = pages_jpeg_fd(page, 0);
    return pages_pdf_fd(jpeg, extra);
}

static void a_scanned_page_gives_its_own_image(void **state)
{
    (void)state;
    AUTO(fd) int fd = a4_scan_fd("");
    AUTO(pdf_import) struct pdf_import pdf = {0};
    struct err err = ERR_INIT;
    if (pdf_import(fd, 1, 10, &pdf, &err))
        fail_msg("%s %s", err_name(err.code), err.detail);
    assert_int_equal(pdf.kind, PDF_SCANNED);
    assert_int_equal(pdf.page_count, 1);
    assert_int_equal(pdf.count, 1);
    assert_float_equal(pdf.page[0].dpi, 200, 1);
    AUTO(image) struct image image = {0};
    assert_int_equal(image_read(pdf.page[0].fd, 0, &image, NULL), ERR_OK);
    assert_int_equal(image.raster->width, 1654);
}

static void a_byte_range_tells_a_signed_file(void **state)
{
    (void)state;
    AUTO(fd) int fd = a4_scan_fd("9 0 obj\n<</Type/Sig/ByteRange[0 1 2 3]>>\nendobj\n");
    AUTO(pdf_import) struct pdf_import pdf = {0};
    assert_int_equal(pdf_import(fd, 1, 10, &pdf, NULL), ERR_OK);
    assert_int_equal(pdf.kind, PDF_SIGNED);
}

static void a_drawn_page_is_rendered(void **state)
{
    (void)state;
    static const char pdf_text[] =
        "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        "2 0 obj\n<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>\nendobj\n"
        "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R>>\nendobj\n"
        "4 0 obj\n<</Length 26>>stream\n0 0 0 rg 20 20 100 100 re f\nendstream\nendobj\n"
        "trailer<</Size 5/Root 1 0 R>>\n";
    AUTO(fd) int fd = pages_bytes_fd(pdf_text, sizeof pdf_text - 1);
    AUTO(pdf_import) struct pdf_import pdf = {0};
    struct err err = ERR_INIT;
    if (pdf_import(fd, 2, 10, &pdf, &err))
        fail_msg("%s %s", err_name(err.code), err.detail);
    assert_int_equal(pdf.kind, PDF_BORN_DIGITAL);
    assert_int_equal(pdf.page_count, 2);
    assert_int_equal(pdf.count, 1);
    AUTO(image) struct image image = {0};
    assert_int_equal(image_read(pdf.page[0].fd, 0, &image, NULL), ERR_OK);
    assert_int_equal(image.raster->width, 1250);
    AUTO(pdf_import) struct pdf_import none = {0};
    assert_int_equal(pdf_import(fd, 3, 10, &none, NULL), ERR_NOT_FOUND);
    assert_int_equal(pdf_import(fd, 1, 1, &none, NULL), ERR_TOO_LARGE);
}

static void what_is_no_pdf_is_unreadable(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "", "hello, this is a text file\n", "%PDF-1.4\n",
        "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<</Root 1 0 R>>\n"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(fd) int fd = pages_bytes_fd(cases[i], strlen(cases[i]));
        AUTO(pdf_import) struct pdf_import pdf = {0};
        assert_int_equal(pdf_import(fd, 1, 10, &pdf, NULL), ERR_PDF_UNREADABLE);
    }
}

static enum err_code import_file(const char *path)
{
    AUTO(pdf_import) struct pdf_import pdf = {0};
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    unlink(path);
    assert_true(fd >= 0);
    return pdf_import(fd, 1, 10, &pdf, NULL);
}

static void a_locked_file_says_who_can_open_it(void **state)
{
    (void)state;
    static const struct {
        const char *cipher, *users_password;
        enum err_code code;
    } cases[] = {
        {"40 --", "user", ERR_PDF_ENCRYPTED},
        {"40 --", "''", ERR_PDF_RESTRICTED},
        {"40 --print=n --modify=n --", "''", ERR_PDF_RESTRICTED},
        {"128 --use-aes=n --", "user", ERR_PDF_ENCRYPTED},
        {"128 --use-aes=n --", "''", ERR_PDF_RESTRICTED},
        {"128 --use-aes=n --extract=n --", "''", ERR_PDF_RESTRICTED},
        {"128 --use-aes=y --", "user", ERR_PDF_ENCRYPTED},
        {"128 --use-aes=y --", "''", ERR_PDF_RESTRICTED},
        {"128 --use-aes=y --cleartext-metadata --", "''", ERR_PDF_RESTRICTED},
        {"256 --", "user", ERR_PDF_ENCRYPTED},
        {"256 --", "''", ERR_PDF_RESTRICTED},
        {"256 --print=none --extract=n --modify=none --", "''", ERR_PDF_RESTRICTED},
    };
    if (access("/usr/bin/qpdf", X_OK) != 0) {
        print_message("SKIP: no qpdf to encrypt with\n");
        skip();
    }
    AUTO(fd) int plain = a4_scan_fd("");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char command[512], path[256];
        snprintf(path, sizeof path, "%s/locked.pdf", folder);
        snprintf(command, sizeof command,
                 "qpdf --allow-weak-crypto --encrypt %s owner %s /proc/%d/fd/%d %s",
                 cases[i].users_password, cases[i].cipher, getpid(), plain, path);
        assert_int_equal(system(command), 0);
        enum err_code code = import_file(path);
        if (code != cases[i].code)
            fail_msg("%s %s: %s", cases[i].cipher, cases[i].users_password, err_name(code));
    }
}

/* Certificates, rights servers: no password opens it. */
static void a_file_locked_by_something_else_is_encrypted_too(void **state)
{
    (void)state;
    static const char other[] =
        "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>\nendobj\n"
        "4 0 obj\n<</Filter/Adobe.PubSec/V 1/SubFilter/adbe.pkcs7.s3>>\nendobj\n"
        "trailer<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<01><01>]>>\n";
    AUTO(fd) int fd = pages_bytes_fd(other, sizeof other - 1);
    AUTO(pdf_import) struct pdf_import pdf = {0};
    assert_int_equal(pdf_import(fd, 1, 10, &pdf, NULL), ERR_PDF_ENCRYPTED);
}

static void what_the_title_says_is_no_fact(void **state)
{
    (void)state;
    static const char titled[] =
        "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R>>\nendobj\n"
        "4 0 obj\n<</Length 26>>stream\n0 0 0 rg 20 20 100 100 re f\nendstream\nendobj\n"
        "5 0 obj\n<</Title(a\\nPages: 77\\nEncrypted: yes\\nx)/Author(Pages: 9)>>\nendobj\n"
        "trailer<</Size 6/Root 1 0 R/Info 5 0 R>>\n";
    AUTO(fd) int fd = pages_bytes_fd(titled, sizeof titled - 1);
    AUTO(pdf_import) struct pdf_import pdf = {0};
    struct err err = ERR_INIT;
    if (pdf_import(fd, 1, 10, &pdf, &err))
        fail_msg("%s %s", err_name(err.code), err.detail);
    assert_int_equal(pdf.page_count, 1);
}

static void what_a_killed_worker_left_is_taken_away(void **state)
{
    (void)state;
    char left[200], file[240];
    pid_t dead = fork();
    if (dead == 0)
        _exit(0);
    waitpid(dead, NULL, 0);
    snprintf(left, sizeof left, "%s/sohoa-pdf-%d-abcdef", folder, (int)dead);
    snprintf(file, sizeof file, "%s/p-1.png", left);
    assert_int_equal(mkdir(left, 0700), 0);
    fclose(fopen(file, "w"));
    AUTO(fd) int fd = a4_scan_fd("");
    AUTO(pdf_import) struct pdf_import pdf = {0};
    assert_int_equal(pdf_import(fd, 1, 10, &pdf, NULL), ERR_OK);
    assert_int_not_equal(access(left, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scanned_page_gives_its_own_image),
        cmocka_unit_test(a_byte_range_tells_a_signed_file),
        cmocka_unit_test(a_drawn_page_is_rendered),
        cmocka_unit_test(what_is_no_pdf_is_unreadable),
        cmocka_unit_test(a_locked_file_says_who_can_open_it),
        cmocka_unit_test(a_file_locked_by_something_else_is_encrypted_too),
        cmocka_unit_test(what_the_title_says_is_no_fact),
        cmocka_unit_test(what_a_killed_worker_left_is_taken_away),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
