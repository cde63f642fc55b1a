#ifndef SOHOA_PIPELINE_SCAN_LIMITS_H
#define SOHOA_PIPELINE_SCAN_LIMITS_H

#include "daemon/base/js.h"

/* When the buttons of a scanner at which nothing runs are looked at. */
enum buttons_when {
    BUTTONS_LEASE,  /* while somebody has it */
    BUTTONS_PAGE,   /* and while the page of a clerk is open, once it was used */
    BUTTONS_ALWAYS, /* and from the start */
};

/*
 * How long things at a scanner may take, all in milliseconds.
 *
 * Calls into SANE have a deadline each, armed anew whenever the scan worker announces a call; one
 * that is overrun ends the worker (TERM, then KILL). Start values: reference sane.md 9.
 */
struct scan_limits {
    int init_ms;       /* sane_init */
    int list_ms;       /* sane_get_devices: all backends, some look around in the network */
    int open_ms;       /* sane_open */
    int option_ms;     /* one sane_control_option */
    int start_ms;      /* sane_start: lamp, feeder */
    int read_ms;       /* without a byte */
    int cancel_ms;     /* sane_cancel, and until a cancelled job has ended */
    int close_ms;      /* sane_close */
    int own_ms;        /* between two calls: writing and flushing the image */
    int busy_ms;       /* a busy or cold device is asked again for that long in all */
    int idle_ms;       /* an unused device is let go */
    int lease_ms;      /* an unused lease ends */
    int lease_idle_ms; /* a lease not used for so long may be taken over by any clerk */
    int poll_ms;       /* buttons are looked at; 0 = never */
    enum buttons_when buttons;
};

extern const struct scan_limits scan_limits_default;

/* Until the worker has announced its first call. */
int scan_limit_first(const struct scan_limits *limits);
/* The deadline from an event of the worker on: of the call it announces ("open", "read"…), own_ms
 * after one; 0 when the event is none of a call. */
int scan_limit_heard(const struct scan_limits *limits, const char *event, const struct js *data);

#endif
