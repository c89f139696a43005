#include "engine/objects/pod_parts.h"

struct reading {
    struct reader *r;
    bool host_network; /* what a container listens on is the host's port then */
    struct host_port *ports;
    size_t count, capacity;
};

static void push(struct reading *p, struct host_port port)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->ports[i].port == port.port && str_eq(p->ports[i].ip, port.ip) &&
            str_eq(p->ports[i].protocol, port.protocol))
            return;
    ARENA_PUSH(p->r->keep, p->ports, p->count, p->capacity, port);
}

static void read_port(struct reading *p, const struct place *at, const struct json *j)
{
    static const char *const protocols[] = {"TCP", "UDP", "SCTP", NULL};
    struct place host_at = place_member(at, "hostPort"), ip_at = place_member(at, "hostIP"),
                 inner_at = place_member(at, "containerPort"),
                 protocol_at = place_member(at, "protocol");
    struct host_port port = {0};
    int64_t inner = 0;
    size_t word = 0;

    if (!read_map(p->r, at, j))
        return;
    read_int(p->r, &host_at, json_get(j, "hostPort"), 0, 65535, &port.port);
    read_int(p->r, &inner_at, json_get(j, "containerPort"), 1, 65535, &inner);
    read_string(p->r, &ip_at, json_get(j, "hostIP"), &port.ip);
    read_choice(p->r, &protocol_at, json_get(j, "protocol"), protocols, &word);
    port.protocol = str_of(protocols[word]);
    if (!port.port && p->host_network)
        port.port = inner;
    if (port.port)
        push(p, port);
}

static void read_container(struct reading *p, const struct place *at, const struct json *j)
{
    struct place list = place_member(at, "ports");
    const struct json *ports = json_get(j, "ports");

    for (size_t i = 0; read_list(p->r, &list, ports) && i < ports->count; i++) {
        struct place each = place_index(&list, i);
        read_port(p, &each, &ports->items[i]);
    }
}

static void read_containers(struct reading *p, const struct place *spec_at, const struct json *spec,
                            const char *name, bool sidecars_only)
{
    struct place list = place_member(spec_at, name);
    const struct json *containers = json_get(spec, name);

    for (size_t i = 0; containers->kind == JSON_ARRAY && i < containers->count; i++) {
        struct place each = place_index(&list, i);
        if (!sidecars_only || container_is_sidecar(&containers->items[i]))
            read_container(p, &each, &containers->items[i]);
    }
}

void pod_ports_read(struct reader *r, const struct place *at, const struct json *spec,
                    struct pod_spec *out)
{
    struct reading p = {.r = r};
    struct place network = place_member(at, "hostNetwork");

    read_bool(r, &network, json_get(spec, "hostNetwork"), &p.host_network);
    read_containers(&p, at, spec, "containers", false);
    read_containers(&p, at, spec, "initContainers", true);
    out->ports = p.ports;
    out->port_count = p.count;
}
