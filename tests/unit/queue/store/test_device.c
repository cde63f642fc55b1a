#include "tests/unit/queue/store/rig.h"

#include "queue/store/audit.h"
#include "queue/store/device.h"

#include <string.h>

static const struct principal IT = {"uid:0", "it"};

#define IDENTITY "pixma/04a9:1909/K1"
#define OTHER "pixma/04a9:1909/K2"

static struct js *settings_now(struct rig *rig)
{
    struct js *settings = NULL;
    ASSERT_OK(device_settings(rig->store, &settings, err));
    return settings;
}

static void set_profile(struct rig *rig, const char *name, bool locked)
{
    AUTO(js) struct js *settings = js_pack("{s:s}", "source", "adf");
    ASSERT_OK(profile_set(rig->store, name, settings, locked, IT, err));
}

static void a_label_and_a_profile_hang_on_the_identity_and_survive(void **state)
{
    struct rig *rig = *state;
    set_profile(rig, "Hai mặt", false);
    ASSERT_OK(device_set(rig->store, IDENTITY, "Quầy 1", NULL, CLERK, err));
    ASSERT_OK(device_set(rig->store, IDENTITY, NULL, "Hai mặt", CLERK, err));
    rig_reopen(rig);
    AUTO(js) struct js *settings = settings_now(rig);
    assert_int_equal(js_count(js_at(settings, "devices")), 1);
    assert_string_equal(js_text_or(settings, "devices[0].identity", ""), IDENTITY);
    assert_string_equal(js_text_or(settings, "devices[0].label", ""), "Quầy 1");
    assert_string_equal(js_text_or(settings, "devices[0].profile", ""), "Hai mặt");
    assert_string_equal(js_text_or(settings, "profiles[0].settings.source", ""), "adf");
    AUTO(js) struct js *rows = NULL;
    ASSERT_OK(audit_list(rig->store, IDENTITY, false, 10, &rows, err));
    assert_int_equal(js_count(rows), 2);
}

static void a_label_is_taken_away_again_and_names_one_device_only(void **state)
{
    struct rig *rig = *state;
    ASSERT_OK(device_set(rig->store, IDENTITY, "Quầy 1", NULL, CLERK, err));
    ASSERT_ERR(ERR_LABEL_TAKEN, device_set(rig->store, OTHER, "Quầy 1", NULL, CLERK, err));
    ASSERT_OK(device_set(rig->store, IDENTITY, "Quầy 1", NULL, CLERK, err));
    ASSERT_OK(device_set(rig->store, IDENTITY, "", NULL, CLERK, err));
    ASSERT_OK(device_set(rig->store, OTHER, "Quầy 1", NULL, CLERK, err));
}

static void a_profile_that_is_not_there_cannot_be_chosen(void **state)
{
    struct rig *rig = *state;
    ASSERT_ERR(ERR_NOT_FOUND, device_set(rig->store, IDENTITY, NULL, "nothing", CLERK, err));
    AUTO(js) struct js *settings = settings_now(rig);
    assert_int_equal(js_count(js_at(settings, "devices")), 0);
}

static void only_it_staff_changes_a_locked_profile(void **state)
{
    struct rig *rig = *state;
    AUTO(js) struct js *other = js_pack("{s:s}", "source", "flatbed");
    set_profile(rig, "Khóa", true);
    ASSERT_ERR(ERR_PROFILE_LOCKED, profile_set(rig->store, "Khóa", other, false, CLERK, err));
    ASSERT_ERR(ERR_PROFILE_LOCKED, profile_remove(rig->store, "Khóa", false, CLERK, err));
    ASSERT_OK(profile_set(rig->store, "Khóa", other, false, IT, err));
    ASSERT_OK(profile_remove(rig->store, "Khóa", false, CLERK, err));
    ASSERT_ERR(ERR_NOT_FOUND, profile_remove(rig->store, "Khóa", false, IT, err));
}

static void a_profile_that_devices_use_is_not_removed_and_they_are_named(void **state)
{
    struct rig *rig = *state;
    set_profile(rig, "Một mặt", true);
    ASSERT_OK(device_set(rig->store, IDENTITY, "Quầy 1", "Một mặt", CLERK, err));
    ASSERT_OK(device_set(rig->store, OTHER, NULL, "Một mặt", CLERK, err));
    struct err err = ERR_INIT;
    assert_int_equal(profile_remove(rig->store, "Một mặt", false, IT, &err), ERR_PROFILE_IN_USE);
    assert_string_equal(err.detail, "used by 'Quầy 1', '" OTHER "'");
    AUTO(js) struct js *settings = settings_now(rig);
    assert_string_equal(js_text_or(settings, "devices[0].profile", ""), "Một mặt");
    assert_int_equal(js_count(js_at(settings, "profiles")), 1);
}

static void many_devices_that_use_a_profile_are_named_whole_as_far_as_there_is_room(void **state)
{
    struct rig *rig = *state;
    set_profile(rig, "Một mặt", false);
    for (int i = 10; i < 40; i++) {
        char identity[40], label[40];
        snprintf(identity, sizeof identity, "pixma/04a9:1909/K%d", i);
        snprintf(label, sizeof label, "Quầy tiếp nhận số %d", i);
        ASSERT_OK(device_set(rig->store, identity, label, "Một mặt", CLERK, err));
    }
    struct err err = ERR_INIT;
    assert_int_equal(profile_remove(rig->store, "Một mặt", false, IT, &err), ERR_PROFILE_IN_USE);
    assert_non_null(strstr(err.detail, " and "));
    assert_string_equal(err.detail + strlen(err.detail) - 5, " more");
    AUTO(js) struct js *text = js_text(err.detail); /* no letter is cut in two */
    assert_non_null(text);
}

static void a_device_loses_a_profile_that_is_removed_by_force(void **state)
{
    struct rig *rig = *state;
    set_profile(rig, "Một mặt", false);
    ASSERT_OK(device_set(rig->store, IDENTITY, NULL, "Một mặt", CLERK, err));
    ASSERT_OK(profile_remove(rig->store, "Một mặt", true, IT, err));
    AUTO(js) struct js *settings = settings_now(rig);
    assert_null(js_text_or(settings, "devices[0].profile", NULL));
    assert_int_equal(js_count(js_at(settings, "profiles")), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_label_and_a_profile_hang_on_the_identity_and_survive),
        T(a_label_is_taken_away_again_and_names_one_device_only),
        T(a_profile_that_is_not_there_cannot_be_chosen),
        T(only_it_staff_changes_a_locked_profile),
        T(a_profile_that_devices_use_is_not_removed_and_they_are_named),
        T(many_devices_that_use_a_profile_are_named_whole_as_far_as_there_is_room),
        T(a_device_loses_a_profile_that_is_removed_by_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
