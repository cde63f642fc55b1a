#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"

#include <string.h>

static void show_devices(const struct js *reply)
{
    const struct js *devices = js_at(reply, "devices");
    struct table *table = show_table("DEVICE", "VENDOR", "MODEL", "TYPE", NULL);
    for (size_t i = 0; i < js_count(devices); i++) {
        const struct js *device = js_item(devices, i);
        table_cell(table, js_text_or(device, "name", ""));
        table_cell(table, js_text_or(device, "vendor", ""));
        table_cell(table, js_text_or(device, "model", ""));
        table_cell(table, js_text_or(device, "type", ""));
    }
    show_table_end(table);
}

int cmd_device_list(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    return cli_call(cli, "GET", "/v1/devices", NULL, show_devices);
}

static void show_device(const struct js *reply)
{
    const struct js *options = js_at(reply, "options");
    show_values(reply);
    if (js_count(options) == 0)
        return;
    struct table *table = show_table("OPTION", "VALUE", "UNIT", "TITLE", NULL);
    for (size_t i = 0; i < js_count(options); i++) {
        const struct js *option = js_item(options, i);
        bool is_group = !*js_text_or(option, "name", "");
        if (is_group)
            continue;
        const char *unit = js_text_or(option, "unit", "none");
        table_cell(table, js_text_or(option, "name", ""));
        table_cell(table, show_scalar(js_at(option, "value")).text);
        table_cell(table, strcmp(unit, "none") == 0 ? "" : unit);
        table_cell(table, js_text_or(option, "title", ""));
    }
    show_table_end(table);
}

int cmd_device_show(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "GET", "/v1/devices/%s", args->operand[0], NULL, show_device);
}

int cmd_device_test(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/devices/%s/test", args->operand[0], NULL, show_values);
}
