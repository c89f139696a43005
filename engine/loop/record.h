#ifndef ENGINE_LOOP_RECORD_H
#define ENGINE_LOOP_RECORD_H

#include "engine/base/error.h"
#include "engine/base/json.h"

/* Reads a record of the store as strictly as if a stranger had written it: files are edited,
 * restored, half written by an engine of another year.  A member that is not there is its default;
 * one of another kind, or a number beyond what it can mean, is an error that names it.  The first
 * error stays, so that a reader asks for all it wants and looks once at the end. */
struct record {
    struct arena *arena; /* of errors */
    const struct json *body;
    struct error **wrong; /* shared with the members' own records */
};

/* Beyond these nothing means anything, and sums of a fleet's stay within int64. */
#define RECORD_AMOUNT_MOST ((int64_t)1 << 50)         /* bytes, milli: a pebibyte of memory */
#define RECORD_DATE_MOST   ((int64_t)253402300799999) /* 9999-12-31 */
#define RECORD_COUNT_MOST  ((int64_t)1000000000000)

struct str record_text(const struct record *r, const char *key);
bool record_bool(const struct record *r, const char *key, bool absent);
int64_t record_int(const struct record *r, const char *key, int64_t least, int64_t most,
                   int64_t absent);
/* Members that are whole numbers from 0 on, such as amounts by name: calls for each. */
struct record record_object(const struct record *r, const char *key);
/* The i-th of a list of objects; the list is checked by record_list, absent: empty. */
const struct json *record_list(const struct record *r, const char *key);
struct record record_item(const struct record *r, const struct json *list, size_t i);
/* Text members of an object and of a list, by place. */
struct str record_text_at(const struct record *r, const struct json *of, size_t i);
int64_t record_int_at(const struct record *r, const struct json *of, size_t i, int64_t most);

#endif
