#ifndef ENGINE_CORE_ROOMS_H
#define ENGINE_CORE_ROOMS_H

#include "engine/core/free_rooms.h"
#include "engine/core/market.h"

/* What existing claims still have room for: ready ones first, then those on their way; among each,
 * those that may hold pods which nobody knows come first; else by name.  Claims that drain or
 * terminate, that the cloud takes away, and those of pools that are being destroyed, have none; one
 * that is unhealthy has, but admits nobody.
 *
 * All that happens to rooms is noted, so that rooms_undo can take it back: a decision tries much
 * that it does not keep. */
enum admits { ADMITS_UNKNOWN, ADMITS_NOT, ADMITS, ADMITS_UNWILLINGLY };
struct room {
    const struct claim *claim;
    size_t pool;   /* of the world; SIZE_MAX: the engine does not know it */
    uint32_t cell; /* of the topology; NO_DOMAIN: not known yet */
    struct resources rest;
    struct companies company; /* who is there and who is to come */
    size_t guests;            /* pods that are to be placed here, and pieces of headroom */
    bool due;                 /* too old or drifted: it stays for now, but not for long */
    bool leaving;             /* it goes as soon as its pods have a place */
    bool given_up;            /* it did not become ready in time, and goes now */
    uint8_t *admits;          /* by cohort, as far as it has been asked: an enum admits */
    size_t admits_count;
};

/* One pod placed, or taken to be leaving or staying after all. */
struct room_change {
    size_t room;
    uint32_t shape;
    enum { ROOM_PLACED, ROOM_TURNED } kind;
    struct companies company; /* as it was */
};

/* What apportioning has found out of where pods could be (places.h), as things were when rooms had
 * that version. */
struct known_places {
    const struct places **items;
    size_t count, capacity;
    size_t version;
};

/* The rooms that took a shape when it was last asked, out of the first `seen`; more than OPEN_MOST
 * are not remembered.  Rooms only fill up until something is undone, so each of a thousand nodes
 * that leave need not look through all that are full already. */
struct open_rooms {
    size_t seen, undone;
    uint32_t *rooms; /* ascending */
    size_t count;
};
enum { OPEN_MOST = 64 };

struct rooms {
    struct room *items;
    size_t count, capacity;
    size_t version; /* another whenever a room has come or gone */
    struct known_places known;
    struct free_rooms free; /* all of them; made when somebody seeks and they are others */
    bool free_known;
    struct open_rooms *open; /* by shape, as far as it has been asked */
    size_t open_count;
    size_t undone; /* another whenever a room may have become emptier */
    /* Rooms of the claims that were launched for a pod that is not there, by the pod's place in the
     * world: those from planned_from[i] to planned_from[i + 1].  Made when somebody first seeks;
     * NULL: not yet. */
    size_t *planned;
    size_t *planned_from;
    struct room_change *changes;
    size_t change_count, change_capacity;
};

/* A pod that needs a place, with those that have to share its node, and the one it got. */
struct seeker {
    const struct pod *pod;
    struct room *room;              /* NULL: none */
    const struct pod *const *mates; /* without itself */
    uint32_t mate_count;
    uint32_t shape;
    uint32_t full; /* the shape that it came with: all that it prefers is held */
    uint32_t own;  /* the one that it has by itself, when `shape` is confined to cells */
    bool nowhere;  /* what it asks of where other pods are leaves it no place */
    bool begins;   /* it wants its own kind on its node, and is the first of it */
    bool lonely;   /* and nothing could: whom it wants on its node it cannot have there */
};

/* Which rooms to look at. */
enum seek { SEEK_LASTING, SEEK_DUE, SEEK_LEAVING };

void rooms_make(struct market *m, struct rooms *out);
/* May anybody come there at all?  On a node that is not healthy nothing starts, and what is sent
 * there waits unseen.  One that starts is not judged before it is given up. */
bool room_is_sound(const struct room *r);
/* Do its labels, taints, cell and DaemonSets' ports admit the shape? */
bool room_admits(struct market *m, struct room *r, uint32_t shape);
/* Has it room for one of the shape, and bears it beside who is there? */
bool room_takes(struct market *m, struct room *r, uint32_t shape);
/* Gives the seeker a place there. */
void rooms_put(struct market *m, struct rooms *r, size_t at, struct seeker *s);
/* One more, of a claim that is about to be.  Pointers to rooms from before are then stale. */
void rooms_add(struct market *m, struct rooms *r, const struct claim *c, size_t pool);
/* Finds places for those that have none: first on the claims that were launched for a pod, then
 * largest first wherever there is room.  Where pods are not welcome (PreferNoSchedule) they go
 * last, and not at all while the market heeds preferences. */
void rooms_seek(struct market *m, struct rooms *r, struct seeker *seekers, size_t count,
                enum seek which);
/* The first room from place `from` on that takes one of the shape and that nobody is to leave;
 * SIZE_MAX: there is none. */
size_t rooms_next(struct market *m, struct rooms *r, uint32_t shape, size_t from);
/* The first room that a claim was launched as for the seeker's pod, that takes the shape and that
 * nobody is to leave; NULL: there is none. */
struct room *rooms_planned_for(struct market *m, struct rooms *r, const struct seeker *s);
/* Was a claim launched for any of them? */
bool rooms_are_planned(struct market *m, struct rooms *r, const struct seeker *seekers,
                       size_t count);
/* Room for one of the shape is taken there, though no pod comes. */
void rooms_hold(struct market *m, struct rooms *r, size_t room, uint32_t shape);
void rooms_set_leaving(struct market *m, struct rooms *r, size_t room, bool leaving);
/* As things were when there were so many rooms and so many changes of them. */
void rooms_undo(const struct market *m, struct rooms *r, size_t count, size_t change_count);

#endif
