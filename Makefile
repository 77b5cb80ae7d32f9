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
PKGS := json-c hiredis libcurl libmicrohttpd libqrencode libpng zbar libcrypto libmariadb
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
OBJ := $(SRC:%.c=$(O)/%.o) $(O)/gen/migrations_list.o
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
$(O)/bots/intake_send.o $(O)/core/io/pace.o $(O)/core/io/queue_put.o $(O)/core/io/queue_run.o $(O)/core/io/queue_look.o: $(wildcard core/io/queue/*.lua)
$(O)/tests/botapi/page.o: $(wildcard tests/botapi/page/*)
$(O)/gen/migrations_list.c: $(wildcard migrations/*.sql) migrations/list.sh
	@mkdir -p $(@D)
	$(Q)sh migrations/list.sh > $@.tmp && mv $@.tmp $@
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
$(BENCHES): $(O)/%: $(O)/%.o $(HARNESS) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

tests: $(TESTS) $(O)/dvorik $(O)/botapi

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
fuzz:
	sh tests/fuzz/fuzz.sh
chaos:
	./test chaos
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
	@echo 'make fuzz       fuzz the parsers for a minute each'
	@echo 'make chaos      kill the programs in the middle of everything'
	@echo 'make install    put bin/dvorik under PREFIX (/usr/local)'
	@echo 'make clean      remove what was built'

.PHONY: all tests fuzzers run test lint bench fuzz chaos clean install help
.SECONDARY:
-include $(OBJ:.o=.d) $(HARNESS:.o=.d) $(BOTAPI:.o=.d) $(TESTS:=.d) $(BENCHES:=.d) $(O)/main.d
