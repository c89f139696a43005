#include "engine/core/arrivals.h"

/* Pods without a node: onto existing room first, then onto new nodes. */

/* Pods that no node could ever take are not even tried. */
static bool is_hopeless(const struct pod *pod)
{
    return pod->spec->term_count == 0 || pod->spec->unserved_resource.len > 0 ||
           pod->spec->impossible.len > 0;
}

static bool is_pending(const struct pod *pod)
{
    return !pod->never_serve && pod->claim.len == 0;
}

static size_t count_pending(const struct world *w)
{
    size_t n = 0;

    for (size_t i = 0; i < w->pod_count; i++)
        n += is_pending(&w->pods[i]);
    return n;
}

static size_t list_pending(struct plan *p, struct seeker *out)
{
    const struct world *w = p->world;
    size_t n = 0;

    for (size_t i = 0; i < w->pod_count; i++) {
        const struct pod *pod = &w->pods[i];
        if (!is_pending(pod))
            continue;
        uint32_t shape = p->market.shape_of_pod[i];
        if (is_hopeless(pod))
            plan_wait(p, pod, NULL, 0, explain_shape(&p->market, p->left, shape, pod));
        else
            out[n++] = (struct seeker){.pod = pod, .shape = shape};
    }
    return n;
}

static struct leaver *leaver_of(struct plan *p, const struct room *r)
{
    for (size_t i = 0; i < p->leaver_count; i++)
        if (p->leavers[i].room == (size_t)(r - p->rooms.items))
            return &p->leavers[i];
    return NULL;
}

static struct waiting why_nowhere(struct plan *p, const struct seeker *s)
{
    struct str message = s->lonely
                             ? STR("the pods that have to share its node do not fit on one with it")
                             : apportion_why(&p->market, &p->rooms, s->shape);

    return (struct waiting){.pod = s->pod, .reason = REASON_TOPOLOGY, .message = message};
}

/* Would no pool take the pod if there were no other pods?  Then that is what it has to hear. */
static bool is_its_own_fault(enum reason r)
{
    return r == REASON_NO_POOL || r == REASON_REQUIREMENTS || r == REASON_NOT_TOLERATED ||
           r == REASON_UNSERVED_RESOURCE || r == REASON_NO_TYPE_FITS || r == REASON_IMPOSSIBLE;
}

static struct waiting why(struct plan *p, struct waiting *known, const struct seeker *s)
{
    struct waiting *w = &known[s->shape];

    if (w->reason == REASON_NONE) /* pods alike wait for the same */
        *w = explain_shape(&p->market, p->left, s->shape, s->pod);
    if (s->nowhere && !is_its_own_fault(w->reason))
        return why_nowhere(p, s);
    w->pod = s->pod;
    return *w;
}

/* What neither fits anywhere nor could be launched may still go where a node is about to leave,
 * which then stays; else it waits, and says for what. */
static void last_resort(struct plan *p, struct seeker *seekers, size_t count)
{
    struct waiting *known = ARENA_ARRAY(p->arena, struct waiting, p->market.shape_count);
    size_t rest = 0;

    for (size_t i = 0; i < count; i++) {
        if (seekers[i].nowhere || apportion_concerns(&p->market, seekers[i].shape))
            plan_wait(p, seekers[i].pod, seekers[i].mates, seekers[i].mate_count,
                      why(p, known, &seekers[i]));
        else
            seekers[rest++] = seekers[i];
    }
    rooms_seek(&p->market, &p->rooms, seekers, rest, SEEK_LEAVING);
    for (size_t i = 0; i < rest; i++) {
        const struct seeker *s = &seekers[i];
        struct leaver *l = s->room ? leaver_of(p, s->room) : NULL;
        if (l && !l->must)
            plan_stay(p, l, why(p, known, s));
        else if (s->room)
            settle_in(p, s);
        else
            plan_wait(p, s->pod, s->mates, s->mate_count, why(p, known, s));
    }
}

/* Of those whom the last try left without a place a team has one mate less, who comes last in the
 * array; the others hold one preference less.  False: nobody has any. */
static bool weaken(struct plan *p, struct seeker *seekers, size_t *count, const struct seeker *left,
                   size_t left_count)
{
    ARENA_AUTO scratch = {0};
    bool *is_left = ARENA_ARRAY(&scratch, bool, p->world->pod_count);
    size_t before = *count;
    bool any = false;

    for (size_t i = 0; i < left_count; i++)
        is_left[left[i].pod - p->world->pods] = !left[i].lonely;
    for (size_t i = 0; i < before; i++) {
        uint32_t weaker = p->market.shapes[seekers[i].shape].weaker;
        if (!is_left[seekers[i].pod - p->world->pods])
            continue;
        if (teams_shrink(&p->market, &p->rooms, &seekers[i], &seekers[*count]))
            ++*count;
        else if (weaker != NO_SHAPE)
            seekers[i].shape = weaker;
        else
            continue;
        any = true;
    }
    return any;
}

/* With all that they prefer; and, as long as some have no place and may give up something, all of
 * them anew, so that those who did share nodes with those who did not.  There is room for every pod
 * that waits: mates who lose their team are seekers again. */
static size_t serve_and_relax(struct plan *p, struct seeker *seekers, size_t count)
{
    struct trial before = trial_begin(p);

    for (;;) {
        struct seeker *left;
        size_t left_count = serve(p, seekers, count, &left);
        if (p->hold_launches || !left_count || !weaken(p, seekers, &count, left, left_count)) {
            if (left_count)
                memcpy(seekers, left, left_count * sizeof(*seekers));
            return left_count;
        }
        trial_drop(p, &before);
    }
}

/* Only where pods are welcome at first: a new node there is preferred to room where they are not.
 */
static size_t serve_all(struct plan *p, struct seeker *seekers, size_t count)
{
    if (p->market.has_unwelcoming) {
        p->market.heeds = true;
        count = serve_and_relax(p, seekers, count);
        p->market.heeds = false;
        for (size_t i = 0; i < count; i++) {
            seekers[i].shape = seekers[i].full;
            seekers[i].nowhere = seekers[i].lonely;
        }
    }
    return serve_and_relax(p, seekers, count);
}

/* What the launches since then cost. */
static int64_t cost_since(const struct plan *p, size_t action)
{
    int64_t cost = 0;

    for (size_t i = action; i < p->out->action_count; i++)
        if (p->out->actions[i].kind == ACTION_LAUNCH)
            cost += p->out->actions[i].options[0].offering->price_microusd_per_hour;
    return cost;
}

/* A handful of pods: each by itself, whoever it wants to be with, in all ways. */
static void look_at_all(struct plan *p, const struct seeker *seekers, size_t count,
                        struct arrivals *out)
{
    struct seeker *each = ARENA_ARRAY(p->arena, struct seeker, count);

    memcpy(each, seekers, count * sizeof(*each));
    for (size_t i = 0; i < count; i++)
        each[i].full = each[i].own = each[i].shape;
    if (!arrivals_open(p, each, count, out))
        return;
    arrivals_first_fit(out);
    arrivals_search(out);
}

/* Those who are left without a place stay in `seekers`. */
static size_t serve_teams(struct plan *p, struct seeker *seekers, size_t count)
{
    count = teams_form(&p->market, &p->rooms, seekers, count);
    for (size_t i = 0; i < count; i++)
        seekers[i].full = seekers[i].own = seekers[i].shape;
    return serve_all(p, seekers, count);
}

static size_t pods_of(const struct seeker *seekers, size_t count)
{
    size_t pods = count;

    for (size_t i = 0; i < count; i++)
        pods += seekers[i].mate_count;
    return pods;
}

static size_t serve_best(struct plan *p, struct seeker *seekers, size_t count)
{
    struct trial before = trial_begin(p);
    struct arrivals all = {0};
    struct seeker *left;

    if (count && count <= ARRIVALS_FEW)
        look_at_all(p, seekers, count, &all);
    count = serve_teams(p, seekers, count);
    if (!arrivals_beat(&all, pods_of(seekers, count), cost_since(p, before.actions)))
        return count;
    struct attempt t;
    trial_drop(p, &before);
    arrivals_apply(&all, &t);
    count = attempt_keep(p, &t, &left);
    if (count)
        memcpy(seekers, left, count * sizeof(*left));
    return count;
}

void try_pending(struct plan *p)
{
    size_t most = count_pending(p->world);

    if (!most) /* in most decisions: the less is done the better */
        return;
    struct seeker *seekers = ARENA_ARRAY(p->arena, struct seeker, most);
    size_t count = list_pending(p, seekers);
    count = serve_best(p, seekers, count);
    if (!p->hold_launches) {
        last_resort(p, seekers, count);
        return;
    }
    for (size_t i = 0; i < count; i++)
        plan_wait(p, seekers[i].pod, seekers[i].mates, seekers[i].mate_count,
                  (struct waiting){.pod = seekers[i].pod,
                                   .reason = REASON_ON_ITS_WAY,
                                   .message = STR("a pool is being destroyed; another may be, so "
                                                  "its pods wait a moment")});
}
