/*
 * Preloaded where SANE's own backends run in tests. Their reader threads may be cancelled at any
 * instruction, and the test backend cancels each one just as it ends by itself: at times inside its
 * last free(), where glibc keeps a lock for ever (libsane 1.2.1, glibc 2.36; about 1 page in 500
 * on a busy machine, scanimage hangs there, too). Here threads are cancelled in calls that wait,
 * and nowhere else.
 */

int pthread_setcanceltype(int type, int *old_type);

int pthread_setcanceltype(int type, int *old_type)
{
    (void)type;
    if (old_type)
        *old_type = 0; /* deferred */
    return 0;
}
