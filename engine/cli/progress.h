#ifndef ENGINE_CLI_PROGRESS_H
#define ENGINE_CLI_PROGRESS_H

/* One line on stderr that says what is being done, for as long as it is done.  Nothing where stderr
 * is no terminal. */
void progress_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Takes the line away. */
void progress_end(void);

#endif
