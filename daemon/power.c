#include "daemon/power.h"

#include "daemon/base/mem.h"

#include <stdbool.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#define LOGIND "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define LOGIND_MANAGER "org.freedesktop.login1.Manager"
#define ANSWER_US (10 * UINT64_C(1000000))

struct power {
    sd_event *loop;
    sd_bus *bus;
    sd_bus_slot *call;
    power_done_fn *done;
    void *payload;
};

enum err_code power_new(sd_event *loop, struct power **out, struct err *err)
{
    struct power *power = mem_alloc(sizeof *power);
    if (!power)
        return err_set(err, ERR_NO_MEMORY, "power");
    power->loop = sd_event_ref(loop);
    *out = power;
    return ERR_OK;
}

static void close_bus(struct power *power)
{
    power->call = sd_bus_slot_unref(power->call);
    power->bus = sd_bus_close_unref(power->bus);
}

void power_free(struct power *power)
{
    if (!power)
        return;
    close_bus(power);
    sd_event_unref(power->loop);
    mem_free(power);
}

static void finish(struct power *power, const struct err *err)
{
    power_done_fn *done = power->done;
    void *payload = power->payload;
    power->call = sd_bus_slot_unref(power->call);
    power->done = NULL;
    if (err) /* the next question begins anew: the bus may have been restarted */
        close_bus(power);
    done(payload, err);
}

static enum err_code read_fault(sd_bus_message *reply, struct err *err)
{
    const sd_bus_error *fault = sd_bus_message_get_error(reply);
    if (!fault)
        return ERR_OK;
    bool denied = sd_bus_error_has_name(fault, SD_BUS_ERROR_ACCESS_DENIED) ||
                  sd_bus_error_has_name(fault, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED);
    return err_set(err, denied ? ERR_POWER_NOT_PERMITTED : ERR_POWER_UNAVAILABLE, "logind: %s",
                   fault->name ? fault->name : "no answer");
}

/* "yes"; "no", "challenge" (somebody would have to type a password); "na". */
static int on_may(sd_bus_message *reply, void *payload, sd_bus_error *fault)
{
    (void)fault;
    struct err err = ERR_INIT;
    const char *word = "";
    enum err_code code = read_fault(reply, &err);
    if (!code && sd_bus_message_read(reply, "s", &word) < 0)
        code = err_set(&err, ERR_POWER_UNAVAILABLE, "logind answers something else");
    if (!code && strcmp(word, "na") == 0)
        code = err_set(&err, ERR_POWER_UNAVAILABLE, "this machine cannot be switched off");
    if (!code && strcmp(word, "yes") != 0)
        code = err_set(&err, ERR_POWER_NOT_PERMITTED, "logind: CanPowerOff is '%s'",
                       strcmp(word, "challenge") == 0 ? "challenge" : "no");
    finish(payload, code ? &err : NULL);
    return 0;
}

static int on_off(sd_bus_message *reply, void *payload, sd_bus_error *fault)
{
    (void)fault;
    struct err err = ERR_INIT;
    enum err_code code = read_fault(reply, &err);
    finish(payload, code ? &err : NULL);
    return 0;
}

static enum err_code open_bus(struct power *power, struct err *err)
{
    if (power->bus)
        return ERR_OK;
    int result = sd_bus_open_system(&power->bus);
    if (result >= 0)
        result = sd_bus_set_method_call_timeout(power->bus, ANSWER_US);
    if (result >= 0)
        result = sd_bus_attach_event(power->bus, power->loop, SD_EVENT_PRIORITY_NORMAL);
    if (result >= 0)
        return ERR_OK;
    close_bus(power);
    return err_set(err, ERR_POWER_UNAVAILABLE, "system bus: %s", strerror(-result));
}

static void refuse(power_done_fn *done, void *payload, enum err_code code, const char *detail)
{
    struct err err = ERR_INIT;
    err_set(&err, code, "%s", detail);
    done(payload, &err);
}

static bool prepare(struct power *power, power_done_fn *done, void *payload)
{
    struct err err = ERR_INIT;
    if (power->done) {
        refuse(done, payload, ERR_CONFLICT, "logind is being asked already");
        return false;
    }
    if (open_bus(power, &err)) {
        done(payload, &err);
        return false;
    }
    power->done = done;
    power->payload = payload;
    return true;
}

static void check_sent(struct power *power, int result)
{
    if (result >= 0)
        return;
    struct err err = ERR_INIT;
    err_set(&err, ERR_POWER_UNAVAILABLE, "question to logind: %s", strerror(-result));
    finish(power, &err);
}

void power_may_switch_off(struct power *power, power_done_fn *done, void *payload)
{
    if (prepare(power, done, payload))
        check_sent(power,
                   sd_bus_call_method_async(power->bus, &power->call, LOGIND, LOGIND_PATH,
                                            LOGIND_MANAGER, "CanPowerOff", on_may, power, NULL));
}

void power_switch_off(struct power *power, power_done_fn *done, void *payload)
{
    if (prepare(power, done, payload))
        check_sent(power,
                   sd_bus_call_method_async(power->bus, &power->call, LOGIND, LOGIND_PATH,
                                            LOGIND_MANAGER, "PowerOff", on_off, power, "b", 0));
}
