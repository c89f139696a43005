#include "engine/core/greedy.h"

/* What is still to be packed, and what a pod of it is worth: that changes with what is left. */
enum {
    SHARPNESS = 4, /* squarings of how near a direction is to the dearest */
    OVERFULL =
        160, /* per cent of its share of all pods that a node of one who stands alone takes */
};

struct stock_left stock_of(struct job *j)
{
    struct stock_left s = {.total = ARENA_ARRAY(j->arena, uint32_t, j->stack_count),
                           .left = ARENA_ARRAY(j->arena, uint32_t *, j->stack_count),
                           .taken = ARENA_ARRAY(j->arena, uint32_t *, j->stack_count),
                           .first = ARENA_ARRAY(j->arena, uint32_t, j->stack_count)};
    uint32_t *all = ARENA_ARRAY(j->arena, uint32_t, 2 * j->kind_count);

    for (size_t i = 0; i < j->stack_count; i++) {
        const struct stack *stack = &j->stacks[i];
        s.total[i] = stack->total;
        s.left[i] = all;
        s.taken[i] = all + stack->shape_count;
        for (uint32_t k = 0; k < stack->shape_count; k++)
            s.left[i][k] = j->want[stack->shapes[k]];
        all += 2 * stack->shape_count;
        s.pods += stack->total;
    }
    s.value = ARENA_ARRAY(j->arena, int64_t, j->stack_count);
    return s;
}

/* A direction counts the more the nearer it is to the one in which what is left is dearest: what is
 * scarce now is worth most, and what would be scarce next is worth something. */
void stock_value(struct job *j, struct stock_left *s)
{
    ARENA_AUTO scratch = {0};
    size_t count = j->direction_count;
    __int128 *sums = ARENA_ARRAY(&scratch, __int128, count), most = 1;
    int64_t *share = ARENA_ARRAY(&scratch, int64_t, count), all = 0;

    for (size_t d = 0; d < count; d++) {
        for (size_t i = 0; i < j->stack_count; i++)
            sums[d] += (__int128)j->stacks[i].weights[d] * s->total[i];
        most = sums[d] > most ? sums[d] : most;
    }
    for (size_t d = 0; d < count; d++) {
        share[d] = (int64_t)((sums[d] << 10) / most);
        for (int i = 0; i < SHARPNESS; i++)
            share[d] = share[d] * share[d] >> 10;
        all += share[d];
    }
    for (size_t i = 0; i < j->stack_count; i++) {
        __int128 value = 0;
        for (size_t d = 0; d < count; d++)
            value += (__int128)j->stacks[i].weights[d] * share[d];
        s->value[i] = (int64_t)(value / (all ? all : 1));
    }
    j->work -= (int64_t)(count * j->stack_count) / 4;
    s->valued_pods = s->pods;
}

int64_t stock_share_of_one(const struct job *j, const struct stock_left *s)
{
    __int128 value = 0;
    int64_t alone = 0;

    for (size_t i = 0; i < j->stack_count; i++) {
        value += (__int128)s->value[i] * s->total[i];
        alone += j->stacks[i].alone ? s->total[i] : 0;
    }
    __int128 share = alone ? value * OVERFULL / 100 / alone : INT64_MAX;
    return share > INT64_MAX ? INT64_MAX : (int64_t)share;
}

void stock_look(const struct job *j, const struct stock_left *s, struct window *w)
{
    size_t there = 0, seen = 0;

    for (size_t i = 0; i < j->stack_count; i++)
        there += s->total[i] > 0;
    size_t step = there / WINDOW + 1;
    w->count = 0;
    for (uint32_t i = 0; i < j->stack_count; i++)
        if (s->total[i] && seen++ % step == 0)
            w->stack[w->count++] = i;
}

void stock_use_up(const struct job *j, struct stock_left *s, const struct filling *f)
{
    for (size_t i = 0; i < f->pick_count; i++) {
        const struct pick *p = &f->picks[i];
        s->left[p->stack][p->shape] -= p->count;
        s->total[p->stack] -= p->count;
        s->pods -= p->count;
        s->taken[p->stack][p->shape] = 0;
        while (s->first[p->stack] < j->stacks[p->stack].shape_count &&
               !s->left[p->stack][s->first[p->stack]])
            s->first[p->stack]++;
    }
}

void stock_put_back(struct stock_left *s, const struct filling *f)
{
    for (size_t i = 0; i < f->pick_count; i++)
        s->taken[f->picks[i].stack][f->picks[i].shape] = 0;
}
