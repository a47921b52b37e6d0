# The front door. Everything behind it is meson (see meson.build) and the small programs of tools/.
FUZZ_SECONDS ?= 60
MINUTES ?= 10
PREFIX ?= /usr/local
DESTDIR ?=
export DESTDIR

.PHONY: help demo check build bench fuzz lint format install clean packages

help:
	@echo 'make demo      install what is missing, build, and play the demonstration'
	@echo 'make check     install what the tests need, build, run every check (FUZZ_SECONDS=$(FUZZ_SECONDS), FRESH=1: repeat all)'
	@echo 'make build     release build in build/'
	@echo 'make bench     benchmarks, one after another (NAME="aka store": only these)'
	@echo 'make fuzz      fuzz longer (MINUTES=$(MINUTES) a target, TARGET=name: only this one)'
	@echo 'make lint      format, shell scripts, layers and clang-tidy, without tests'
	@echo 'make format    lay out all C files by .clang-format'
	@echo 'make install   install `mooring` and the pcscd driver (PREFIX=$(PREFIX), DESTDIR=)'
	@echo 'make clean     remove all build directories'
	@echo
	@echo 'As root, missing Debian packages (packaging/debian-packages.txt) are installed; others are told which they are.'

demo:
	@tools/demo

# Status 2: only packages of some checks are missing; those checks are skipped, and say so.
check:
	@tools/packages build demo check || [ $$? -eq 2 ]
	@tools/check --fuzz-seconds $(FUZZ_SECONDS) $(if $(FRESH),--fresh)

build:
	@tools/packages build
	@tools/build

bench:
	@tools/packages build
	@tools/bench $(NAME)

fuzz:
	@tools/packages build check || [ $$? -eq 2 ]
	@tools/check --fresh --fuzz-seconds $$(($(MINUTES) * 60)) $(if $(TARGET),--fuzz-target $(TARGET)) fuzz

lint:
	@tools/packages build check || [ $$? -eq 2 ]
	@tools/check format scripts marks layers tidy

format:
	@tools/packages build check || [ $$? -eq 2 ]
	@git ls-files -z '*.c' '*.h' | xargs -0 clang-format -i

install:
	@tools/packages build
	@tools/build
	@meson configure build --prefix '$(PREFIX)'
	@meson install -C build

clean:
	rm -rf build build-*
