package io.kubeguardian.rules.field;

import io.kubeguardian.rules.field.Field.Argument;
import java.util.Set;

/**
 * Fields that Falco has and that no sensor of ours feeds yet. Rules with them load, and say so: a comparison with one
 * is false. A field moves to its class's file when a sensor provides it.
 */
final class UnsourcedFields {
    private static final String[] NAMES = {
        "evt.asynctype", "evt.around", "evt.buffer", "evt.buflen", "evt.buflen.file", "evt.buflen.net", "evt.count",
        "evt.count.error", "evt.cpu", "evt.deltatime", "evt.deltatime.ns", "evt.deltatime.s", "evt.io_dir",
        "evt.is_async", "evt.is_io", "evt.is_io_read", "evt.is_io_write", "evt.is_open_create", "evt.is_syslog",
        "evt.is_wait", "evt.latency", "evt.latency.s", "evt.latency.ns", "evt.num", "evt.pluginname",
        "evt.plugininfo", "evt.rawarg", "evt.reltime", "evt.reltime.s", "evt.reltime.ns", "evt.source",
        "evt.wait_latency", "syscall.type", "fd.containerdirectory", "fd.containername", "fd.cproto", "fd.dev",
        "fd.dev.major", "fd.dev.minor", "fd.ino", "fd.is_upper_layer", "fd.is_lower_layer", "fd.lproto", "fd.proto",
        "fd.rproto", "fd.sproto", "fd.uid", "fd.types", "proc.exe_ino.ctime_duration_pidns_start",
        "proc.fdlimit", "proc.fdopencount", "proc.fdusage", "proc.fd_allocated", "proc.is_container_healthcheck",
        "proc.is_container_liveness_probe", "proc.is_container_readiness_probe", "proc.is_exe_lower_layer",
        "proc.loginshellid", "proc.nchilds", "proc.nthreads", "proc.pidns_init_start_ts",
        "proc.stderr.name", "proc.stderr.type", "proc.stdin.name",
        "proc.stdin.type", "proc.stdout.name", "proc.stdout.type", "proc.vmrss", "proc.vmsize", "proc.vmswap",
        "proc.thread.cpu", "thread.cgroup", "thread.cgroups", "thread.cpu", "thread.exectime", "thread.ismain",
        "thread.nametid", "thread.pfmajor", "thread.pfminor", "thread.tid", "thread.totalexectime", "thread.vnametid",
        "thread.vtid", "user.homedir", "user.shell", "container.cni.json", "container.healthcheck",
        "container.image.id", "container.ip", "container.label", "container.labels", "container.liveness_probe",
        "container.mount", "container.mount.dest", "container.mount.mode", "container.mount.propagation",
        "container.mount.rdwr", "container.mount.source", "container.mounts", "container.readiness_probe",
        "container.type", "k8s.deployment.id", "k8s.deployment.label", "k8s.deployment.labels", "k8s.ns.id",
        "k8s.ns.label", "k8s.ns.labels", "k8s.pod.cni.json", "k8s.pod.id", "k8s.pod.ip", "k8s.pod.sandbox_id",
        "k8s.rc.id", "k8s.rc.label", "k8s.rc.labels", "k8s.rs.id", "k8s.rs.label", "k8s.rs.labels", "k8s.svc.id",
        "k8s.svc.label", "k8s.svc.labels", "k8s.svc.name",
    };

    private UnsourcedFields() {}

    static void addTo(FieldTable table) {
        for (String name : Set.of(NAMES)) {
            table.withArgument(name, Set.of(), Argument.OPTIONAL, argument -> new FieldValue.Unsourced());
        }
    }
}
