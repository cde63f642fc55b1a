#ifndef SOHOA_DRIVERS_SANE_ENVIRONMENT_H
#define SOHOA_DRIVERS_SANE_ENVIRONMENT_H

/*
 * What libsane reads from its surroundings, set before each sane_init.
 *
 * Its loader takes the list of backends from the first dll.conf of the folders in SANE_CONFIG_DIR
 * and keeps that list of folders as long as the process lives. So one private folder stands in
 * front of it, holds a dll.conf of one name while a device of that backend is opened, and is empty
 * while devices are listed. Everything else is read from the folders behind it. A process that was
 * given such a private folder keeps it untouched.
 * Source: backend/dll.c, sanei/sanei_config.c of sane-backends 1.2.1.
 */

/* Before sane_init: only `backend` is loaded; NULL or no plain name: the machine's whole list. A
 * folder that cannot be made leaves the whole list, too. Texts of backends stay untranslated. */
void sane_environment_prepare(const char *backend);
/* The folder again, and those of killed processes before. */
void sane_environment_clean(void);

#endif
