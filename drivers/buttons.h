#ifndef SOHOA_DRIVERS_BUTTONS_H
#define SOHOA_DRIVERS_BUTTONS_H

#include "drivers/sane_device.h"

/*
 * Buttons and sensors of the machine. SANE knows only options, and every backend names its own: a
 * table of patterns per backend says what an option is. One round reads each of them once, in the
 * order of the device: fujitsu and canon_dr ask the hardware again only for an option that was read
 * since they asked last, and pixma, avision and others forget a press that was read.
 */

enum panel_kind {
    PANEL_NOTHING,
    PANEL_BUTTON, /* stays as it is while it is held down */
    PANEL_PRESS,  /* a press that the reading clears */
    PANEL_SENSOR, /* paper, cover: a state */
    PANEL_VALUE,  /* belongs to a press: the number on the dial, the counter */
};

/* What IT staff say of one machine's options; goes before the table and the quirks. */
#define PANEL_RULES_MAX 32
struct panel_rules {
    struct {
        char option[64]; /* pattern, fnmatch(3) */
        enum panel_kind kind;
        char value[64]; /* this value is a press, as JSON or text; "": what usually is */
    } row[PANEL_RULES_MAX];
    size_t count;
};
/* [{"option", "kind": "button" | "press" | "sensor" | "value" | "nothing", "value"?}…], JSON null:
 * none. BAD_ARGUMENT names the entry. */
enum err_code panel_rules_read(const struct js *list, struct panel_rules *out, struct err *err);

/* What `option` of `backend` is. Pure. */
enum panel_kind panel_kind_of(const char *backend, const struct option *option);
/* The same for this device, whose rules and quirks may say otherwise. */
enum panel_kind panel_kind_here(const struct device *device, const struct panel_rules *rules,
                                const struct option *option);

/* Whether the value read means pressed: true, a number above 0, a text other than "" and "none". */
bool button_value_is_pressed(const struct js *value);
/* Whether the value of that sensor means yes; pixma's adf-status is 1 empty, 2 loaded. */
bool sensor_value_is_on(const char *option, const struct js *value);

/*
 * A press counts once: not again within 2.5 s of the one before, and a button that is held down or
 * got stuck not again before it was let go. Source: insaned (2.5 s), peers.
 */
#define BUTTONS_MAX 32
#define BUTTON_NAME_SIZE 64
#define BUTTON_REPEAT_US 2500000

struct buttons_debounce {
    struct {
        char name[BUTTON_NAME_SIZE];
        bool held;
        int64_t counted_us; /* 0: never */
    } button[BUTTONS_MAX];
    size_t count;
};

/* One look at one button. True: this press counts. */
bool buttons_debounce(struct buttons_debounce *memory, const char *name, enum panel_kind kind,
                      bool pressed, int64_t now_us);

/* Array of the names of the active buttons. NULL: out of memory. */
struct js *buttons_names(struct device *device, const struct panel_rules *rules);
/* One round: {"pressed":[names], "sensors":{name: bool}, "values":{name: number or text}}. A name
 * is the option's, or the value where one option stands for several buttons ("email"). Paper in the
 * feeder is "page-loaded" whatever the backend calls it; a press that a rule names by its value has
 * the option's name. NULL: out of memory. */
struct js *buttons_poll(struct device *device, const struct panel_rules *rules,
                        struct buttons_debounce *memory, int64_t now_us);

/* Whether paper lies in the feeder; reads nothing but the sensors that say so. False: no sensor
 * does, *out_loaded is not written. */
bool buttons_paper_sensor(struct device *device, const struct panel_rules *rules, bool *out_loaded);

#endif
