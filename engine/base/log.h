#ifndef ENGINE_BASE_LOG_H
#define ENGINE_BASE_LOG_H

#include "engine/base/str.h"

/* One line per event on stderr, made whole and written by one write(2).  Two forms: hclog JSON
 * (plugin mode, read by Terraform) and `time level event key=value` for people.  The level comes
 * from TF_LOG_PROVIDER, TF_LOG or TENON_LOG; default off in plugin mode, info otherwise.
 * Thread-safe. Values are strings or integers only: types that hold credentials have no way in. */
enum log_level { LOG_TRACE, LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF };
enum log_form { LOG_PLAIN, LOG_HCLOG };

/* Reads the environment; call once, before threads. */
void log_init(enum log_form form);
bool log_wants(enum log_level level);

struct log_field {
    const char *key;
    bool is_int;
    struct str text;
    int64_t number;
};
/* log_event(LOG_INFO, "launched", LOG_STR("claim", id), LOG_INT("count", n)); fields are optional.
 */
#define LOG_STR(k, v) ((struct log_field){.key = (k), .text = (v)})
#define LOG_INT(k, v) ((struct log_field){.key = (k), .is_int = true, .number = (v)})
#define log_event(level, event, ...)                                                 \
    log_write((level), (event), (struct log_field[]){__VA_ARGS__ __VA_OPT__(, ){0}}, \
              sizeof((struct log_field[]){__VA_ARGS__ __VA_OPT__(, ){0}}) /          \
                      sizeof(struct log_field) -                                     \
                  1)
void log_write(enum log_level level, const char *event, const struct log_field *fields,
               size_t count);

#endif
