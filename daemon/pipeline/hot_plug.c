#include "daemon/pipeline/hot_plug.h"

#include "daemon/base/mem.h"

#include <systemd/sd-device.h>
#include <systemd/sd-event.h>
#include <time.h>

struct hot_plug {
    sd_event *loop;
    sd_device_monitor *monitor;
    sd_event_source *settle;
    hot_plug_fn *changed;
    void *payload;
};

static int on_settled(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct hot_plug *plug = payload;
    plug->settle = sd_event_source_disable_unref(plug->settle);
    plug->changed(plug->payload);
    return 0;
}

static int on_device(sd_device_monitor *monitor, sd_device *device, void *payload)
{
    (void)monitor;
    struct hot_plug *plug = payload;
    sd_device_action_t action;
    bool counts = sd_device_get_action(device, &action) >= 0 &&
                  (action == SD_DEVICE_ADD || action == SD_DEVICE_REMOVE ||
                   action == SD_DEVICE_BIND || action == SD_DEVICE_UNBIND);
    if (!counts)
        return 0;
    plug->settle = sd_event_source_disable_unref(plug->settle);
    sd_event_add_time_relative(plug->loop, &plug->settle, CLOCK_MONOTONIC,
                               HOT_PLUG_SETTLE_MS * 1000ull, 10000, on_settled, plug);
    return 0;
}

enum err_code hot_plug_new(sd_event *loop, hot_plug_fn *changed, void *payload,
                           struct hot_plug **out, struct err *err)
{
    struct hot_plug *plug = mem_alloc(sizeof *plug);
    if (!plug)
        return err_set(err, ERR_NO_MEMORY, "hot plug");
    *plug = (struct hot_plug){.loop = sd_event_ref(loop), .changed = changed, .payload = payload};
    int failed = sd_device_monitor_new(&plug->monitor);
    if (failed >= 0)
        failed = sd_device_monitor_filter_add_match_subsystem_devtype(plug->monitor, "usb",
                                                                      "usb_device");
    if (failed >= 0)
        failed = sd_device_monitor_attach_event(plug->monitor, loop);
    if (failed >= 0)
        failed = sd_device_monitor_start(plug->monitor, on_device, plug);
    if (failed < 0) {
        hot_plug_free(plug);
        return err_set_errno(err, ERR_INTERNAL, -failed, "device events");
    }
    *out = plug;
    return ERR_OK;
}

void hot_plug_free(struct hot_plug *plug)
{
    if (!plug)
        return;
    sd_device_monitor_unref(plug->monitor);
    sd_event_source_disable_unref(plug->settle);
    sd_event_unref(plug->loop);
    mem_free(plug);
}
