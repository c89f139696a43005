#include "provider/resource/clients.h"

#include <pthread.h>

#include "engine/base/memory.h"

/* A configuration names few regions, so a list is enough. */
struct elsewhere {
    struct elsewhere *next;
    struct aws_client *client;
};

struct clients {
    pthread_mutex_t lock; /* guards the list; clients on it stay as they are */
    struct elsewhere *list;
};

struct clients *clients_new(void)
{
    struct clients *c = must_have(calloc(1, sizeof(*c)));
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void clients_free(struct clients *c)
{
    if (!c)
        return;
    for (struct elsewhere *each = c->list, *next; each; each = next) {
        next = each->next;
        aws_client_free(each->client);
        free(each);
    }
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static struct error *find_or_make(struct clients *c, struct arena *a, const struct aws_client *base,
                                  struct str region, struct aws_client **out)
{
    for (const struct elsewhere *each = c->list; each; each = each->next)
        if (str_eq(aws_client_region(each->client), region)) {
            *out = each->client;
            return NULL;
        }
    TRY(aws_client_elsewhere(a, base, region, out));
    struct elsewhere *made = must_have(calloc(1, sizeof(*made)));
    *made = (struct elsewhere){.next = c->list, .client = *out};
    c->list = made;
    return NULL;
}

struct error *clients_in(struct clients *c, struct arena *a, struct aws_client *base,
                         struct str region, struct aws_client **out)
{
    *out = base;
    if (str_eq(region, aws_client_region(base)))
        return NULL;
    pthread_mutex_lock(&c->lock);
    struct error *e = find_or_make(c, a, base, region, out);
    pthread_mutex_unlock(&c->lock);
    return e;
}
