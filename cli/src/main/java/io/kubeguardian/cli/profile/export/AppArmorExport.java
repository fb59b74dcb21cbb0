package io.kubeguardian.cli.profile.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** An AppArmor profile that lets a workload run the programs and use the files, capabilities and networks that it was seen using. */
public final class AppArmorExport {
    private static final Map<String, String> PLACEHOLDERS = Map.of("<n>", "[0-9]*", "<hex>", "[0-9a-fA-F]*",
            "<uuid>", "[0-9a-fA-F]*", "<id>", "*", "<tmp>", "*");
    /** The dynamic loader maps what no open names; the runtime writes these before the first program. */
    private static final String BASE = """
              # the dynamic loader, and what the kernel opens by itself at an exec
              /{,usr/}lib{,32,64}/** mr,
              /etc/ld.so.cache mr,
              @{PROC}/@{pid}/attr/** rw,
              # its own processes
              signal (send, receive) peer=@{profile_name},
              signal (receive) peer=unconfined,
              ptrace (read, readby) peer=@{profile_name},
              unix,
            """;

    private AppArmorExport() {}

    public static String of(Behaviour behaviour) {
        StringBuilder out = new StringBuilder();
        out.append("# Made from what ").append(behaviour.key()).append(" was seen doing.\n");
        behaviour.digests().forEach(digest -> out.append("# profile ").append(digest).append('\n'));
        out.append("#include <tunables/global>\n\nprofile ").append(behaviour.name())
                .append(" flags=(attach_disconnected,mediate_deleted) {\n").append(BASE);
        List<String> capabilities = behaviour.of("capability").stream()
                .map(name -> name.substring("CAP_".length()).toLowerCase(Locale.ROOT)).toList();
        capabilities.forEach(name -> out.append("  capability ").append(name).append(",\n"));
        networks(behaviour, capabilities).forEach(network -> out.append("  network ").append(network).append(",\n"));
        permissions(behaviour).forEach((glob, letters) ->
                out.append("  ").append(quoted(glob)).append(' ').append(letters).append(",\n"));
        return out.append("}\n").toString();
    }

    /** Sockets are made before anybody knows what for: both families of both types, and what name lookups need. */
    private static List<String> networks(Behaviour behaviour, List<String> capabilities) {
        List<String> networks = new ArrayList<>();
        if (!behaviour.of("connect").isEmpty() || !behaviour.of("listen").isEmpty() || !behaviour.of("dns").isEmpty()) {
            networks.addAll(List.of("inet stream", "inet dgram", "inet6 stream", "inet6 dgram", "netlink raw"));
        }
        if (capabilities.contains("net_raw")) {
            networks.addAll(List.of("inet raw", "inet6 raw", "packet"));
        }
        return networks;
    }

    /** Letters by path glob: r, w, k (locks), l (links), m (map as code), ix (run within this profile). */
    static Map<String, String> permissions(Behaviour behaviour) {
        Map<String, TreeSet<String>> letters = new TreeMap<>();
        for (String program : behaviour.of("exec")) {
            add(letters, glob(program), "m", "r", "ix");
        }
        for (String item : behaviour.of("file")) {
            int blank = item.indexOf(' ');
            String path = item.substring(blank + 1);
            if (!path.startsWith("/")) {
                continue; // a pipe, a socket: no file
            }
            switch (item.substring(0, blank)) {
                case "list" -> add(letters, path.endsWith("/*") || path.endsWith("/**") ? glob(path) + "/"
                        : path.equals("/") ? "/" : glob(path) + '/', "r");
                case "write" -> add(letters, glob(path), "r", "w", "k");
                case "change" -> {
                    add(letters, glob(path), "w", "l", "k");
                    add(letters, glob(path) + '/', "w");
                }
                default -> {
                    add(letters, glob(path), "r");
                    if (path.contains(".so")) {
                        add(letters, glob(path), "m");
                    }
                }
            }
        }
        Map<String, String> permissions = new TreeMap<>();
        letters.forEach((glob, set) -> {
            StringBuilder text = new StringBuilder();
            for (String letter : List.of("m", "r", "w", "k", "l", "ix")) {
                if (set.contains(letter)) {
                    text.append(letter);
                }
            }
            permissions.put(glob, text.toString());
        });
        return permissions;
    }

    private static void add(Map<String, TreeSet<String>> letters, String glob, String... more) {
        letters.computeIfAbsent(glob, key -> new TreeSet<>()).addAll(List.of(more));
    }

    /** The shape of a path as AppArmor's own patterns: placeholders become globs, all else stands for itself. */
    static String glob(String shape) {
        String stars = shape.endsWith("/**") ? "/**" : shape.endsWith("/*") ? "/*" : "";
        String path = shape.substring(0, shape.length() - stars.length());
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < path.length(); ) {
            String found = null;
            for (String placeholder : PLACEHOLDERS.keySet()) {
                if (path.startsWith(placeholder, i)) {
                    found = placeholder;
                }
            }
            if (found != null) {
                out.append(PLACEHOLDERS.get(found));
                i += found.length();
            } else {
                char c = path.charAt(i++);
                if ("?*[]{}^\\\"".indexOf(c) >= 0) {
                    out.append('\\');
                }
                out.append(c < ' ' ? '?' : c);
            }
        }
        return out + stars;
    }

    private static String quoted(String glob) {
        return glob.chars().anyMatch(c -> c == ' ' || c == ',' || c == '#' || c == '"' || c == '\'') ? '"' + glob + '"' : glob;
    }
}
