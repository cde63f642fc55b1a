#ifndef SOHOA_WORKERS_CONFINE_H
#define SOHOA_WORKERS_CONFINE_H

/*
 * A worker takes its own rights away before it touches what others made. What each program keeps
 * is one row of confine_profiles.c. Two fences, both for the rest of the process's life and for its
 * children:
 *
 *   calls   seccomp: system calls that no worker needs; sockets and connections where the row has
 *           no network; new programs where the row starts none
 *   files   Landlock: folders and files that the row and the caller name, nothing else. Descriptors
 *           that come with a request are not affected.
 *
 * What is denied fails with EPERM or EACCES, like any call; nothing is killed for it. A kernel
 * without one of the fences (Landlock: before 5.19, or switched off) gets one line in the log, and
 * the worker goes on without.
 *
 * Called by main before worker_serve and before the first thread. `program` has to have a row.
 */

/* Both. `folders` (ends with NULL; NULL for none) are those of the command line which the program
 * may write; one that is missing stays out of reach even if it is made later. */
void confine_worker(const char *program, const char *const folders[]);

/* One at a time, for a program that learns its folders later. Further calls of confine_files can
 * only take away more. */
void confine_calls(const char *program);
void confine_files(const char *program, const char *const folders[]);

#endif
