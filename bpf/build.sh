#!/bin/sh
# Builds the BPF object and the trigger programs of the tests. Called by Maven; by hand: bpf/build.sh [TARGET]
#
# TARGET/classes/io/kubeguardian/bpf/kubeguardian.bpf.o   loaded by the collector from the class path
# TARGET/triggers/*                                      one small program per behaviour, static where possible
#
# Where a tool is missing it says so and succeeds without: the collector then reports that the object is not built.
set -eu
cd "$(dirname "$0")"
target=${1:-target}
work=$target/bpf
object=$target/classes/io/kubeguardian/bpf/kubeguardian.bpf.o
btf=/sys/kernel/btf/vmlinux
PATH=$PATH:/usr/sbin:/sbin

missing() {
	echo "bpf: $1: BPF object not built, kernel sensors and their tests are off" >&2
	rm -f "$object"
	exit 0
}

newer() { # is any of the files after $1 newer than it, or is it missing?
	[ ! -e "$1" ] || [ -n "$(find "$@" -newer "$1" -print | head -n 1)" ]
}

build_object() {
	command -v clang >/dev/null || missing "clang is missing (package clang)"
	command -v llvm-strip >/dev/null || missing "llvm-strip is missing (package llvm)"
	command -v bpftool >/dev/null || missing "bpftool is missing (package bpftool)"
	[ -e /usr/include/bpf/bpf_helpers.h ] || missing "bpf/bpf_helpers.h is missing (package libbpf-dev)"
	[ -r $btf ] || missing "$btf is missing (a kernel with CONFIG_DEBUG_INFO_BTF)"
	[ "$(uname -m)" = x86_64 ] || missing "$(uname -m) is not supported yet, only x86_64"

	mkdir -p "$work" "$(dirname "$object")"
	kernel=$(uname -r)
	if [ ! -s "$work/vmlinux.h" ] || [ "$(cat "$work/kernel" 2>/dev/null)" != "$kernel" ]; then
		bpftool btf dump file $btf format c >"$work/vmlinux.h.new"
		mv "$work/vmlinux.h.new" "$work/vmlinux.h"
		echo "$kernel" >"$work/kernel"
	fi
	if newer "$object" kubeguardian.bpf.c include/*.h sensors/*.bpf.c build.sh "$work/vmlinux.h"; then
		clang -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 -Wall -Werror -I"$work" -Iinclude -I. \
			-c kubeguardian.bpf.c -o "$work/object.new"
		llvm-strip -g "$work/object.new" # takes DWARF away, leaves BTF
		mv "$work/object.new" "$object"
	fi
}

build_triggers() {
	compiler=$(command -v gcc || command -v clang) || return 0
	mkdir -p "$target/triggers"
	for source in triggers/*.c; do
		program=$target/triggers/$(basename "$source" .c)
		if newer "$program" "$source"; then
			"$compiler" -O1 -Wall -static -o "$program" "$source" 2>/dev/null ||
				"$compiler" -O1 -Wall -o "$program" "$source"
		fi
	done
}

build_triggers
build_object
