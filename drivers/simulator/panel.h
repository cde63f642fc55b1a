#ifndef SOHOA_SIMULATOR_PANEL_H
#define SOHOA_SIMULATOR_PANEL_H

#include "drivers/simulator/sim_config.h"

/*
 * Buttons and the lid, as files of the state folder that anyone may make: `button` is the scan
 * button, `button-NAME` another one, `cover` the open lid. A button's file may hold the value it
 * gives; reading removes the file unless the button is one that is held.
 */

#define PANEL_TEXT_MAX 64

/* Bool or int: 0 = not pressed; pressed without a value = 1. */
int panel_read_number(const char *state, const struct sim_button *button);
/* "" = not pressed; pressed without a value = the button's name. */
void panel_read_text(const char *state, const struct sim_button *button, char out[PANEL_TEXT_MAX]);
bool panel_cover_is_open(const char *state);

#endif
