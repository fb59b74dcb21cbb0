package io.kubeguardian.collector.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/events.md against what the sensors look at. */
class EventsPageTest {
    private static final Path PAGE = Path.of("../docs/events.md");
    private static final Pattern SENSOR = Pattern.compile("### (\\S+)");
    private static final Pattern NAME = Pattern.compile("`(\\w+)`");

    @Test
    void everyCallIsOnThePageUnderItsSensor() throws Exception {
        Map<String, Set<String>> onPage = new TreeMap<>();
        String sensor = "";
        String page = Files.readString(PAGE);
        int start = page.indexOf("\n## Calls\n");
        for (String line : page.substring(start, page.indexOf("\n## ", start + 1)).split("\n")) {
            Matcher heading = SENSOR.matcher(line);
            if (heading.matches()) {
                sensor = heading.group(1);
            } else if (line.startsWith("| `")) {
                Set<String> calls = onPage.computeIfAbsent(sensor, none -> new TreeSet<>());
                NAME.matcher(line.substring(0, line.indexOf('|', 1))).results().forEach(name -> calls.add(name.group(1)));
            }
        }

        Map<String, Set<String>> looked = new TreeMap<>();
        for (CallGroup group : CallGroup.values()) {
            if (onPage.containsKey(group.sensor)) {
                looked.put(group.sensor, new TreeSet<>(group.calls));
            }
        }

        assertThat(onPage).hasSizeGreaterThanOrEqualTo(9).isEqualTo(looked);
    }
}
