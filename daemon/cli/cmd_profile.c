#include "daemon/base/mem.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"

const struct cli_option cmd_profile_set_options[] = {
    {"source", 's', "SOURCE", "flatbed, adf or duplex", "flatbed adf duplex"},
    {"resolution", 'r', "DPI", "dots per inch"},
    {"mode", 0, "MODE", "color, gray or lineart", "color gray lineart"},
    {"paper", 0, "PAPER", "a3, a4, a5, id1 or auto", "a3 a4 a5 id1 auto"},
    {"button", 0, "USE", "the machine's: scan, tell (the page) or off", "scan tell off"},
    {"separators", 0, "KINDS", "sheets between papers: none, or some of patch,code,blank",
     "none patch code blank patch,code patch,code,blank"},
    {"split", 0, "HOW", "a pile into papers: off, propose, or by itself when sure",
     "off propose sure"},
    {"locked", 0, NULL,
     "only IT staff may change it; what it names is fixed, the rest may be chosen"},
    {0},
};

const struct cli_option cmd_profile_remove_options[] = {
    {"force", 0, NULL, "also one that scanners use: they have none from then on"},
    {0},
};

static void show_profiles(const struct js *reply)
{
    const struct js *profiles = js_at(reply, "profiles");
    struct table *table = show_table("PROFILE", "SOURCE", "MODE", "DPI", "PAPER", "LOCKED", NULL);
    for (size_t i = 0; i < js_count(profiles); i++) {
        const struct js *profile = js_item(profiles, i);
        table_cell(table, js_text_or(profile, "name", ""));
        table_cell(table, js_text_or(profile, "settings.source", "-"));
        table_cell(table, js_text_or(profile, "settings.mode", "-"));
        table_cell(table, js_has(profile, "settings.resolution_dpi")
                              ? show_scalar(js_at(profile, "settings.resolution_dpi")).text
                              : "-");
        table_cell(table, js_text_or(profile, "settings.paper", "-"));
        table_cell(table, js_bool_or(profile, "locked", false) ? "yes" : "");
    }
    show_table_end(table);
}

int cmd_profile_list(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    return cli_call(cli, "GET", "/v1/profiles", NULL, show_profiles);
}

int cmd_profile_set(const struct cli *cli, const struct cli_args *args)
{
    static const char *const texts[] = {"source", "mode", "paper", "button", "separators", "split"};
    struct err err = ERR_INIT;
    AUTO(js)
    struct js *body = js_object();
    long dpi;
    if (args_number(args, "resolution", 50, 1200, 0, &dpi, &err))
        return cli_problem(&err);
    bool ok = js_set(body, "name", js_text(args->operand[0])) &&
              js_set(body, "locked", js_bool(args_has(args, "locked"))) &&
              (dpi == 0 || js_set(body, "resolution_dpi", js_int(dpi)));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *text = args_text(args, texts[i]);
        ok = ok && (!text || js_set(body, texts[i], js_text(text)));
    }
    if (!ok) {
        err_set(&err, ERR_BAD_ARGUMENT, "the name is no UTF-8 text");
        return cli_problem(&err);
    }
    return cli_call(cli, "POST", "/v1/profiles", TAKE(body), show_profiles);
}

int cmd_profile_remove(const struct cli *cli, const struct cli_args *args)
{
    const char *path = args_has(args, "force") ? "/v1/profiles/%s?force=yes" : "/v1/profiles/%s";
    return cli_call_on(cli, "DELETE", path, args->operand[0], NULL, show_profiles);
}
