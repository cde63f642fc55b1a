#include "drivers/simulator/sim_config.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FILE_MAX_BYTES (1u << 20)
#define LINE_MAX_BYTES (2 * SIM_PATH_MAX + 2)

void sim_debug(const char *fmt, ...)
{
    if (!getenv("SANE_DEBUG_SOHOASIM"))
        return;
    va_list args;
    va_start(args, fmt);
    fputs("[sohoasim] ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
}

/* ---- lines ------------------------------------------------------------------------------------
 */

struct lines {
    const char *at, *end;
    int number;
    char line[LINE_MAX_BYTES];
};

/* Next line that is neither empty nor a comment, without the white space at its ends; *out_bad when
 * it is too long or holds a NUL. */
static bool next_line(struct lines *lines, bool *out_bad)
{
    while (lines->at < lines->end) {
        const char *newline = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
        const char *from = lines->at, *to = newline ? newline : lines->end;
        lines->at = newline ? newline + 1 : lines->end;
        lines->number++;
        while (from < to && strchr(" \t\r", *from) && *from)
            from++;
        while (to > from && strchr(" \t\r", to[-1]) && to[-1])
            to--;
        size_t size = (size_t)(to - from);
        if (size == 0 || *from == '#')
            continue;
        *out_bad = size >= sizeof lines->line || memchr(from, 0, size);
        if (!*out_bad) {
            memcpy(lines->line, from, size);
            lines->line[size] = 0;
        }
        return true;
    }
    return false;
}

static struct lines lines_of(const char *text, size_t size)
{
    return (struct lines){.at = text, .end = text + size};
}

static char *read_file(const char *folder, const char *name, size_t *out_size)
{
    char path[2 * SIM_PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    if (!file)
        return NULL;
    char *text = malloc(FILE_MAX_BYTES);
    *out_size = text ? fread(text, 1, FILE_MAX_BYTES, file) : 0;
    fclose(file);
    return text;
}

/* ---- sohoasim.conf ----------------------------------------------------------------------------
 */

static bool parse_int(const char *text, int min, int max, int *out)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || *end || number < min || number > max)
        return false;
    *out = (int)number;
    return true;
}

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

static bool parse_bool(const char *text, bool *out)
{
    *out = strcmp(text, "yes") == 0;
    return *out || strcmp(text, "no") == 0;
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
        return parse_int(value, 0, 255, &config->lid);
    if (!strcmp(key, "dpi"))
        return parse_int(value, 50, 1200, &config->default_dpi);
    return !strcmp(key, "pace") && parse_bool(value, &config->pace);
}

bool sim_config_parse(const char *text, size_t size, struct sim_config *config, int *out_line)
{
    struct lines lines = lines_of(text, size);
    bool bad;
    while (next_line(&lines, &bad)) {
        char *value = bad ? NULL : lines.line + strcspn(lines.line, " \t");
        if (value && *value) {
            *value++ = 0;
            value += strspn(value, " \t");
        }
        if (!value || !parse_setting(config, lines.line, value)) {
            *out_line = lines.number;
            return false;
        }
    }
    return true;
}

static bool load_config_file(struct sim_config *config, const char *folder)
{
    size_t size;
    int line;
    char *text = read_file(folder, "sohoasim.conf", &size);
    if (!text)
        return true;
    bool ok = sim_config_parse(text, size, config, &line);
    if (!ok)
        sim_debug("%s/sohoasim.conf: line %d", folder, line);
    free(text);
    return ok;
}

/* SANE_CONFIG_DIR is a list; the first folder that has the file counts, a missing one is no error.
 */
static bool load_system_config(struct sim_config *config)
{
    const char *dirs = getenv("SANE_CONFIG_DIR");
    char list[SIM_PATH_MAX];
    snprintf(list, sizeof list, "%s", dirs ? dirs : "/etc/sane.d");
    char *rest = list;
    for (char *dir; (dir = strsep(&rest, ":"));)
        if (*dir && !load_config_file(config, dir))
            return false;
    return true;
}

bool sim_config_load(struct sim_config *config)
{
    *config = (struct sim_config){
        .bed_width_mm = 216, .bed_height_mm = 297, .lid = 245, .default_dpi = 300};
    const char *folder = getenv("SOHOASIM_DIR"), *state = getenv("SOHOASIM_STATE");
    if (!load_system_config(config) || (folder && !parse_path(folder, config->folder)) ||
        (state && !parse_path(state, config->state)))
        return false;
    if (!config->folder[0]) {
        sim_debug("neither sohoasim.conf nor SOHOASIM_DIR names a folder");
        return false;
    }
    struct sim_config paper = *config;
    if (!load_config_file(&paper, config->folder))
        return false;
    strcpy(paper.folder, config->folder);
    strcpy(paper.state, config->state[0] ? config->state : config->folder);
    *config = paper;
    return true;
}

/* ---- pile -------------------------------------------------------------------------------------
 */

void sim_pile_done(struct sim_pile *pile)
{
    for (size_t i = 0; i < pile->count; i++) {
        free(pile->sheets[i].front);
        free(pile->sheets[i].back);
    }
    free(pile->sheets);
    *pile = (struct sim_pile){0};
}

static bool add_sheet(struct sim_pile *pile, const char *front, const char *back)
{
    if (pile->count >= SIM_SHEETS_MAX)
        return false;
    if ((pile->count & (pile->count - 1)) == 0) { /* full at every power of two */
        size_t capacity = pile->count ? 2 * pile->count : 1;
        struct sim_sheet *more = realloc(pile->sheets, capacity * sizeof *more);
        if (!more)
            return false;
        pile->sheets = more;
    }
    struct sim_sheet sheet = {strdup(front), back ? strdup(back) : NULL};
    pile->sheets[pile->count++] = sheet;
    return sheet.front && (sheet.back || !back);
}

bool sim_pile_parse(const char *text, size_t size, struct sim_pile *out, int *out_line)
{
    struct lines lines = lines_of(text, size);
    struct sim_pile pile = {0};
    bool bad;
    while (next_line(&lines, &bad)) {
        char *back = bad ? NULL : strchr(lines.line, '\t');
        if (back) {
            *back++ = 0;
            bad = strchr(back, '\t') || strlen(back) >= SIM_PATH_MAX;
        }
        if (bad || strlen(lines.line) >= SIM_PATH_MAX || !add_sheet(&pile, lines.line, back)) {
            *out_line = lines.number;
            sim_pile_done(&pile);
            return false;
        }
    }
    *out = pile;
    return true;
}

static int is_image(const struct dirent *entry)
{
    static const char *const endings[] = {".jpg",  ".jpeg", ".png", ".tif",
                                          ".tiff", ".pgm",  ".ppm", ".pbm"};
    const char *dot = strrchr(entry->d_name, '.');
    for (size_t i = 0; dot && dot != entry->d_name && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return 1;
    return 0;
}

bool sim_pile_load(const char *folder, struct sim_pile *out)
{
    size_t size;
    int line;
    char *text = read_file(folder, "pile.txt", &size);
    if (text) {
        bool ok = sim_pile_parse(text, size, out, &line);
        if (!ok)
            sim_debug("%s/pile.txt: line %d", folder, line);
        free(text);
        return ok;
    }
    struct dirent **names;
    int count = scandir(folder, &names, is_image, versionsort);
    if (count < 0) {
        sim_debug("%s cannot be read", folder);
        return false;
    }
    struct sim_pile pile = {0};
    bool ok = true;
    for (int i = 0; i < count; i++) {
        ok = ok && add_sheet(&pile, names[i]->d_name, NULL);
        free(names[i]);
    }
    free(names);
    if (ok)
        *out = pile;
    else
        sim_pile_done(&pile);
    return ok;
}

/* ---- faults -----------------------------------------------------------------------------------
 */

static const char *const fault_names[] = {"",       "jam",   "cover", "io",   "short",
                                          "double", "stall", "hang",  "crash"};

static bool parse_fault(const char *line, struct sim_fault *out)
{
    char sheet[12], kind[12], percent[8] = "50", rest;
    int words = sscanf(line, "sheet %11s %11s %7s %c", sheet, kind, percent, &rest);
    if ((words != 2 && words != 3) || !parse_int(sheet, 0, SIM_SHEETS_MAX, &out->sheet) ||
        !parse_int(percent, 0, 100, &out->percent))
        return false;
    for (size_t i = 1; i < sizeof fault_names / sizeof *fault_names; i++)
        if (strcmp(kind, fault_names[i]) == 0)
            out->kind = (enum sim_fault_kind)i;
    return out->kind != SIM_FAULT_NONE;
}

bool sim_faults_parse(const char *text, size_t size, struct sim_faults *out, int *out_line)
{
    struct lines lines = lines_of(text, size);
    struct sim_faults faults = {0};
    bool bad;
    while (next_line(&lines, &bad)) {
        struct sim_fault fault = {0};
        if (bad || faults.count == SIM_FAULTS_MAX || !parse_fault(lines.line, &fault)) {
            *out_line = lines.number;
            return false;
        }
        faults.list[faults.count++] = fault;
    }
    *out = faults;
    return true;
}

bool sim_faults_load(const char *state, struct sim_faults *out)
{
    size_t size;
    int line;
    *out = (struct sim_faults){0};
    char *text = read_file(state, "faults", &size);
    if (!text)
        return true;
    bool ok = sim_faults_parse(text, size, out, &line);
    if (!ok)
        sim_debug("%s/faults: line %d", state, line);
    free(text);
    return ok;
}

struct sim_fault sim_fault_for(const struct sim_faults *faults, int sheet)
{
    for (size_t i = 0; i < faults->count; i++)
        if (faults->list[i].sheet == sheet)
            return faults->list[i];
    return (struct sim_fault){.kind = SIM_FAULT_NONE};
}
