package io.kubeguardian.cli.profile.export;

import io.kubeguardian.baseline.ProfileDigests;
import io.kubeguardian.schema.ItemSource;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileCall;
import io.kubeguardian.schema.ProfileItem;
import io.kubeguardian.schema.ProfilePhase;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.List;

/** A profile as a small web service's would be. */
public final class ExportExamples {
    private ExportExamples() {}

    public static Profile profile() {
        List<ProfileItem> items = new ArrayList<>();
        for (String item : List.of("exec /usr/sbin/nginx", "exec /srv/with blank/\"tool\"[1]", "parent /usr/sbin/nginx > /srv/with",
                "args /usr/sbin/nginx -g <s>", "file read /etc/nginx/nginx.conf", "file read /usr/lib/nginx/module.so",
                "file read /srv/data/<n>-<n>.html", "file read /srv/cache/*", "file write /var/log/nginx/**",
                "file write /tmp/upload-<tmp>", "file change /var/cache/<uuid>", "file list /etc/nginx/conf.d",
                "file read /proc/<n>/status", "connect 10.0.7.0/24:5432", "connect 10.96.0.10:53/udp",
                "connect [2001:db8:0:0:0:0:0:7]:443", "listen 80/tcp", "listen ephemeral/udp", "dns *.shop.example.com",
                "user 101", "capability CAP_NET_BIND_SERVICE")) {
            int blank = item.indexOf(' ');
            items.add(item(item.substring(0, blank), item.substring(blank + 1)));
        }
        ProfileItem api = item("connect", "api.billing.svc.cluster.local:8080");
        api.setAddresses(List.of("10.96.4.7:8080"));
        items.add(api);
        Profile profile = Profile.newBuilder().setWorkload(new WorkloadRef("prod", "shop", "Deployment", "web"))
                .setImage("sha256:" + "a".repeat(64)).setImageName("registry.example/shop/web:3").setPhase(ProfilePhase.READY)
                .setFirstEvent(1_790_000_000_000_000_000L).setReadySince(1_790_003_600_000_000_000L)
                .setLastSeen(1_790_100_000_000_000_000L).setUpdatedTime(1_790_100_000_000_000_000L).setItems(items)
                .setSyscalls(List.of(new ProfileCall("epoll_wait", 900L), new ProfileCall("sendfile", 30L))).setDigest("")
                .build();
        profile.setDigest(ProfileDigests.of(profile));
        return profile;
    }

    static Behaviour behaviour() {
        return Behaviour.of(List.of(profile()));
    }

    static ProfileItem item(String kind, String item) {
        return ProfileItem.newBuilder().setKind(kind).setItem(item).setSource(ItemSource.LEARNED).setFirstSeen(1L)
                .setLastSeen(2L).setSightings(3L).build();
    }
}
