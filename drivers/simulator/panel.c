#include "drivers/simulator/panel.h"

#include "drivers/simulator/state_file.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* What the button's file holds; false: not pressed. */
static bool take_press(const char *state, const struct sim_button *button, char out[PANEL_TEXT_MAX])
{
    char file[SIM_NAME_MAX + 8] = "button";
    if (strcmp(button->name, "scan") != 0)
        snprintf(file, sizeof file, "button-%s", button->name);
    return state_read(state, file, out, PANEL_TEXT_MAX) &&
           (button->held || state_remove(state, file));
}

int panel_read_number(const char *state, const struct sim_button *button)
{
    char text[PANEL_TEXT_MAX];
    int value;
    if (!take_press(state, button, text))
        return 0;
    if (button->kind == SIM_BUTTON_BOOL || !sim_parse_int(text, INT_MIN, INT_MAX, &value))
        return 1;
    return value;
}

void panel_read_text(const char *state, const struct sim_button *button, char out[PANEL_TEXT_MAX])
{
    if (!take_press(state, button, out))
        out[0] = 0;
    else if (!out[0])
        strcpy(out, button->name);
}

bool panel_cover_is_open(const char *state)
{
    return state_has(state, "cover");
}
