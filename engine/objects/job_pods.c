#include "engine/objects/job_pods.h"

#include "engine/objects/kubernetes_objects.h"

enum { BACKOFF_LIMIT_UNSET = 6 };

/* A member of `spec` or `status`, zero or more. */
static int64_t read_count(struct reader *r, const struct json *job, const char *part,
                          const char *name, int64_t most, int64_t otherwise)
{
    struct place outer = place_member(NULL, part), at = place_member(&outer, name);
    int64_t n = otherwise;

    read_int(r, &at, json_path(job, part, name, NULL), 0, most, &n);
    return n;
}

static bool is_set(const struct json *job, const char *name)
{
    return json_path(job, "spec", name, NULL)->kind != JSON_NULL;
}

/* It has come to an end, or has begun to: no pod is made any more. */
static bool is_over(const struct json *job)
{
    static const char *const ends[] = {"Complete", "Failed", "SuccessCriteriaMet", "FailureTarget"};
    const struct json *conditions = json_path(job, "status", "conditions", NULL);

    for (size_t i = 0; conditions->kind == JSON_ARRAY && i < conditions->count; i++) {
        const struct json *each = &conditions->items[i];
        if (!str_eq(json_string_or(json_get(each, "status"), STR("")), STR("True")))
            continue;
        for (size_t k = 0; k < sizeof(ends) / sizeof(*ends); k++)
            if (str_eq(json_string_or(json_get(each, "type"), STR("")), str_of(ends[k])))
                return true;
    }
    return json_path(job, "status", "completionTime", NULL)->kind == JSON_STRING;
}

static bool is_held(const struct json *job)
{
    struct str manager = json_string_or(json_path(job, "spec", "managedBy", NULL), STR(""));

    return json_bool_or(json_path(job, "spec", "suspend", NULL), false) ||
           (manager.len && !str_eq(manager, STR("kubernetes.io/job-controller")));
}

static bool has_failed_too_often(struct reader *r, const struct json *job)
{
    int64_t otherwise = is_set(job, "backoffLimitPerIndex") ? INT32_MAX : BACKOFF_LIMIT_UNSET;
    int64_t most = read_count(r, job, "spec", "backoffLimit", INT32_MAX, otherwise);

    return read_count(r, job, "status", "failed", INT32_MAX, 0) > most;
}

/* "1,3-5,7" as four; false for what is none of it. */
static bool count_indexes(struct str text, int64_t *count)
{
    *count = 0;
    while (text.ptr && text.len) {
        struct str upper = str_cut(&text, ','), lower = str_cut(&upper, '-');
        int64_t first, last;
        if (!str_to_int64(lower, &first) || first < 0 || first > INT32_MAX)
            return false;
        last = first;
        if (upper.ptr && (!str_to_int64(upper, &last) || last < first || last > INT32_MAX))
            return false;
        if (__builtin_add_overflow(*count, last - first + 1, count))
            return false;
    }
    return true;
}

static int64_t read_indexes(struct reader *r, const struct json *job, const char *name)
{
    struct place outer = place_member(NULL, "status"), at = place_member(&outer, name);
    const struct json *found = json_path(job, "status", name, NULL);
    struct str text = {0};
    int64_t count = 0;

    if (read_string(r, &at, found, &text) && !count_indexes(text, &count))
        reader_refuse(r, &at, found, "Indexes such as 1,3-5,7 are expected.");
    return count;
}

/* Pods that need not run again: those that succeeded, also the ones that the controller has not
 * yet counted, and of an Indexed Job the indexes that are given up. */
static int64_t read_done(struct reader *r, const struct json *job)
{
    const struct json *uncounted =
        json_path(job, "status", "uncountedTerminatedPods", "succeeded", NULL);
    bool indexed = str_eq(json_string_or(json_path(job, "spec", "completionMode", NULL), STR("")),
                          STR("Indexed"));

    if (indexed && json_path(job, "status", "completedIndexes", NULL)->kind != JSON_NULL)
        return read_indexes(r, job, "completedIndexes") + read_indexes(r, job, "failedIndexes");
    int64_t succeeded = read_count(r, job, "status", "succeeded", INT32_MAX, 0);
    if (uncounted->kind == JSON_ARRAY)
        succeeded += (int64_t)uncounted->count;
    return succeeded + (indexed ? read_indexes(r, job, "failedIndexes") : 0);
}

int64_t job_pods_wanted(struct reader *r, const struct json *job)
{
    int64_t parallelism = read_count(r, job, "spec", "parallelism", PODS_MAX, 1);
    bool is_queue = is_set(job, "parallelism") && !is_set(job, "completions");
    int64_t completions = read_count(r, job, "spec", "completions", INT32_MAX, 1);

    if (is_over(job) || is_held(job) || has_failed_too_often(r, job))
        return 0;
    int64_t done = read_done(r, job);
    if (is_queue)
        return done ? read_count(r, job, "status", "active", PODS_MAX, 0) : parallelism;
    int64_t left = completions > done ? completions - done : 0;
    return parallelism < left ? parallelism : left;
}
