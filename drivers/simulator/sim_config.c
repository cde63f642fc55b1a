#include "drivers/simulator/sim_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- lines ------------------------------------------------------------------------------------
 */

static bool parse_bed(const char *text, struct sim_config *config)
{
    int width, height, used = 0;
    if (sscanf(text, "%4dx%4d%n", &width, &height, &used) != 2 || text[used])
        return false;
    if (width < 20 || width > 1000 || height < 20 || height > 2000)
        return false;
    config->bed_width_mm = width;
    config->bed_height_mm = height;
    return true;
}

static bool parse_path(const char *text, char out[SIM_PATH_MAX])
{
    if (strlen(text) >= SIM_PATH_MAX)
        return false;
    strcpy(out, text);
    return true;
}

static bool parse_choice(const char *text, const char *yes, const char *no, bool *out)
{
    *out = strcmp(text, yes) == 0;
    return *out || strcmp(text, no) == 0;
}

/* Lower case, digits and hyphens, as SANE wants the names of options. */
static bool parse_name(const char *text, char out[SIM_NAME_MAX])
{
    size_t size = strlen(text);
    if (size == 0 || size >= SIM_NAME_MAX ||
        strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != size)
        return false;
    strcpy(out, text);
    return true;
}

static struct sim_button *place_for_button(struct sim_config *config, const char *name)
{
    for (size_t i = 0; i < config->button_count; i++)
        if (strcmp(config->buttons[i].name, name) == 0)
            return &config->buttons[i];
    return config->button_count < SIM_BUTTONS_MAX ? &config->buttons[config->button_count++] : NULL;
}

static bool parse_button(const char *text, struct sim_config *config)
{
    static const char *const kinds[] = {"bool", "int", "text"};
    char name[SIM_NAME_MAX + 1], kind[6], held[6] = "", rest;
    struct sim_button button = {0};
    int words = sscanf(text, "%32s %5s %5s %c", name, kind, held, &rest);
    if ((words != 2 && (words != 3 || strcmp(held, "held") != 0)) || !parse_name(name, button.name))
        return false;
    button.held = words == 3;
    while (strcmp(kind, kinds[button.kind]) != 0)
        if (++button.kind > SIM_BUTTON_TEXT)
            return false;
    struct sim_button *place = place_for_button(config, button.name);
    if (place)
        *place = button;
    return place != NULL;
}

static bool parse_setting(struct sim_config *config, const char *key, const char *value)
{
    if (!strcmp(key, "folder"))
        return parse_path(value, config->folder);
    if (!strcmp(key, "state"))
        return parse_path(value, config->state);
    if (!strcmp(key, "bed"))
        return parse_bed(value, config);
    if (!strcmp(key, "lid"))
        return sim_parse_int(value, 0, 255, &config->lid);
    if (!strcmp(key, "dpi"))
        return sim_parse_int(value, 50, 1200, &config->default_dpi);
    if (!strcmp(key, "backs"))
        return parse_choice(value, "turned", "upright", &config->backs_turned);
    if (!strcmp(key, "button"))
        return parse_button(value, config);
    return !strcmp(key, "pace") && parse_choice(value, "yes", "no", &config->pace);
}

/* The value of "key value", NULL when there is none; the key is cut off there. */
static char *split_line(char *line)
{
    char *value = line + strcspn(line, " \t");
    if (!*value)
        return NULL;
    *value++ = 0;
    return value + strspn(value, " \t");
}

static struct sim_config *add_device(struct sim_devices *devices, const struct sim_config *common,
                                     const char *name)
{
    if (devices->count == SIM_DEVICES_MAX)
        return NULL;
    struct sim_config *device = &devices->list[devices->count];
    *device = *common;
    device->folder[0] = device->state[0] = 0;
    if (!parse_name(name, device->name))
        return NULL;
    for (size_t i = 0; i < devices->count; i++)
        if (strcmp(devices->list[i].name, name) == 0)
            return NULL;
    devices->count++;
    return device;
}

/* `devices` NULL: no sections. */
static bool parse_lines(const char *text, size_t size, struct sim_config *config,
                        struct sim_devices *devices, int *out_line)
{
    struct sim_lines lines = sim_lines_of(text, size);
    struct sim_config *current = config;
    bool bad;
    while (sim_lines_next(&lines, &bad)) {
        char *value = bad ? NULL : split_line(lines.line);
        bool ok = value != NULL;
        if (ok && devices && strcmp(lines.line, "device") == 0)
            ok = (current = add_device(devices, config, value)) != NULL;
        else if (ok)
            ok = parse_setting(current, lines.line, value);
        if (!ok) {
            *out_line = lines.number;
            return false;
        }
    }
    return true;
}

bool sim_config_parse(const char *text, size_t size, struct sim_config *config, int *out_line)
{
    return parse_lines(text, size, config, NULL, out_line);
}

bool sim_devices_parse(const char *text, size_t size, struct sim_config *common,
                       struct sim_devices *out, int *out_line)
{
    out->count = 0;
    return parse_lines(text, size, common, out, out_line);
}

/* ---- files ------------------------------------------------------------------------------------
 */

void sim_config_default(struct sim_config *config)
{
    *config = (struct sim_config){
        .name = "counter",
        .bed_width_mm = 216,
        .bed_height_mm = 297,
        .lid = 245,
        .default_dpi = 300,
        .buttons = {{.name = "scan"}},
        .button_count = 1,
    };
}

/* A file that is not there is no error. `devices` NULL: a folder's own, without sections. */
static bool load_file(const char *folder, struct sim_config *config, struct sim_devices *devices)
{
    size_t size;
    int line;
    char *text = sim_read_file(folder, "sohoasim.conf", &size);
    if (!text)
        return true;
    bool ok = devices ? sim_devices_parse(text, size, config, devices, &line)
                      : sim_config_parse(text, size, config, &line);
    if (!ok)
        sim_say("%s/sohoasim.conf: line %d makes no sense", folder, line);
    free(text);
    return ok;
}

/* SANE_CONFIG_DIR is a list of folders. */
static bool load_system_config(struct sim_config *common, struct sim_devices *devices)
{
    const char *dirs = getenv("SANE_CONFIG_DIR");
    char list[SIM_PATH_MAX];
    snprintf(list, sizeof list, "%s", dirs ? dirs : "/etc/sane.d");
    char *rest = list;
    for (char *dir; (dir = strsep(&rest, ":"));)
        if (*dir && devices->count == 0 && !load_file(dir, common, devices))
            return false;
    return true;
}

static bool join_path(const char *folder, const char *name, char out[SIM_PATH_MAX])
{
    char path[2 * SIM_PATH_MAX];
    return snprintf(path, sizeof path, "%s/%s", folder, name) < SIM_PATH_MAX &&
           parse_path(path, out);
}

static bool settle_folders(struct sim_config *device, const struct sim_config *common)
{
    if (!device->folder[0] && common->folder[0] &&
        !join_path(common->folder, device->name, device->folder))
        return false;
    if (!device->state[0] && common->state[0])
        return join_path(common->state, device->name, device->state);
    return true;
}

/* What the folder says about its paper; it cannot send us elsewhere. */
static bool load_paper_config(struct sim_config *device)
{
    if (!device->folder[0]) {
        sim_debug("neither sohoasim.conf nor SOHOASIM_DIR names a folder");
        return false;
    }
    struct sim_config paper = *device;
    if (!load_file(device->folder, &paper, NULL))
        return false;
    strcpy(paper.folder, device->folder);
    strcpy(paper.state, device->state[0] ? device->state : device->folder);
    *device = paper;
    return true;
}

static bool states_differ(const struct sim_devices *devices)
{
    for (size_t i = 0; i < devices->count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(devices->list[i].state, devices->list[k].state) == 0) {
                sim_say("devices %s and %s share the state folder", devices->list[k].name,
                        devices->list[i].name);
                return false;
            }
    return true;
}

bool sim_devices_load(struct sim_devices *out)
{
    const char *folder = getenv("SOHOASIM_DIR"), *state = getenv("SOHOASIM_STATE");
    struct sim_config common;
    sim_config_default(&common);
    out->count = 0;
    if (!load_system_config(&common, out) || (folder && !parse_path(folder, common.folder)) ||
        (state && !parse_path(state, common.state)))
        return false;
    if (out->count == 0)
        out->list[out->count++] = common;
    else
        for (size_t i = 0; i < out->count; i++)
            if (!settle_folders(&out->list[i], &common))
                return false;
    for (size_t i = 0; i < out->count; i++)
        if (!load_paper_config(&out->list[i]))
            return false;
    return states_differ(out);
}
