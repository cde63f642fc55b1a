#ifndef SOHOA_SIMULATOR_SCRIPT_H
#define SOHOA_SIMULATOR_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The file `faults`: what goes wrong, one line each.
 *
 *   WHERE KIND [at PLACE] [by SIZE] [for N s] [as N] [once | N times]
 *
 *   WHERE  sheet N [front|back]  (sheet 0 is the glass)
 *          init | list | open | option | start | read | cancel | close   (that call of SANE)
 *   PLACE  start | N% | N bytes | N rows; a bare number is percent; 50% where nothing is said
 *   SIZE   N bytes | N rows | N%
 *
 * Which kind may stand where is one table in script.c. Parsing takes bytes and touches no disk.
 */

enum sim_call {
    SIM_CALL_PAGE, /* none: it belongs to a sheet */
    SIM_CALL_INIT,
    SIM_CALL_LIST,
    SIM_CALL_OPEN,
    SIM_CALL_OPTION,
    SIM_CALL_START,
    SIM_CALL_READ, /* the first one of a page */
    SIM_CALL_CANCEL,
    SIM_CALL_CLOSE,
};

enum sim_fault_kind {
    SIM_FAULT_NONE,
    SIM_FAULT_STATUS,  /* the call answers `status` */
    SIM_FAULT_STALL,   /* nothing happens until the scan is cancelled */
    SIM_FAULT_HANG,    /* never comes back, not even on cancel */
    SIM_FAULT_SLOW,    /* comes back late */
    SIM_FAULT_CRASH,   /* abort() */
    SIM_FAULT_VANISH,  /* pulled out, and back under another name */
    SIM_FAULT_SHORT,   /* EOF too early, as if the page were whole */
    SIM_FAULT_LONG,    /* more rows than the parameters say */
    SIM_FAULT_WIDE,    /* more bytes a row than the parameters say */
    SIM_FAULT_NARROW,  /* fewer */
    SIM_FAULT_UNSIZED, /* lines -1 */
    SIM_FAULT_COARSE,  /* half the resolution that was asked */
    SIM_FAULT_WHITE,   /* one colour */
    SIM_FAULT_BLACK,
    SIM_FAULT_SAME,   /* shows the page before it once more */
    SIM_FAULT_DOUBLE, /* takes the next sheet along */
};

enum sim_unit { SIM_PERCENT, SIM_BYTES, SIM_ROWS, SIM_AT_START };

struct sim_fault {
    enum sim_call call;
    int sheet;
    bool back;
    enum sim_fault_kind kind;
    int status; /* of SANE, with SIM_FAULT_STATUS */
    enum sim_unit at_unit;
    int at;
    enum sim_unit by_unit;
    int by;
    double seconds; /* 0: not said */
    int port;       /* of the name it comes back under; 0: the same */
    int times;      /* 0: always */
};

#define SIM_FAULTS_MAX 64

struct sim_script {
    struct sim_fault list[SIM_FAULTS_MAX];
    size_t count;
    int64_t stamp, size; /* of the file; 0 0 without one */
};

bool sim_script_parse(const char *text, size_t size, struct sim_script *out, int *out_line);
/* STATE/faults; no file means no faults. False: a line makes no sense, which is said on stderr. */
bool sim_script_load(const char *state, struct sim_script *out);
/* Has the file been written since? */
bool sim_script_is_stale(const char *state, const struct sim_script *script);

/* Faults before the rollers take the sheet: it stays in the feeder. */
bool sim_fault_spares_sheet(const struct sim_fault *fault);
/* Does it belong to that side of that sheet? */
bool sim_fault_is_on(const struct sim_fault *fault, int sheet, bool back);

#endif
