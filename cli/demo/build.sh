#!/bin/sh
# Builds the demo's programs and the container's root file system. usage: build.sh OUTPUT_FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
for tool in clang busybox; do
    if ! command -v "$tool" >/dev/null; then
        echo "demo/build.sh: $tool is not installed: the demo's container is not built, the demo can only replay" >&2
        exit 0
    fi
done
[ -z "$(find "$here" -type f -newer "$out/orders" 2>/dev/null)" ] && [ -e "$out/orders" ] && exit 0
rm -rf "$out"
mkdir -p "$out/rootfs"
for program in orders beacon netpeer; do
    clang -O2 -D_GNU_SOURCE -Wall -Werror -static -o "$out/$program" "$here/$program.c"
done

root=$out/rootfs
mkdir -p "$root/bin" "$root/srv" "$root/etc" "$root/proc" "$root/dev" "$root/tmp" "$root/old" "$root/run" "$root/var"
ln -s /run "$root/var/run"
cp "$(command -v busybox)" "$root/bin/busybox"
for applet in sh cat id wget chmod sleep; do
    ln -s busybox "$root/bin/$applet"
done
cp "$out/orders" "$root/srv/orders"
printf 'listen=8080\ndatabase=5432\n' >"$root/etc/orders.conf"
printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
# As the kubelet lays out a projected volume: the name is a link to a dated folder.
account=$root/run/secrets/kubernetes.io/serviceaccount
mkdir -p "$account/..2026_01_01_00_00_00.1"
printf 'demo.token.worth-nothing' >"$account/..2026_01_01_00_00_00.1/token"
ln -s ..2026_01_01_00_00_00.1 "$account/..data"
ln -s ..data/token "$account/token"
