#include "daemon/base/buf.h"
#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "queue/seal/foreign.h"
#include "tests/harness/test.h"

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

/* Files as other makers sign them: the frame of a signature dictionary, CMS of all kinds in it. */

#define HEX_SIZE 8192

struct key {
    EVP_PKEY *pair;
    X509 *certificate;
};

static struct key key;

static int make_key(void **state)
{
    (void)state;
    key.pair = EVP_RSA_gen(2048);
    key.certificate = X509_new();
    X509_set_version(key.certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(key.certificate), 0x1234);
    X509_gmtime_adj(X509_getm_notBefore(key.certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(key.certificate), 86400);
    X509_set_pubkey(key.certificate, key.pair);
    X509_NAME *name = X509_get_subject_name(key.certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)"Lê Văn Thử", -1,
                               -1, 0);
    X509_set_issuer_name(key.certificate, name);
    return X509_sign(key.certificate, key.pair, EVP_sha256()) > 0 ? 0 : -1;
}

static int free_key(void **state)
{
    (void)state;
    X509_free(key.certificate);
    EVP_PKEY_free(key.pair);
    return 0;
}

enum kind { DETACHED, NO_ATTRIBUTES, SHA1_INSIDE, KIND_COUNT };

static CMS_ContentInfo *sign(enum kind kind, const char *bytes, size_t size)
{
    unsigned char digest[20];
    unsigned digest_size = 0;
    unsigned flags = CMS_BINARY | (kind == SHA1_INSIDE ? 0u : CMS_DETACHED) |
                     (kind == NO_ATTRIBUTES ? CMS_NOATTR : 0u);
    if (kind == SHA1_INSIDE)
        EVP_Digest(bytes, size, digest, &digest_size, EVP_sha1(), NULL);
    BIO *content = kind == SHA1_INSIDE ? BIO_new_mem_buf(digest, (int)digest_size)
                                       : BIO_new_mem_buf(bytes, (int)size);
    CMS_ContentInfo *cms = CMS_sign(key.certificate, key.pair, NULL, content, flags);
    assert_non_null(cms);
    BIO_free(content);
    return cms;
}

/* The file with its signature in place; the caller's. */
static char *make_file(enum kind kind, size_t *out_size)
{
    char head[400], zeros[HEX_SIZE + 1];
    size_t start = 320;
    snprintf(head, sizeof head,
             "%%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n2 0 obj\n<</Type/Sig/Filter"
             "/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:20261122100000+07'00')"
             "/ByteRange [0 %zu %zu %d]",
             start, start + HEX_SIZE + 2, 100);
    memset(head + strlen(head), ' ', sizeof head - strlen(head));
    memcpy(head + start - strlen("/Contents"), "/Contents", strlen("/Contents"));
    memset(zeros, '0', HEX_SIZE);
    zeros[HEX_SIZE] = 0;
    size_t size = start + HEX_SIZE + 2 + 100;
    char *file = mem_alloc(size + 1);
    memcpy(file, head, start);
    sprintf(file + start, "<%s>>>\nendobj\n", zeros);
    memset(file + start + HEX_SIZE + 2 + 10, ' ', 100 - 10);
    memcpy(file + size - 6, "%%EOF\n", 6);

    AUTO(mem) char *bytes = mem_alloc(size);
    memcpy(bytes, file, start);
    memcpy(bytes + start, file + start + HEX_SIZE + 2, 100);
    CMS_ContentInfo *cms = sign(kind, bytes, start + 100);
    unsigned char *der = NULL;
    int length = i2d_CMS_ContentInfo(cms, &der);
    assert_true(length > 0 && length * 2 <= HEX_SIZE);
    for (int i = 0; i < length; i++) {
        char digits[3];
        snprintf(digits, sizeof digits, "%02X", der[i]);
        memcpy(file + start + 1 + 2 * i, digits, 2);
    }
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    *out_size = size;
    return file;
}

static void look(const char *bytes, size_t size, struct foreign_signatures *out)
{
    AUTO(fd) int fd = -1;
    assert_int_equal(file_memfd("signed", bytes, size, &fd, NULL), ERR_OK);
    assert_int_equal(foreign_list(fd, out, NULL), ERR_OK);
}

static void a_whole_signature_tells_who_and_when(void **state)
{
    (void)state;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        struct foreign_signatures found;
        size_t size;
        AUTO(mem) char *file = make_file((enum kind)kind, &size);
        look(file, size, &found);
        assert_int_equal(found.count, 1);
        if (!found.item[0].intact)
            fail_msg("kind %d is not intact", kind);
        assert_true(found.covers_file);
        assert_string_equal(found.item[0].signer, "Lê Văn Thử");
        assert_string_equal(found.item[0].serial, "1234");
        assert_string_equal(found.item[0].level, "ETSI.CAdES.detached");
        assert_true(found.item[0].signed_us > INT64_C(1600000000000000));
    }
}

static void a_time_is_taken_from_the_dictionary_when_the_signature_has_none(void **state)
{
    (void)state;
    struct foreign_signatures found;
    size_t size;
    AUTO(mem) char *file = make_file(NO_ATTRIBUTES, &size);
    look(file, size, &found);
    assert_int_equal(found.item[0].signed_us, INT64_C(1795316400) * 1000000);
}

#define RANGE_SIZE 47

struct layout { /* a dictionary as one maker writes it: its keys on both sides of /Contents */
    const char *before, *after;
    bool range_first;
    size_t digits;
    const char *level;
    int64_t signed_s; /* 0: it has no time of its own */
};

static void add_dictionary(struct buf *file, const struct layout *layout)
{
    char range[80];
    AUTO(mem) char *zeros = mem_alloc(layout->digits + 1);
    memset(zeros, '0', layout->digits);
    zeros[layout->digits] = 0;
    AUTO(mem) char *head = mem_printf("9 0 obj\n<<%s", layout->before);
    size_t start = file->size + strlen(head) + strlen("/Contents ");
    start += layout->range_first ? RANGE_SIZE : 0;
    snprintf(range, sizeof range, "/ByteRange [0 %010zu %010zu 0000000000]", start,
             start + layout->digits + 2);
    assert_int_equal(strlen(range), RANGE_SIZE);
    AUTO(mem)
    char *all =
        mem_printf("%s%s/Contents <%s>%s%s>>\nendobj\n", head, layout->range_first ? range : "",
                   zeros, layout->range_first ? "" : range, layout->after);
    buf_text(file, all);
}

static const struct layout layouts[] = {
    {"/Type /Sig\n/SubFilter /adbe.pkcs7.detached\n/M (D:20261122100000+07'00')\n", "\n", false,
     18944, "adbe.pkcs7.detached", 1795316400},
    {"/Type/Sig/SubFilter/ETSI.CAdES.detached", "/M(D:20261122100001+07'00')", true, 18944,
     "ETSI.CAdES.detached", 1795316401},
    {"/Type/Sig", "/M(D:20261122100002+07'00')/SubFilter/ETSI.RFC3161", true, 18944, "ETSI.RFC3161",
     1795316402},
    {"/Type/Sig/SubFilter/ETSI.RFC3161", "", true, 64, "ETSI.RFC3161", 0},
    {"/M(D:20261122100003+07'00')/Type/Sig", "", false, 64, "", 1795316403},
    {"/Reason(\\) << /M(D:19990101000000Z) /SubFilter/no >>)/SubFilter/adbe.pkcs7.sha1"
     "/Prop_Build<</App<</Name/A/M(D:19990101000000Z)>>/SubFilter/no>>",
     "/Reference[<</M(D:19990101000000Z)>>]/M (D:20261122100004+07'00')/ID<AB>", false, 18944,
     "adbe.pkcs7.sha1", 1795316404},
    {"/MDP(D:19990101000000Z)/SubFilterX/no", "/SubFilter/ETSI.RFC3161/M(D:20261122100005+07'00')",
     true, 18944, "ETSI.RFC3161", 1795316405},
};

static void expect_layout(const struct foreign_signature *found, const struct layout *layout)
{
    if (strcmp(found->level, layout->level) != 0 ||
        found->signed_us != layout->signed_s * INT64_C(1000000))
        fail_msg("«%s»: level «%s», signed at %lld", layout->before, found->level,
                 (long long)found->signed_us);
}

static void level_and_time_stand_on_either_side_of_large_contents(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(layouts); i++) {
        AUTO(buf) struct buf file;
        struct foreign_signatures found;
        buf_init(&file, 1 << 20);
        buf_text(&file, "%PDF-1.7\n");
        add_dictionary(&file, &layouts[i]);
        look(file.bytes, file.size, &found);
        assert_int_equal(found.count, 1);
        expect_layout(&found.item[0], &layouts[i]);
    }
}

static void two_signatures_do_not_borrow_from_each_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(layouts) * COUNT_OF(layouts); i++) {
        const struct layout *first = &layouts[i / COUNT_OF(layouts)];
        const struct layout *second = &layouts[i % COUNT_OF(layouts)];
        AUTO(buf) struct buf file;
        struct foreign_signatures found;
        buf_init(&file, 1 << 20);
        buf_text(&file, "%PDF-1.7\n");
        add_dictionary(&file, first);
        add_dictionary(&file, second);
        look(file.bytes, file.size, &found);
        assert_int_equal(found.count, 2);
        expect_layout(&found.item[0], first);
        expect_layout(&found.item[1], second);
    }
}

static void every_changed_byte_breaks_it(void **state)
{
    (void)state;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        size_t size;
        AUTO(mem) char *file = make_file((enum kind)kind, &size);
        static const size_t places[] = {12, 40, 330};
        for (size_t i = 0; i <= COUNT_OF(places); i++) {
            struct foreign_signatures found;
            size_t place = i < COUNT_OF(places) ? places[i] : size - 20;
            file[place] ^= 1;
            look(file, size, &found);
            if (found.count != 1 || found.item[0].intact)
                fail_msg("kind %d: byte %zu may be changed", kind, place);
            file[place] ^= 1;
        }
    }
}

static void what_was_added_behind_it_is_told(void **state)
{
    (void)state;
    struct foreign_signatures found;
    size_t size;
    AUTO(mem) char *file = make_file(DETACHED, &size);
    AUTO(mem) char *longer = mem_printf("%.*s\n3 0 obj\n", (int)size, file);
    look(longer, strlen(longer), &found);
    assert_true(found.item[0].intact);
    assert_false(found.covers_file);
}

static void odd_files_are_no_more_than_broken(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
    } cases[] = {
        {"%PDF-1.4\n", 0},
        {"/ByteRange", 0},
        {"the words /ByteRange of a text", 0},
        {"/ByteRange [0 10 20 10]", 1},
        {"/ByteRange [0 9999999999 99999999999 1]", 1},
        {"/ByteRange [0 -1 5 5]", 1},
        {"/ByteRange[0 2 1 1]", 1},
        {"/ByteRange[1 2 3 4]", 1},
        {"/ByteRange[0 1 30 0]<zz>/ByteRange[0", 1},
        {"<>/ByteRange[0 0 2 3]", 1},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct foreign_signatures found;
        look(cases[i].text, strlen(cases[i].text), &found);
        if (found.count != cases[i].count || (found.count && found.item[0].intact))
            fail_msg("case %zu: %zu signatures", i, found.count);
    }
}

static void too_many_signatures_are_refused(void **state)
{
    (void)state;
    AUTO(fd) int fd = -1;
    AUTO(buf) struct buf text;
    struct foreign_signatures found;
    buf_init(&text, 1 << 16);
    for (int i = 0; i <= FOREIGN_MAX; i++)
        buf_text(&text, "/ByteRange [0 1 2 3]");
    assert_int_equal(file_memfd("many", text.bytes, text.size, &fd, NULL), ERR_OK);
    assert_int_equal(foreign_list(fd, &found, NULL), ERR_PDF_UNREADABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_signature_tells_who_and_when),
        cmocka_unit_test(a_time_is_taken_from_the_dictionary_when_the_signature_has_none),
        cmocka_unit_test(level_and_time_stand_on_either_side_of_large_contents),
        cmocka_unit_test(two_signatures_do_not_borrow_from_each_other),
        cmocka_unit_test(every_changed_byte_breaks_it),
        cmocka_unit_test(what_was_added_behind_it_is_told),
        cmocka_unit_test(odd_files_are_no_more_than_broken),
        cmocka_unit_test(too_many_signatures_are_refused),
    };
    return cmocka_run_group_tests(tests, make_key, free_key);
}
