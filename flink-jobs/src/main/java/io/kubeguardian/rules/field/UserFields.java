package io.kubeguardian.rules.field;

import static io.kubeguardian.rules.field.FieldTable.EVERY;

/**
 * user.* and group.*: as numbers. Names are the container's own business (its /etc/passwd); only root is root
 * everywhere.
 */
final class UserFields {
    private UserFields() {}

    static void addTo(FieldTable table) {
        table.number("user.uid", EVERY, event -> event.process().uid());
        table.text("user.name", EVERY, event -> event.process().uid() == 0 ? "root" : null);
        table.number("group.gid", EVERY, event -> event.process().gid());
        table.text("group.name", EVERY, event -> event.process().gid() == 0 ? "root" : null);
    }
}
