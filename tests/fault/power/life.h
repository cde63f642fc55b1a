#ifndef SOHOA_TESTS_POWER_LIFE_H
#define SOHOA_TESTS_POWER_LIFE_H

#include "tests/harness/test.h"

#include "daemon/base/js.h"
#include "daemon/ipc/store_client.h"

#include <stdbool.h>

typedef struct sd_event sd_event;

/*
 * What sohoad is to its store: an event loop, the supervisor, store_client, and a real store worker
 * under disk_recorder.so that can be told at which of its calls it dies. Nobody dies twice of one
 * telling.
 */

struct life {
    char *folder, *store, *kill_file;
    char *env[5];
    const char *argv[6];
    bool takes_all; /* with the store worker sohoad dies */
    bool noticed;   /* it did */
    unsigned lives;
    sd_event *loop;
    struct worker *worker;
    struct store_client *client;
};

void life_begin(struct life *life, const char *folder, bool takes_all);
void life_end(struct life *life);

void life_dies_at(struct life *life, unsigned nth, bool half);
void life_dies_no_more(struct life *life);
bool life_has_died(const struct life *life);

struct answer {
    bool came;
    struct js *ok;
    int fd;
    enum err_code code;
    char detail[sizeof((struct err *)0)->detail];
};
void answer_done(struct answer *answer);
#define AUTO_ANSWER __attribute__((cleanup(answer_done))) struct answer

/* Sends; args are taken over, a principal is put in. */
void life_send(struct life *life, const char *op, struct js *args, struct answer *answer);
/* Until that answer is there. WORKER_DIED: who knows whether it happened; sohoad has begun anew if
 * it died, too. */
enum err_code life_wait(struct life *life, struct answer *answer);
/* The two together. */
enum err_code life_ask(struct life *life, const char *op, struct js *args, struct answer *answer);
/* Again when sohoad died over it: for questions. Fails the test with an error. */
void life_must(struct life *life, const char *op, const struct js *args, struct answer *answer);

#endif
