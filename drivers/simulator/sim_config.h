#ifndef SOHOA_SIMULATOR_SIM_CONFIG_H
#define SOHOA_SIMULATOR_SIM_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The simulator's small text files: settings, the pile of paper, scripted faults. Lines; '#' begins
 * a comment line; lines that make no sense are reported by number. Parsers take bytes and touch no
 * disk. The simulator is a backend that any SANE program loads, so it uses nothing of Sohoa.
 */

#define SIM_PATH_MAX 4096

/* sohoasim.conf: "key value" a line. */
struct sim_config {
    char folder[SIM_PATH_MAX]; /* images of paper; pile.txt */
    char state[SIM_PATH_MAX];  /* where the pile stands; default: folder */
    double bed_width_mm, bed_height_mm;
    int lid;         /* grey of what lies behind the paper, 0..255 */
    int default_dpi; /* of images that do not say */
    bool pace;       /* rows come no faster than a real scanner's */
};

/* folder PATH · state PATH · bed 216x297 · lid 0..255 · dpi 50..1200 · pace yes|no.
 * Keys not named keep their value. False: *out_line is the first bad line. */
bool sim_config_parse(const char *text, size_t size, struct sim_config *config, int *out_line);
/* Defaults, then $SANE_CONFIG_DIR/sohoasim.conf, then $SOHOASIM_DIR and $SOHOASIM_STATE, then what
 * FOLDER/sohoasim.conf says about the paper. False: nothing names a folder, or a line is bad. */
bool sim_config_load(struct sim_config *config);

/* pile.txt: one sheet a line, "front.jpg" or "front.jpg<TAB>back.jpg". */
struct sim_sheet {
    char *front;
    char *back; /* NULL: the back is empty paper */
};

struct sim_pile {
    struct sim_sheet *sheets;
    size_t count;
};

#define SIM_SHEETS_MAX 10000

bool sim_pile_parse(const char *text, size_t size, struct sim_pile *out, int *out_line);
/* FOLDER/pile.txt, or without it every image of the folder as one single-sided sheet, in natural
 * order ("p2" before "p10"). */
bool sim_pile_load(const char *folder, struct sim_pile *out);
void sim_pile_done(struct sim_pile *pile);

/* faults: "sheet N KIND [PERCENT]" a line; sheet 0 is the glass, PERCENT of the page's rows. */
enum sim_fault_kind {
    SIM_FAULT_NONE,
    SIM_FAULT_JAM,    /* JAMMED after those rows */
    SIM_FAULT_COVER,  /* COVER_OPEN */
    SIM_FAULT_IO,     /* IO_ERROR */
    SIM_FAULT_SHORT,  /* EOF after those rows, as if the page were whole */
    SIM_FAULT_DOUBLE, /* the sheet takes the next one along */
    SIM_FAULT_STALL,  /* no row comes until the scan is cancelled */
    SIM_FAULT_HANG,   /* never comes back, not even on cancel */
    SIM_FAULT_CRASH,  /* abort() */
};

struct sim_fault {
    int sheet;
    enum sim_fault_kind kind;
    int percent;
};

#define SIM_FAULTS_MAX 64

struct sim_faults {
    struct sim_fault list[SIM_FAULTS_MAX];
    size_t count;
};

bool sim_faults_parse(const char *text, size_t size, struct sim_faults *out, int *out_line);
/* STATE/faults; no file means no faults. */
bool sim_faults_load(const char *state, struct sim_faults *out);
/* SIM_FAULT_NONE when nothing is scripted for that sheet. */
struct sim_fault sim_fault_for(const struct sim_faults *faults, int sheet);

/* One line on stderr when $SANE_DEBUG_SOHOASIM is set, as backends do. */
void sim_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
