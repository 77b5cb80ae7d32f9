# Dvorik: one binary, bin/dvorik. `make help` lists the verbs.
#
# Non-recursive; every object knows its headers (-MMD). Three variants, each in a folder
# of its own under build/:
#   release  what ships: no crash points
#   crash    the same with named crash points (tests kill programs at them)
#   asan     crash points, AddressSanitizer and UndefinedBehaviorSanitizer
VARIANT ?= release
O := build/$(VARIANT)

ifeq ($(origin CC),default)
CC := gcc
endif
PKGS := json-c hiredis libcurl libmicrohttpd libqrencode libpng zbar libcrypto libjwt libmariadb
CFLAGS_release := -O2
CFLAGS_crash   := -O1 -DCRASH_POINTS
CFLAGS_asan    := -O1 -DCRASH_POINTS -fsanitize=address,undefined \
                  -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_fuzz    := -O1 -Wno-error -fsanitize=fuzzer-no-link,address,undefined \
                  -fno-sanitize-recover=all
HARDEN := -fstack-protector-strong -fstack-clash-protection -fPIE -fcf-protection
ifeq ($(VARIANT),release)
HARDEN += -D_FORTIFY_SOURCE=2
endif
CFLAGS += -std=gnu17 -D_GNU_SOURCE= -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wvla \
          -Wmissing-prototypes -Wno-missing-field-initializers -g -I. -I$(O)/gen \
          $(HARDEN) $(CFLAGS_$(VARIANT)) $(shell pkg-config --cflags $(PKGS))
LDFLAGS += -pie -Wl,-z,relro,-z,now -Wl,--as-needed \
          $(if $(filter asan,$(VARIANT)),-fsanitize=address$(comma)undefined)
LDLIBS += $(shell pkg-config --libs $(PKGS)) -ljpeg -lcrypt -lpthread
comma := ,

# make V=1 shows the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-4s %s\n' $(1) $(2))

# ---- what is made of what -------------------------------------------------------------
SRC := $(sort start.c $(wildcard core/*.c core/*/*.c bots/*.c worker/*.c worker/*/*.c \
         scheduler/*.c api/*.c migrations/*.c commands/*.c))
OBJ := $(SRC:%.c=$(O)/%.o) $(O)/gen/migrations_list.o $(O)/gen/docs_list.o
LIB := $(O)/libdvorik.a
HARNESS := $(patsubst %.c,$(O)/%.o,$(sort $(wildcard tests/harness/*.c)))
BOTAPI := $(patsubst %.c,$(O)/%.o,$(sort $(wildcard tests/botapi/*.c)))

TESTS := $(patsubst %.c,$(O)/%,$(sort $(wildcard tests/unit/test_*.c \
           tests/store/test_*.c tests/flow/test_*.c tests/chaos/test_*.c)))
BENCHES := $(patsubst %.c,$(O)/%,$(sort $(wildcard tests/bench/bench_*.c)))

all: bin/dvorik bin/botapi

bin/dvorik: $(O)/dvorik
	@mkdir -p bin
	$(Q)cp $< $@
bin/botapi: $(O)/botapi
	@mkdir -p bin
	$(Q)cp $< $@

$(O)/dvorik: $(O)/main.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(O)/botapi: $(BOTAPI) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(LIB): $(OBJ)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

# Files that travel inside the binary.
$(O)/bots/intake_send.o $(O)/core/io/pace.o $(O)/core/io/queue_hand.o $(O)/core/io/queue_run.o $(O)/core/io/queue_look.o $(O)/core/io/queue_walk.o: $(wildcard core/io/queue/*.lua)
$(O)/api/scan_page.o: $(wildcard api/scan/*)
$(O)/worker/text_names.o: $(wildcard worker/text/key_*.inc)
$(O)/api/till.o: $(wildcard api/till/*)
$(O)/api/openapi.o: $(wildcard api/openapi.yaml api/openapi/*)
$(O)/tests/botapi/page.o: $(wildcard tests/botapi/page/*)
$(O)/tests/harness/model_look.o: tests/harness/model.lua
$(O)/gen/migrations_list.c: $(wildcard migrations/*.sql) migrations/list.sh
	@mkdir -p $(@D)
	$(Q)sh migrations/list.sh > $@.tmp && mv $@.tmp $@
# The pages of the API's description: bundles of npm's, as their lockfile says.
$(O)/gen/docs_list.c: $(wildcard api/docs/*) api/docs/node_modules/.installed
	@mkdir -p $(@D)
	$(call say,PACK,$@)
	$(Q)sh api/docs/pack.sh $(@D)/docs > $@.tmp && mv $@.tmp $@
$(O)/gen/docs_list.o: $(O)/gen/docs_list.c
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<
api/docs/node_modules/.installed tests/panel/node_modules/.installed: %/node_modules/.installed: %/package-lock.json
	$(call say,NPM,$*)
	$(Q)sh scripts/npm.sh $*
$(O)/gen/migrations_list.o: $(O)/gen/migrations_list.c $(wildcard migrations/*.sql)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

# One binary a test file: a crash ends one file's tests, not the run.
$(TESTS): $(O)/%: $(O)/%.o $(HARNESS) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka -lm
# The stand-in's own tests look inside it.
BOTAPI_TESTS := $(filter $(O)/tests/unit/test_botapi_%,$(TESTS))
$(BOTAPI_TESTS): $(filter-out %/main.o,$(BOTAPI))
$(BOTAPI_TESTS): private LDLIBS := $(LIB) $(LDLIBS)
# The fuzz targets in one test: each goes by its own name there.
FUZZ_SHORT := $(patsubst tests/fuzz/fuzz_%.c,$(O)/tests/fuzz/short_%.o,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
$(O)/tests/fuzz/short_%.o: tests/fuzz/fuzz_%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) -DLLVMFuzzerTestOneInput=fuzz_$* -DLLVMFuzzerInitialize=fuzz_$*_begin -MMD -MP -c -o $@ $<
$(O)/tests/unit/test_fuzz: $(FUZZ_SHORT)
$(O)/tests/unit/test_fuzz: private LDLIBS := $(LIB) $(LDLIBS)
# A clock that is wrong, for the test that tells it so.
$(O)/tests/preload/%.so: tests/preload/%.c
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) -fPIC -shared -Wl,-soname,$(@F) -o $@ $<
$(O)/tests/chaos/test_clock $(O)/tests/chaos/test_till_idle: | $(O)/tests/preload/clock.so
# Those that run a script of tests/panel.
$(O)/tests/flow/test_api_docs_pages $(O)/tests/unit/test_openapi_client: | tests/panel/node_modules/.installed
$(BENCHES): $(O)/%: $(O)/%.o $(HARNESS) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

# The benchmark of queues: its own table of steps takes the place of worker/kinds.c.
BENCH_QUEUE := $(patsubst %.c,$(O)/%.o,$(sort $(wildcard tests/bench/queue/*.c)))
$(O)/tests/bench/queue/bench_queue: $(BENCH_QUEUE) $(HARNESS) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka -lm

tests: $(TESTS) $(O)/dvorik $(O)/botapi tests/panel/node_modules/.installed

# VARIANT=fuzz CC=clang only (tests/fuzz/fuzz.sh)
FUZZERS := $(patsubst %.c,$(O)/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
$(FUZZERS): $(O)/%: $(O)/%.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LDLIBS)
fuzzers: $(FUZZERS)

# ---- verbs ----------------------------------------------------------------------------
run:
	./run
test:
	./test
lint:
	sh scripts/lint.sh
bench: all
	sh tests/bench/bench.sh
bench-queue:
	sh tests/bench/queue/bench.sh
bench-data bench-api: bench-%:
	bash tests/bench/api/$*.sh
bench-broadcast:
	bash tests/bench/broadcast/broadcast.sh
fuzz:
	sh tests/fuzz/fuzz.sh
mutants:
	bash tests/mutants/run.sh
# What has passed is not repeated while nothing it is made of has changed; a second
# `make chaos` goes on where the first was stopped. DVORIK_TEST_JOBS=1: one at a time,
# and the bounds of time as the specification has them.
chaos:
	DVORIK_DOSE=full DVORIK_TEST_RESUME=build/chaos.passed \
	    ./test chaos store/test_queue_model store/test_intake_model
HOURS ?= 1
soak:
	DVORIK_DOSE=soak DVORIK_SOAK_HOURS=$(HOURS) \
	    DVORIK_TEST_TIMEOUT=$$(awk 'BEGIN { print int($(HOURS) * 3600 + 1800) }') \
	    ./test chaos/test_soak
clean:
	rm -rf build bin
install: all
	install -D -m 755 bin/dvorik $(DESTDIR)$(PREFIX)/bin/dvorik
PREFIX ?= /usr/local

help:
	@echo 'make            build bin/dvorik'
	@echo 'make run        the whole thing on one machine (./run)'
	@echo 'make test       every test (./test)'
	@echo 'make lint       format, layers, words'
	@echo 'make bench      the numbers of README'
	@echo 'make bench-queue  our queue beside BullMQ and Celery (MINUTES=25)'
	@echo 'make bench-data  a shop of ROWS=1000000 customers to measure with (12 GB)'
	@echo 'make bench-api  how fast the admin API answers there, and beside FastAPI'
	@echo 'make bench-broadcast  audiences of a million, and broadcasts beside grammY'
	@echo 'make fuzz       fuzz the parsers for a minute each'
	@echo 'make chaos      kill everything in the middle of everything (docs/faults.md)'
	@echo 'make mutants    break each safety line in turn: some test must notice (ONLY=changed)'
	@echo 'make soak       the same at random for HOURS=1'
	@echo 'make install    put bin/dvorik under PREFIX (/usr/local)'
	@echo 'make clean      remove what was built'

.PHONY: all tests fuzzers run test lint bench bench-queue bench-data bench-api bench-broadcast fuzz chaos mutants soak clean install help
.SECONDARY:
-include $(OBJ:.o=.d) $(HARNESS:.o=.d) $(BOTAPI:.o=.d) $(TESTS:=.d) $(BENCHES:=.d) $(FUZZ_SHORT:.o=.d) $(BENCH_QUEUE:.o=.d) $(O)/main.d
