#!/bin/sh
# Starts the demo's container and becomes its first process. Everything it makes (mounts, network) lives in its own
# namespaces and goes away with them. The set-up runs outside the container's cgroup, as a container runtime's does:
# the first thing that the sensor sees in it is the service itself.
#
# usage: container.sh ROOTFS CGROUP WORK COMMAND [ARG...]
#   ROOTFS  read-only lower layer of the container's file system
#   CGROUP  the container's cgroup (exists already)
#   WORK    an empty folder to mount on
set -eu
if [ "${KG_INSIDE:-}" != 1 ]; then
    exec env KG_INSIDE=1 unshare --mount --pid --net --uts --ipc --fork --kill-child=KILL "$0" "$@"
fi
rootfs=$1 cgroup=$2 work=$3
shift 3
exec 9>"$cgroup/cgroup.procs"
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$work"
mkdir "$work/upper" "$work/scratch" "$work/root"
mount -t overlay overlay -o "lowerdir=$rootfs,upperdir=$work/upper,workdir=$work/scratch" "$work/root"
mount -t proc proc "$work/root/proc"
mount -t tmpfs -o mode=1777 tmpfs "$work/root/tmp"
mknod -m 666 "$work/root/dev/null" c 1 3
ip link set lo up
hostname orders
cd "$work/root"
pivot_root . old
/bin/busybox umount -l /old
echo 0 >&9
exec 9>&-
unset KG_INSIDE
cd /
exec "$@"
