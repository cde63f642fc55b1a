#ifndef SOHOA_STORE_CATALOG_RESULTS_H
#define SOHOA_STORE_CATALOG_RESULTS_H

#include "queue/store/store.h"

/* Result papers of a procedure as the national portal lists them in one cell:
 * "KQ.G01.000020=Công văn …; KQ.G01.000021=…". Names have semicolons in them: a new paper begins
 * only where a code stands. [{"code", "name"}…]; NULL text: none. */
enum err_code catalog_results(const char *text, struct js **out, struct err *err);

#endif
