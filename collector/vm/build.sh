#!/bin/sh
# Builds the machine of the kernel tests: Debian 12's 6.1 cloud kernel and an initramfs in which the collector runs.
# Called by the tests (io.kubeguardian.collector.vm.Guest); by hand:
# JAVA_HOME=... collector/vm/build.sh TARGET TRIGGERS CLASS_PATH TEST_CLASS_PATH
#
# TARGET/kernel/          the kernel package, fetched once and unpacked, never installed
# TARGET/runtime/         JDK modules that the class paths need (jdeps, jlink), kept until these or the JDK change
# TARGET/system.cpio      what seldom changes: busybox, C libraries, kernel modules, the runtime
# TARGET/initramfs.cpio   that, then the collector, its tests, the trigger programs and init: the kernel unpacks both
#
# Where something cannot be had it says so in one sentence and exits 3: the tests are then skipped with that sentence.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=$1
triggers=$(cd "$2" && pwd)
class_path=$3
test_class_path=$4
java_home=${JAVA_HOME:?}
PATH=$PATH:/usr/sbin:/sbin
# Class archives are used at the address that they were made for: to move them takes an emulated machine seconds.
jvm_options="-XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0"
# In the order in which they depend on each other.
modules="net/core/failover drivers/net/net_failover drivers/virtio/virtio_ring drivers/virtio/virtio
	drivers/virtio/virtio_pci_modern_dev drivers/virtio/virtio_pci_legacy_dev drivers/virtio/virtio_pci
	drivers/net/virtio_net drivers/char/virtio_console fs/overlayfs/overlay
	net/vmw_vsock/vsock net/vmw_vsock/vmw_vsock_virtio_transport_common net/vmw_vsock/vsock_loopback"

cannot() {
	echo "$1"
	exit 3
}

check_tools() {
	[ "$(uname -m)" = x86_64 ] || cannot "$(uname -m) is not supported yet, only x86_64"
	command -v qemu-system-x86_64 >/dev/null || cannot "qemu is missing (Debian package qemu-system-x86)"
	command -v dpkg-deb >/dev/null && command -v apt-get >/dev/null || cannot "the kernel comes as a Debian package, and there is no apt-get or dpkg-deb here"
	busybox=$(command -v busybox) && ! ldd "$busybox" >/dev/null 2>&1 || cannot "a static busybox is missing (Debian package busybox-static)"
	[ -x "$java_home/bin/jlink" ] || cannot "$java_home has no jlink"
	libbpf=$(ldconfig -p | sed -n 's/.*libbpf\.so\.1 .*=> //p' | head -n 1)
	[ -n "$libbpf" ] || cannot "libbpf.so.1 is missing (Debian package libbpf1)"
}

newest_kernel() {
	apt-cache search --names-only '^linux-image-6\.1\.[0-9.-]+-cloud-amd64$' 2>/dev/null | cut -d ' ' -f 1 | sort -V | tail -n 1
}

fetch_kernel() {
	kernel=$target/kernel
	[ -e "$kernel/vmlinuz" ] && return
	package=$(newest_kernel)
	if [ -z "$package" ] && [ "$(id -u)" = 0 ]; then
		timeout 120 apt-get -qq update >/dev/null 2>&1 || true
		package=$(newest_kernel)
	fi
	[ -n "$package" ] || cannot "apt knows no package linux-image-6.1.*-cloud-amd64 (Debian 12)"
	rm -rf "$kernel.new"
	mkdir -p "$kernel.new"
	(cd "$kernel.new" && timeout 300 apt-get -qq download "$package" >/dev/null 2>&1) ||
		cannot "$package cannot be fetched: apt-get download fails"
	dpkg-deb -x "$kernel.new"/*.deb "$kernel.new"
	rm "$kernel.new"/*.deb
	mv "$kernel.new"/boot/vmlinuz-* "$kernel.new/vmlinuz"
	rm -rf "$kernel"
	mv "$kernel.new" "$kernel"
}

# What is looked up by name only (jdk.management) is not seen by jdeps: the collector runs without.
link_runtime() {
	libraries="$java_home $jvm_options $class_path $test_class_path"
	[ "$(cat "$target/runtime.of" 2>/dev/null)" = "$libraries" ] && [ -x "$target/runtime/bin/java" ] && return
	rm -rf "$target/runtime" "$target/runtime.of"
	needed=$("$java_home/bin/jdeps" -q --ignore-missing-deps --multi-release base --print-module-deps \
		$(entries "$class_path:$test_class_path"))
	"$java_home/bin/jlink" --add-modules "$needed" --strip-debug --no-man-pages --no-header-files --vm server \
		--generate-cds-archive --add-options="$jvm_options" --output "$target/runtime" >/dev/null
	rm -f "$target/runtime/lib/server/classes_nocoops.jsa" # 14 MB for heaps of more than 32 GB
	printf '%s' "$libraries" >"$target/runtime.of"
}

# A file with the shared libraries that it asks for, at the same places.
copy_linked() {
	root=$1
	shift
	ldd "$@" | sed -n 's/^.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/lib[^ ]*\) (.*/\1/p' | sort -u | grep -v "^$target/" |
		while read -r library; do
			mkdir -p "$root$(dirname "$library")"
			cp -L "$library" "$root$library"
		done
}

entries() { # of a class path
	printf '%s' "$1" | tr : ' '
}

archive() { # of the folder $1, in the format that the kernel unpacks
	(cd "$1" && find . | "$busybox" cpio -o -H newc 2>/dev/null)
}

build_system() {
	[ -e "$target/system.cpio" ] && [ "$target/system.cpio" -nt "$target/runtime.of" ] &&
		[ "$target/system.cpio" -nt "$target/kernel/vmlinuz" ] && [ "$target/system.cpio" -nt "$here/build.sh" ] && return
	root=$target/system
	rm -rf "$root"
	mkdir -p "$root/bin" "$root/dev" "$root/etc" "$root/modules" "$root/proc" "$root/run" "$root/sys" "$root/tmp" \
		"$root/usr" "$root/var"
	ln -s bin "$root/sbin"
	ln -s ../bin "$root/usr/bin"
	ln -s ../bin "$root/usr/sbin"
	cp "$busybox" "$root/bin/busybox"
	for applet in $("$busybox" --list); do
		ln -s busybox "$root/bin/$applet" 2>/dev/null || true
	done
	for module in $modules; do
		cp "$target"/kernel/lib/modules/*/kernel/"$module.ko" "$root/modules/"
		echo "$(basename "$module").ko" >>"$root/modules/order"
	done
	cp -a "$target/runtime" "$root/jre"
	copy_linked "$root" "$target/runtime/bin/java" "$target/runtime/lib/server/libjvm.so" "$libbpf"
	mkdir -p "$root$(dirname "$libbpf")"
	cp -L "$libbpf" "$root$libbpf"
	mkdir -p "$root/usr/lib/locale/C.utf8"
	cp /usr/lib/locale/C.utf8/LC_CTYPE "$root/usr/lib/locale/C.utf8/" # programs take arguments that are not ASCII
	echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
	echo 'root:x:0:' >"$root/etc/group"
	echo 'kubeguardian-vm' >"$root/etc/hostname"
	printf '127.0.0.1 localhost\n127.0.0.1 kubeguardian-vm\n::1 localhost\n' >"$root/etc/hosts"
	archive "$root" >"$target/system.cpio.new"
	mv "$target/system.cpio.new" "$target/system.cpio"
	rm -rf "$root"
}

# The classes of the tests as the JVM has them after start-up (JEP 483): to load them anew takes an emulated machine
# half a minute. What it does not find as it was is passed over.
cache_classes() {
	(
		cd "$root"
		printf '%s\n' -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \
			-Djdk.lang.Process.launchMechanism=VFORK -Dkubeguardian.bpf.target=/ -cp "$(printf '%s:' tests/*.jar collector/lib/*.jar)" >tests/java.args
		"$target/runtime/bin/java" -XX:AOTCacheOutput=tests/classes.aot @tests/java.args \
			"-Dkubeguardian.bpf.target=$triggers/.." io.kubeguardian.collector.vm.GuestTests \
			io.kubeguardian.collector.event.EventDecoderTest io.kubeguardian.collector.SensorIT >/dev/null 2>&1 || true
		[ ! -e tests/classes.aot ] || echo -XX:AOTCache=tests/classes.aot >>tests/java.args
	)
}

build_initramfs() {
	root=$target/application
	rm -rf "$root"
	mkdir -p "$root/collector/lib" "$root/tests" "$root/triggers"
	cp -p $(entries "$class_path") "$root/collector/lib/"
	cp "$here/../collector.jvm" "$root/collector/"
	for entry in $(entries "$test_class_path"); do
		if [ -d "$entry" ]; then
			"$java_home/bin/jar" --create --file "$root/tests/$(basename "$entry").jar" -C "$entry" .
		else
			cp -p "$entry" "$root/tests/"
		fi
	done
	cache_classes
	cp "$triggers"/* "$root/triggers/"
	cp "$here/init" "$root/init"
	chmod 755 "$root/init" "$root"/triggers/*
	{
		cat "$target/system.cpio"
		archive "$root"
	} >"$target/initramfs.cpio.new"
	mv "$target/initramfs.cpio.new" "$target/initramfs.cpio"
	rm -rf "$root"
}

check_tools
mkdir -p "$target"
target=$(cd "$target" && pwd)
fetch_kernel
link_runtime
build_system
build_initramfs
