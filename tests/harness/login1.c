/*
 * systemd-logind as far as switching off goes, on a private bus:
 *
 *   login1 ANSWER     "yes", "no", "challenge" or "na" to CanPowerOff; the bus is
 * $DBUS_SYSTEM_BUS_ADDRESS
 *
 * Prints "ready", then "off" for each PowerOff. It ends with its stdin.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

static const char *answer;

static int can_power_off(sd_bus_message *call, void *payload, sd_bus_error *fault)
{
    (void)payload, (void)fault;
    return sd_bus_reply_method_return(call, "s", answer);
}

static int power_off(sd_bus_message *call, void *payload, sd_bus_error *fault)
{
    (void)payload;
    if (strcmp(answer, "yes") != 0)
        return sd_bus_error_set(fault, SD_BUS_ERROR_ACCESS_DENIED, "not you");
    puts("off");
    fflush(stdout);
    return sd_bus_reply_method_return(call, NULL);
}

static const sd_bus_vtable manager[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("CanPowerOff", "", "s", can_power_off, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("PowerOff", "b", "", power_off, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

static int fail(const char *what, int result)
{
    fprintf(stderr, "login1: %s: %s\n", what, strerror(-result));
    return 1;
}

int main(int argc, char **argv)
{
    sd_bus *bus = NULL;
    answer = argc > 1 ? argv[1] : "yes";
    int result = sd_bus_open_system(&bus);
    if (result >= 0)
        result = sd_bus_add_object_vtable(bus, NULL, "/org/freedesktop/login1",
                                          "org.freedesktop.login1.Manager", manager, NULL);
    if (result >= 0)
        result = sd_bus_request_name(bus, "org.freedesktop.login1", 0);
    if (result < 0)
        return fail("bus", result);
    puts("ready");
    fflush(stdout);
    for (;;) {
        while ((result = sd_bus_process(bus, NULL)) > 0)
            ;
        if (result < 0)
            return fail("bus", result);
        struct pollfd waits[] = {{.fd = sd_bus_get_fd(bus), .events = POLLIN},
                                 {.fd = STDIN_FILENO, .events = POLLIN}};
        poll(waits, 2, -1);
        char byte;
        if (waits[1].revents && read(STDIN_FILENO, &byte, 1) <= 0)
            return 0;
    }
}
