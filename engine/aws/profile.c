#include <errno.h>
#include <stdlib.h>

#include "engine/aws/credentials.h"

static struct str lower(struct arena *a, struct str s)
{
    char *out = arena_alloc(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        out[i] = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] | 0x20) : s.ptr[i];
    return (struct str){out, s.len};
}

/* A '#' or ';' after white space begins a comment. */
static struct str without_comment(struct str line)
{
    for (size_t i = 0; i < line.len; i++)
        if ((line.ptr[i] == '#' || line.ptr[i] == ';') &&
            (i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
            return str_slice(line, 0, i);
    return line;
}

/* What stands between the brackets, as the plain name of a profile; empty when it is something
 * else, such as "[sso-session x]". */
static struct str section_profile(struct str inside, bool prefixed)
{
    struct str name = str_trim(inside), word = STR("profile");
    bool has_word =
        str_starts_with(name, word) && name.len > word.len && strchr(" \t\"", name.ptr[word.len]);

    if (prefixed && !has_word && !str_eq(name, STR("default")))
        return (struct str){0};
    if (prefixed && has_word)
        name = str_trim(str_slice(name, word.len, name.len));
    if (name.len > 1 && name.ptr[0] == '"' && name.ptr[name.len - 1] == '"')
        name = str_slice(name, 1, name.len - 1);
    return name;
}

static struct error *read_section(struct arena *a, struct str line, int number, bool prefixed,
                                  struct str *name)
{
    size_t closing = str_find(line, ']');

    if (closing == line.len)
        return error_new(a, ERROR_INVALID, "line %d begins a section and lacks its ]", number);
    *name = section_profile(str_slice(line, 1, closing), prefixed);
    return NULL;
}

struct error *profile_read(struct arena *a, struct str text, struct str name, bool prefixed,
                           struct profile *out)
{
    struct str current = {0};
    int number = 1;

    if (out->settings.kind != JSON_OBJECT)
        out->settings = json_new_object();
    for (struct str rest = text; rest.ptr; number++) {
        struct str line = str_cut(&rest, '\n');
        bool indented = line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
        struct str value = str_trim(without_comment(line));
        if (value.len == 0 || indented)
            continue;
        if (value.ptr[0] == '[') {
            TRY(read_section(a, value, number, prefixed, &current));
            out->found |= current.len && str_eq(current, name);
            continue;
        }
        struct str key = str_trim(str_cut(&value, '='));
        if (current.len && str_eq(current, name) && value.ptr && key.len)
            json_set(a, &out->settings, lower(a, key),
                     json_new_string(arena_str(a, str_trim(value))));
    }
    return NULL;
}

static struct str expanded(struct arena *a, struct str path)
{
    const char *home = getenv("HOME");

    if (!home || !str_starts_with(path, STR("~/")))
        return arena_str(a, path);
    return arena_printf(a, "%s" STR_FMT, home, STR_ARG(str_slice(path, 1, path.len)));
}

/* False when there is no such file. */
static struct error *read_file(struct arena *a, struct str path, struct buf *out, bool *there)
{
    char piece[4096];
    FILE *f = fopen(path.ptr, "re");

    *there = f != NULL;
    if (!f && errno == ENOENT)
        return NULL;
    if (!f)
        return error_new(a, ERROR_INVALID, "cannot read " STR_FMT ": %s", STR_ARG(path),
                         strerror(errno));
    for (size_t n; (n = fread(piece, 1, sizeof(piece), f)) > 0;)
        buf_add(out, (struct str){piece, n});
    fclose(f);
    explicit_bzero(piece, sizeof(piece));
    return NULL;
}

struct file_kind {
    const char *variable, *standard;
    bool prefixed;
};

static struct error *load_file(struct arena *a, struct str path, bool must_exist, bool prefixed,
                               struct profile *out)
{
    ARENA_AUTO scratch = {0};
    struct buf text = buf_in(&scratch);
    struct str full = expanded(a, path);
    bool there = false;

    TRY(read_file(a, full, &text, &there));
    if (!there && must_exist)
        return error_new(a, ERROR_INVALID, "the file " STR_FMT " does not exist", STR_ARG(full));
    struct error *e = profile_read(a, buf_str(&text), out->name, prefixed, out);
    if (text.ptr)
        explicit_bzero(text.ptr, text.len);
    if (e)
        e->summary = arena_printf(a, STR_FMT ": " STR_FMT, STR_ARG(full), STR_ARG(e->summary));
    return e;
}

static struct error *load_files(struct arena *a, const struct file_kind *kind,
                                const struct str *paths, size_t count, struct profile *out)
{
    struct str variable = str_of(getenv(kind->variable));

    for (size_t i = 0; i < count; i++)
        TRY(load_file(a, paths[i], true, kind->prefixed, out));
    if (count)
        return NULL;
    return load_file(a, variable.len ? variable : str_of(kind->standard), false, kind->prefixed,
                     out);
}

struct error *profile_load(struct arena *a, const struct aws_config *config, struct profile *out)
{
    static const struct file_kind config_file = {"AWS_CONFIG_FILE", "~/.aws/config", true};
    static const struct file_kind credentials_file = {"AWS_SHARED_CREDENTIALS_FILE",
                                                      "~/.aws/credentials", false};
    struct str variable = str_of(getenv("AWS_PROFILE"));

    *out = (struct profile){.settings = json_new_object()};
    out->name = config->profile.len ? config->profile : variable.len ? variable : STR("default");
    TRY(load_files(a, &config_file, config->config_files, config->config_file_count, out));
    return load_files(a, &credentials_file, config->credentials_files,
                      config->credentials_file_count, out);
}

struct str profile_setting(const struct profile *p, const char *name)
{
    return json_string_or(json_get(&p->settings, name), STR(""));
}

void profile_wipe(struct profile *p)
{
    for (size_t i = 0; i < p->settings.count; i++)
        explicit_bzero((char *)p->settings.items[i].text.ptr, p->settings.items[i].text.len);
    p->settings.count = 0;
}
