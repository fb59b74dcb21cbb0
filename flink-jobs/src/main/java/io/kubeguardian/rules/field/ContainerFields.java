package io.kubeguardian.rules.field;

import static io.kubeguardian.rules.field.FieldTable.EVERY;
import static io.kubeguardian.rules.field.FieldValue.MISSING;
import static io.kubeguardian.rules.field.FieldValue.orNull;

import io.kubeguardian.rules.EventView;

/** container.*; outside any container its id and name are "host". */
final class ContainerFields {
    private static final int SHORT_ID = 12;
    private static final long MILLI = 1_000_000L;

    private ContainerFields() {}

    static void addTo(FieldTable table) {
        table.text("container.id", EVERY, event -> {
            String id = event.container().id();
            return isHost(event) ? "host" : id.length() > SHORT_ID ? id.substring(0, SHORT_ID) : id;
        });
        table.text("container.full_id", EVERY, event -> isHost(event) ? "host" : event.container().id());
        table.text("container.name", EVERY, event -> isHost(event) ? "host" : orNull(event.container().name()));
        table.text("container.image", EVERY, event -> orNull(event.container().image()));
        table.text("container.image.repository", EVERY, event -> orNull(repository(event.container().image())));
        table.text("container.image.tag", EVERY, event -> orNull(tag(event.container().image())));
        table.text("container.image.digest", EVERY, event -> orNull(event.container().imageDigest()));
        table.flag("container.privileged", EVERY, event -> container(event, event.container().privileged()));
        table.flag("container.host_network", EVERY, event -> container(event, event.container().hostNetwork()));
        table.flag("container.host_pid", EVERY, event -> container(event, event.container().hostPid()));
        table.flag("container.host_ipc", EVERY, event -> container(event, event.container().hostIpc()));
        table.number("container.start_ts", EVERY, event -> event.container().startedAt() == 0
                ? MISSING
                : event.container().startedAt() * MILLI);
        table.number("container.duration", EVERY, event -> event.container().startedAt() == 0
                ? MISSING
                : event.time() - event.container().startedAt() * MILLI);
    }

    /** Of what is in no container, or in one that is not known yet, nothing is said. */
    private static long container(EventView event, boolean value) {
        return event.container().name().isEmpty() ? MISSING : FieldValue.Flag.of(value);
    }

    private static boolean isHost(EventView event) {
        return event.container().id().isEmpty();
    }

    /** A colon before the last slash belongs to the registry's port. */
    private static String repository(String image) {
        String name = withoutDigest(image);
        int colon = name.lastIndexOf(':');
        return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
    }

    private static String tag(String image) {
        String name = withoutDigest(image);
        int colon = name.lastIndexOf(':');
        return colon > name.lastIndexOf('/') ? name.substring(colon + 1) : "";
    }

    private static String withoutDigest(String image) {
        int at = image.indexOf('@');
        return at < 0 ? image : image.substring(0, at);
    }
}
