#ifndef ENGINE_HOST_INSIDE_H
#define ENGINE_HOST_INSIDE_H

#include "engine/adapters/store_door.h"
#include "engine/adapters/store_engine.h"
#include "engine/base/json.h"
#include "engine/base/monitor.h"
#include "engine/host/host.h"

/* What the files of the host share. */

enum run_state {
    RUN_NONE,
    RUN_ACTIVE,   /* the thread runs */
    RUN_STOPPING, /* it was told to end, and awaits the answers to what it has sent */
    RUN_ENDED,    /* it is over and to be joined */
};

/* Somebody who needs to know what a class can launch. */
struct catalog_wait {
    struct catalog_wait *next;
    struct arena *arena; /* of the answer */
    struct str node_class, document;
    const struct pool *pool; /* to be served by it; NULL: only asked whether it is known */
    bool answered;
    struct error *error;
};

struct host {
    struct arena arena; /* of the settings */
    struct host_settings settings;
    struct host_factory factory;
    struct pools door;

    pthread_mutex_t store_lock;
    struct store_door *store; /* opened at first use */
    bool store_is_ready;      /* to be written to */
    struct arena store_arena;
    struct error
        *store_away; /* in that: why a cluster's could not be opened; NULL: it was not tried */
    int64_t store_away_until_ms;
    struct other *others; /* fleets elsewhere, as they were asked for */

    /* Held while adapters and the engine are begun, told to stop and freed, never while their end
     * is awaited.  Adapters may take locks of their own and post under them, so `news` is never
     * held while one is called. */
    pthread_mutex_t life;
    struct store_engine *store_engine;
    struct host_ports ports;
    bool ports_are_open;
    pthread_t thread;
    struct arena run_arena; /* of one run of the engine */

    /* Held for a moment only; all that events and waiters look at. */
    struct monitor news;
    struct engine *engine;
    unsigned needs;         /* who waits for what the engine does */
    unsigned users;         /* of the ports: the engine's thread, and puts that ask the cloud */
    bool ports_are_stopped; /* they come to their end: nobody begins to use them */
    enum run_state run;
    struct error *run_error; /* of the last run, in run_arena */
    int64_t ended_ms;
    bool workload_answered, workload_known;
    char workload_problem[1024];
    struct catalog_wait *waits;
};

/* The store for doors; opened at first use, and made where there is none. */
MUST_CHECK struct error *host_store(struct host *h, struct arena *a, struct store_door **out);
/* For what a plan asks, which makes nothing: ERROR_NOT_FOUND where there is none. */
MUST_CHECK struct error *host_store_there(struct host *h, struct arena *a, struct store_door **out);

/* stores.c: any store, by its settings.  With `fleet` NULL, whoever's it is. */
bool host_store_is_cluster(const struct host_settings *s);
enum store_use {
    STORE_READ,   /* ERROR_NOT_FOUND where there is none */
    STORE_MAKE,   /* for doors; made where there is none */
    STORE_FOLLOW, /* for an engine; likewise */
};
MUST_CHECK struct error *host_open_store(struct arena *a, const struct host_settings *s,
                                         enum store_use use, const struct fleet_identity *fleet,
                                         struct store **out);
/* "sqlite:PATH" or "kubernetes" */
MUST_CHECK struct error *host_store_name(struct arena *a, const struct host_settings *s,
                                         struct str *out);
/* Cloud and cluster, opened at first use and there until they are let go of.  They may have been
 * told to stop just now: then their end is awaited first (ERROR_CANCELLED). */
MUST_CHECK struct error *host_hold_ports(struct host *h, struct arena *a, struct cancel *cancel,
                                         struct host_ports *out);
void host_let_ports(struct host *h);

/* engine.c: the engine runs while it is needed. */
MUST_CHECK struct error *host_need(struct host *h, struct arena *a, bool all_pools,
                                   bool until_settled);
/* The last one stops it, and before that lets it end what it began for whomever (false: the
 * deadline came first).  When `cancel` is raised, reads and retries of the adapters end, too, and
 * this returns within two seconds: the thread awaits what it has sent by itself. */
bool host_unneed(struct host *h, struct cancel *cancel, int64_t deadline_ms);
/* Starts it again where it has ended, by itself not more often than once a second. */
void host_keep_running(struct host *h);
/* Sleeps until an adapter has spoken, a little at most; inside of `news`. */
void host_doze(struct host *h);
/* Ends it for good, whoever waited having returned. */
void host_end(struct host *h);
/* Why the last run ended, empty: it did not fail. */
struct str host_run_problem(struct host *h, struct arena *a);
struct event_sink host_sink(struct host *h);
/* Why the pods are not known; inside of `news`. */
struct error *host_workload_error(const struct host *h, struct arena *a);

/* access.c: the member "access" of the settings record, and what that record is made of: texts of a
 * struct by their keys, in the order they are written (empty ones are not), and lists of texts. */
struct record;
void access_write(struct json_writer *w, const struct host_settings *s);
void access_read(const struct record *settings, struct host_settings *out);
struct text_row {
    const char *key;
    size_t offset;
};
#define TEXT_ROW(key, type, member) \
    {                               \
        key, offsetof(type, member) \
    }
void host_write_rows(struct json_writer *w, const struct text_row *rows, size_t count,
                     const void *from);
void host_read_rows(const struct record *r, const struct text_row *rows, size_t count, void *to);
void host_write_texts(struct json_writer *w, const char *key, const struct str *texts,
                      size_t count);
const struct str *host_read_texts(const struct record *r, const char *key, size_t *count);

/* cluster_access.c: a connection to the API server, as the settings have it.  May ask EKS. */
struct cluster_client {
    struct arena secrets; /* of the access */
    struct kube_client *kube;
};
MUST_CHECK struct error *cluster_client_new(struct arena *a, const struct host_settings *s,
                                            struct cluster_client **out);
void cluster_client_free(struct cluster_client *c); /* NULL is fine */

/* prove.c: may the store's engine act with these credentials?  Asks STS, unless the store has no
 * account; from then on the client is held to it. */
MUST_CHECK struct error *host_prove(struct host *h, struct arena *a, struct cancel *cancel);

/* specs.c: records of pools and classes. */
struct str spec_record_kind(enum spec_kind kind);
struct str spec_key(struct arena *a, enum spec_kind kind, struct str name); /* pool/NAME */
MUST_CHECK struct error *spec_read(struct arena *a, struct store_door *s, enum spec_kind kind,
                                   struct str name, struct spec *out);
/* What is stored by that name, if anything, and the record itself for store_door_swap. */
MUST_CHECK struct error *spec_see(struct arena *a, struct store_door *s, enum spec_kind kind,
                                  struct str name, struct record_list *seen, struct spec *out,
                                  bool *found);
/* The error of a uid that was destroyed (NULL: it was not), and what it was read from. */
MUST_CHECK struct error *spec_check_alive(struct arena *a, struct store_door *s,
                                          const struct spec *spec, struct record_list *seen);
struct store_record spec_write(struct arena *a, const struct spec *spec);
/* What the engine last said of it; an empty object when that was of another uid or document, or
 * when it has not spoken yet. */
MUST_CHECK struct error *spec_status(struct arena *a, struct store_door *s, const struct spec *spec,
                                     struct json *out);

struct error *host_put(void *self, struct arena *a, struct cancel *cancel, const struct spec *spec);
struct error *host_restore(void *self, struct arena *a, const struct spec *spec, bool *converged);
void host_preview(void *self, struct arena *a, const struct spec *spec, const struct str *unknown,
                  size_t unknown_count, struct convergence *out);
/* effect.c */
void preview_effect(struct host *h, struct arena *a, const struct spec *spec,
                    const struct str *unknown, size_t unknown_count, struct convergence *out);
struct error *host_converge(void *self, struct arena *a, struct cancel *cancel,
                            const struct spec *spec, int64_t deadline_ms, struct convergence *out);
struct error *host_remove(void *self, struct arena *a, struct cancel *cancel, enum spec_kind kind,
                          struct str name, struct str uid, int64_t deadline_ms);

/* elsewhere.c: fleets that the provider has left. */
struct error *host_elsewhere(void *self, struct arena *a, struct str region, struct str cluster,
                             const struct pools **out);
void host_free_others(struct host *h);

void notice_add(struct arena *a, struct convergence *c, bool is_error, struct str path,
                struct str summary, struct str detail);

#endif
