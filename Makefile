# make demo      two phones on this machine, in the browser; ARGS="..." goes to `sotto demo`
# make test      everything that CI runs; ARGS="tests/unit -k gate" for less
# make fuzz      all fuzz targets, each for SECONDS=20; ARGS="packet sdp vcard" for less
# make mutate    mutants of the ZRTP engine, some 45 minutes; ARGS="confirm state" for some modules
# make attack    every attack of the list, floods, fuzzing; ARGS="--only XS01 flood" for less
# make soak      calls, pulled plugs, lost networks and parts, for two hours; ARGS="--calls 20 --minutes 1" for less
# make sanitize  the C code and PJSIP under ASan, UBSan and TSan; ARGS="--kinds modules --only gate"
#                for less, without a PJSIP of its own
# make soak-phone  100,000 random events for the phone: keys, hook, calls, keys of calls
# make picture   docs/two-phones.png anew, from the demo's page
# make deb       the Debian package, for this machine's Debian, in build/deb
# make image    the card for a Raspberry Pi, build/image/sotto.img; DEBUG=1: with a console for all
# make test-image  boots it in an emulator and looks whether it is a phone, some ten minutes
# make bench-image  what its start, a call's keys and a call's sound cost there, in instructions; half an hour and more
# make test-update  installs new software on it, good and broken, with the plug pulled; half an hour
# make test-cuts   its plug pulled at random moments of first starts and updates; ARGS="--rounds 5 --only first"
# make test-hardware  the drivers, in a VM with simulated lines, bus and card
# make test-call      a whole call there: keys, hook, panel, lamps, bell, sound
# make test-service  the phone under systemd: killed, hung, disk full, no network; two minutes
# make test-missing   the same in that VM: no memory, sound card or display
# make test-plug      that VM unplugged 50 times, at random moments; ARGS="--rounds 5 --seed 1"
# make bundle   an update of what make image has made, signed, in build/image (docs/updates.md)
# make lint bench screens clean
#
# The first run installs Debian packages (sudo) and builds PJSIP, some five minutes in all; later
# runs find the stamps under build/ and start at once.
PYTHON ?= /usr/bin/python3
VENV := build/venv
BIN := $(VENV)/bin

GATE := agent/media/_gate.abi3.so
GATE_SOURCES := $(wildcard agent/media/gate*.c)
HANDSET_PORT := agent/media/_handset_port.abi3.so
C_FLAGS := -std=gnu11 -O2 -fPIC -fvisibility=hidden -Wall -Wextra -Werror -D_GNU_SOURCE \
	-DNDEBUG -DPy_LIMITED_API=0x030b0000 -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	-fstack-clash-protection -Wl,-z,relro,-z,now,--as-needed -shared

SHELL_SCRIPTS = $(shell git ls-files '*.sh') .ci/run

.PHONY: setup test-setup demo deb bundle image test-image test-update test-cuts test test-hardware test-call test-service test-missing test-plug lint bench fuzz mutate soak soak-phone screens picture clean

setup: build/.packages build/.venv build/.pjsip $(GATE) $(HANDSET_PORT) build/.bytecode
test-setup: setup build/.test-packages

demo: setup
	$(BIN)/sotto demo $(ARGS)

test: test-setup
	$(BIN)/python -m pytest $(ARGS)

# The real drivers on the kernel's simulated lines, bus and cards, in a throw-away VM. Wants root.
test-hardware: test-setup build/.hardware-packages
	$(BIN)/python tests/hardware/vm.py -- pytest tests/contract tests/hardware/test_kernel.py \
		tests/hardware/test_fat.py -m hardware -p no:cacheprovider $(ARGS)

# A whole call on those drivers, as a person has it. Wants root.
test-call: test-setup build/.hardware-packages
	$(BIN)/python tests/hardware/vm.py -- pytest tests/hardware/test_call.py \
		-p no:cacheprovider $(ARGS)

# The phone's unit under a systemd of its own: killed, hung, and short of what it needs. Wants root.
test-service: test-setup build/.hardware-packages
	PYTHONPATH=tests $(BIN)/python -m hardware.service $(ARGS)

# The same on the kernel's hardware in that VM: what is left of a phone that lacks a part of it.
test-missing: test-setup build/.hardware-packages
	PYTHONPATH=tests $(BIN)/python -m hardware.missing $(ARGS)

# The VM killed at random moments of first starts and calls: each time the memory must be whole.
# ARGS=--here: no VM, only processes that are killed; quick.
test-plug: test-setup build/.hardware-packages
	PYTHONPATH=tests $(BIN)/python -m hardware.plug $(ARGS)

deb: setup
	PYTHON=$(PYTHON) image/deb/build.sh

# Wants root, as the package for another architecture does.
IMAGE := build/image
IMAGE_EPOCH = $(shell git log -1 --format=%ct)
DEBUG ?=

image: setup build/.image-packages
	@mkdir -p $(IMAGE)
	image/deb/elsewhere.sh arm64 trixie >$(IMAGE)/package
	SOURCE_DATE_EPOCH=$(IMAGE_EPOCH) DEBUG=$(DEBUG) image/root/build.sh \
		"$$(tail -1 $(IMAGE)/package)" $(IMAGE)/root.tar
	SOURCE_DATE_EPOCH=$(IMAGE_EPOCH) $(BIN)/python -m image.card.make $(if $(DEBUG),--debug) \
		--keyring "$(or $(UPDATE_CERT),$$(image/update/key.sh)/certificate.pem)" \
		$(IMAGE)/root.tar $(IMAGE)

# What `make image` has made, signed, with the list that names it: docs/updates.md.
VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)+$(shell date -u -d @$(IMAGE_EPOCH) +%Y%m%d%H%M)
bundle: build/.test-packages
	SIGN_CERT="$(SIGN_CERT)" SIGN_KEY="$(SIGN_KEY)" image/update/bundle.sh $(IMAGE) $(VERSION) \
		$(IMAGE)/sotto-$(VERSION).raucb
	echo "$(VERSION) sotto-$(VERSION).raucb" >$(IMAGE)/latest.txt

test-image: setup build/.image-packages build/.test-image-packages
	SOTTO_IMAGE=$(IMAGE) $(BIN)/python -m pytest tests/image/test_card.py -s -p no:randomly $(ARGS)

# New software on that card, from USB sticks: half an hour, and wants root.
test-update: setup build/.image-packages build/.test-image-packages
	SOTTO_IMAGE=$(IMAGE) $(BIN)/python -m pytest tests/image/test_update.py -s -p no:randomly $(ARGS)

# The card's plug pulled at random moments: of its first start, and of an update. Wants root.
test-cuts: test-setup build/.image-packages build/.test-image-packages
	SOTTO_IMAGE=$(IMAGE) PYTHONPATH=tests:. $(BIN)/python -m image.cuts $(ARGS)

lint: test-setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	shellcheck $(SHELL_SCRIPTS)

bench: test-setup build/.bench-packages build/.bench-venv
	$(BIN)/python tests/bench/run.py $(ARGS)

.PHONY: bench-image  # on the card that `make image` has made
bench-image: test-setup build/.image-packages build/.test-image-packages
	SOTTO_IMAGE=$(or $(SOTTO_IMAGE),$(IMAGE)) $(BIN)/python tests/bench/card.py $(ARGS)

.PHONY: attack  # wants root
attack: test-setup build/.fuzz-venv
	$(BIN)/python tests/attack/run.py $(ARGS)

soak: test-setup
	$(BIN)/python tests/soak/run.py $(ARGS)

.PHONY: sanitize  # wants root
sanitize: test-setup
	$(BIN)/python tests/sanitize/run.py $(ARGS)

SECONDS ?= 20
fuzz: build/.fuzz-venv
	$(BIN)/python tests/fuzz/run.py --seconds $(SECONDS) $(ARGS)

EVENTS ?= 100000
soak-phone: test-setup
	SOAK_EVENTS=$(EVENTS) $(BIN)/python -m pytest tests/unit/phone/test_phone_properties.py \
		-q -s -p no:randomly --timeout=3600

mutate: build/.mutation-venv
	$(BIN)/python tests/mutation/run.py $(ARGS)

screens: setup
	$(BIN)/python tests/screens/gallery.py $(ARGS)

picture: test-setup
	$(BIN)/python tests/screens/portrait.py

clean:
	rm -rf build $(GATE) $(HANDSET_PORT)

build/.packages: image/packages.txt image/packages.sh
	image/packages.sh build run
	@mkdir -p build && touch $@

build/.test-packages: image/packages.txt image/packages.sh
	image/packages.sh test
	@mkdir -p build && touch $@

build/.bench-packages: image/packages.txt image/packages.sh
	image/packages.sh bench
	@mkdir -p build && touch $@

build/.hardware-packages: image/packages.txt image/packages.sh
	image/packages.sh hardware
	@mkdir -p build && touch $@

build/.image-packages: image/packages.txt image/packages.sh
	image/packages.sh image
	@mkdir -p build && touch $@

build/.test-image-packages: image/packages.txt image/packages.sh
	image/packages.sh test-image
	@mkdir -p build && touch $@

build/.venv: pyproject.toml | build/.packages
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[simulator,test]'
	@touch $@

build/.fuzz-venv: build/.venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	@touch $@

build/.bench-venv: build/.venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

build/.mutation-venv: build/.venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[mutation]'
	@touch $@

build/.pjsip: image/pjsip.sh image/pjsua2.txt | build/.packages build/.venv
	PYTHON=$(PYTHON) image/pjsip.sh $(VENV) >$@.new
	@mv $@.new $@

# As in the package: docstrings need not be in a phone's memory. Who edits a file has it with them.
COMPILE := $(BIN)/python -X no_debug_ranges image/bytecode.py

build/.bytecode: $(shell find agent hw -name '*.py') image/bytecode.py build/.library-bytecode
	@$(COMPILE) agent hw
	@touch $@

build/.library-bytecode: image/bytecode.py build/.venv build/.pjsip
	@$(COMPILE) $(VENV)/lib/python3.*/site-packages/cryptography \
		$(VENV)/lib/python3.*/site-packages/PIL "$(PJSIP)/python"
	@touch $@

# The stamp names the folder. LD_RUN_PATH: a C module finds the very libraries that pjsua2 uses.
# The two are built together: the phone imports both.
$(GATE): $(GATE_SOURCES) agent/media/gate.h agent/media/gate_module.h build/.pjsip | $(HANDSET_PORT)
	$(call c_module,$(GATE_SOURCES)) -lsrtp2 -lssl -lcrypto -lpthread

$(HANDSET_PORT): agent/media/handset_port.c build/.pjsip
	$(call c_module,$<)

PKG_CONFIG = pkg-config
PJSIP = $$(cat build/.pjsip)
MODULE_RUN_PATH = \$$ORIGIN/../../build/pjsip/$$(basename "$(PJSIP)")/lib

define c_module
	LD_RUN_PATH="$(MODULE_RUN_PATH)" \
	$(CC) $(C_FLAGS) -ffile-prefix-map="$(PJSIP)"=pjsip -o $@ $(1) \
		-isystem "$$($(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("include"))')" \
		$$(PKG_CONFIG_PATH="$(PJSIP)/lib/pkgconfig" $(PKG_CONFIG) \
			--cflags --libs libpjproject | sed 's/-I/-isystem /g')
endef
