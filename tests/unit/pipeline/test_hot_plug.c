#include "tests/harness/test.h"

#include "daemon/base/sys.h"
#include "daemon/pipeline/hot_plug.h"

#include <signal.h>
#include <string.h>
#include <systemd/sd-event.h>
#include <umockdev.h>
#include <unistd.h>

/* A USB bus of umockdev's: this program starts itself again with its library in front. */

#define PRELOAD "libumockdev-preload.so.0"

static int changes;

static void on_change(void *payload)
{
    (void)payload;
    changes++;
}

static char *plug_in(UMockdevTestbed *bed, const char *type)
{
    return umockdev_testbed_add_device(bed, "usb", "1-1", NULL, "idVendor", "04b8", NULL,
                                       "SUBSYSTEM", "usb", "DEVTYPE", type, NULL);
}

static void turn_for(sd_event *loop, int ms)
{
    for (int64_t until = sys_monotonic_us() + ms * 1000; sys_monotonic_us() < until;)
        assert_true(sd_event_run(loop, 20000) >= 0);
}

static void a_device_plugged_in_is_told_once_when_it_has_settled(void **state)
{
    (void)state;
    sd_event *loop = NULL;
    struct hot_plug *plug = NULL;
    struct err err = ERR_INIT;
    UMockdevTestbed *bed = umockdev_testbed_new();
    assert_true(sd_event_new(&loop) >= 0);
    if (hot_plug_new(loop, on_change, NULL, &plug, &err))
        fail_msg("%s", err.detail);
    char *device = plug_in(bed, "usb_device");
    assert_non_null(device);
    umockdev_testbed_uevent(bed, device, "add"); /* a composite device says so several times */
    umockdev_testbed_uevent(bed, device, "bind");
    turn_for(loop, HOT_PLUG_SETTLE_MS / 2);
    assert_int_equal(changes, 0);
    turn_for(loop, HOT_PLUG_SETTLE_MS);
    assert_int_equal(changes, 1);
    umockdev_testbed_uevent(bed, device, "change"); /* nothing came or went */
    turn_for(loop, HOT_PLUG_SETTLE_MS * 3 / 2);
    assert_int_equal(changes, 1);
    umockdev_testbed_uevent(bed, device, "remove");
    turn_for(loop, HOT_PLUG_SETTLE_MS * 3 / 2);
    assert_int_equal(changes, 2);
    hot_plug_free(plug);
    sd_event_unref(loop);
    g_free(device);
    g_object_unref(bed);
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *preload = getenv("LD_PRELOAD");
    if (!preload || !strstr(preload, PRELOAD)) {
        setenv("LD_PRELOAD", PRELOAD, 1);
        execv("/proc/self/exe", argv);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_plugged_in_is_told_once_when_it_has_settled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
