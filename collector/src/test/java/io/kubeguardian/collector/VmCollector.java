package io.kubeguardian.collector;

import io.kubeguardian.collector.vm.Guest;
import io.kubeguardian.collector.vm.Guest.Ended;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The collector as a process in the virtual machine, with a configuration file, and containers that it monitors. */
final class VmCollector implements AutoCloseable {
    static final String NODE = "debian-12";
    /** As it is shipped. */
    static final String COMMAND = "java @/collector/collector.jvm -cp '/collector/lib/*' " + CollectorMain.class.getName();

    private static final String ROOT = "/sys/fs/cgroup/kubepods";
    private static final String LOG = "/tmp/collector.log";
    private static final int START_SECONDS = 120;
    private static final int TRIGGER_SECONDS = 60;

    private final Guest guest;

    private VmCollector(Guest guest) {
        this.guest = guest;
    }

    /** Returns when the collector says that it is ready. */
    static VmCollector start(Guest guest, String bootstrapServers) throws IOException {
        Ended started = guest.run(START_SECONDS, """
                mkdir -p %s
                cat >/tmp/kubeguardian.yaml <<END
                kafka:
                  bootstrapServers: %s
                collector:
                  cluster: test
                  node: %s
                  healthSeconds: 1
                END
                %s --config /tmp/kubeguardian.yaml >%s 2>&1 3>&- &
                collector=$!
                echo $collector >/tmp/collector.pid
                until grep -q '^collector ready' %s; do
                    kill -0 $collector || exit 1
                    sleep 0.1
                done
                """.formatted(ROOT, bootstrapServers, NODE, COMMAND, LOG, LOG));
        VmCollector collector = new VmCollector(guest);
        if (started.status() != 0) {
            throw new IOException("the collector does not start in the virtual machine: " + collector.log());
        }
        return collector;
    }

    String cgroup(String podUid, String containerId) {
        return ROOT + "/burstable/pod" + podUid + '/' + containerId;
    }

    /** Runs a trigger program in a container, which is made where there is none. */
    Ended run(String podUid, String containerId, String trigger, Object... arguments) throws IOException {
        String cgroup = cgroup(podUid, containerId);
        return guest.run(TRIGGER_SECONDS, "mkdir -p " + cgroup + "\nexec in_cgroup " + cgroup + " /triggers/" + trigger + ' '
                + Stream.of(arguments).map(Object::toString).collect(Collectors.joining(" ")));
    }

    String log() throws IOException {
        return guest.run(TRIGGER_SECONDS, "cat " + LOG).output();
    }

    /** SIGTERM, and waits for the end. */
    @Override
    public void close() throws IOException {
        guest.run(TRIGGER_SECONDS, "pid=$(cat /tmp/collector.pid)\nkill $pid\nwhile kill -0 $pid; do sleep 0.1; done");
    }
}
