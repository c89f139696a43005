/* A dump in JSON is read item by item: it says the same as the same objects in YAML, whatever form
 * the list has. */
#include <stdlib.h>

#include "tests/unit/engine-objects/documents.h"

#include "engine/objects/kubernetes_objects.h"

#define NAMED(kind, name, more) \
    "{\"apiVersion\":\"v1\",\"kind\":\"" kind "\",\"metadata\":{\"name\":\"" name "\"" more "}"
#define POD(name, more) NAMED("Pod", name, more) ",\"spec\":{\"containers\":[{}]}}"
#define LIST(items)     "{\"apiVersion\":\"v1\",\"items\":[" items "],\"kind\":\"List\"}"

static struct error *read_as(struct arena *a, const char *name, const char *text,
                             struct kubernetes_objects *out)
{
    struct resource_table *table = ARENA_NEW(a, struct resource_table);
    struct manifest_text file = {str_of(name), str_of(text)};

    *table = resource_table_new();
    return kubernetes_objects_read(a, &file, 1, table, out);
}

static struct str text_of(struct arena *a, const struct kubernetes_objects *o,
                          const struct error *e)
{
    struct buf out = buf_in(a);

    for (; e; e = e->next) /* but for the file's name, */
        buf_printf(&out, STR_FMT "\n", STR_ARG(str_slice(e->summary, 6, e->summary.len)));
    for (size_t i = 0; i < o->pod_count; i++) {
        const struct pod *p = &o->pods[i];
        buf_printf(&out, STR_FMT " on `" STR_FMT "` %d", STR_ARG(p->name), STR_ARG(p->node),
                   p->never_serve);
        for (size_t k = 0; k < p->spec->labels.count; k++)
            buf_printf(&out, " " STR_FMT "=" STR_FMT, STR_ARG(p->spec->labels.items[k].key),
                       STR_ARG(p->spec->labels.items[k].value));
        buf_printf(&out, " %lld\n", (long long)p->spec->requests.amount[RESOURCE_CPU]);
    }
    for (size_t i = 0; i < o->daemon_count; i++)
        buf_printf(&out, "daemon " STR_FMT "\n", STR_ARG(o->daemons[i].name));
    for (size_t i = 0; i < o->notes.count; i++)
        buf_printf(&out, STR_FMT "\n", STR_ARG(o->notes.items[i].text));
    for (size_t i = 0; i + 5 <= out.len; i++) /* and the one that the files differ in */
        if (memcmp(out.ptr + i, ".json", 5) == 0)
            memcpy(out.ptr + i, ".yaml", 5);
    return buf_str(&out);
}

static void items_mean_what_they_mean_in_yaml(void **state)
{
    (void)state;
    static const char *const texts[] = {
        LIST(POD("a", "") "," POD("b", ",\"labels\":{\"k\":\"v\\u0031\",\"\\u006b2\":\"w\"}")),
        LIST(POD("\\u0061", ",\"namespace\":\"\\u006fther\"") "," POD("a", "")),
        LIST(POD("b", "") "," POD("b", ",\"labels\":{\"k\":\"later\"}")),
        LIST(POD("p", ",\"uid\":\"1\",\"ownerReferences\":[{\"kind\":\"DaemonSet\",\"name\":"
                      "\"\\u0064s\",\"uid\":\"2\"}]")),
        LIST(
            "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"d\","
            "\"uid\":\"7\"},\"spec\":{\"replicas\":3,\"template\":{\"spec\":{\"containers\":[{}]}}}"
            "}," POD("d-x", ",\"ownerReferences\":[{\"kind\":\"Deployment\",\"name\":\"d\","
                            "\"uid\":\"7\"}]")),
        LIST(LIST(POD("inner", "")) "," POD("outer", "")),
        "{\"apiVersion\":\"v1\",\"items\":[{\"metadata\":{\"name\":\"a\"},\"spec\":{\"containers\":"
        "[{}]}}],\"kind\":\"PodList\"}",
        "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[{\"metadata\":{\"name\":\"a\"},"
        "\"spec\":{\"containers\":[{}]}}]}",
        "{\"apiVersion\":\"x/v1\",\"kind\":\"Bag\",\"items\":[" POD("a", "") "]}",
        LIST("{\"apiVersion\":\"x/v1\",\"kind\":\"Rollout\",\"metadata\":{\"name\":\"r\"},\"spec\":"
             "{\"containers\":[]}}," POD("a", "")),
        LIST("7," POD("a", "")),
        LIST("null"),
        LIST("{\"kind\":\"Pod\"}"),
        LIST(NAMED("Pod", "Big Name", "") "}"),
        LIST(NAMED("Pod", "a", "") ",\"spec\":{\"containers\":[{\"resources\":{\"requests\":"
                                   "{\"cpu\":\"much\"}}}]}}"),
        LIST(""),
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        ARENA_AUTO a = {0};
        struct kubernetes_objects json, yaml;
        struct error *e = read_as(&a, "f.json", texts[i], &json);
        struct error *f = read_as(&a, "f.yaml", texts[i], &yaml);
        struct str x = text_of(&a, &json, e), y = text_of(&a, &yaml, f);
        if (!str_eq(x, y))
            fail_msg("%s\nas JSON:\n" STR_FMT "as YAML:\n" STR_FMT, texts[i], STR_ARG(x),
                     STR_ARG(y));
    }
}

static void what_is_wrong_with_an_item_has_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {LIST("\n" POD("a", "") ",\n7"), "f.json:3"},
        {LIST("\n" POD("a", "") ",\n\n" NAMED("Pod", "b", "") ",\n\"spec\":{\"containers\":7}}"),
         "f.json:5: Pod default/b: spec.containers"},
        {LIST("\n" POD("a", "") ",\n{\"kind\": \"Pod\", \"apiVersion\": \"v1\"}"), "f.json:3"},
        {"{\"apiVersion\":\"v1\",\"items\":[\n" POD("a", "") ",\n{\"apiVersion\":\"v1\",\"ki",
         "f.json: invalid JSON in line 3, column 23: the document ends inside a string"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct kubernetes_objects o;
        struct error *e = read_as(&a, "f.json", rows[i].text, &o);
        assert_non_null(e);
        if (!str_starts_with(e->summary, str_of(rows[i].says)))
            fail_msg("%s: " STR_FMT, rows[i].says, STR_ARG(e->summary));
        assert_true(e->detail.len > 0);
    }
}

/* Text that says so often that there is a pod is not even parsed. */
static void too_many_are_refused_before_they_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *name, *pod;
        size_t count;
        const char *says, *way_out;
    } rows[] = {
        {"f.json", "{\"containers\":", LISTED_PODS_MAX + 1, "f.json:1: holds 1000001 pods",
         "Up to 1000000"},
        {"f.yaml", " containers:", YAML_PODS_MAX + 1, "f.yaml:1: holds 150001 pods", "get -o json"},
        {"f.yaml", "#", YAML_MAX_BYTES + 1, "f.yaml:1: is 256 MiB of YAML", "256 MiB"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ARENA_AUTO a = {0};
        struct resource_table table = resource_table_new();
        struct kubernetes_objects o;
        size_t len = strlen(rows[i].pod), total = len * rows[i].count;
        char *text = malloc(total);
        assert_non_null(text);
        memcpy(text, rows[i].pod, len);
        for (size_t at = len; at < total; at *= 2) /* what is there, once more */
            memcpy(text + at, text, at < total - at ? at : total - at);
        struct manifest_text file = {str_of(rows[i].name), {text, total}};
        struct error *e = kubernetes_objects_read(&a, &file, 1, &table, &o);
        assert_non_null(e);
        assert_true(str_starts_with(e->summary, str_of(rows[i].says)));
        assert_true(str_find_str(e->detail, str_of(rows[i].way_out)) < e->detail.len);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_mean_what_they_mean_in_yaml),
        cmocka_unit_test(too_many_are_refused_before_they_are_read),
        cmocka_unit_test(what_is_wrong_with_an_item_has_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
