#ifndef ENGINE_ADAPTERS_API_SHELF_H
#define ENGINE_ADAPTERS_API_SHELF_H

#include "engine/base/index.h"
#include "engine/base/json.h"

/* Objects of an API server, of one kind, by name: what is to be known of them between two of their
 * changes.  Of each that is its uid, and the text of those that have to be read again when others
 * change; most pods are not among these, so that 100,000 of them take little. */
struct shelf_item {
    struct indexed name; /* namespace/name, or the name */
    struct str uid;
    struct str uses; /* names with a blank behind each: of a pod its volume claims, of a volume's
                        attachment its node */
    char *text;      /* NULL: it is not kept */
    size_t text_length;
    unsigned listing; /* the list that had it last */
    bool touched;     /* it is to be read, or read again: its text, or what that depends on, is
                         another */
    char bytes[];
};

struct shelf {
    struct index items;
    unsigned listing; /* how many lists have begun */
    size_t touched;   /* how many items are */
};

struct shelf_item *shelf_find(const struct shelf *s, struct str name); /* NULL: it is not there */
/* The object is there, as one of the list at hand or since.  One that has the name with another
 * uid has gone, and is replaced. */
struct shelf_item *shelf_put(struct shelf *s, struct str name, struct str uid, struct str uses);
/* Keeps that text of it; false: that is what was kept. */
bool shelf_keep(struct shelf_item *i, struct str text);
void shelf_touch(struct shelf *s, struct shelf_item *i);
void shelf_settle(struct shelf *s, struct shelf_item *i); /* it has been read */
void shelf_remove(struct shelf *s, struct shelf_item *i);
/* What the list at hand did not name is gone; tells whether there was any. */
bool shelf_sweep(struct shelf *s);
void shelf_clear(struct shelf *s);

/* All that are there, sorted by name. */
struct shelf_item **shelf_sorted(struct arena *a, const struct shelf *s);

/* What of an object decides anything, as text: without the marks of who wrote what and when.
 * Objects whose status is not looked at are kept without it. */
struct str shelf_text(struct arena *a, const struct json *object, bool with_status);
/* The tree of what is kept, in the arena. */
const struct json *shelf_tree(struct arena *a, const struct shelf_item *i);

#endif
