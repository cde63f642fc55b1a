#ifndef SOHOA_SIMULATOR_SIM_CONFIG_H
#define SOHOA_SIMULATOR_SIM_CONFIG_H

#include "drivers/simulator/sim_text.h"

#define SIM_NAME_MAX 32
#define SIM_DEVICES_MAX 8
#define SIM_BUTTONS_MAX 8

enum sim_button_kind { SIM_BUTTON_BOOL, SIM_BUTTON_INT, SIM_BUTTON_TEXT };

struct sim_button {
    char name[SIM_NAME_MAX];
    enum sim_button_kind kind;
    bool held; /* stays pressed until somebody lets go; else reading clears it */
};

/* One device of sohoasim.conf: "key value" lines. */
struct sim_config {
    char name[SIM_NAME_MAX];
    char folder[SIM_PATH_MAX]; /* images of paper; pile.txt */
    char state[SIM_PATH_MAX];  /* where the pile stands; default: folder */
    double bed_width_mm, bed_height_mm;
    int lid;           /* grey of what lies behind the paper, 0..255 */
    int default_dpi;   /* of images that do not say */
    bool pace;         /* rows come no faster than a real scanner's */
    bool backs_turned; /* backs come upside down */
    struct sim_button buttons[SIM_BUTTONS_MAX];
    size_t button_count; /* the first is "scan" */
};

struct sim_devices {
    struct sim_config list[SIM_DEVICES_MAX];
    size_t count;
};

/* What holds where nothing is said: one device "counter". */
void sim_config_default(struct sim_config *config);
/* folder PATH · state PATH · bed 216x297 · lid 0..255 · dpi 50..1200 · pace yes|no ·
 * backs upright|turned · button NAME bool|int|text [held].
 * Keys not named keep their value. False: *out_line is the first bad line. */
bool sim_config_parse(const char *text, size_t size, struct sim_config *config, int *out_line);
/* The same with sections that begin with "device NAME"; lines before the first are `common` and
 * hold for all. A device's own folder and state stay empty where its section names none. */
bool sim_devices_parse(const char *text, size_t size, struct sim_config *common,
                       struct sim_devices *out, int *out_line);
/* Defaults, then $SANE_CONFIG_DIR/sohoasim.conf, then $SOHOASIM_DIR and $SOHOASIM_STATE for the
 * common folder and state, then what FOLDER/sohoasim.conf says about the paper. A device without a
 * folder of its own has FOLDER/NAME. False: nothing names a folder, or a line is bad, which is said
 * on stderr. */
bool sim_devices_load(struct sim_devices *out);

#endif
