#ifndef SOHOA_TESTS_FAULT_RUNS_H
#define SOHOA_TESTS_FAULT_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A scanner of the simulator with three sheets, and what becomes of a batch of all of them: with
 * stock scanimage and with our own device layer, each in a process of its own that is killed when
 * it does not end. The outcome is a sentence, the same at every run. */

#define OUTCOME_MAX 160

struct fault_site {
    char dir[64];
};

/* Environment included. */
void fault_site_make(struct fault_site *site);
void fault_site_remove(struct fault_site *site);
/* Sheets loaded, nothing pressed, plugged in under its first name; `script` into `faults`. */
void fault_site_reset(const struct fault_site *site, const char *script);
void fault_site_put(const struct fault_site *site, const char *name, const char *text);
void fault_site_unlink(const struct fault_site *site, const char *name);
void fault_site_folder(const struct fault_site *site, const char *name);
/* Paper that fills the bed and differs by seed; upside down when turned. */
void fault_site_paper(const struct fault_site *site, const char *name, int seed, bool turned);

struct batch {
    const char *device;  /* NULL: the first one listed, sohoasim:counter when there is none */
    const char *source;  /* "Flatbed" "ADF" "ADF Duplex" */
    const char *options; /* more of scanimage's, "" for none: "--depth=16" */
    double patience_s;
    double once_more_after_s; /* for start_once_more */
};

/* "3 files; sane_start: Document feeder out of documents", "1 files; killed while it hung",
 * "0 files; signal 6" */
void batch_by_scanimage(const struct fault_site *site, const struct batch *batch,
                        char out[OUTCOME_MAX]);
/* Has the last scanimage said that, on either stream? */
bool scanimage_said(const struct fault_site *site, const char *text);
/* scanimage -A: every option with its value. */
void show_options(const struct fault_site *site);
/* The list of devices: "sohoasim:counter", "none", "signal 6". */
void list_by_scanimage(const struct fault_site *site, double patience_s, char out[OUTCOME_MAX]);

/* "3 pages; FEEDER_EMPTY in start", "1 pages; hangs in read", "0 pages; signal 6 in open"; between
 * them what is strange about a page: "3 pages; 2 is one colour; FEEDER_EMPTY in start". A device
 * under another name than its first comes before all that: "sohoasim:counter@7; 1 pages". */
void batch_by_device_layer(const struct batch *batch, char out[OUTCOME_MAX]);
/* Of a page of the batch, from 1, on a freshly loaded feeder; 0: it did not come. */
uint64_t page_hash(const struct fault_site *site, const struct batch *batch, int page);
/* A batch to its end, then one more sane_start with the same handle, that long afterwards: the name
 * of its error. */
const char *start_once_more(const struct batch *batch, double after_s);

/* What came of the frame with which the batch ended. */
size_t bytes_of_last_frame(const struct batch *batch);

#endif
