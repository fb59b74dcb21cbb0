package io.kubeguardian.rules.field;

import static io.kubeguardian.rules.field.FieldTable.EVERY;

import io.kubeguardian.rules.ProcessView;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * user.*, group.*, thread.cap_*: with whose rights the process acts. Names are the container's own business (its
 * /etc/passwd); only a few numbers are the same user in Debian (base-passwd), Alpine and Fedora (setup) alike.
 */
final class CredentialFields {
    private static final Map<Integer, String> USERS = Map.of(0, "root", 8, "mail", 65534, "nobody");

    private CredentialFields() {}

    static void addTo(FieldTable table) {
        table.number("user.uid", EVERY, event -> event.process().uid());
        table.text("user.name", EVERY, event -> USERS.get(event.process().uid()));
        table.number("user.loginuid", EVERY, event -> event.process().loginUid());
        table.text("user.loginname", EVERY, event -> USERS.get(event.process().loginUid()));
        table.number("group.gid", EVERY, event -> event.process().gid());
        table.text("group.name", EVERY, event -> event.process().gid() == 0 ? "root" : null);
        capabilities(table, "thread.cap_effective", ProcessView::capEffective);
        capabilities(table, "thread.cap_permitted", ProcessView::capPermitted);
        capabilities(table, "thread.cap_inheritable", ProcessView::capInheritable);
    }

    private static void capabilities(FieldTable table, String name, ToLongFunction<ProcessView> mask) {
        table.text(name, EVERY, event -> Symbols.capabilities(mask.applyAsLong(event.process())));
    }
}
