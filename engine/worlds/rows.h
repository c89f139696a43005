#ifndef ENGINE_WORLDS_ROWS_H
#define ENGINE_WORLDS_ROWS_H

#include "engine/core/decide.h"

/* What a world and a decision consist of, member by member: one table a struct, from which they are
 * written and read (kept.h).  `tests/lint/rows` holds the tables against the headers of the core,
 * so that a member which somebody adds cannot be forgotten here. */
enum row_kind {
    ROW_TEXT,
    ROW_INT, /* int64_t */
    ROW_BOOL,
    ROW_ENUM,    /* below `most` */
    ROW_AMOUNTS, /* struct resources */
    ROW_NAMES,   /* struct resource_table */
    ROW_PART,    /* a struct within */
    ROW_LIST,    /* pointer and count: the i-th resembles the i-th of the last such list */
    ROW_SERIES,  /* the same, and each resembles the one before it */
    ROW_BY_POOL, /* pointer to as many as the world has pools */
    ROW_SHARED,  /* pointer to what others point to as well */
    ROW_OPTION,  /* struct launch_option: a type with one of its offerings */
    ROW_PLACE,   /* pointer into an array of the world: `table` says which */
    ROW_LEFT_OUT /* not kept: made anew from the rest, or a hint */
};

/* Tables that can be referred to, and the number of all. */
enum table_name {
    TABLE_WORLD,
    TABLE_FACTS,
    TABLE_POOL,
    TABLE_CONSOLIDATION,
    TABLE_SHARE,
    TABLE_BUDGET,
    TABLE_SCHEDULE,
    TABLE_CRON,
    TABLE_TIME_ZONE,
    TABLE_CLOCK_CHANGE,
    TABLE_POD,
    TABLE_CLAIM,
    TABLE_POD_SPEC,
    TABLE_CATALOG,
    TABLE_INSTANCE_TYPE,
    TABLE_OFFERING,
    TABLE_TEXT,
    TABLE_NAMES,
    TABLE_LABEL,
    TABLE_LABELS,
    TABLE_TAINT,
    TABLE_TAINTS,
    TABLE_TOLERATION,
    TABLE_TOLERATIONS,
    TABLE_REQUIREMENT,
    TABLE_REQUIREMENTS,
    TABLE_LIMITS,
    TABLE_HEADROOM,
    TABLE_LABEL_SELECTOR,
    TABLE_POD_SELECTOR,
    TABLE_TOPOLOGY_TERM,
    TABLE_PREFERENCE,
    TABLE_HOST_PORT,
    TABLE_HELD_VOLUME,
    TABLE_DAEMON,
    TABLE_POD_BUDGET,
    TABLE_NAMESPACE,
    TABLE_LAUNCH_OPTION,
    TABLE_PLACE_OF_POD,
    TABLE_PLACE_OF_CLAIM,
    TABLE_ACTION,
    TABLE_WAITING,
    TABLE_RELAXED,
    TABLE_HELD,
    TABLE_NEVER_MET,
    TABLE_POOL_VERDICT,
    TABLE_DECISION,
    TABLE_COUNT
};

enum { NO_MEMBER = UINT16_MAX, ROWS_MOST = 40 };

struct row {
    const char *name;
    enum row_kind kind;
    uint16_t offset, size;
    uint16_t count, capacity; /* of lists, offsets; NO_MEMBER: there is no such member */
    enum table_name table;
    int64_t most; /* of an enum */
    bool passes;  /* the time, or an age: it changes by itself */
};

struct table {
    const char *name; /* of the struct */
    const struct row *rows;
    size_t count, size;
};
extern const struct table tables[TABLE_COUNT];

#endif
