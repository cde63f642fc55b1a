#ifndef SOHOA_BASE_MESSAGES_H
#define SOHOA_BASE_MESSAGES_H

#include "daemon/base/err.h"

/*
 * Texts for people by error code, from daemon/messages/{vi,en}.json, compiled in.
 * Vietnamese for the clerk: what happened, what to do now. English for IT.
 */
enum message_language { MESSAGE_VI, MESSAGE_EN };

/* Never NULL. */
const char *message_text(enum err_code code, enum message_language language);

#endif
