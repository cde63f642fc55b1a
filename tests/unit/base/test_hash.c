#include "tests/harness/test.h"

#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "daemon/base/mem.h"

/* FIPS 180-4 examples */
static const struct {
    const char *text, *hex;
} vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void published_vectors_come_out_for_bytes_and_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        char hex[HASH_HEX_SIZE], file_hex[HASH_HEX_SIZE];
        uint64_t size;
        AUTO(fd) int fd = -1;
        hash_bytes(vectors[i].text, strlen(vectors[i].text), hex);
        assert_string_equal(hex, vectors[i].hex);
        file_memfd("x", vectors[i].text, strlen(vectors[i].text), &fd, NULL);
        assert_int_equal(hash_fd(fd, file_hex, &size, NULL), ERR_OK);
        assert_string_equal(file_hex, vectors[i].hex);
        assert_int_equal(size, strlen(vectors[i].text));
    }
}

static void a_part_of_a_file_is_hashed_and_a_missing_part_is_told(void **state)
{
    (void)state;
    char hex[HASH_HEX_SIZE];
    AUTO(fd) int fd = -1;
    file_memfd("x", "__abc__", 7, &fd, NULL);
    assert_int_equal(hash_range(fd, 2, 3, hex, NULL), ERR_OK);
    assert_string_equal(hex, vectors[1].hex);
    assert_int_equal(hash_range(fd, 5, 3, hex, NULL), ERR_IO);
}

static void a_part_of_a_file_has_the_md5_of_rfc_1321(void **state)
{
    (void)state;
    static const unsigned char abc[HASH_MD5_SIZE] = {0x90, 0x01, 0x50, 0x98, 0x3c, 0xd2,
                                                     0x4f, 0xb0, 0xd6, 0x96, 0x3f, 0x7d,
                                                     0x28, 0xe1, 0x7f, 0x72};
    unsigned char md5[HASH_MD5_SIZE];
    AUTO(fd) int fd = -1;
    file_memfd("x", "__abc__", 7, &fd, NULL);
    assert_int_equal(hash_range_md5(fd, 2, 3, md5, NULL), ERR_OK);
    assert_memory_equal(md5, abc, sizeof abc);
    assert_int_equal(hash_range_md5(fd, 5, 3, md5, NULL), ERR_IO);
}

static void only_64_lower_case_digits_are_a_hash(void **state)
{
    (void)state;
    assert_true(hash_is_hex(vectors[0].hex));
    assert_false(hash_is_hex("abc"));
    assert_false(hash_is_hex(NULL));
    assert_false(hash_is_hex("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors_come_out_for_bytes_and_files),
        cmocka_unit_test(a_part_of_a_file_is_hashed_and_a_missing_part_is_told),
        cmocka_unit_test(a_part_of_a_file_has_the_md5_of_rfc_1321),
        cmocka_unit_test(only_64_lower_case_digits_are_a_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
