#include "drivers/simulator/pile.h"

#include "drivers/simulator/sim_text.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
    struct sim_lines lines = sim_lines_of(text, size);
    struct sim_pile pile = {0};
    bool bad;
    while (sim_lines_next(&lines, &bad)) {
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
    char *text = sim_read_file(folder, "pile.txt", &size);
    if (text) {
        bool ok = sim_pile_parse(text, size, out, &line);
        if (!ok)
            sim_say("%s/pile.txt: line %d makes no sense", folder, line);
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
