#include "drivers/folder/sightings.h"
#include "tests/harness/test.h"

static struct sighting file(const char *path, uint64_t size, int64_t mtime_ns)
{
    return (struct sighting){.key = sighting_key(path), .size_bytes = size, .mtime_ns = mtime_ns};
}

static void a_file_is_known_while_it_is_the_same(void **state)
{
    (void)state;
    struct sightings *sightings = sightings_new();
    struct sighting first = file("a", 10, 1), longer = file("a", 11, 1), touched = file("a", 10, 2);
    struct sighting renamed = first;
    renamed.ctime_ns = 5;
    assert_null(sightings_find(sightings, &first));
    struct sighting *kept = sightings_note(sightings, &first);
    kept->settled = true;
    assert_non_null(sightings_find(sightings, &first));
    assert_null(sightings_find(sightings, &longer));
    assert_null(sightings_find(sightings, &touched));
    assert_null(sightings_find(sightings, &renamed));
    assert_true(sightings_note(sightings, &first)->settled);
    assert_false(sightings_note(sightings, &longer)->settled);
    assert_int_equal(sightings_count(sightings), 1);
    sightings_free(sightings);
}

static void a_full_table_forgets_what_is_settled(void **state)
{
    (void)state;
    struct sightings *sightings = sightings_new();
    char name[32];
    for (int i = 0; i < SIGHTINGS_MAX; i++) {
        snprintf(name, sizeof name, "f%d", i);
        struct sighting now = file(name, 1, 1);
        struct sighting *kept = sightings_note(sightings, &now);
        assert_non_null(kept);
        kept->settled = i < 1000;
    }
    assert_int_equal(sightings_count(sightings), SIGHTINGS_MAX);
    struct sighting one_more = file("one more", 1, 1), f7 = file("f7", 1, 1),
                    f2000 = file("f2000", 1, 1);
    assert_non_null(sightings_note(sightings, &one_more));
    assert_int_equal(sightings_count(sightings), SIGHTINGS_MAX - 1000 + 1);
    assert_null(sightings_find(sightings, &f7));
    assert_non_null(sightings_find(sightings, &f2000));
    for (int i = 0; i < 999; i++) {
        snprintf(name, sizeof name, "g%d", i);
        struct sighting now = file(name, 1, 1);
        assert_non_null(sightings_note(sightings, &now));
    }
    struct sighting too_many = file("too many", 1, 1);
    assert_null(sightings_note(sightings, &too_many)); /* a later look has room again */
    assert_non_null(sightings_find(sightings, &f2000));
    sightings_free(sightings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_known_while_it_is_the_same),
        cmocka_unit_test(a_full_table_forgets_what_is_settled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
