#ifndef ENGINE_ADAPTERS_ORDERS_H
#define ENGINE_ADAPTERS_ORDERS_H

#include "engine/base/arena.h"
#include "engine/base/cancel.h"

/* A queue of orders and the threads that carry them out, for ports whose submits must not wait.
 * Threads are started when an order finds none idle, up to a bound; orders begin in the order they
 * came in, and run side by side. */
struct orders;

struct order {
    struct order *next; /* the queue's */
    struct arena arena; /* holds `what`, and whatever the order makes on its way */
    void (*run)(void *self, struct order *order, struct cancel *stop);
    const void *what; /* it is about: whoever submits it and `run` know */
};
struct order *order_new(void (*run)(void *self, struct order *order, struct cancel *stop));

/* `self` is passed to every order. */
struct orders *orders_new(void *self, size_t max_threads);
/* Takes the order over; never waits. */
void orders_submit(struct orders *o, struct order *order);
/* Raises every order's `stop` and returns.  Every order that was submitted still runs, those in the
 * queue with `stop` raised, so that each can answer whoever waits for it.  Any thread. */
void orders_stop(struct orders *o);
/* Stops, and returns when the last order has ended: reads end at once, a change that was sent has
 * the time that its HTTP request has.  NULL is fine. */
void orders_free(struct orders *o);

/* Runs all parts at the same time and returns when the last has ended. */
struct errand {
    void (*run)(void *arg);
    void *arg;
};
void errands_run(const struct errand *parts, size_t count);

#endif
