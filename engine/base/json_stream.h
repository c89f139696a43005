#ifndef ENGINE_BASE_JSON_STREAM_H
#define ENGINE_BASE_JSON_STREAM_H

#include "engine/base/buf.h"
#include "engine/base/error.h"

/* JSON that comes in pieces, too long to be kept or without an end, cut into its objects as they
 * come.  It is either a row of objects with nothing but white space between them (a watch), or one
 * document whose outermost list of a given name holds them (a page of a list).
 *
 * Never more is held than one object, and in a document what stands beside the list.  Objects are
 * cut out by their brackets alone: whether one is sound, json_parse says of it. */
typedef struct error *(*json_stream_item)(void *self, struct str object);

struct json_stream {
    const char *list;      /* name of the document's list; NULL: a row of objects */
    size_t longest;        /* bytes of an object, and of what is beside the list */
    json_stream_item item; /* an error of it ends the stream; the text lives during the call */
    void *self;

    /* The stream's own: */
    struct arena memory; /* of the two texts */
    struct buf object;   /* what has come of the object that is open */
    struct buf beside;   /* the document, without its objects */
    bool is_open, in_list, in_string, escaped;
    int depth;       /* brackets that are open in the object that is, else in the document */
    int outer_depth; /* the document's, while an object is open */
    size_t key_start, key_len; /* the document's last string at depth 1, in `beside` */
};

/* The caller sets the first four members.  After an error only json_stream_restart and _finish are
 * of use. */
MUST_CHECK struct error *json_stream_take(struct json_stream *s, struct arena *a, struct str piece);
/* Nothing may be half there.  *beside: the document, its list empty; of a row of objects, nothing.
 * It lives as long as the stream. */
MUST_CHECK struct error *json_stream_end(struct json_stream *s, struct arena *a,
                                         struct str *beside);
/* Ready for another text of the same kind. */
void json_stream_restart(struct json_stream *s);
void json_stream_finish(struct json_stream *s); /* gives its memory back */

#endif
