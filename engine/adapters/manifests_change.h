#ifndef ENGINE_ADAPTERS_MANIFESTS_CHANGE_H
#define ENGINE_ADAPTERS_MANIFESTS_CHANGE_H

#include "engine/base/error.h"

/* Nothing but white space and the marks of empty documents: not as much as a comment. */
bool manifest_is_empty(struct str text);

/* What a new text of a manifest does to the pods of the one before, each read by itself. */
struct manifest_change {
    struct error *wrong; /* of the new text, which then says nothing */
    bool is_empty;
    size_t had, lost; /* pods of the old text, and those of them that the new one lacks */
};

/* A text whose ptr is NULL is that of no file. */
struct manifest_change manifest_change(struct arena *keep, struct str name, struct str before,
                                       struct str now);

#endif
