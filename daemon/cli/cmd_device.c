#include "daemon/base/mem.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"

#include <stdio.h>
#include <string.h>

const struct cli_option cmd_device_setting_options[] = {
    {"none", 0, NULL, "take it away"},
    {0},
};
const struct cli_option cmd_device_lease_options[] = {
    {"to", 0, "WHO", "hand it over to this person (uid:1000)"},
    {"take", 0, NULL, "also from somebody who has not used it for a while"},
    {"release", 0, NULL, "nobody has it from now on"},
    {0},
};

static void show_devices(const struct js *reply)
{
    const struct js *devices = js_at(reply, "devices");
    struct table *table = show_table("DEVICE", "VENDOR", "MODEL", "TYPE", "LABEL", "IDENTITY",
                                     "PROFILE", "PRESENT", NULL);
    for (size_t i = 0; i < js_count(devices); i++) {
        const struct js *device = js_item(devices, i);
        table_cell(table, js_text_or(device, "name", ""));
        table_cell(table, js_text_or(device, "vendor", ""));
        table_cell(table, js_text_or(device, "model", ""));
        table_cell(table, js_text_or(device, "type", ""));
        table_cell(table, js_text_or(device, "label", "-"));
        table_cell(table, js_text_or(device, "identity", "-"));
        table_cell(table, js_text_or(device, "profile", "-"));
        table_cell(table, js_bool_or(device, "present", true) ? "yes" : "no");
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

int cmd_device_reset(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/devices/%s/reset", args->operand[0], NULL, show_values);
}

/* ---- what people settle for it ---- */

static void show_settled(const struct js *reply)
{
    const struct js *devices = js_at(reply, "devices");
    struct table *table = show_table("IDENTITY", "LABEL", "PROFILE", NULL);
    for (size_t i = 0; i < js_count(devices); i++) {
        const struct js *device = js_item(devices, i);
        table_cell(table, js_text_or(device, "identity", ""));
        table_cell(table, js_text_or(device, "label", "-"));
        table_cell(table, js_text_or(device, "profile", "-"));
    }
    show_table_end(table);
}

/* The second operand, or null with --none. */
static int settle(const struct cli *cli, const struct cli_args *args, const char *key)
{
    struct err err = ERR_INIT;
    const char *text = args->operand[1];
    AUTO(js)
    struct js *body = js_object();
    if (args_has(args, "none") == (text != NULL))
        err_set(&err, ERR_USAGE, "either a %s or --none", key);
    else if (!js_set(body, key, text ? js_text(text) : js_null()))
        err_set(&err, ERR_USAGE, "the %s is no UTF-8 text", key);
    if (err.code)
        return cli_problem(&err);
    return cli_call_on(cli, "PATCH", "/v1/devices/%s", args->operand[0], TAKE(body), show_settled);
}

int cmd_device_label(const struct cli *cli, const struct cli_args *args)
{
    return settle(cli, args, "label");
}

int cmd_device_profile(const struct cli *cli, const struct cli_args *args)
{
    return settle(cli, args, "profile");
}

static void show_lease(const struct js *reply)
{
    const struct js *lease = js_at(reply, "lease");
    if (js_is_object(lease))
        printf("owner: %s\nsince: %s\nuntil: %s\nidle since: %s\n",
               show_scalar(js_at(lease, "owner")).text, cli_when(lease, "since_us").text,
               cli_when(lease, "until_us").text, cli_when(lease, "idle_since_us").text);
    else
        puts("owner: nobody");
}

int cmd_device_lease(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    const char *to = args_has(args, "release") ? "" : args_text(args, "to");
    AUTO(js)
    struct js *body = js_object();
    if (args_has(args, "release") + args_has(args, "to") + args_has(args, "take") > 1)
        err_set(&err, ERR_USAGE, "one of --to, --take, --release");
    else if (args_has(args, "take") && !js_set(body, "take", js_bool(true)))
        err_set(&err, ERR_NO_MEMORY, "lease");
    else if (to && !js_set(body, "to", js_text(to)))
        err_set(&err, ERR_USAGE, "--to is no UTF-8 text");
    if (err.code)
        return cli_problem(&err);
    return cli_call_on(cli, "POST", "/v1/devices/%s/lease", args->operand[0], TAKE(body),
                       show_lease);
}
