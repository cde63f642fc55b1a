#ifndef SOHOA_CLI_ALARMS_TELL_H
#define SOHOA_CLI_ALARMS_TELL_H

#include "daemon/base/js.h"

/* Alarms in an answer of GET /v1/status on stderr, each with its command. CLI_FAILED when one
 * stands, else CLI_DONE. */
int alarms_tell(const struct js *status);

#endif
