#include "go-plugin-shim/reattach.h"

#include "engine/base/buf.h"
#include "engine/base/json.h"

struct str reattach_json(struct arena *a, const char *provider_address, unsigned major, int64_t pid,
                         struct str socket_path)
{
    struct buf text = buf_in(a);
    struct json_writer w = json_writer_to(&text);

    json_begin_object(&w);
    json_key(&w, str_of(provider_address));
    json_begin_object(&w);
    json_member(&w, "Protocol", STR("grpc"));
    json_member_int(&w, "ProtocolVersion", major);
    json_member_int(&w, "Pid", pid);
    json_member_bool(&w, "Test", true); /* Terraform leaves the process alone */
    json_key(&w, STR("Addr"));
    json_begin_object(&w);
    json_member(&w, "Network", STR("unix"));
    json_member(&w, "String", socket_path);
    json_end_object(&w);
    json_end_object(&w);
    json_end_object(&w);
    return buf_str(&text);
}

/* For single quotes of a shell: a quote inside ends them, is escaped, and begins them anew. */
static void add_shell_quoted(struct buf *b, struct str s)
{
    buf_add_char(b, '\'');
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == '\'')
            buf_add(b, STR("'\\''"));
        else
            buf_add_char(b, s.ptr[i]);
    buf_add_char(b, '\'');
}

struct str reattach_text(struct arena *a, struct str json)
{
    struct buf text = buf_in(a);

    buf_add(&text, STR("The provider runs until Ctrl-C. Let terraform use it by\n\n"
                       "\tTF_REATTACH_PROVIDERS="));
    add_shell_quoted(&text, json);
    buf_add(&text, STR("\n\n"));
    return buf_str(&text);
}
