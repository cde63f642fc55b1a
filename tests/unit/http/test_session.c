#include "daemon/http/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define NOW (INT64_C(1700000000) * 1000000)

static struct sessions *sessions;
static const struct principal opener = {"uid:1000", ROLE_IT};

static int begin(void **state)
{
    (void)state;
    sessions = sessions_new();
    return sessions ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    sessions_free(sessions);
    return 0;
}

static bool open_one(int64_t now_us, char out_cookie[100])
{
    char link[TOKEN_SIZE], token[TOKEN_SIZE];
    sessions_make_link(sessions, &opener, now_us, link);
    if (!sessions_use_link(sessions, link, now_us, token))
        return false;
    snprintf(out_cookie, 100, "sohoa_session=%s", token);
    return true;
}

static void a_session_is_a_clerk_and_says_who_opened_it(void **state)
{
    (void)state;
    char cookie[100];
    struct principal who;
    assert_true(open_one(NOW, cookie));
    assert_true(sessions_find(sessions, cookie, NOW, &who));
    assert_int_equal(who.role, ROLE_CLERK);
    assert_int_equal(strncmp(who.id, "uid:1000/web-", 13), 0);
    assert_true(sessions_knows(sessions, who.id, NOW));
}

static void a_link_is_used_once_and_within_a_minute(void **state)
{
    (void)state;
    char link[TOKEN_SIZE], token[TOKEN_SIZE];
    sessions_make_link(sessions, &opener, NOW, link);
    assert_true(sessions_use_link(sessions, link, NOW + SESSION_LINK_LIFE_US - 1, token));
    assert_false(sessions_use_link(sessions, link, NOW, token));
    sessions_make_link(sessions, &opener, NOW, link);
    assert_false(sessions_use_link(sessions, link, NOW + SESSION_LINK_LIFE_US, token));
    assert_false(sessions_use_link(sessions, link, NOW, token));
    assert_false(sessions_use_link(sessions, "", NOW, token));
}

static void a_session_dies_of_idleness_and_lives_by_use(void **state)
{
    (void)state;
    char cookie[100];
    struct principal who;
    assert_true(open_one(NOW, cookie));
    int64_t later = NOW;
    for (int i = 0; i < 5; i++) {
        later += SESSION_IDLE_US - 1;
        assert_true(sessions_find(sessions, cookie, later, &who));
    }
    assert_false(sessions_knows(sessions, who.id, later + SESSION_IDLE_US));
    assert_false(sessions_find(sessions, cookie, later + SESSION_IDLE_US, &who));
    assert_false(sessions_find(sessions, cookie, later, &who));
}

static void asking_whether_a_session_lives_is_no_use_of_it(void **state)
{
    (void)state;
    char cookie[100];
    struct principal who;
    assert_true(open_one(NOW, cookie));
    assert_true(sessions_find(sessions, cookie, NOW, &who));
    assert_true(sessions_knows(sessions, who.id, NOW + SESSION_IDLE_US - 1));
    assert_false(sessions_find(sessions, cookie, NOW + SESSION_IDLE_US, &who));
}

static void one_session_too_many_ends_the_longest_idle(void **state)
{
    (void)state;
    char cookies[SESSION_MAX + 1][100];
    struct principal who;
    for (int i = 0; i < SESSION_MAX; i++)
        assert_true(open_one(NOW + i, cookies[i]));
    assert_true(sessions_find(sessions, cookies[0], NOW + SESSION_MAX, &who));
    assert_true(open_one(NOW + SESSION_MAX + 1, cookies[SESSION_MAX]));
    assert_true(sessions_find(sessions, cookies[0], NOW + SESSION_MAX + 2, &who));
    assert_false(sessions_find(sessions, cookies[1], NOW + SESSION_MAX + 2, &who));
    assert_true(sessions_find(sessions, cookies[SESSION_MAX], NOW + SESSION_MAX + 2, &who));
}

static void one_link_too_many_drops_the_oldest(void **state)
{
    (void)state;
    char links[SESSION_LINK_MAX + 1][TOKEN_SIZE], token[TOKEN_SIZE];
    for (int i = 0; i <= SESSION_LINK_MAX; i++)
        sessions_make_link(sessions, &opener, NOW + i, links[i]);
    assert_false(sessions_use_link(sessions, links[0], NOW + 20, token));
    for (int i = 1; i <= SESSION_LINK_MAX; i++)
        assert_true(sessions_use_link(sessions, links[i], NOW + 20, token));
}

static void a_clock_set_back_ends_nothing(void **state)
{
    (void)state;
    char cookie[100];
    struct principal who;
    assert_true(open_one(NOW, cookie));
    assert_true(sessions_find(sessions, cookie, NOW - SESSION_IDLE_US, &who));
}

static void a_planted_cookie_beside_the_real_one_does_not_lock_out(void **state)
{
    (void)state;
    char cookie[100], both[300];
    struct principal who;
    assert_true(open_one(NOW, cookie));
    snprintf(both, sizeof both, "sohoa_session=planted; %s; other=1", cookie);
    assert_true(sessions_find(sessions, both, NOW, &who));
    assert_false(sessions_find(sessions, "sohoa_session=", NOW, &who));
    assert_false(sessions_find(sessions, NULL, NOW, &who));
}

static void a_cookie_header_is_read_as_browsers_write_it(void **state)
{
    (void)state;
    static const struct {
        const char *header, *value; /* NULL: not there */
    } cases[] = {
        {"sohoa_session=a", "a"},
        {"x=1; sohoa_session=a; y=2", "a"},
        {"x=1;sohoa_session=a", "a"},
        {"sohoa_session=\"a\"", "a"},
        {"sohoa_session=a ", "a"},
        {"sohoa_session=", ""},
        {"sohoa_session", NULL},
        {"xsohoa_session=a", NULL},
        {"SOHOA_SESSION=a", NULL},
        {"sohoa_session2=a", NULL},
        {"sohoa_session=0123456789; sohoa_session=b", "b"}, /* the first is too long */
        {";;; ;", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *cursor = cases[i].header;
        char value[9];
        bool found = cookie_next(&cursor, SESSION_COOKIE, value, sizeof value);
        if (found != (cases[i].value != NULL))
            fail_msg("'%s'", cases[i].header);
        if (found)
            assert_string_equal(value, cases[i].value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_is_a_clerk_and_says_who_opened_it, begin, end),
        cmocka_unit_test_setup_teardown(a_link_is_used_once_and_within_a_minute, begin, end),
        cmocka_unit_test_setup_teardown(a_session_dies_of_idleness_and_lives_by_use, begin, end),
        cmocka_unit_test_setup_teardown(asking_whether_a_session_lives_is_no_use_of_it, begin, end),
        cmocka_unit_test_setup_teardown(one_session_too_many_ends_the_longest_idle, begin, end),
        cmocka_unit_test_setup_teardown(one_link_too_many_drops_the_oldest, begin, end),
        cmocka_unit_test_setup_teardown(a_clock_set_back_ends_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_planted_cookie_beside_the_real_one_does_not_lock_out,
                                        begin, end),
        cmocka_unit_test(a_cookie_header_is_read_as_browsers_write_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
