# Tenon.  `make help` lists what there is; every target but deps works without a network.
#   make                debug build (ASan + UBSan)      make release       one optimised executable
#   make check          lint, unit, scenarios, fuzz corpora, verifiers: the loop to live in
#   make test           everything, with real terraform and moto
#   make demo           the main job, end to end        make bench         figures, into build/bench.json too
#   make docs           documentation pages, from the tables
#   make static         the executable that runs on any Linux    make dist      a release of it, in build/dist
# Options: BUILD=debug|release|static|tsan|coverage  CC=gcc|clang  OUT=folder for what is built  V=1: show commands
#          STRICT=1: warnings are errors (make check)

BUILD ?= debug
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
OUT ?= build/$(BUILD)
VERSION := $(shell deploy/version)
# What a static executable is linked with and Debian has no file of (deploy/static-libraries)
libraries := build/libraries
say := @$(if $(V),:,printf '  %-4s %s\n')
quiet := $(if $(V),,@)

warn := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla \
        -Wwrite-strings -Wpointer-arith -Wformat=2 -Wundef -Wswitch-enum -Wimplicit-fallthrough
flags.debug := -O1 -g3 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
flags.release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -ffunction-sections -fdata-sections
# Made for any machine of its kind: nothing is loaded at run time, and addresses to be relocated are packed.
flags.static := $(flags.release) -fno-asynchronous-unwind-tables -DTENON_STATIC -I$(libraries)/include
flags.fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer
flags.tsan := -O1 -g -fsanitize=thread
flags.coverage := -O0 -g --coverage
link.release := -pie -Wl,-z,relro,-z,now -Wl,--gc-sections
link.static := -static-pie -Wl,-z,relro,-z,now,-z,pack-relative-relocs -Wl,--gc-sections -Wl,--build-id=sha1,-Map=$(OUT)/link.map

# gRPC's own file names a hundred libraries, and reading it costs a second each time.
packages := libprotobuf-c libcurl libssl libcrypto libcjson expat yaml-0.1 sqlite3
CFLAGS := -std=gnu11 -I. -I$(OUT)/generated -MMD -MP -ffile-prefix-map=$(CURDIR)=. \
          -include tests/lint/banned.h $(warn) $(flags.$(BUILD)) \
          $(shell pkg-config --cflags $(packages) 2>/dev/null)
ifeq ($(BUILD),static)
static_packages := libprotobuf-c grpc libnghttp2 libcares libssl libcrypto expat yaml-0.1 sqlite3 zlib $(shell pkg-config --exists absl_log 2>/dev/null && echo absl_log absl_check)
LDLIBS := -L$(libraries) -Wl,--start-group $(libraries)/libcurl.a $(libraries)/libcjson.a $(shell pkg-config --static --libs $(static_packages) 2>/dev/null) \
          -lstdc++ -lm -Wl,--end-group
else
LDLIBS := -Wl,--as-needed -lgrpc -lgpr $(shell pkg-config --libs $(packages) 2>/dev/null) -lpthread -lm
endif

# A warning of a compiler or a library that nobody here has met must not keep a user from building: -Werror stands under
# STRICT alone.  What was made with a warning is made again there.
compile = $(CC) $1 $(if $(STRICT),-Werror) $(if $(MAKE_TERMERR),-fdiagnostics-color=always) -c -o $@ $< 2>$@.said; \
          code=$$?; cat $@.said >&2; [ -s $@.said ] || rm -f $@.said; exit $$code
ifdef STRICT
$(shell find $(OUT) -name '*.o.said' -exec sh -c 'rm -f "$$1" "$${1%.said}"' sh {} \; 2>/dev/null)
endif

# The rooms and whom each may link with: the same arrows that tests/lint/layers checks in the includes.
rooms := engine/base engine/aws engine/kube engine/core engine/optimize engine/objects engine/worlds engine/door engine/loop engine/sim \
         engine/adapters engine/host engine/cli go-plugin-shim provider/cty provider/grammar provider/resource provider/resources provider/datasources provider/functions provider/modules provider/rpc
needs.engine/base :=
needs.engine/aws := engine/base
needs.engine/kube := engine/aws engine/base
needs.engine/core := engine/base
needs.engine/optimize := engine/core engine/base
needs.engine/objects := engine/core engine/base
needs.engine/worlds := engine/optimize engine/core engine/base
needs.engine/door := engine/core engine/base
needs.engine/loop := engine/door engine/worlds engine/optimize engine/core engine/base
needs.engine/sim := engine/door engine/objects engine/core engine/base
needs.engine/adapters := engine/door engine/objects engine/worlds engine/optimize engine/kube engine/aws engine/core engine/base
needs.engine/host := engine/adapters engine/loop engine/worlds engine/optimize engine/door engine/objects engine/kube engine/aws engine/core engine/base
needs.engine/cli := engine/host engine/adapters engine/sim engine/loop engine/worlds engine/optimize engine/door engine/objects engine/kube engine/aws engine/core engine/base
needs.go-plugin-shim := engine/base
needs.provider/cty := engine/base
needs.provider/grammar := engine/base
needs.provider/resource := provider/grammar provider/cty engine/aws engine/base
needs.provider/resources := provider/resource provider/grammar provider/cty engine/door engine/objects engine/aws engine/core engine/base
needs.provider/datasources := provider/resource provider/grammar provider/cty engine/aws engine/base
needs.provider/modules := engine/base
needs.provider/functions := provider/resource provider/grammar provider/cty engine/aws engine/base
needs.provider/rpc := provider/resource provider/grammar provider/cty go-plugin-shim engine/aws engine/base

sources_of = $(sort $(if $(filter engine/door,$1),$(wildcard engine/*.c),$(wildcard $1/*.c)))
objects_of = $(patsubst %.c,$(OUT)/%.o,$(call sources_of,$1)) $(generated.$1)
archive_of = $(OUT)/$1.a
archives_for = $(foreach r,$1 $(needs.$1),$(call archive_of,$r))

all: $(OUT)/terraform-provider-tenon

# What everything is made with.  Another compiler, other flags: everything is made again.
made_with := $(OUT)/made-with
command := $(CC) $(shell $(CC) -dumpfullversion 2>/dev/null) $(CFLAGS) $(link.$(BUILD)) $(LDLIBS)
$(made_with): FORCE
	@deploy/begin-build $(OUT) '$(strip $(command))' $(firstword $(CC)) grpc $(packages)

# Generated sources: the version, protobuf messages, built-in tables
version_header := $(OUT)/generated/engine/base/version.h
$(version_header): FORCE | $(made_with)
	@mkdir -p $(@D)
	@echo '#define TENON_VERSION "$(VERSION)"' | cmp -s - $@ || echo '#define TENON_VERSION "$(VERSION)"' >$@
protos := $(sort $(wildcard proto/*.proto))
generated.go-plugin-shim := $(protos:proto/%.proto=$(OUT)/generated/proto/%.pb-c.o)
generated.engine/objects := $(OUT)/generated/builtin_tables.o

$(OUT)/generated/proto/%.pb-c.c $(OUT)/generated/proto/%.pb-c.h: proto/%.proto | $(made_with)
	@mkdir -p $(@D)
	$(say) GEN $<
	$(quiet)protoc --proto_path=. --c_out=$(OUT)/generated $<
$(OUT)/generated/proto/%.pb-c.o: $(OUT)/generated/proto/%.pb-c.c $(made_with)
	$(say) CC $<
	$(quiet)$(call compile,-std=gnu11 -I$(OUT)/generated -ffile-prefix-map=$(CURDIR)=. $(flags.$(BUILD)) -w)
$(OUT)/generated/builtin_tables.c: data/to_c $(wildcard data/*.csv)
	@mkdir -p $(@D)
	$(say) GEN $@
	$(quiet)data/to_c > $@.part && mv $@.part $@
$(OUT)/generated/builtin_tables.o: $(OUT)/generated/builtin_tables.c $(made_with)
	$(say) CC $<
	$(quiet)$(call compile,$(CFLAGS))
$(OUT)/generated/examples.c: examples/to_c examples/provider/provider.tf $(wildcard examples/resources/*/resource.tf examples/data-sources/*/data-source.tf examples/functions/*/function.tf)
	@mkdir -p $(@D)
	$(say) GEN $@
	$(quiet)examples/to_c > $@.part && mv $@.part $@
$(OUT)/generated/examples.o: $(OUT)/generated/examples.c $(made_with)
	$(say) CC $<
	$(quiet)$(call compile,$(CFLAGS))
# Whoever may include a generated header waits for it.
$(patsubst %.c,$(OUT)/%.o,$(wildcard go-plugin-shim/*.c provider/rpc/*.c tests/unit/provider-rpc/*.c)): $(protos:proto/%.proto=$(OUT)/generated/proto/%.pb-c.h)

# Objects, one archive a room, the executable
$(OUT)/engine/adapters/lease_file.o: CFLAGS += -D_GNU_SOURCE # open-file-description locks
$(OUT)/engine/base/http_door.o: CFLAGS += -D_GNU_SOURCE # accept4, pipe2
$(OUT)/engine/core/%.o: CFLAGS += -Wconversion -Wsign-conversion
# A product and a sum stay two roundings, so that equal worlds give equal answers on every machine.
$(OUT)/engine/optimize/%.o: CFLAGS += -Wconversion -Wsign-conversion -ffp-contract=off
$(OUT)/%.o: %.c $(made_with) | $(version_header)
	@mkdir -p $(@D)
	$(say) CC $<
	$(quiet)$(call compile,$(CFLAGS))

define room_rules
$(call archive_of,$1): $(call objects_of,$1)
	@mkdir -p $$(@D) && rm -f $$@
	$$(quiet)$(AR) rcsD $$@ $$^
endef
$(foreach r,$(rooms),$(eval $(call room_rules,$r)))

everything := $(foreach r,provider/rpc provider/modules provider/functions provider/datasources provider/resources provider/resource provider/grammar provider/cty go-plugin-shim engine/cli $(needs.engine/cli),$(call archive_of,$r))
wiring := $(patsubst %.c,$(OUT)/%.o,$(sort $(wildcard provider/*.c))) $(OUT)/generated/examples.o
$(OUT)/terraform-provider-tenon: $(wiring) $(everything)
	$(say) LD $@
	$(quiet)$(CC) $(flags.$(BUILD)) $(link.$(BUILD)) -o $@ $(wiring) -Wl,--start-group $(everything) -Wl,--end-group $(LDLIBS)
	$(quiet)ln -sf terraform-provider-tenon $(OUT)/tenon
	$(quiet)ln -sf terraform-provider-tenon $(OUT)/terraform-provider-aws

release:
	$(MAKE) BUILD=release OUT=build/release all
static:
	@deploy/deps static
	@CC="$(CC)" deploy/static-libraries $(libraries)
	$(MAKE) BUILD=static OUT=build/static all
# A release: what registries and package managers want, in build/dist.  A machine that cannot build for the other kind says so.
dist: static
	@CC="$(CC)" deploy/parts build/static/link.map $(libraries) >build/static/parts.json
	@deploy/cross arm64 $(VERSION) || [ $$? -eq 77 ]
	@deploy/dist $(VERSION) build/dist build/static $$([ ! -e build/static-arm64/parts.json ] || echo build/static-arm64)
# gRPC is not instrumented, so what TSan cannot see there is left out.
tsan:
	TSAN_OPTIONS=ignore_noninstrumented_modules=1 $(MAKE) BUILD=tsan OUT=build/tsan unit
	TSAN_OPTIONS="ignore_noninstrumented_modules=1 report_thread_leaks=0" tests/shim/run BUILD=tsan OUT=build/tsan
coverage:
	$(MAKE) BUILD=coverage OUT=build/coverage unit
	@build/venv/bin/python tests/coverage build/coverage

# Unit tests: tests/unit/ROOM/x_test.c links with ROOM and what that may use
# (in the folder names of tests, a slash of a room is written as a dash: tests/unit/engine-core/)
unit_sources := $(wildcard tests/unit/*/*_test.c)
unit_tests := $(unit_sources:%.c=$(OUT)/%)
room_of_test = $(or $(filter go-plugin-shim,$(notdir $(patsubst %/,%,$(dir $1)))),$(subst -,/,$(notdir $(patsubst %/,%,$(dir $1)))))
.SECONDEXPANSION:
# The loop and the host are tested in the simulated world; what the core places against the bound.
tests.engine/core := $(OUT)/engine/optimize.a
tests.engine/loop := $(OUT)/engine/sim.a $(OUT)/engine/objects.a
tests.engine/host := $(OUT)/engine/sim.a
$(unit_tests): $(OUT)/%: $(OUT)/%.o $$(call archives_for,$$(call room_of_test,$$*)) $$(tests.$$(call room_of_test,$$*))
	$(say) LD $@
	$(quiet)$(CC) $(flags.$(BUILD)) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS) -lcmocka

unit: $(unit_tests)
	@tests/run-unit $(unit_tests)
# What holds in a few random worlds there holds in many, in an optimised build.  After the @: how many of a kind.
promises := engine-core/placing@$(or $(WORLDS),4000) engine-core/consolidate@4000 engine-core/converge@300 \
    engine-core/headroom@2000 engine-core/shares@1000 engine-core/claims@300 engine-optimize/propose@60 \
    engine-loop/preview@1000 engine-loop/chaos@300 engine-loop/bounds@4000 engine-loop/year@20 \
    engine-worlds/kept@300 engine-worlds/replay@300 engine-worlds/rest@300 \
    provider-resource/consistency@5000 provider-resources/consistency@400
promise_program = build/release/tests/unit/$(firstword $(subst @, ,$1))_test
properties-program: release
	@$(MAKE) --no-print-directory BUILD=release OUT=build/release $(foreach p,$(promises),$(call promise_program,$p))
$(promises:%=promise.%): promise.%: properties-program
	@SEEDS=$(lastword $(subst @, ,$*)) $(call promise_program,$*)
properties: $(promises:%=promise.%)
unit-%: ; @$(MAKE) --no-print-directory unit unit_sources="$(wildcard tests/unit/$*/*_test.c)"

# Scenarios: stories told to the engine in virtual time; tests/scenarios/run.c says in which words
scenario_runner := $(OUT)/tests/scenarios/run
$(scenario_runner): $(OUT)/%: $(OUT)/%.o $(call archives_for,engine/loop) $(tests.engine/loop)
	$(say) LD $@
	$(quiet)$(CC) $(flags.$(BUILD)) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS) -lcmocka
scenarios: $(scenario_runner)
	@$< $(wildcard tests/scenarios/*.scn)

# The plugin contract from outside (tests/shim/run): a server with nothing but the shim, and a client
shim_programs := $(OUT)/tests/shim/echo_server $(OUT)/tests/shim/shim_test
$(OUT)/tests/shim/shim_test: $(OUT)/tests/shim/plugin.o $(OUT)/tests/shim/client.o
$(shim_programs): $(OUT)/%: $(OUT)/%.o $(call archives_for,go-plugin-shim)
	$(say) LD $@
	$(quiet)$(CC) $(flags.$(BUILD)) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS) -lcmocka
shim-programs: $(shim_programs)

# Live tests: the same against tests/moto/start, run by tests/live/run
live_tests := $(patsubst %.c,$(OUT)/%,$(wildcard tests/live/*_test.c))
$(live_tests): $(OUT)/%: $(OUT)/%.o $(call archives_for,engine/adapters)
	$(quiet)$(CC) $(flags.$(BUILD)) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS) -lcmocka
live-programs: $(live_tests)
live:
	tests/live/run $(OUT)

# Against a real Kubernetes control plane, which the tests start (tests/cluster/build makes it once)
cluster_programs := $(patsubst %.c,$(OUT)/%,$(wildcard tests/cluster/*.c))
$(cluster_programs): $(OUT)/%: $(OUT)/%.o $(call archives_for,engine/adapters)
	$(say) LD $@
	$(quiet)$(CC) $(flags.$(BUILD)) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS)
cluster-programs: all $(cluster_programs)
test-cluster: cluster-programs
	@OUT=$(OUT) TESTS="$(TESTS)" tests/cluster/run $(CLUSTER_TESTS)

# Fuzz targets: tests/fuzz/fuzz_X.c with its first line naming the room, corpora beside them
fuzz_sources := $(wildcard tests/fuzz/fuzz_*.c)
fuzz_room = $(shell sed -n '1s,^/\* room: \([^ ]*\).*,\1,p' $1)
fuzz_replays := $(fuzz_sources:tests/fuzz/%.c=$(OUT)/tests/fuzz/%)
$(fuzz_replays): $(OUT)/%: $(OUT)/%.o $(OUT)/tests/fuzz/replay.o $$(call archives_for,$$(call fuzz_room,$$*.c))
	$(say) LD $@
	$(quiet)$(CC) $(flags.$(BUILD)) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS)
fuzz-corpora: $(fuzz_replays)
	@for f in $(fuzz_replays); do $$f tests/fuzz/corpus/$$(basename $$f | sed s/^fuzz_//)/* || exit 1; done
fuzz-programs: $(fuzz_sources:tests/fuzz/%.c=$(OUT)/tests/fuzz/%.o) $(foreach r,$(rooms),$(call archive_of,$r))
	@for t in $(fuzz_sources:tests/fuzz/%.c=%); do \
	    $(CC) -fsanitize=fuzzer,address,undefined -o $(OUT)/tests/fuzz/$$t $(OUT)/tests/fuzz/$$t.o \
	        -Wl,--start-group $(foreach r,$(rooms),$(call archive_of,$r)) -Wl,--end-group $(LDLIBS) || exit 1; done
# libFuzzer proper: SECONDS a target, new findings land in build/fuzz.
SECONDS ?= 15
fuzz:
	tests/fuzz/run $(SECONDS)

# Verifiers of what the engine decides, which share no code with it, and their own tests
python := $(firstword $(wildcard build/venv/bin/python) python3)
verifier_programs := $(patsubst %.c,$(OUT)/%,$(wildcard tests/verify/*.c))
$(verifier_programs): $(OUT)/%: $(OUT)/%.o
	$(say) LD $@
	$(quiet)$(CC) $(flags.$(BUILD)) $(link.$(BUILD)) -o $@ $<
verifier-programs: $(verifier_programs)
verifiers: $(verifier_programs)
	@TENON_VERIFIERS=$(OUT)/tests/verify $(python) -m unittest discover -s tests/verify -p 'test_*.py'

# All that tests/all runs from here, so that suites which run side by side build nothing.
test-programs: all $(unit_tests) $(scenario_runner) $(shim_programs) $(live_tests) $(fuzz_replays) \
               $(verifier_programs)

# Figures: tests/bench/X_bench.c, first line naming the room, and what they share; always built for release
bench_sources := $(wildcard tests/bench/*_bench.c)
bench_programs := $(bench_sources:%.c=$(OUT)/%)
bench_parts := $(patsubst %.c,$(OUT)/%.o,$(filter-out $(bench_sources),$(wildcard tests/bench/*.c)))
$(bench_programs): $(OUT)/%: $(OUT)/%.o $(bench_parts) $$(call archives_for,$$(call fuzz_room,$$*.c))
	$(say) LD $@
	$(quiet)$(CC) $(flags.$(BUILD)) $(link.$(BUILD)) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS)
bench-programs: $(bench_programs)
# The provider's come last, beside those of hashicorp/aws where it is at hand: BENCH=--quick for a first look.
bench:
	$(MAKE) BUILD=release OUT=build/release all bench-programs verifier-programs
	@$(python) tests/bench/schedule_bench.py
	@$(python) tests/bench/notices_bench.py
	@$(python) tests/bench/provider_bench.py $(BENCH)

# Lint: layers, purity, statics, format
# Formatting differs between versions: the pinned one when `make deps` has installed it.
clang_format = $(firstword $(wildcard build/venv/bin/clang-format) clang-format)
c_files = $(or $(shell find $(wildcard engine go-plugin-shim provider tests examples data) -name '*.[ch]' 2>/dev/null),$(error no C file is here))
lint: $(everything) $(OUT)/terraform-provider-tenon
	@tests/lint/layers
	@tests/lint/pure $(call archive_of,engine/core) $(call archive_of,engine/optimize)
	@tests/lint/statics $(everything)
	@tests/lint/cmocka
	@tests/lint/rows
	@tests/lint/pages $(OUT)/terraform-provider-tenon
	@tests/lint/deploy $(OUT)/tenon
	@$(clang_format) --dry-run -Werror $(c_files)
	@echo "lint: layers, purity, statics, cmocka, rows, pages, deploy and format hold"
fmt:
	$(clang_format) -i $(c_files)

# Documentation: pages printed from the tables; lint says when they are not current
docs: $(OUT)/terraform-provider-tenon
	$< schema --write docs

# What deploy/ installs into a cluster; lint says when it is not current
cluster-files: $(OUT)/terraform-provider-tenon
	deploy/cluster-files $(OUT)/tenon

# What people call
deps:
	@deploy/deps
# The loop to live in: no network, under a minute.
check:
	@$(MAKE) --no-print-directory STRICT=1 $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc)) -Otarget \
	    lint unit scenarios fuzz-corpora verifiers
# Everything, with real terraform and moto; ends with `N passed, N failed`.
test: deps
	@tests/all
demo: deps
	@$(MAKE) --no-print-directory release
	@examples/datamigrate/demo build/release/terraform-provider-tenon

# Where Terraform and OpenTofu look for plugins, and `tenon` onto the path.  Once more as oko-investments/aws: what Terraform
# writes by itself of aws_* resources (-generate-config-out) takes the last part of an address for the local name.
PREFIX ?= $(HOME)/.local
platform := linux_$(if $(filter aarch64,$(shell uname -m)),arm64,amd64)
plugin_in = $(HOME)/.terraform.d/plugins/$1/oko-investments/$2/$(VERSION)/$(platform)/terraform-provider-$2_v$(VERSION)
install:
	@deploy/deps build
	@$(MAKE) --no-print-directory release
	for plugin in $(foreach r,registry.terraform.io registry.opentofu.org,$(foreach t,tenon aws,$(call plugin_in,$r,$t))); do \
	    install -Dm755 -s build/release/terraform-provider-tenon $$plugin || exit; done
	mkdir -p $(PREFIX)/bin
	ln -sf $(call plugin_in,registry.terraform.io,tenon) $(PREFIX)/bin/tenon
	@echo "Tenon $(VERSION) is installed. Projects go on with the version that they were initialised with until" \
	      "'terraform init -upgrade'."

help:
	@sed -n '/^#   make/s/^# //p' Makefile

clean:
	rm -rf build/debug build/release build/tsan build/coverage build/fuzz build/clang

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
.PHONY: FORCE properties properties-program test-programs bench bench-programs verifiers verifier-programs scenarios live live-programs deps check docs test demo install help all release static dist tsan coverage unit shim-programs cluster-programs cluster-files test-cluster fuzz fuzz-programs fuzz-corpora lint fmt clean
.DELETE_ON_ERROR:
