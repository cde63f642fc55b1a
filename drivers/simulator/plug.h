#ifndef SOHOA_SIMULATOR_PLUG_H
#define SOHOA_SIMULATOR_PLUG_H

#include <stdbool.h>

/*
 * The scanner's cable, as files of the state folder that anyone may write:
 *
 *   gone   there = pulled out; "until SECONDS" (since 1970) in it = back by itself then
 *   port   a number: the device is called NAME@PORT, as a scanner is after it was put in again.
 *          What comes before the @ stays: that is who it is.
 */

bool plug_is_out(const char *state);
int plug_port(const char *state); /* 0: plain NAME */
/* seconds 0: for good; port 0: it keeps its name. */
void plug_pull(const char *state, double seconds, int port);

#endif
