#include "provider/resource/review.h"

#include "engine/aws/access_analyzer.h"
#include "engine/base/log.h"
#include "engine/base/time.h"
#include "provider/cty/path.h"
#include "provider/grammar/faults.h"
#include "provider/resource/bind.h"
#include "provider/resource/of_aws.h"
#include "provider/resource/provider.h"
#include "provider/resource/table.h"

enum { PATIENCE_MS = 20 * 1000 }; /* of a document; a plan has many, and can do without */

struct review_walk {
    struct call *call;
    struct error *errors;
};

/* A step that leads nowhere in this document ends at what it was to lead into. */
static const struct spot *descend(struct arena *a, const struct spot *from, struct str step)
{
    const struct json *value = from->value;
    struct spot *to = ARENA_NEW(a, struct spot);
    int64_t index;

    for (size_t i = 0; value->kind == JSON_OBJECT && i < value->count; i++)
        if (str_eq(value->keys[i], step)) {
            *to = spot_member(from, i);
            return to;
        }
    if (value->kind != JSON_ARRAY || !str_to_int64(step, &index) || index < 0 ||
        index >= (int64_t)value->count)
        return from;
    *to = spot_item(from, (size_t)index);
    return to;
}

static void take_finding(struct review_walk *w, const struct policy_finding *found,
                         struct faults *f, const struct spot *whole)
{
    struct arena *a = w->call->arena;
    const struct spot *at = whole;

    for (size_t i = 0; i < found->step_count; i++)
        at = descend(a, at, found->steps[i]);
    fault(f, at, found->details,
          arena_printf(a, "IAM Access Analyzer says so (" STR_FMT ", " STR_FMT ").",
                       STR_ARG(found->code), STR_ARG(found->link)));
}

static void warn_each(struct call *c, const struct attr *row, struct str path,
                      const struct error *list)
{
    for (const struct error *e = list; e; e = e->next)
        call_warn(c, path, arena_printf(c->arena, "%s: " STR_FMT, row->name, STR_ARG(e->summary)),
                  e->detail);
}

static void fail_each(struct review_walk *w, const struct attr *row, struct str path,
                      struct error *list)
{
    for (struct error *e = list; e; e = e->next) {
        e->summary = arena_printf(w->call->arena, "%s: " STR_FMT, row->name, STR_ARG(e->summary));
        error_at(e, path);
    }
    w->errors = error_join(w->errors, list);
}

static void take_findings(struct review_walk *w, const struct attr *row, struct str path,
                          struct str document, const struct policy_findings *all)
{
    struct arena *a = w->call->arena;
    struct faults errors = {.arena = a, .text = document}, warnings = errors;
    struct json tree;

    if (faults_begin(&errors, &tree))
        return; /* no JSON: the grammar has said so */
    struct spot whole = spot_of(&tree);
    for (size_t i = 0; i < all->count; i++) {
        const struct policy_finding *found = &all->items[i];
        if (found->kind == POLICY_FINDING_SUGGESTION)
            log_event(LOG_INFO, "policy_suggestion", LOG_STR("attribute", path),
                      LOG_STR("code", found->code), LOG_STR("text", found->details));
        else
            take_finding(w, found, found->kind == POLICY_FINDING_ERROR ? &errors : &warnings,
                         &whole);
    }
    warn_each(w->call, row, path, warnings.errors);
    fail_each(w, row, path, errors.errors);
}

static struct policy_question question_about(const struct attr *row, struct str document)
{
    static const struct policy_question kinds[] = {
        [REVIEW_IDENTITY_POLICY] = {.policy_type = "IDENTITY_POLICY"},
        [REVIEW_RESOURCE_POLICY] = {.policy_type = "RESOURCE_POLICY"},
        [REVIEW_TRUST_POLICY] = {.policy_type = "RESOURCE_POLICY",
                                 .resource_type = "AWS::IAM::AssumeRolePolicyDocument"},
    };
    struct policy_question q = kinds[row->review];

    q.document = document;
    return q;
}

/* A plan without this answer is as good as without the option, so it goes on. */
static void say_unanswered(struct call *c, const struct error *why)
{
    if (provider_end_reviews(c->provider))
        call_warn(c, STR(""), STR("validate_policies: policies are not put to IAM Access Analyzer"),
                  arena_printf(c->arena,
                               STR_FMT ". " STR_FMT " This plan goes on without its checks.",
                               STR_ARG(why->summary), STR_ARG(why->detail)));
}

static void review(struct review_walk *w, const struct attr *row, struct str path,
                   struct str document)
{
    struct call *c = w->call;
    struct aws_call aws = aws_call_of(c);
    struct policy_question question = question_about(row, document);
    struct policy_findings found;

    aws.deadline_ms = time_add_ms(time_monotonic_ms(), PATIENCE_MS);
    struct error *unanswered = access_analyzer_validate_policy(&aws, &question, &found);
    if (unanswered)
        say_unanswered(c, unanswered);
    else
        take_findings(w, row, path, document, &found);
}

/* Objects of a set have no places, and those of a list move: any of them may have had it. */
static bool was_there(struct arena *a, const struct attr *row, const struct cty_value *value,
                      const struct cty_value *priors, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct cty_value *was = cty_get(&priors[i], str_of(row->name));
        if (was->kind == CTY_STRING && attr_means_same(a, row, value, was))
            return true;
    }
    return false;
}

static void walk(struct review_walk *w, const struct model *m, const struct cty_value *config,
                 const struct cty_value *priors, size_t prior_count, const struct cty_path *path);

static const struct cty_value *objects_of(const struct attr *row, const struct cty_value *v,
                                          size_t *count)
{
    bool is_one = attr_is_single(row);

    *count = is_one ? v->kind == CTY_OBJECT : v->count;
    return is_one ? v : v->items;
}

static void walk_blocks(struct review_walk *w, const struct attr *row,
                        const struct cty_value *config, const struct cty_value *priors,
                        size_t prior_count, const struct cty_path *at)
{
    struct cty_value *before = NULL;
    size_t count = 0, capacity = 0, n;
    const struct cty_value *now = objects_of(row, config, &n);

    for (size_t i = 0; i < prior_count; i++) {
        size_t more;
        const struct cty_value *was =
            objects_of(row, cty_get(&priors[i], str_of(row->name)), &more);
        for (size_t j = 0; j < more; j++)
            ARENA_PUSH(w->call->arena, before, count, capacity, was[j]);
    }
    for (size_t i = 0; i < n; i++) {
        struct cty_path place = attr_is_set(row) ? cty_path_set_element(at) : cty_path_index(at, i);
        walk(w, row->nested, &now[i], before, count, attr_is_single(row) ? at : &place);
    }
}

static void walk(struct review_walk *w, const struct model *m, const struct cty_value *config,
                 const struct cty_value *priors, size_t prior_count, const struct cty_path *path)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        struct cty_path at = cty_path_attribute(path, str_of(row->name));
        const struct cty_value *value = cty_get(config, at.name);
        if (row->kind == ATTR_BLOCKS)
            walk_blocks(w, row, value, priors, prior_count, &at);
        else if (row->review && value->kind == CTY_STRING && value->string.len &&
                 !was_there(w->call->arena, row, value, priors, prior_count) &&
                 provider_reviews(w->call->provider))
            review(w, row, cty_path_text(w->call->arena, &at), value->string);
    }
}

struct error *plan_reviewed(struct call *c, const struct model *m, const struct cty_value *config,
                            const struct cty_value *prior)
{
    struct review_walk w = {.call = c};

    if (c->provider && c->aws && provider_reviews(c->provider))
        walk(&w, m, config, prior, prior->kind == CTY_OBJECT, NULL);
    return w.errors;
}
