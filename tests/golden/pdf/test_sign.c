#include "daemon/base/file.h"
#include "daemon/base/sys.h"
#include "queue/seal/pdf_sign.h"
#include "queue/seal/verify.h"
#include "tests/golden/pdf/pdf_kit.h"
#include "tests/harness/test.h"

#include <errno.h>
#include <fcntl.h>

#define PASSWORD "mat-khau-thu"
#define SIGNED_AT_US 1795227330000000 /* 2026-11-21T09:15:30+07:00 */

static struct signer *open_signer(const char *name)
{
    struct err err = ERR_INIT;
    char path[300];
    snprintf(path, sizeof path, "%s/%s.p12", kit_signers(), name);
    AUTO(mem)
    char *bytes = NULL;
    size_t size = 0;
    assert_int_equal(file_read(AT_FDCWD, path, 1 << 20, &bytes, &size, &err), ERR_OK);
    struct signer *signer = NULL;
    enum err_code code = signer_open_p12(bytes, size, PASSWORD, &signer, &err);
    if (code)
        fail_msg("%s: %s %s", name, err_name(code), err.detail);
    return signer;
}

static const struct block_wish usual_block = {
    .lines = {"Bản điện tử chuyển đổi từ bản giấy", "Người sao chụp: Trần Thị Thử Nghiệm",
              "Thời gian: 2026-11-21T09:15:30+07:00", "Ký số bằng khóa phần mềm"},
    .line_count = 4,
};

static enum err_code sign_with(const char *from, const char *to, struct signer *signer,
                               enum sign_scheme scheme, struct block_wish block,
                               struct pdf_signed *out, struct err *err)
{
    AUTO(fd)
    int in = open(from, O_RDONLY | O_CLOEXEC);
    AUTO(fd)
    int target = open(to, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    struct pdf_sign_wish wish = {
        .scheme = scheme,
        .at_us = SIGNED_AT_US,
        .name = "Trần Thị Thử Nghiệm",
        .field_about = "Chữ ký số của người sao chụp",
        .block = block,
    };
    return pdf_sign(in, target, signer, &wish, out, err);
}

static struct pdf_signed sign(const char *from, const char *to, const char *name,
                              enum sign_scheme scheme)
{
    struct err err = ERR_INIT;
    AUTO(signer)
    struct signer *signer = open_signer(name);
    struct pdf_signed done;
    enum err_code code = sign_with(from, to, signer, scheme, usual_block, &done, &err);
    if (code)
        fail_msg("%s: %s %s", name, err_name(code), err.detail);
    return done;
}

/* A page with a few words, made once. */
static const char *composed(void)
{
    static char path[200];
    static const char *const lines[] = {"Giấy chứng nhận quyền sử dụng đất", "Đường Đồng Khởi"};
    if (path[0])
        return path;
    snprintf(path, sizeof path, "%s", kit_path("composed.pdf"));
    struct picture picture = picture_make(827, 1169), seen;
    image_write(IMAGE_JPEG_COLOUR, &picture, kit_path("composed.jpg"), &seen);
    struct page_info info = kit_page(827, 1169, 100, 0, 0.5);
    AUTO(words)
    struct words words = {0};
    kit_lay_lines(&words, &info, lines, 2);
    kit_compose(path, kit_path("composed.jpg"), 0, &info, &words);
    picture_free(&picture);
    picture_free(&seen);
    return path;
}

static size_t count_of(const char *text, const char *wanted)
{
    size_t count = 0;
    for (; (text = strstr(text, wanted)); text++)
        count++;
    return count;
}

static enum err_code verify(const char *path, struct seal_verdict *out)
{
    struct err err = ERR_INIT;
    AUTO(fd)
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    return seal_verify(fd, (struct der){0}, out, &err);
}

/* The CMS of the only signature to cms.der, the bytes it signs to content.bin. */
static void take_apart(const char *path)
{
    struct err err = ERR_INIT;
    AUTO(mem)
    char *bytes = NULL;
    size_t size = 0;
    assert_int_equal(file_read(AT_FDCWD, path, 64 << 20, &bytes, &size, &err), ERR_OK);
    const char *range = memmem(bytes, size, "/ByteRange [", 12);
    assert_non_null(range);
    size_t first, second, length;
    assert_int_equal(sscanf(range, "/ByteRange [0 %zu %zu %zu]", &first, &second, &length), 3);
    assert_int_equal(second + length, size);
    FILE *content = fopen(kit_path("content.bin"), "wb");
    fwrite(bytes, 1, first, content);
    fwrite(bytes + second, 1, length, content);
    fclose(content);
    FILE *cms = fopen(kit_path("cms.der"), "wb");
    for (size_t i = first + 1; i + 1 < second; i += 2) {
        unsigned byte;
        assert_int_equal(sscanf(bytes + i, "%2x", &byte), 1);
        fputc((int)byte, cms);
    }
    fclose(cms);
}

static const struct {
    const char *signer;
    enum sign_scheme scheme;
    const char *algorithm;
} schemes[] = {
    {"rsa", SIGN_DEFAULT, "rsassaPss"},
    {"rsa", SIGN_PKCS1, "sha256WithRSAEncryption"},
    {"ec", SIGN_DEFAULT, "ecdsa-with-SHA256"},
    {"old", SIGN_DEFAULT, "rsassaPss"},
};

static void pdfsig_finds_every_kind_of_signature_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        sign(composed(), kit_path("signed.pdf"), schemes[i].signer, schemes[i].scheme);
        char *said = kit_ok("pdfsig -nocert %s", kit_path("signed.pdf"));
        if (!strstr(said, "Signature is Valid") || !strstr(said, "Total document signed") ||
            !strstr(said, "ETSI.CAdES.detached"))
            fail_msg("%s: %s", schemes[i].algorithm, said);
        free(said);
        free(kit_ok("qpdf --check %s", kit_path("signed.pdf")));
    }
}

static void openssl_finds_a_cades_signature_without_signing_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        sign(composed(), kit_path("cades.pdf"), schemes[i].signer, schemes[i].scheme);
        take_apart(kit_path("cades.pdf"));
        char *said = kit_ok("openssl cms -verify -cades -binary -inform DER -in %s -content %s "
                            "-CAfile %s/ca.pem -purpose any -out /dev/null",
                            kit_path("cms.der"), kit_path("content.bin"), kit_signers());
        assert_non_null(strstr(said, "CAdES Verification successful"));
        free(said);
        said = kit_ok("openssl cms -cmsout -print -noout -inform DER -in %s", kit_path("cms.der"));
        assert_non_null(strstr(said, schemes[i].algorithm));
        assert_non_null(strstr(said, "signingCertificateV2"));
        assert_null(strstr(said, "signingTime"));
        free(said);
    }
}

static void signing_appends_and_changes_nothing(void **state)
{
    (void)state;
    sign(composed(), kit_path("longer.pdf"), "rsa", SIGN_DEFAULT);
    free(kit_ok("cmp -n $(stat -c %%s %s) %s %s", composed(), composed(), kit_path("longer.pdf")));
    struct seal_verdict verdict;
    assert_int_equal(verify(kit_path("longer.pdf"), &verdict), ERR_OK);
    assert_int_equal(verdict.signatures, 1);
    assert_true(verdict.covers_file);
    char *text = kit_ok("pdftotext -raw %s -", kit_path("longer.pdf"));
    assert_non_null(strstr(text, "Giấy chứng nhận quyền sử dụng đất"));
    assert_non_null(strstr(text, "Đường Đồng Khởi"));
    free(text);
    char *fonts =
        kit_ok("pdffonts %s | tail -n +3 | grep -v 'yes yes yes' | wc -l", kit_path("longer.pdf"));
    assert_string_equal(fonts, "0\n");
    free(fonts);
}

static void one_flipped_byte_makes_it_invalid(void **state)
{
    (void)state;
    sign(composed(), kit_path("whole.pdf"), "rsa", SIGN_DEFAULT);
    char *size_text = kit_ok("stat -c %%s %s", kit_path("whole.pdf"));
    long size = atol(size_text);
    free(size_text);
    const long places[] = {40, size / 2, size - 60};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        free(kit_ok("cp %s %s", kit_path("whole.pdf"), kit_path("flipped.pdf")));
        AUTO(fd)
        int fd = open(kit_path("flipped.pdf"), O_RDWR | O_CLOEXEC);
        unsigned char byte;
        assert_int_equal(pread(fd, &byte, 1, places[i]), 1);
        byte ^= 1;
        assert_int_equal(pwrite(fd, &byte, 1, places[i]), 1);
        struct seal_verdict verdict;
        assert_int_not_equal(verify(kit_path("flipped.pdf"), &verdict), ERR_OK);
        if (i > 0)
            continue;
        int status;
        char *said = kit_run(&status, "pdfsig -nocert %s", kit_path("flipped.pdf"));
        assert_null(strstr(said, "Signature is Valid"));
        free(said);
    }
}

static void bytes_after_the_signature_are_noticed(void **state)
{
    (void)state;
    sign(composed(), kit_path("tail.pdf"), "ec", SIGN_DEFAULT);
    free(kit_ok("printf '%%%% added later\\n' >> %s", kit_path("tail.pdf")));
    struct seal_verdict verdict;
    assert_int_equal(verify(kit_path("tail.pdf"), &verdict), ERR_OK);
    assert_false(verdict.covers_file);
}

static void bytes_hidden_in_the_gap_are_noticed(void **state)
{
    (void)state;
    sign(composed(), kit_path("gap.pdf"), "ec", SIGN_DEFAULT);
    free(kit_ok("sed -i 's/\\/ByteRange \\[0 000/\\/ByteRange [0 001/' %s", kit_path("gap.pdf")));
    struct seal_verdict verdict;
    assert_int_equal(verify(kit_path("gap.pdf"), &verdict), ERR_SIGNATURE_INVALID);
}

static void a_second_signature_keeps_the_first_valid(void **state)
{
    (void)state;
    struct pdf_signed first = sign(composed(), kit_path("one.pdf"), "rsa", SIGN_DEFAULT);
    struct pdf_signed second = sign(kit_path("one.pdf"), kit_path("two.pdf"), "ec", SIGN_DEFAULT);
    char *said = kit_ok("pdfsig -nocert %s", kit_path("two.pdf"));
    assert_int_equal(count_of(said, "Signature is Valid"), 2);
    assert_int_equal(count_of(said, "Total document signed"), 1);
    free(said);
    struct seal_verdict verdict;
    assert_int_equal(verify(kit_path("two.pdf"), &verdict), ERR_OK);
    assert_int_equal(verdict.signatures, 2);
    assert_true(verdict.covers_file);
    assert_true(second.block.moved);
    assert_true(rect_overlap_mm2(first.block.box, second.block.box) == 0);
    free(kit_ok("qpdf --check %s", kit_path("two.pdf")));
    free(kit_ok("%s/tests/pdfa_check %s %s", SOHOA_BINARY_DIR, kit_path("one.pdf"),
                kit_path("two.pdf")));
}

static void the_block_keeps_off_a_code(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(signer)
    struct signer *signer = open_signer("ec");
    const struct rect_mm code = {6, 6, 24, 24};
    struct block_wish block = usual_block;
    block.avoid = &code;
    block.avoid_count = 1;
    struct pdf_signed done;
    assert_int_equal(
        sign_with(composed(), kit_path("code.pdf"), signer, SIGN_DEFAULT, block, &done, &err),
        ERR_OK);
    assert_true(done.block.moved);
    assert_true(rect_overlap_mm2(done.block.box, code) == 0);
    assert_true(done.block.box.y + done.block.box.h <= 25.01);
    /* What is shown: the code's corner stays as it was, the block's place does not. */
    free(kit_ok("cd %s && pdftoppm -r 100 -singlefile %s before && pdftoppm -r 100 -singlefile "
                "code.pdf after && convert before.ppm after.ppm -compose difference -composite "
                "-threshold 20%% -trim -format '%%@ %%O' info:shown",
                kit_folder(), composed()));
    char *shown = kit_ok("cut -d' ' -f2 %s", kit_path("shown"));
    int left = 0, top = 0;
    assert_int_equal(sscanf(shown, "%d%d", &left, &top), 2);
    assert_in_range(left, (int)(done.block.box.x / 25.4 * 100) - 2,
                    (int)(done.block.box.x / 25.4 * 100) + 2);
    free(shown);
}

/* A card on a black lid: 85.6 x 54 mm of a larger image. */
static void composed_card(void)
{
    static const char *const lines[] = {"CĂN CƯỚC CÔNG DÂN"};
    struct picture picture = picture_make(827, 1169), seen;
    memset(picture.rgb, 12, (size_t)picture.width * (size_t)picture.height * 3);
    for (int y = 300; y < 513; y++)
        memset(picture.rgb + ((size_t)y * 827 + 200) * 3, 220, 337 * 3);
    image_write(IMAGE_JPEG_COLOUR, &picture, kit_path("card.jpg"), &seen);
    struct page_info info = kit_page(827, 1169, 100, 0, 0);
    info.cut = (struct rect_mm){50.8, 76.2, 85.6, 54};
    AUTO(words)
    struct words words = {0};
    kit_lay_lines(&words, &info, lines, 1);
    kit_compose(kit_path("card.pdf"), kit_path("card.jpg"), 0, &info, &words);
    picture_free(&picture);
    picture_free(&seen);
}

static char *page_size(const char *pdf)
{
    return kit_ok("pdfinfo -box %s | grep -E '^(Page size|CropBox)' | tr -s ' ' ' '", pdf);
}

static void a_card_s_block_stands_beside_it_and_is_shown(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(signer)
    struct signer *signer = open_signer("ec");
    struct block_wish block = usual_block;
    struct pdf_signed done;
    struct seal_verdict verdict;
    block.beside = true;
    composed_card();
    char *before = page_size(kit_path("card.pdf"));
    assert_non_null(strstr(before, "Page size: 242.646 x 153.071 pts\n"));
    free(before);
    assert_int_equal(sign_with(kit_path("card.pdf"), kit_path("card-signed.pdf"), signer,
                               SIGN_DEFAULT, block, &done, &err),
                     ERR_OK);
    assert_true(done.block.beside && done.block.covers_mm2 == 0);
    assert_true(done.block.box.x == 0 && done.block.box.y + done.block.box.h < 0);
    assert_int_equal(verify(kit_path("card-signed.pdf"), &verdict), ERR_OK);
    free(kit_ok("%s/tests/pdfa_check %s", SOHOA_BINARY_DIR, kit_path("card-signed.pdf")));
    /* The card is as it was, and above it there is a white strip with text. */
    free(kit_ok("cd %s && pdftoppm -cropbox -r 100 -singlefile card-signed.pdf signed && "
                "pdftoppm -cropbox -r 100 -singlefile card.pdf plain",
                kit_folder()));
    struct picture plain = picture_read_pnm(kit_path("plain.ppm"));
    struct picture signed_page = picture_read_pnm(kit_path("signed.ppm"));
    int grown = signed_page.height - plain.height;
    assert_in_range(grown, (int)(done.block.box.h * 100 / 25.4), 80);
    assert_in_range(signed_page.width, plain.width, plain.width + 3);
    size_t white = 0;
    for (int y = 0; y < grown; y++)
        for (int x = 0; x < signed_page.width; x++)
            white += signed_page.rgb[((size_t)y * (size_t)signed_page.width + (size_t)x) * 3] > 200;
    assert_true(white > (size_t)(grown * signed_page.width) / 4);
    assert_in_range(signed_page.rgb[((size_t)(grown + 60) * (size_t)signed_page.width + 60) * 3],
                    215, 225);
    picture_free(&plain);
    picture_free(&signed_page);
}

static void a_second_block_keeps_off_the_first_on_a_cut_page(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(signer)
    struct signer *signer = open_signer("ec");
    struct block_wish block = usual_block;
    struct pdf_signed one, two;
    struct seal_verdict verdict;
    block.beside = true;
    composed_card();
    assert_int_equal(sign_with(kit_path("card.pdf"), kit_path("card-one.pdf"), signer, SIGN_DEFAULT,
                               block, &one, &err),
                     ERR_OK);
    assert_int_equal(sign_with(kit_path("card-one.pdf"), kit_path("card-two.pdf"), signer,
                               SIGN_DEFAULT, block, &two, &err),
                     ERR_OK);
    assert_true(two.block.covers_mm2 == 0);
    assert_int_equal(verify(kit_path("card-two.pdf"), &verdict), ERR_OK);
}

static void the_block_shows_name_time_and_marks(void **state)
{
    (void)state;
    sign(composed(), kit_path("block.pdf"), "rsa", SIGN_DEFAULT);
    struct err err = ERR_INIT;
    AUTO(mem)
    char *bytes = NULL;
    size_t size = 0;
    assert_int_equal(file_read(AT_FDCWD, kit_path("block.pdf"), 64 << 20, &bytes, &size, &err),
                     ERR_OK);
    assert_non_null(memmem(bytes, size, "/M (D:20261121091530+07'00')", 28));
    /* Text of an appearance is read by printing the page into a new file. */
    char *text = kit_ok("cd %s && pdftocairo -pdf block.pdf printed.pdf && pdftotext -raw "
                        "printed.pdf -",
                        kit_folder());
    for (size_t i = 0; i < usual_block.line_count; i++)
        if (!strstr(text, usual_block.lines[i]))
            fail_msg("'%s' is not in '%s'", usual_block.lines[i], text);
    free(text);
}

static void unfit_certificates_sign_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *signer;
        enum err_code code;
    } cases[] = {{"expired", ERR_CERTIFICATE_EXPIRED},
                 {"future", ERR_CERTIFICATE_NOT_YET_VALID},
                 {"cipher", ERR_CERTIFICATE_UNFIT},
                 {"small", ERR_CERTIFICATE_UNFIT}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = ERR_INIT;
        AUTO(signer)
        struct signer *signer = open_signer(cases[i].signer);
        struct pdf_signed done;
        assert_int_equal(sign_with(composed(), kit_path("unfit.pdf"), signer, SIGN_DEFAULT,
                                   usual_block, &done, &err),
                         cases[i].code);
        char *size = kit_ok("stat -c %%s %s", kit_path("unfit.pdf"));
        assert_string_equal(size, "0\n");
        free(size);
    }
}

static void a_certificate_that_ran_out_since_unlocking_is_refused(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(signer)
    struct signer *signer = open_signer("rsa");
    sys_clock_set(signer_info(signer)->not_after_us + 1000000);
    struct pdf_signed done;
    enum err_code code =
        sign_with(composed(), kit_path("late.pdf"), signer, SIGN_DEFAULT, usual_block, &done, &err);
    sys_clock_set(0);
    assert_int_equal(code, ERR_CERTIFICATE_EXPIRED);
}

static void wrong_passwords_and_wrong_files_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *file, *password;
        enum err_code code;
    } cases[] = {
        {"rsa.p12", "sai-mat-khau", ERR_WRONG_PASSWORD},
        {"rsa.p12", "", ERR_WRONG_PASSWORD},
        {"old.p12", "sai-mat-khau", ERR_WRONG_PASSWORD},
        {"ca.pem", PASSWORD, ERR_CERTIFICATE_UNREADABLE},
        {"password.txt", PASSWORD, ERR_CERTIFICATE_UNREADABLE},
        {"bare.p12", PASSWORD, ERR_CERTIFICATE_UNREADABLE},
        {"cut.p12", PASSWORD, ERR_CERTIFICATE_UNREADABLE},
    };
    free(kit_ok("cd %s && openssl pkcs12 -export -nokeys -in ca.pem -passout pass:" PASSWORD
                " -out bare.p12 && head -c 900 rsa.p12 > cut.p12",
                kit_signers()));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = ERR_INIT;
        char path[300];
        snprintf(path, sizeof path, "%s/%s", kit_signers(), cases[i].file);
        AUTO(mem)
        char *bytes = NULL;
        size_t size = 0;
        assert_int_equal(file_read(AT_FDCWD, path, 1 << 20, &bytes, &size, &err), ERR_OK);
        AUTO(signer)
        struct signer *signer = NULL;
        enum err_code code = signer_open_p12(bytes, size, cases[i].password, &signer, &err);
        if (code != cases[i].code)
            fail_msg("%s: %s instead of %s", cases[i].file, err_name(code),
                     err_name(cases[i].code));
    }
}

static void files_that_are_not_ours_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *make;
        enum err_code code;
    } cases[] = {
        {"printf 'van ban' > odd.pdf", ERR_PDF_UNREADABLE},
        {": > odd.pdf", ERR_PDF_UNREADABLE},
        {"head -c 3000 composed.pdf > odd.pdf", ERR_PDF_UNREADABLE},
        {"tail -c 3000 composed.pdf > odd.pdf", ERR_PDF_UNREADABLE},
        {"qpdf --object-streams=generate composed.pdf odd.pdf", ERR_PDF_UNREADABLE},
        {"qpdf --encrypt a b 256 -- composed.pdf odd.pdf", ERR_PDF_ENCRYPTED},
        {"qpdf --rotate=90 composed.pdf odd.pdf", ERR_PDF_UNREADABLE},
    };
    AUTO(signer)
    struct signer *signer = open_signer("ec");
    composed();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = ERR_INIT;
        struct pdf_signed done;
        free(kit_ok("cd %s && rm -f odd.pdf && %s", kit_folder(), cases[i].make));
        enum err_code code = sign_with(kit_path("odd.pdf"), kit_path("odd-signed.pdf"), signer,
                                       SIGN_DEFAULT, usual_block, &done, &err);
        if (code != cases[i].code)
            fail_msg("%s: %s (%s)", cases[i].make, err_name(code), err.detail);
    }
}

static void a_full_disk_is_reported(void **state)
{
    (void)state;
    AUTO(signer)
    struct signer *signer = open_signer("ec");
    for (unsigned long nth = 1; nth < 4; nth++) {
        struct err err = ERR_INIT;
        struct pdf_signed done;
        sys_fail_from(SYS_WRITE, nth, ENOSPC);
        enum err_code code = sign_with(composed(), kit_path("full.pdf"), signer, SIGN_DEFAULT,
                                       usual_block, &done, &err);
        bool reached = sys_calls(SYS_WRITE) >= nth;
        sys_fail_from(SYS_WRITE, 0, 0);
        assert_int_equal(code, reached ? ERR_DISK_FULL : ERR_OK);
    }
}

/* Signing with every allocation failing in turn: an error each time, never a crash or a wrong file.
 */
static void no_allocation_may_fail_unnoticed(void **state)
{
    (void)state;
    AUTO(signer)
    struct signer *signer = open_signer("ec");
    composed();
    for (unsigned long nth = 1;; nth++) {
        struct err err = ERR_INIT;
        struct pdf_signed done;
        mem_fail_from(nth);
        enum err_code code = sign_with(composed(), kit_path("memory.pdf"), signer, SIGN_DEFAULT,
                                       usual_block, &done, &err);
        bool reached = mem_allocations() >= nth;
        mem_fail_from(0);
        if (!reached) {
            assert_int_equal(code, ERR_OK);
            break;
        }
        if (code == ERR_OK)
            fail_msg("allocation %lu failed and nobody said so", nth);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pdfsig_finds_every_kind_of_signature_valid),
        cmocka_unit_test(openssl_finds_a_cades_signature_without_signing_time),
        cmocka_unit_test(signing_appends_and_changes_nothing),
        cmocka_unit_test(one_flipped_byte_makes_it_invalid),
        cmocka_unit_test(bytes_after_the_signature_are_noticed),
        cmocka_unit_test(bytes_hidden_in_the_gap_are_noticed),
        cmocka_unit_test(a_second_signature_keeps_the_first_valid),
        cmocka_unit_test(the_block_keeps_off_a_code),
        cmocka_unit_test(a_card_s_block_stands_beside_it_and_is_shown),
        cmocka_unit_test(a_second_block_keeps_off_the_first_on_a_cut_page),
        cmocka_unit_test(the_block_shows_name_time_and_marks),
        cmocka_unit_test(unfit_certificates_sign_nothing),
        cmocka_unit_test(a_certificate_that_ran_out_since_unlocking_is_refused),
        cmocka_unit_test(wrong_passwords_and_wrong_files_are_told_apart),
        cmocka_unit_test(files_that_are_not_ours_are_refused),
        cmocka_unit_test(a_full_disk_is_reported),
        cmocka_unit_test(no_allocation_may_fail_unnoticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
