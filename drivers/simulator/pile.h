#ifndef SOHOA_SIMULATOR_PILE_H
#define SOHOA_SIMULATOR_PILE_H

#include <stdbool.h>
#include <stddef.h>

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

/* Takes bytes and touches no disk. False: *out_line is the first bad line. */
bool sim_pile_parse(const char *text, size_t size, struct sim_pile *out, int *out_line);
/* FOLDER/pile.txt, or without it every image of the folder as one single-sided sheet, in natural
 * order ("p2" before "p10"). */
bool sim_pile_load(const char *folder, struct sim_pile *out);
void sim_pile_done(struct sim_pile *pile);

#endif
