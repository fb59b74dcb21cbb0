#!/bin/sh
# Builds the programs that the scenarios run. usage: build.sh OUTPUT_FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
compiler=$(command -v gcc || command -v clang) || {
	echo "benchmarks: no C compiler (package clang): the kernel and collector scenarios are off" >&2
	exit 0
}
mkdir -p "$out"
for source in "$here"/*.bpf.c; do
	object=$out/$(basename "$source" .c).o
	if command -v clang >/dev/null && { [ ! -e "$object" ] || [ -n "$(find "$source" -newer "$object")" ]; }; then
		clang -O2 -g -target bpf -mcpu=v3 -Wall -Werror -c "$source" -o "$object"
	fi
done
for source in "$here"/*.c; do
	case $source in *.bpf.c) continue ;; esac
	program=$out/$(basename "$source" .c)
	if [ ! -e "$program" ] || [ -n "$(find "$source" -newer "$program")" ]; then
		"$compiler" -O2 -Wall -Werror -static -o "$program" "$source" 2>/dev/null ||
			"$compiler" -O2 -Wall -Werror -o "$program" "$source"
	fi
done
